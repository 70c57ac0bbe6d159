"""A chain tells any change of any row, and an untouched one is never blamed."""

from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.domain.audit import Deed, Head, Place, Row, chains, follow, hash_of, read_row, row_json
from regulars.domain.audit_anchors import anchor, anchor_json, read_anchor
from regulars.domain.audit_verifying import LATE, Fault, Verifier, verify, verify_anchors
from regulars.domain.instants import DAY, HOUR, SECOND
from tests.audits import FIRST, LAST, START, a_deed, a_trail, rewritten

SEEDS = st.integers(0, 10_000)
NOON = START + 12 * HOUR


def fault_of(rows: list[Row], *anchors: object) -> Fault | None:
    return verify(rows, anchors, first=FIRST, last=LAST).fault  # type: ignore[arg-type]  # whichever a test made


def a_chain(length: int, *, at: int = NOON, head: Head | None = None) -> list[Row]:
    rows: list[Row] = []
    for number in range(length):
        before = rows[-1].head if rows else head
        rows.append(follow(a_deed(number), before, at=at + number * SECOND, function="profile_api", lane=0))
    return rows


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_an_untouched_trail_is_never_blamed(seed: int) -> None:
    rows, anchors = a_trail(seed)

    found = verify(rows, anchors, first=FIRST, last=LAST)

    assert (found.fault, found.rows, found.chains) == (None, len(rows), len({row.place.chain for row in rows}))


DEED_CHANGES: dict[str, object] = {
    "who": "s-9", "roles": ("admin",), "kind": "exports", "what": "list_traits", "whom": (), "count": 3,
    "opened": False, "case": "", "request": "r", "outcome": "not_found",
}  # fmt: skip
ROW_CHANGES: dict[str, object] = {
    "place": Place("2024-10-04#unmerge#00", 77), "at": 5, "after": "x 1", "previous": "0" * 64, "hash": "0" * 64,
}  # fmt: skip


def test_the_changes_below_are_of_every_field() -> None:
    assert DEED_CHANGES.keys() == {each.name for each in fields(Deed)}
    assert ROW_CHANGES.keys() == {each.name for each in fields(Row)} - {"deed"}


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.data())
def test_a_change_of_any_field_of_any_row_is_found_in_that_row(seed: int, data: st.DataObject) -> None:
    rows, anchors = a_trail(seed)
    at = data.draw(st.integers(0, len(rows) - 1))
    for name, value in DEED_CHANGES.items():
        deed = replace(rows[at].deed, **{name: value})  # type: ignore[arg-type]  # any field by name
        edited = replace(rows[at], deed=deed)
        fault = fault_of([*rows[:at], edited, *rows[at + 1 :]], *anchors)

        assert fault is not None, name
        assert (fault.kind, fault.place) == ("edited", rows[at].place), name
    for name, value in ROW_CHANGES.items():
        edited = replace(rows[at], **{name: value})  # type: ignore[arg-type]  # any field by name
        fault = fault_of([*rows[:at], edited, *rows[at + 1 :]], *anchors)

        assert fault is not None, name
        assert fault.kind == "edited", name


@settings(max_examples=80, deadline=None)
@given(SEEDS, st.data())
def test_a_row_that_was_dropped_is_found(seed: int, data: st.DataObject) -> None:
    rows, anchors = a_trail(seed)
    at = data.draw(st.integers(0, len(rows) - 1))

    fault = fault_of(rows[:at] + rows[at + 1 :], *anchors)

    assert fault is not None
    assert fault.kind in ("missing", "cut_off", "unlinked")


@settings(max_examples=80, deadline=None)
@given(SEEDS, st.data())
def test_rows_in_another_order_or_twice_are_found(seed: int, data: st.DataObject) -> None:
    rows, anchors = a_trail(seed)
    one, other = sorted(data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=2, max_size=2, unique=True)))
    swapped = [*rows[:one], rows[other], *rows[one + 1 : other], rows[one], *rows[other + 1 :]]
    places_swapped = list(rows)
    places_swapped[one] = replace(rows[other], place=rows[one].place)
    places_swapped[other] = replace(rows[one], place=rows[other].place)

    alone = {row.place.chain for row in rows}
    only_chains_moved = rows[one].place.number == rows[other].place.number == 0 and len(alone) < len(rows)
    if not only_chains_moved:
        assert fault_of(swapped, *anchors)
    assert fault_of(places_swapped, *anchors)
    assert fault_of([*rows[: one + 1], rows[one], *rows[one + 1 :]], *anchors)


@settings(max_examples=80, deadline=None)
@given(SEEDS, st.data())
def test_a_chain_that_is_written_anew_is_found_by_its_anchor(seed: int, data: st.DataObject) -> None:
    rows, anchors = a_trail(seed)
    at = data.draw(st.integers(0, len(rows) - 1))
    edited = replace(rows[at], deed=replace(rows[at].deed, who="nobody"))
    forged = rewritten([*rows[:at], replace(edited, hash=hash_of(edited)), *rows[at + 1 :]], at)

    fault = fault_of(forged, *anchors)

    assert fault is not None
    assert fault.kind in ("rewritten", "unlinked")
    if at + 1 < len(rows) and rows[at + 1].place.chain == rows[at].place.chain:
        assert fault_of([*forged[: at + 1], *rows[at + 1 :]]) is not None  # without anchors: what follows tells it


