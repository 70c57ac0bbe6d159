"""Rows of the lake: an event whole, a change of a profile, and columns that only ever grow."""

import json
from dataclasses import fields
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.events import Event, Sealed
from regulars.domain.lake import EVENTS, IDENTITY, TABLES, VERSION, Row
from regulars.domain.lake_rows import event_row, identity_row
from regulars.domain.lake_sql import shown, views
from regulars.domain.profiles import Profile
from tests.builders import START, an_event

# What files of each version hold. Old files stay as they are: add a version, change none.
HELD = {
    1: {
        "events": "owner:text moment:text happened:instant arrival:instant type:text name:text source:text"
        " message_id:text links:texts properties:text traits:text context:text sealed_traits:sealed sealed:bytes"
        " fingerprint:bytes",
        "identity": "profile_id:text version:number change:text rule:text event:text changed:instant owners:texts"
        " joined:texts parted:texts merged_into:text since:instant merges:number",
    },
    2: {
        "events": "owner:text moment:text happened:instant arrival:instant type:text name:text source:text"
        " message_id:text links:texts properties:text traits:text context:text sealed_traits:sealed sealed:bytes"
        " fingerprint:bytes proven:number",
        "identity": "profile_id:text version:number change:text rule:text event:text changed:instant owners:texts"
        " joined:texts parted:texts merged_into:text since:instant merges:number",
        "refused": "owner:text rule:text event:text source:text refused:instant",
    },
}
HELD[3] = {**HELD[2], "events": f"{HELD[2]['events']} kept_until:instant"}
HELD[4] = {**HELD[3], "remains": "arrived:instant type:text name:text source:text events:number k:number"}

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
content = st.dictionaries(
    st.text(min_size=1, max_size=8),
    st.recursive(scalars, lambda inner: st.lists(inner, max_size=3), max_leaves=5),
    max_size=4,
)


def event_of(row: Row) -> Event:
    """Make the event again from its row."""
    sealed = {name: Sealed(row["owner"], value.decode()) for name, value in row["sealed_traits"].items()}
    return Event(
        owner=row["owner"],
        moment=row["moment"],
        type=row["type"],
        name=row["name"],
        links=row["links"],
        at=row["happened"],
        arrival=row["arrival"],
        properties=json.loads(row["properties"] or "{}"),
        traits={**json.loads(row["traits"] or "{}"), **sealed},
        context=json.loads(row["context"] or "{}"),
        sealed=row["sealed"] or b"",
        fingerprint=row["fingerprint"],
        proven=bool(row["proven"]),
        kept_until=row["kept_until"],
    )


def a_profile(**changes: object) -> Profile:
    values: dict[str, object] = {
        "profile_id": "p_user_id:a",
        "version": 2,
        "owners": ("user_id:a", "email:b"),
        "since": START,
        "event": "user_id:a m",
        "rule": "attach",
        "changed": START + 1,
    }
    return Profile(**{**values, **changes})  # type: ignore[arg-type]  # values of the fields that they name


def test_columns_are_added_and_never_changed() -> None:
    now = {table.name: " ".join(f"{one.name}:{one.kind}" for one in table.columns) for table in TABLES.values()}

    assert now == HELD[VERSION]
    for older, newer in pairwise(sorted(HELD)):
        assert all(HELD[newer][name].startswith(columns) for name, columns in HELD[older].items())


@given(
    content,
    content,
    content,
    st.dictionaries(st.text(min_size=1), st.text(alphabet="!+/=aZ09", min_size=1), max_size=3),
    st.binary(),
    st.booleans(),
)
def test_a_row_holds_the_whole_event(
    properties: dict[str, object],
    traits: dict[str, object],
    context: dict[str, object],
    sealed: dict[str, str],
    rest: bytes,
    proven: bool,
) -> None:
    secrets = {name: Sealed("anonymous_id:a", value) for name, value in sealed.items()}
    event = an_event(
        properties=properties,
        traits={**traits, **secrets},
        context=context,
        sealed=rest,
        fingerprint=b"f",
        proven=proven,
    )

    assert event_of(event_row(event)) == event


def test_an_event_has_no_field_that_a_row_would_leave_out() -> None:
    clear = {"properties", "traits", "context"}
    held = {"owner", "moment", "type", "name", "links", "at", "arrival", "sealed", "proven", "kept_until"} | clear

    assert {field.name for field in fields(Event)} == held | {"fingerprint"}, "cure: add a column, and a version"


def test_nothing_sealed_stands_in_a_column_of_texts() -> None:
    row = event_row(an_event(traits={"email": Sealed("anonymous_id:a", "!Y2lwaGVy"), "plan": "gold"}))

    assert row["traits"] == '{"plan":"gold"}'
    assert row["sealed_traits"] == {"email": b"!Y2lwaGVy"}


def test_a_row_has_every_column_and_no_other() -> None:
    rows = {"events": event_row(an_event()), "identity": identity_row(None, a_profile(version=1))}

    assert {name: tuple(row) for name, row in rows.items()} == {"events": EVENTS.names, "identity": IDENTITY.names}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, {"version": 1}, ("joined", ["email:b", "user_id:a"], [])),
        ({"owners": ("user_id:a",), "version": 1}, {}, ("joined", ["email:b"], [])),
        ({"owners": ("user_id:a",), "version": 1}, {"rule": "merge"}, ("merged", ["email:b"], [])),
        ({"version": 1}, {"rule": "merge", "merged_into": "p_x"}, ("tombstone", [], [])),
        ({"version": 1}, {"owners": ("user_id:a",), "rule": "unmerge"}, ("parted", [], ["email:b"])),
        (None, {"version": 7}, ("joined", None, None)),
    ],
    ids=["founded", "joined", "merged", "tombstone", "parted", "not known"],
)
def test_a_change_tells_what_came_and_what_left(
    before: dict[str, object] | None, after: dict[str, object], expected: tuple[object, ...]
) -> None:
    row = identity_row(a_profile(**before) if before is not None else None, a_profile(**after))

    assert (row["change"], row["joined"], row["parted"]) == expected


def test_a_profile_from_before_changes_were_dated_counts_as_of_its_founding() -> None:
    assert identity_row(None, a_profile(changed=0))["changed"] == START


def test_every_view_is_described() -> None:
    assert views().keys() == shown().keys()
    assert all(column.means for columns in shown().values() for column in columns)
