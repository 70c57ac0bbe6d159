"""Random trees of segments: every operator, nested, over what random people do."""

from random import Random
from typing import get_args, get_type_hints

from regulars.domain.checks import (
    COMPARISONS,
    Affixed,
    Anniversary,
    Before,
    Check,
    Compares,
    Contains,
    Exists,
    IsIn,
    Matches,
    NotBefore,
    Plain,
    Recent,
)
from regulars.domain.dates import Dated, read_date
from regulars.domain.instants import DAY
from regulars.domain.numbers import to_amount
from regulars.domain.segments import (
    AMOUNTS,
    TIMES,
    All,
    CalendarDays,
    Drawn,
    Function,
    InSegment,
    Latest,
    Measure,
    Measured,
    Node,
    Not,
    OneOf,
    OrdersMeasure,
    Regular,
    Returned,
    Rolling,
    Segment,
    Selection,
    Sequence,
    Trait,
    Unfollowed,
    Where,
    Window,
)
from tests.crowds import FEW, LENGTHS, NAMES, NUMBERS, PROPERTIES, TEXTS, TRAITS, Crowd

PATTERNS = (
    *("^g", "[il]l?v", "d$", "x", "^[0-9]+$", "(?i)GOLD", "o.d", "^$"),
    *("go|si", r"a\\b", "[^a-z]", "(e|l){2}", "y{2}$"),
)
DAYS = (0, 0, 1, 7, 30, 300, 365, 366)
PIECES = ("g", "d", "x", "é", "old", "y" * 101)
ITEMS: tuple[Plain, ...] = ("go", "", "é", '"', 1, True, "gold", "x" * 5)


def a_segment(random: Random, crowd: Crowd, id: str, others: int = 0) -> Segment:
    """Make a segment up; `others` segments, s0 and so on, may be named in it."""
    where = a_node(random, crowd, random.choice([1, 1, 2, 3]), others)
    return Segment(id=id, name=id, where=where, anonymous=random.random() < 0.4)


def a_node(random: Random, crowd: Crowd, depth: int = 2, others: int = 0) -> Node:
    """Make a condition up."""
    if depth > 1:
        match random.randrange(5):
            case 0 | 1:
                return All(tuple(a_node(random, crowd, depth - 1, others) for _ in range(random.randint(1, 3))))
            case 2:
                return OneOf(tuple(a_node(random, crowd, depth - 1, others) for _ in range(random.randint(1, 3))))
            case 3:
                return Not(a_node(random, crowd, depth - 1, others))
    return a_leaf(random, crowd, others)


def a_leaf(random: Random, crowd: Crowd, others: int = 0) -> Node:  # noqa: C901 (a case each)
    """Make a leaf up."""
    length = random.choice(LENGTHS)
    match random.randrange(15):
        case 0 | 1 | 2:
            trait = random.choice(TRAITS)
            return Trait(trait, _of_few(random) if trait == "n" else a_check(random, crowd))
        case 3 | 4 | 5 | 6:
            return a_measured(random, crowd)
        case 7 | 8:
            steps = tuple(_a_step(random, crowd) for _ in range(random.choice([2, 2, 3, 4])))
            return Sequence(steps, random.choice(LENGTHS), Rolling(length), _same(random))
        case 9:
            first, then = a_selection(random, crowd), a_selection(random, crowd)
            within = random.choice([each for each in LENGTHS if each <= length])
            return Unfollowed(first, then, within, Rolling(length), _same(random))
        case 10:
            window = Rolling(length) if random.random() < 0.5 else None
            without = a_selection(random, crowd) if random.random() < 0.5 else None
            return Latest(a_selection(random, crowd), without, random.choice([0, 1, *LENGTHS[:5]]), window)
        case 11:
            periods = random.randint(1, 5)
            days, times = random.choice([1, 2, 7]), random.randint(1, 2)
            return Regular(a_selection(random, crowd), times, days, periods, random.randint(1, periods))
        case 14:
            return _of_orders(random, crowd)
        case 12:
            return Returned(a_selection(random, crowd), random.choice([1, 2, 5, 28]), random.choice([1, 2, 7, 30]))
        case _:
            if others and random.random() < 0.6:
                return InSegment(random.choice([f"s{random.randrange(others)}", "gone"]))
            return Drawn(random.randrange(50), random.randint(50, 100), random.choice(["s", "é|"]))


