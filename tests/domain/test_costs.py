"""What may be live together can be stored, and be decided well within a second."""

from dataclasses import replace
from random import Random
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.world.memory import MemoryDatabase
from regulars.domain.costs import MAX_ITEM, MAX_KEPT, MAX_LOOKS, MAX_PART, excess, in_words, looks, most_bytes
from regulars.domain.events import Mark
from regulars.domain.keeps import Keep, Kept, Kind
from regulars.domain.numbers import MICRO
from regulars.domain.parts import REMEMBERED, Part
from regulars.domain.segment_definitions import parse
from regulars.domain.segments import MAX_VALUE, Segment
from regulars.domain.state import State
from regulars.domain.values import scalar
from regulars.domain.watches import Watch
from regulars.errors import DefinitionError
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import size_of
from regulars.stores.definitions import Definition
from regulars.stores.identities import part_to_item

ITEM = 400 * 1_024
HUGE = -(10**15) * MICRO * 10**9  # what a thousand million of the largest amounts add up to
HUGE_AMOUNT = -(10**15) * MICRO


def sums(id: str, *, days: int, of: int = 1, conditions: int = 1, event: str = "Order Completed") -> Segment:
    """A segment of so many conditions on so many properties."""
    nodes = [
        {"event": event, "sum": {"of": f"p{n % of}", "at_least": n}, "calendar_days": days} for n in range(conditions)
    ]
    return parse(id, {"where": {"all": nodes}})


def longest(kind: Kind, size: int, text: str) -> Kept:
    """What is kept, as long as it can be."""
    ends = scalar(text)
    match kind:
        case "count":
            return 10**9
        case "numbers":
            return 10**9, HUGE, HUGE, HUGE
        case "ends":
            return (10**16, ends), (10**16, ends)
        case "newest":
            return tuple(10**16 - n for n in range(size))
        case "days":
            return {20_000 + n: (10**9, HUGE) for n in range(size)}
        case "values":
            return {scalar(f"{n:03}{text[3:]}"): (10**9, 10**16) for n in range(size)}
        case _:
            return tuple((10**16, HUGE_AMOUNT if kind == "amounts" else ends) for _ in range(size))


def largest(watch: Watch, text: str) -> Part:
    """The part that is as large as one can be."""
    kept = {keep.id: longest(keep.kind, size, text) for keep, size in watch.keeps.items()}
    marks = frozenset(Mark(10**16 + n, bytes(5)) for n in range(REMEMBERED))
    owner = f"{'k' * 40}:{'x' * 26}"
    stamps: Any = {"version": 10**9, "catalog": 10**6, "floor": 10**16, "whole": 10**16}
    name = "event#" + "\U0001f600" * 200
    return Part(owner=owner, name=name, watch=watch.print, marks=marks, state=State(count=10**9, kept=kept), **stamps)


@given(
    st.dictionaries(
        st.builds(Keep, st.sampled_from(get_args(Kind)), of=st.sampled_from("abcdef")), st.integers(1, 400), max_size=12
    ),
    st.sampled_from(["\x01", "\\", '"', "\U0001f600"]),
)
def test_what_may_be_live_fits_into_an_item(keeps: dict[Keep, int], letter: str) -> None:
    watch = Watch(keeps=keeps)
    size = size_of(part_to_item(largest(watch, letter * MAX_VALUE)))

    assert size <= most_bytes(watch)
    assert size < ITEM or most_bytes(watch) > MAX_ITEM


@pytest.mark.parametrize(
    "letters",
    [
        [chr(code) for code in range(1, 32)],
        [chr(0x1F300 + code) for code in range(700)],
        [chr(0x20000 + code) for code in range(9_999)],
    ],
    ids=["escaped", "pictures", "rare"],
)
def test_what_is_sealed_fits_beside_it(letters: list[str]) -> None:
    random, kinds = Random(1), [Keep("values", of=of) for of in "abcd"]
    size = next(size for size in range(1, 400) if most_bytes(Watch(keeps=dict.fromkeys(kinds, size + 1))) > MAX_ITEM)
    watch = Watch(keeps=dict.fromkeys(kinds, size))
    texts = ["".join(random.choices(letters, k=MAX_VALUE)) for _ in range(size)]
    kept = {keep.id: {f"{text[1:]}{turn}": (10**9, 10**16) for text in texts} for turn, keep in enumerate(kinds)}
    state = State(count=10**9, kept=kept)
    part = replace(largest(watch, "x"), state=state, sealed=state, sealed_until=10**16)

    assert size_of(part_to_item(part)) < ITEM


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
    node = {"event": "Order Completed", "calendar_days": 400}
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
            {"event": "X", "sum": {"of": "revenue", "at_least": 1}, "calendar_days": 30},
            "keeps 30 daily sums of `revenue` of `X`, about 1.2 KB for each person who did it",
        ),
        (
            {"all": [{"event": "X", "count": {"at_least": 5}, "within": "1 days"}, {"event": "Y"}]},
            "keeps the newest 6 of `X` and the number of `Y`, about 1.3 KB for each person who did it",
        ),
        (
            {"all": [{"event": "X", "sum": {"of": of, "at_least": 1}} for of in "abcd"]},
            "keeps the sum of `a` of `X`, the sum of `b` of `X` and 2 more, about 0.8 KB for each person who did it",
        ),
    ],
)
def test_a_segment_says_in_a_line_what_it_keeps(where: dict[str, object], words: str) -> None:
    assert in_words(parse("s", {"where": where})) == words
