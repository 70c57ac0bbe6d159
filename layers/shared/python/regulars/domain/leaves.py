"""The conditions at the ends of a tree as functions of a person and an instant, and when time alone may turn each."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import md5
from itertools import islice, pairwise
from typing import Any, NamedTuple

from regulars.domain.calendars import Calendar
from regulars.domain.checking import moments, on_dates, passes
from regulars.domain.checks import TIMELESS, Check, Compares, IsIn
from regulars.domain.dates import Dated, read_date
from regulars.domain.following import NEVER, following
from regulars.domain.keeps import LISTS
from regulars.domain.measuring import closes, is_amount, is_time, measures, opens
from regulars.domain.needs import Need, bound, need_of, needs_of
from regulars.domain.numbers import to_amount
from regulars.domain.order_measures import Measure as OfOrders
from regulars.domain.order_measures import measure as measure_orders
from regulars.domain.people import Person
from regulars.domain.segments import (
    Consented,
    Drawn,
    InAudience,
    Latest,
    Leaf,
    Measure,
    Measured,
    OrdersMeasure,
    Regular,
    Returned,
    Rolling,
    Sequence,
    Trait,
    Unfollowed,
    Window,
)

Truth = Callable[[Person, int], bool]
Reach = Callable[[int], float]  # the instant after which an answer at an instant needs everything that happened
LOTS = 100
_CUT = LISTS | {"values"}
_TURNS_TRIED = 64
_ORDERS: Mapping[str, OfOrders] = {
    "count": "count",
    "revenue": "revenue",
    "average": "average",
    "first_time": "first",
    "last_time": "last",
}


class Turn(NamedTuple):
    """An instant at which a condition turns; or, if not `sure`, by which to ask again when it might."""

    at: int
    sure: bool = True


def _never(_person: Person, _now: int) -> Iterable[Turn]:
    return ()


def _no(_person: Person, _now: int) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Answer:
    """
    A condition as functions: whether it is true, and its next turns after an instant if nothing else happens.

    `short` says whether what is kept of a person does not suffice: then the events have to be read. `found` gives the
    value that was checked.
    """

    truth: Truth
    turns: Callable[[Person, int], Iterable[Turn]] = _never
    short: Callable[[Person, int], bool] = _no
    found: Callable[[Person, int], Any] = lambda _person, _at: None

    @property
    def is_timed(self) -> bool:
        """Say whether time alone may turn it."""
        return self.turns is not _never

    @property
    def is_limited(self) -> bool:
        """Say whether it reads what may be too full."""
        return self.short is not _no


def answer(leaf: Leaf, calendar: Calendar) -> Answer:
    """Make the functions of a condition; another segment is the caller's to ask."""
    match leaf:
        case Trait(trait, check):
            return _trait(trait, check, calendar)
        case Measured(OrdersMeasure() as measure, check):
            return _orders(measure, check, calendar)
        case Measured(Measure() as measure, check):
            return _measured(measure, check, calendar)
        case Sequence() | Unfollowed() | Latest():
            return _followed(leaf, calendar)
        case InAudience():
            return _audience(leaf, calendar)
        case Consented() | Drawn():
            return Answer(_by_themselves(leaf))
        case Regular() | Returned():
            return _daily(leaf, calendar)
    raise TypeError(leaf)


def _by_themselves(leaf: Consented | Drawn) -> Truth:
    """Ask what neither events nor time decide."""
    if isinstance(leaf, Consented):
        return lambda person, _at: person.consent.allows(leaf.purpose, leaf.channel)
    return lambda person, _at: leaf.start <= lot(person.profile_id, leaf.salt) < leaf.end


def lot(profile_id: str, salt: str) -> int:
    """Draw the lot of a profile, 0 to 99."""
    drawn = md5(f"{salt}|{profile_id}".encode(), usedforsecurity=False).digest()[:8]
    return int.from_bytes(drawn, "big") % LOTS