@pytest.mark.parametrize("left", range(5))
def test_an_end_that_is_cut_off_is_found_by_the_anchor(left: int) -> None:
    rows = a_chain(5)
    anchored = anchor([rows[-1].head], at=NOON + HOUR, before=None)

    fault = fault_of(rows[:left], anchored)

    assert fault is not None
    assert (fault.kind, fault.place.number) == ("cut_off", left)
    assert fault_of(rows, anchored) is None
    assert fault_of(a_chain(9), anchored) is None  # it goes on after the anchor


def test_the_end_of_a_day_is_told_by_the_next_day() -> None:
    day, next_day = a_chain(4), a_chain(2, at=NOON + DAY, head=a_chain(4)[-1].head)

    assert fault_of([*day, *next_day]) is None
    assert getattr(fault_of([*day[:-1], *next_day]), "kind", "") == "cut_off"
    assert getattr(fault_of(next_day), "kind", "") == "missing"


def test_a_row_behind_the_end_of_a_day_is_told_by_the_next_day() -> None:
    day = a_chain(5)
    next_day = a_chain(2, at=NOON + DAY, head=day[3].head)

    assert getattr(fault_of([*day, *next_day]), "kind", "") == "unlinked"


def test_a_write_that_was_late_at_midnight_is_not_blamed() -> None:
    midnight = START + DAY
    day = [*a_chain(3), follow(a_deed(), a_chain(3)[-1].head, at=midnight - LATE // 2, function="profile_api", lane=0)]
    next_day = a_chain(2, at=midnight, head=day[2].head)  # who wrote it had not seen the last one yet

    assert fault_of([*day, *next_day]) is None


def test_a_day_that_follows_nothing_is_found_where_there_was_something() -> None:
    assert getattr(fault_of([*a_chain(2), *a_chain(2, at=NOON + DAY)]), "kind", "") == "unlinked"
    assert fault_of([*a_chain(2), *a_chain(2, at=NOON + 9 * DAY)]) is None  # nobody looks back for longer


def test_a_row_that_is_dated_back_is_found() -> None:
    rows = a_chain(2)
    late = follow(a_deed(), rows[-1].head, at=NOON - LATE - 1, function="profile_api", lane=0)

    assert getattr(fault_of([*rows, late]), "kind", "") == "misplaced"


def test_anchors_hold_each_other() -> None:
    _, anchors = a_trail(7)

    assert len(anchors) > 5
    assert verify_anchors(anchors) is None
    for at, each in enumerate(anchors[:-1]):
        dropped = verify_anchors([*anchors[:at], *anchors[at + 1 :]])
        edited = verify_anchors([*anchors[:at], replace(each, at=each.at - 1), *anchors[at + 1 :]])

        assert (dropped is None) is (at == 0)  # the first one may be of any number
        assert getattr(edited, "kind", "") == "anchor"


def test_a_verification_goes_on_where_one_ended() -> None:
    rows, anchors = a_trail(3)
    middle = len(rows) // 2
    first = Verifier(first=FIRST)
    for row in rows[:middle]:
        assert first.add(row) is None
    again = Verifier(first=FIRST)
    again.begin(rows[middle - 1])
    rest = [row for row in rows[middle:] if row.place.chain == rows[middle - 1].place.chain]

    assert first.heads[rows[middle - 1].place.chain] == rows[middle - 1].head
    assert [again.add(row) for row in rest] == [None] * len(rest)
    assert anchors


@given(SEEDS)
def test_rows_and_anchors_are_read_as_they_are_written(seed: int) -> None:
    rows, anchors = a_trail(seed, 5)

    assert [read_row(row_json(row)) for row in rows] == rows
    assert [read_anchor(anchor_json(each)) for each in anchors] == anchors


@pytest.mark.parametrize("field", row_json(a_chain(1)[0]))
@pytest.mark.parametrize("value", [None, True, 1.5, "", "x", [], [1], {}])
def test_a_row_that_was_edited_by_hand_is_no_row_or_another(field: str, value: object) -> None:
    row = a_chain(1)[0]
    said = {**row_json(row), field: value}

    read = read_row(said)

    assert read is None or said == row_json(row) or hash_of(read) != read.hash
    assert read_anchor(said) is None


def test_chains_are_named_by_day_function_and_lane() -> None:
    named = list(chains("2026-01-31", "2026-02-01"))

    assert named == sorted(named)
    assert {name.partition("#")[0] for name in named} == {"2026-01-31", "2026-02-01"}
    assert list(chains("2026-02-30", "2026-03-01")) == list(chains("2026-01-02", "2026-01-01")) == []