def a_measured(random: Random, crowd: Crowd) -> Node:
    """Make a condition on what events come to up."""
    function: Function = random.choice(get_args(Function))
    of = random.choice(PROPERTIES) if function not in ("count", "days", "streak", "sessions", *TIMES) else None
    windows = [None, Rolling(random.choice(LENGTHS)), CalendarDays(random.choice([1, 2, 7]))]
    window: Window | None = random.choice(windows)
    measure = Measure(a_selection(random, crowd), function, of, window)
    if random.random() < 0.1:
        return Measured(measure, a_check(random, crowd))  # of a kind that may never be true
    if function in AMOUNTS or function in ("count", "days", "streak", "sessions", "distinct"):
        return Measured(measure, _of_numbers(random, is_amount=function in AMOUNTS))
    if function in TIMES:
        return Measured(measure, a_date_check(random, crowd, timed=True))
    if function == "values":
        asks: list[Check] = [Contains(_plain(random)), IsIn(_plains(random)), Exists(True)]
        return Measured(measure, random.choice(asks))
    return Measured(measure, a_check(random, crowd))


def a_selection(random: Random, crowd: Crowd) -> Selection:
    """Choose events."""
    where = tuple(
        Where(random.choice(PROPERTIES), a_check(random, crowd, timed=False))
        for _ in range(random.choice([0, 0, 0, 1, 1, 2]))
    )
    start = crowd.now - random.choice(LENGTHS) if random.random() < 0.1 else None
    end = crowd.now - random.choice(LENGTHS[:5]) if random.random() < 0.1 else None
    return Selection(random.choice(NAMES), where, start, end)


def a_check(random: Random, crowd: Crowd, *, timed: bool = True) -> Check:
    """Make a check up."""
    match random.randrange(9):
        case 0 | 1:
            value = _plain(random)
            how = "equals" if isinstance(value, bool) else random.choice(COMPARISONS)
            return Compares(how, value)
        case 2:
            return IsIn(_plains(random))
        case 3:
            return Contains(random.choice(ITEMS))
        case 4:
            return Affixed(random.choice(["starts_with", "ends_with"]), random.choice(PIECES))
        case 5:
            return Matches(random.choice(PATTERNS))
        case 6:
            return Exists(random.random() < 0.6)
        case _:
            return a_date_check(random, crowd, timed=timed)


def a_date_check(random: Random, crowd: Crowd, *, timed: bool) -> Check:
    """Make a check of a date up."""
    kind = random.randrange(4) if timed else random.randrange(2)
    match kind:
        case 0:
            return Before(_dated(random, crowd))
        case 1:
            return NotBefore(_dated(random, crowd))
        case 2:
            return Recent(random.choice(["within_last", "within_next"]), random.choice([*LENGTHS, 5_000 * DAY]))
        case _:
            return Anniversary(random.choice(["within_last", "within_next"]), random.choice(DAYS))


def _of_orders(random: Random, crowd: Crowd) -> Node:
    of = random.choice(get_args(get_type_hints(OrdersMeasure)["of"]))
    window: Window | None = random.choice([None, None, Rolling(random.choice(LENGTHS)), CalendarDays(2)])
    is_time = of in ("first_time", "last_time")
    check = a_date_check(random, crowd, timed=True) if is_time else _of_numbers(random, is_amount=of != "count")
    return Measured(OrdersMeasure(of, window), check)


def _a_step(random: Random, crowd: Crowd) -> Selection:
    return Selection(random.choice(NAMES[:2])) if random.random() < 0.6 else a_selection(random, crowd)


def _of_few(random: Random) -> Check:
    """Ask for a value that many have."""
    few: list[Plain] = [one for one in FEW if one is not None]
    checks: list[Check] = [
        Compares("equals", random.choice(few)),
        Compares("at_least", 1),
        IsIn((2, "2")),
        Exists(False),
    ]
    return random.choice(checks)


def _dated(random: Random, crowd: Crowd) -> Dated:
    today = crowd.calendar.day_of(crowd.now)
    texts = [found for each in TEXTS if (found := read_date(each)) and -50_000 < found.day(crowd.calendar) < 50_000]
    edge = crowd.now - random.choice(LENGTHS) + random.choice([-1, 0, 1])
    return random.choice([Dated(today - random.choice([0, 1, 2, 7]), is_day=True), Dated(edge), random.choice(texts)])


def _of_numbers(random: Random, *, is_amount: bool) -> Check:
    numbers = (
        [0, 1, 2, 3, 2.5]
        if not is_amount
        else [0, 0.5, 1, 1, 1.5, 2, 3, 1.333333, 1.666666, 0.333333, 9.99, 5e-7, -1, 10**15]
    )
    match random.randrange(6):
        case 0:
            return IsIn(tuple(random.sample(numbers, 2)))
        case 1:
            return Exists(random.random() < 0.5)
        case _:
            return Compares(random.choice(COMPARISONS), random.choice(numbers))


def _plain(random: Random) -> Plain:
    fitting = [number for number in NUMBERS if abs(number) <= 10**15 and to_amount(number) is not None]
    return random.choice([random.choice(fitting), random.choice(TEXTS), random.choice([True, False])])


def _plains(random: Random) -> tuple[Plain, ...]:
    return tuple(_plain(random) for _ in range(random.randint(1, 3)))


def _same(random: Random) -> str | None:
    return random.choice(PROPERTIES) if random.random() < 0.4 else None