def moves(measure: Measure | OrdersMeasure, calendar: Calendar) -> Callable[[Person], Iterable[int]]:
    """Make the function that lists the instants at which time alone may change what a measure comes to."""
    window = measure.window
    if window is None:
        return lambda _person: ()
    if isinstance(measure, OrdersMeasure):
        return lambda person: _edges(_completed(person), window, calendar)
    need = need_of(measure, None, calendar)
    return lambda person: _edges(_instants(need, person, calendar), window, calendar)


def turns_of(edges: Iterable[int], read: Callable[[Person, int], Any], person: Person, now: int) -> Iterator[Turn]:
    """Turn where a value does, at some of these instants; after so many tries it is better to ask again then."""
    later = sorted({edge for edge in edges if edge > now})
    before = read(person, now) if later else None
    for edge in islice(later, _TURNS_TRIED):
        if (after := read(person, edge)) != before:
            yield Turn(edge)
            before = after
    if len(later) > _TURNS_TRIED:
        yield Turn(later[_TURNS_TRIED - 1], sure=False)


def _trait(trait: str, check: Check, calendar: Calendar) -> Answer:
    holds = passes(check, calendar)

    def truth(person: Person, at: int) -> bool:
        return holds(person.values.get(trait), at)

    def found(person: Person, _at: int) -> Any:
        return person.values.get(trait)

    def turns(person: Person, now: int) -> Iterable[Turn]:
        return turns_of(moments(check, read_date(found(person, now)), calendar, now), truth, person, now)

    return Answer(truth, found=found) if isinstance(check, TIMELESS) else Answer(truth, turns, found=found)


def _orders(measure: OrdersMeasure, check: Check, calendar: Calendar) -> Answer:
    holds = _check_of(measure, check, calendar)

    def found(person: Person, at: int) -> int | None:
        window = opens(measure.window, at, calendar), closes(measure.window, at, calendar)
        return measure_orders(person.orders, _ORDERS[measure.of], person.rates, window)

    def truth(person: Person, at: int) -> bool:
        return holds(found(person, at), at)

    def turns(person: Person, now: int) -> Iterable[Turn]:
        if measure.window is None:
            return turns_of(_dates_of(measure, check, found(person, now), calendar, now), truth, person, now)
        return turns_of(_edges(_completed(person), measure.window, calendar), truth, person, now)

    return Answer(truth, turns, found=found)


def _measured(measure: Measure, check: Check, calendar: Calendar) -> Answer:
    read, need = measures(measure, check, calendar), need_of(measure, check, calendar)
    holds = _check_of(measure, check, calendar)

    def truth(person: Person, at: int) -> bool:
        return holds(read(person, at), at)

    def turns(person: Person, now: int) -> Iterable[Turn]:
        if measure.window is None:
            return turns_of(_dates_of(measure, check, read(person, now), calendar, now), truth, person, now)
        instants = _instants(need, person, calendar)
        return turns_of(_edges(instants, measure.window, calendar), truth, person, now)

    def short(person: Person, now: int) -> bool:
        is_all = bound(measure, check) is not None and measure.window is not None
        return not is_all and _is_short(need, opens(measure.window, now, calendar), person)

    is_still = measure.window is None and isinstance(check, TIMELESS)
    is_limited = need.keep is not None and need.keep.kind in _CUT
    return Answer(truth, _never if is_still else turns, short if is_limited else _no, read)


def _check_of(measure: Measure | OrdersMeasure, check: Check, calendar: Calendar) -> Callable[[Any, int], bool]:
    if is_amount(measure):
        return _amount_check(check)
    if is_time(measure):
        asks = on_dates(check, calendar)
        missing = passes(check, calendar)
        return lambda instant, at: missing(None, at) if instant is None else asks(Dated(instant), at)
    return passes(check, calendar)


def _amount_check(check: Check) -> Callable[[Any, int], bool]:
    """Check amounts in millionths with a check that says them in whole."""
    match check:
        case Compares(how, value):
            check = Compares(how, to_amount(value) or 0)
        case IsIn(values):
            check = IsIn(tuple(to_amount(value) or 0 for value in values))
        case _:
            pass
    return passes(check, Calendar())


def _dates_of(
    measure: Measure | OrdersMeasure, check: Check, found: Any, calendar: Calendar, now: int
) -> Iterable[int]:
    dated = Dated(found) if is_time(measure) and found is not None else read_date(found)
    return moments(check, dated, calendar, now)


