"""Each function, and each check, of one crowd after the other: what random trees meet too rarely to notice a slip."""

from collections.abc import Sequence
from random import Random
from typing import get_args

import pytest

from regulars.domain.calendars import Calendar
from regulars.domain.checks import COMPARISONS, Anniversary, Check, Compares, Contains, Exists, IsIn, Recent
from regulars.domain.instants import DAY
from regulars.domain.segments import (
    AMOUNTS,
    SCALARS,
    TIMES,
    CalendarDays,
    Function,
    Measure,
    Measured,
    Node,
    Rolling,
    Segment,
    Selection,
    Trait,
    Window,
)
from tests.crowds import NAMES, TRAITS, Crowd, a_crowd
from tests.segment_sql import answer, expected, loaded

BOUNDS = (0, 1, 1.5, 2, 1.333333, 3)
NUMBERS: list[Check] = [
    *(Compares(how, bound) for how in COMPARISONS for bound in BOUNDS),
    IsIn((1, 0.5)),
    Exists(True),
    Exists(False),
]
VALUES: list[Check] = [
    *(Compares("equals", value) for value in (1, "2", True, 0.5)),
    *(Compares("at_least", value) for value in (1, "2")),
    IsIn((2, "2")),
    Contains("2"),
    Exists(True),
    Exists(False),
]
WHEN: list[Check] = [
    *(Recent(how, length) for how in ("within_last", "within_next") for length in (DAY, 7 * DAY)),
    *(Anniversary(how, days) for how in ("within_last", "within_next") for days in (0, 1, 30)),
]
WINDOWS: tuple[Window | None, ...] = (None, Rolling(7 * DAY), CalendarDays(2))
CROWDS = [a_crowd(Random(seed), number=60) for seed in (11, 12, 13)]


def agree(nodes: Sequence[Node], crowd: Crowd) -> None:
    """Hold SQL and brute force together, all segments in one question."""
    segments = [
        Segment(id=f"s{index}", name="", where=node, anonymous=index % 2 == 0) for index, node in enumerate(nodes)
    ]
    with loaded(crowd) as database:
        found = answer(database, crowd, segments, segments)
    for segment, one, other in zip(segments, found, expected(crowd, segments, segments), strict=True):
        assert one == other, segment


@pytest.mark.parametrize("crowd", CROWDS, ids=lambda crowd: str(crowd.calendar.zone))
@pytest.mark.parametrize("function", get_args(Function))
def test_a_function_comes_to_the_same(function: Function, crowd: Crowd) -> None:
    of = "n" if function in AMOUNTS | SCALARS else None
    checks = WHEN if function in TIMES else VALUES if function in SCALARS - {"distinct"} else NUMBERS
    selections = (Selection(NAMES[0]), Selection(NAMES[1]))

    agree(
        [
            Measured(Measure(selection, function, of, window), check)
            for selection in selections
            for window in WINDOWS
            for check in checks
        ],
        crowd,
    )


@pytest.mark.parametrize("crowd", CROWDS, ids=lambda crowd: str(crowd.calendar.zone))
def test_a_check_of_a_trait_is_the_same(crowd: Crowd) -> None:
    agree([Trait(trait, check) for trait in TRAITS for check in (*VALUES, *WHEN)], crowd)


def test_of_what_was_said_at_one_instant_the_later_message_counts() -> None:
    crowds = [a_crowd(Random(seed), number=100) for seed in range(20, 26)]
    nodes = [Trait("n", Compares("equals", value)) for value in (0, 1, 2, 3, "2", True)]

    assert {crowd.calendar for crowd in crowds} - {Calendar()}
    for crowd in crowds:
        agree(nodes, crowd)
