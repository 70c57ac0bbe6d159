"""What somebody agrees to, how small exports add up, and what a file looks like."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.csv_cells import FORMULA
from regulars.domain.export_rows import ExportRow, write_head, write_rows
from regulars.domain.export_rules import MOST_ROWS, ExportRules
from regulars.domain.exports import Export, Taken, Wish, ask, bound, recent
from regulars.domain.instants import DAY, SECOND
from regulars.domain.roles import Caller
from regulars.domain.segment_definitions import parse
from regulars.errors import InvalidRequestError, ThrottledError
from tests.builders import START

SEGMENT = parse("buyers", {"where": {"event": "Order Completed"}})
MARKETER = Caller(subject="mia", roles=frozenset({"marketer"}))
WISH = Wish(segment="buyers", reason="letter", purpose="newsletter", traits=("plan", "email"))


def an_export(**changes: Any) -> Export:
    """An export of three people."""
    made = ask("x1", WISH, MARKETER, SEGMENT, expected=3, taken=(), rules=ExportRules(), now=START)
    return replace(made, **changes)


WISHES: Sequence[Wish] = [
    replace(WISH, segment="others"),
    replace(WISH, reason="else"),
    replace(WISH, purpose="orders"),
    replace(WISH, purpose=None),
    replace(WISH, channel="email"),
    replace(WISH, traits=("plan",)),
    replace(WISH, traits=("plan", "email", "phone")),
    replace(WISH, computed=("revenue",)),
    replace(WISH, format="csv"),
]


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "x2"},
        {"by": "max"},
        {"roles": ("marketer", "service")},
        {"expected": 4},
        {"edition": 9},
        {"definition": 9},
        *({"wish": wish} for wish in WISHES),
    ],
)
def test_a13_whatever_is_changed_has_another_print(changes: dict[str, Any]) -> None:
    assert an_export(**changes).print != an_export().print


def test_the_print_stays_while_the_export_goes_on() -> None:
    later = an_export(state="running", decided_by="ada", cursor="0/a", rows=7, started=9, version=3)

    assert later.print == an_export().print


people = st.integers(0, 3_000)


@given(
    asked=st.lists(st.tuples(people, st.integers(0, DAY)), max_size=30),
    above=st.integers(0, 2_000),
    a_day=st.integers(1, 20),
)
def test_nobody_takes_more_people_a_day_than_that_without_somebody_else(
    asked: list[tuple[int, int]], above: int, a_day: int
) -> None:
    rules = ExportRules(approve_above=above, a_day=a_day)
    taken: list[Taken] = []
    alone: list[tuple[int, int]] = []
    refused: list[tuple[int, int]] = []
    now = START
    for expected, wait in asked:
        now += wait
        lately = recent(taken, now)
        try:
            export = ask("x1", WISH, MARKETER, SEGMENT, expected=expected, taken=lately, rules=rules, now=now)
        except ThrottledError as error:
            refused.append((len(lately), error.retry_after or 0))
            continue
        taken.append(Taken(now, 0 if export.needs_approval else export.most))
        assert export.most >= expected
        if not export.needs_approval:
            alone.append((now, export.most))

    assert all(number >= a_day and 0 < wait <= DAY // SECOND for number, wait in refused)
    for at, _ in alone:
        assert sum(most for when, most in alone if at - DAY < when <= at) <= above
    for one in taken:
        assert sum(1 for other in taken if one.at - DAY < other.at <= one.at) <= a_day


def test_a_segment_of_everybody_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="narrower"):
        ask("x1", WISH, MARKETER, SEGMENT, expected=MOST_ROWS + 1, taken=(), rules=ExportRules(), now=START)
    assert bound(MOST_ROWS) == MOST_ROWS


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.text(max_size=8)
    | st.sampled_from([*FORMULA, "=1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(value=values, name=st.text(min_size=1, max_size=8))
def test_a23_every_value_is_one_cell_that_is_no_formula_and_one_line(value: object, name: str) -> None:
    row = ExportRow(profile_id="p_a", since=START, traits={name: value})
    table = an_export(wish=replace(WISH, traits=(name,), format="csv"))
    lines = an_export(wish=replace(WISH, traits=(name,)))

    text = (write_head(table) + write_rows(table, [row])).decode()
    cells = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert [len(each) for each in cells] == [4, 4]
    texts = [cells[0][3], *([cells[1][3]] if isinstance(value, str) else [])]
    assert not [text for text in texts if text.startswith(FORMULA)]
    [head, said] = (write_head(lines) + write_rows(lines, [row])).decode().removesuffix("\n").split("\n")
    assert json.loads(head)["export"] == "x1"
    assert json.loads(said)["traits"] == {name: value}
