"""What may be live together can be stored, and be decided well within a second."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.world.memory import MemoryDatabase
from regulars.domain.costs import MAX_KEPT, MAX_LOOKS, MAX_PART, excess, in_words, looks, part_bytes
from regulars.domain.events import Mark
from regulars.domain.numbers import MICRO
from regulars.domain.parts import REMEMBERED, Part
from regulars.domain.segment_definitions import parse
from regulars.domain.segments import Segment
from regulars.domain.state import State
from regulars.domain.watches import MAX_INSTANTS, Watch
from regulars.errors import DefinitionError
from regulars.stores.catalog import CatalogStore, Definition
from regulars.stores.database import size_of
from regulars.stores.identities import part_to_item

ITEM = 400 * 1_024
HUGE = -(10**15) * MICRO * 10**9  # what a thousand million of the largest amounts add up to
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)


def sums(id: str, *, days: int, of: int = 1, conditions: int = 1, event: str = "Order Completed") -> Segment:
    """A segment of so many conditions on so many properties."""
    nodes = [
        {"event": event, "sum": {"of": f"p{n % of}", "at_least": n}, "within": f"{days} days"}
        for n in range(conditions)
    ]
    return parse(id, {"where": {"all": nodes}})


def largest(watch: Watch) -> Part:
    """The part that is as large as one can be."""
    days = max(watch.days.values(), default=0)
    state = State(
        count=10**9,
        first=10**16,
        instants=tuple(10**16 - n for n in range(watch.instants)),
        sums=dict.fromkeys(watch.sums, HUGE),
        days={20_000 + n: {name: HUGE for name, length in watch.days.items() if n < length} for n in range(days)},
    )
    marks = frozenset(Mark(10**16 + n, bytes(5)) for n in range(REMEMBERED))
    owner = f"{'k' * 40}:{'x' * 26}"
    stamps = {"version": 10**9, "catalog": 10**6, "floor": 10**16, "whole": 10**16}
    return Part(owner=owner, name=f"event#{'n' * 200}", watch=watch.print, marks=marks, state=state, **stamps)


@given(
    st.integers(0, MAX_INSTANTS),
    st.frozensets(NAMES, max_size=30),
    st.dictionaries(NAMES, st.integers(1, 400), max_size=8),
)
def test_what_may_be_live_fits_into_an_item(instants: int, sums: frozenset[str], days: dict[str, int]) -> None:
    watch = Watch(instants=instants, sums=sums, days=days)

    assert size_of(part_to_item(largest(watch))) < ITEM or part_bytes(watch) > MAX_PART


def test_the_dearest_part_that_may_be_live_fits_into_an_item() -> None:
    days = {str(n): 400 for n in range(9)}
    while part_bytes(Watch(days=days)) < MAX_PART:
        days[str(len(days))] = 20
    sums = frozenset(map(str, range(1_000, 1_000 + MAX_PART // 20)))

    for watch in (Watch(days=days, instants=MAX_INSTANTS), Watch(sums=sums)):
        assert size_of(part_to_item(largest(watch))) < ITEM


def test_a_definition_of_every_day_may_be_live() -> None:
    daily = [sums(f"s{n}", days=30 * (n + 1), event=f"Event {n}") for n in range(12)]

    assert excess(daily) is None


@pytest.mark.parametrize(
    ("segments", "limit"),
    [
        ([sums("a", days=400, of=16, conditions=16), sums("b", days=30)], f"{MAX_PART / 1_000:,.1f} KB"),
        (
            [sums(f"a{n}", days=400, of=6, conditions=6, event=f"E {n}") for n in range(12)],
            f"{MAX_KEPT / 1_000:,.1f} KB",
        ),
        ([sums(f"a{n}", days=400, conditions=199) for n in range(17)], f"{MAX_LOOKS:,}"),
    ],
)
def test_what_is_too_much_is_named_with_its_limit_and_what_to_remove(segments: list[Segment], limit: str) -> None:
    found = excess(segments)

    assert found is not None
    assert f"{limit} is the most" in found.what
    assert f"remove one of the dearest: {segments[0].id} (" in found.fix


def test_segments_that_are_too_much_together_do_not_go_live() -> None:
    store = CatalogStore(MemoryDatabase())
    node = {"event": "Order Completed", "within": "400 days"}
    halves = [
        {"where": {"all": [{**node, "sum": {"of": f"{half}{n}", "at_least": n}} for n in range(9)]}} for half in "ab"
    ]
    store.put(Definition(kind="segment", id="a", content=halves[0]))

    with pytest.raises(DefinitionError, match="is the most"):
        store.put(Definition(kind="segment", id="b", content=halves[1]))

    assert [segment.id for segment in store.live().segments] == ["a"]


def test_as_many_conditions_as_may_be_look_at_no_more_than_the_limit() -> None:
    segments = [sums(f"a{n}", days=100, conditions=199) for n in range(5)]

    assert excess(segments) is None
    assert looks(segments) <= MAX_LOOKS
    assert excess([*segments, *segments]) is not None


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ({"trait": "plan", "exists": True}, "keeps nothing of its own: traits and orders are kept of everybody"),
        ({"event": "X"}, "keeps the number of `X`, about 0.6 KB for each person who did it"),
        (
            {"event": "X", "sum": {"of": "revenue", "at_least": 1}, "within": "30 days"},
            "keeps 30 daily sums of `revenue` of `X`, about 1.6 KB for each person who did it",
        ),
        (
            {"all": [{"event": "X", "count": {"at_least": 5}, "within": "1 days"}, {"event": "Y"}]},
            "keeps the newest 6 `X` and the number of `Y`, about 1.3 KB for each person who did it",
        ),
        (
            {"all": [{"event": "X", "sum": {"of": of, "at_least": 1}} for of in "abcd"]},
            "keeps the sum of `a` of `X`, the sum of `b` of `X` and 2 more, about 0.7 KB for each person who did it",
        ),
    ],
)
def test_a_segment_says_in_a_line_what_it_keeps(where: dict[str, object], words: str) -> None:
    assert in_words(parse("s", {"where": where})) == words