def _followed(leaf: Sequence | Unfollowed | Latest, calendar: Calendar) -> Answer:
    needs = list(needs_of(leaf, calendar))
    spans = following(leaf, [_lists(need) for need in needs])

    def truth(person: Person, at: int) -> bool:
        return any(start <= at < end for start, end in spans(person))

    def turns(person: Person, now: int) -> Iterable[Turn]:
        return turns_of({edge for span in spans(person) for edge in span if edge < NEVER}, truth, person, now)

    def short(person: Person, now: int) -> bool:
        reach = 0 if isinstance(leaf, Latest) else leaf.window.length + leaf.within
        return not isinstance(leaf, Latest) and any(_is_short(need, now - reach, person) for need in needs)

    return Answer(truth, turns, short)


def _audience(leaf: InAudience, calendar: Calendar) -> Answer:
    """Whoever is known is in none, and time does not change who is."""
    inner = _followed(leaf.latest, calendar)
    return Answer(lambda person, at: not person.known and inner.truth(person, at))


def _lists(need: Need) -> Callable[[Person], Any]:
    id = need.keep.id if need.keep else ""

    def read(person: Person) -> Any:
        state = person.events.get(need.event)
        return state.kept.get(id, ()) if state else ()

    return read


def _daily(leaf: Regular | Returned, calendar: Calendar) -> Answer:
    (need,) = needs_of(leaf, calendar)
    read = _lists(need)

    def truth(person: Person, at: int) -> bool:
        days, today = read(person) or {}, calendar.day_of(at)
        return _is_regular(leaf, days, today) if isinstance(leaf, Regular) else _has_returned(leaf, days, today)

    def turns(person: Person, now: int) -> Iterable[Turn]:
        today = calendar.day_of(now)
        ahead = max((day for day in read(person) or ()), default=today) + need.size + 1
        return turns_of((calendar.start_of(day) for day in range(today + 1, ahead + 1)), truth, person, now)

    return Answer(truth, turns)


def _is_regular(leaf: Regular, days: Any, today: int) -> bool:
    met = [0] * leaf.periods
    for day, (number, _) in days.items():
        if 0 <= (period := (today - day) // leaf.days) < leaf.periods:
            met[period] += number
    return sum(1 for number in met if number >= leaf.times) >= leaf.at_least


def _has_returned(leaf: Returned, days: Any, today: int) -> bool:
    pairs = pairwise(sorted(days))
    return any(today - leaf.days < two <= today and two - one > leaf.gap for one, two in pairs)


def _completed(person: Person) -> list[int]:
    return [order.instant for order in person.orders.values() if order.instant is not None]


def _edges(instants: Iterable[int], window: Window, calendar: Calendar) -> Iterator[int]:
    """List the instants at which something comes into a window or drops out of it."""
    for at in instants:
        if isinstance(window, Rolling):
            yield from (at, at + window.length)
        else:
            day = calendar.day_of(at)
            yield from (calendar.start_of(day), calendar.start_of(day + window.number))


def _instants(need: Need, person: Person, calendar: Calendar) -> Iterable[int]:
    """List the instants of what is kept, of days their first."""
    state = person.events.get(need.event)
    kept = state.kept.get(need.keep.id, ()) if state and need.keep else ()
    match need.keep.kind if need.keep else None:
        case "values":
            return [newest for _, newest in kept.values()] if kept else []
        case "newest":
            return list(kept)
        case "days":
            return [calendar.start_of(day) for day in kept]
        case _:
            return [item[0] for item in kept]


def _is_short(need: Need, low: float, person: Person) -> bool:
    """Say whether a list may lack something of the window, or values have lost their counts."""
    state = person.events.get(need.event)
    if need.keep is None or state is None or need.event in person.whole:
        return False
    if need.keep.kind not in _CUT or len(kept := state.kept.get(need.keep.id, ())) < need.size:
        return False
    if need.keep.kind == "values":
        return True
    oldest = kept[-1] if isinstance(kept[-1], int) else kept[-1][0]
    return bool(oldest > low)
