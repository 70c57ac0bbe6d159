"""Conditions in plain words, for those who read why somebody is in a segment."""

from collections.abc import Iterable, Mapping
from typing import Any

from regulars.domain.calendars import date_of
from regulars.domain.checks import (
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
    Recent,
)
from regulars.domain.dates import Dated
from regulars.domain.instants import DAY, HOUR, SECOND, to_text
from regulars.domain.segments import (
    All,
    CalendarDays,
    Consented,
    Drawn,
    InAudience,
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
    Selection,
    Sequence,
    Trait,
    Unfollowed,
    Where,
    Window,
)

_COMPARES: Mapping[str, str] = {
    "equals": "is",
    "at_least": "is at least",
    "at_most": "is at most",
    "more_than": "is more than",
    "less_than": "is less than",
}
_UNITS = ((DAY, "day"), (HOUR, "hour"), (60 * SECOND, "minute"), (SECOND, "second"))
_ORDERS: Mapping[str, str] = {
    "count": "the number of orders",
    "revenue": "the revenue of orders, net of refunds",
    "average": "the average worth of an order, net of refunds",
    "first_time": "the first order",
    "last_time": "the latest order",
}


_UNITED: Mapping[type, str] = {All: "all of these", OneOf: "at least one of these", Not: "not this"}


def in_words(node: Node) -> str:
    """Say what one condition asks; of those below it, only how they are united."""
    match node:
        case All() | OneOf() | Not():
            return _UNITED[type(node)]
        case Trait(trait, check):
            return f"trait {trait} {_check(check)}"
        case Measured(OrdersMeasure(of, window), check):
            return f"{_ORDERS[of]}{_window(window)} {_check(check)}"
        case Measured(Measure() as measure, check):
            return f"{measured(measure)} {_check(check)}"
        case InSegment(segment):
            return f"is in segment {segment}"
        case InAudience(audience, provider):
            return f"is not known, and in audience {audience} of {provider or 'any third party'}"
        case Drawn() | Consented():
            return _by_itself(node)
        case _:
            return _followed(node)


def in_one(node: Node) -> str:
    """Say in one phrase what a condition and all below it ask."""
    match node:
        case All(nodes):
            return " and ".join(map(_within, nodes))
        case OneOf(nodes):
            return " or ".join(map(_within, nodes))
        case Not(inner):
            return f"not: {_within(inner)}"
        case _:
            return in_words(node)


def _within(node: Node) -> str:
    return f"({in_one(node)})" if isinstance(node, All | OneOf) else in_one(node)


def measured(measure: Measure) -> str:
    """Say what a measure is of."""
    of = f"{measure.of} of " if measure.of else ""
    name = f"{of}{selected(measure.selection)}{_window(measure.window)}"
    match measure.function:
        case "count":
            return f"the number of {name}"
        case "days":
            return f"the number of days with {name}"
        case "streak":
            return f"the longest run of days with {name}"
        case "sessions":
            return f"the number of sessions with {name}"
        case "first_time" | "last_time":
            return f"the {measure.function.removesuffix('_time')} {name}"
        case "distinct":
            return f"the number of different {name}"
        case "sum" | "values":
            return f"the {measure.function} of {name}"
        case _:
            return f"the {measure.function.replace('_', ' ')} {name}"


def long(length: int) -> str:
    """Write a length of time as people do."""
    for unit, name in _UNITS:
        if length % unit == 0:
            return f"{length // unit} {name}{'' if length == unit else 's'}"
    return f"{length / SECOND:g} seconds"


def _by_itself(node: Drawn | Consented) -> str:
    if isinstance(node, Drawn):
        return f"is among the {node.end - node.start} of a hundred who were drawn"
    return f"consents to {node.purpose}" + (f" by {node.channel}" if node.channel else "")


def _followed(node: Node) -> str:
    match node:
        case Sequence(steps, within, window, same):
            names = ", then ".join(map(selected, steps))
            return f"{names} within {long(within)}{_same(same)}, the last of them in the last {long(window.length)}"
        case Unfollowed(first, then, within, window, same):
            follows = f"no {selected(then)}{_same(same)} within {long(within)} after it"
            return f"a {selected(first)} in the last {long(window.length)}, and {follows}"
        case Latest():
            return _latest(node)
        case Regular(selection, times, days, periods, at_least):
            often = f"in {at_least} or more of the last {periods} periods of {days} days"
            return f"{selected(selection)} {times} or more times {often}"
        case Returned(selection, gap, days):
            return f"{selected(selection)} in the last {days} days, after {gap} or more days without"
    return "a condition"


def _latest(leaf: Latest) -> str:
    least = [f"at least {long(leaf.ago)} ago"] if leaf.ago else []
    most = [f"less than {long(leaf.window.length)} ago"] if leaf.window else []
    since = f", and no {selected(leaf.without)} since" if leaf.without else ""
    when = f" was {' and '.join(least + most)}" if least or most else ""
    return f"the latest {selected(leaf.event)}{when}{since}"


def filtered(where: Iterable[Where]) -> str:
    """Say what properties are asked."""
    return " and ".join(f"{one.property} {_check(one.check)}" for one in where)


def selected(selection: Selection) -> str:
    """Say which events are meant."""
    filters = filtered(selection.where)
    start = f" from {to_text(selection.start)[:16]}" if selection.start is not None else ""
    end = f" before {to_text(selection.end)[:16]}" if selection.end is not None else ""
    return f"{selection.event}{f' where {filters}' if filters else ''}{start}{end}"


def _window(window: Window | None) -> str:
    match window:
        case Rolling(length):
            return f" in the last {long(length)}"
        case CalendarDays(number):
            return " today" if number == 1 else f" in the last {number} calendar days"
        case None:
            return ""


def _same(same: str | None) -> str:
    return f" with the same {same}" if same else ""


def _check(check: Check) -> str:
    match check:
        case Compares(how, value):
            return f"{_COMPARES[how]} {_value(value)}"
        case IsIn(values):
            return f"is one of {', '.join(map(_value, values))}"
        case Contains(value):
            return f"contains {_value(value)}"
        case Affixed(how, text):
            return f"{how.replace('_', ' ')} {text}"
        case Matches(pattern):
            return f"matches {pattern}"
        case Exists(truth):
            return "is there" if truth else "is missing"
        case _:
            return _check_of_dates(check)


def _check_of_dates(check: Check) -> str:
    match check:
        case Before(date):
            return f"is before {_date(date)}"
        case NotBefore(date):
            return f"is not before {_date(date)}"
        case Recent(how, length):
            return f"is within the {'last' if how == 'within_last' else 'next'} {long(length)}"
        case Anniversary(_, 0):
            return "comes round today"
        case Anniversary(how, days):
            came = "came round within the last" if how == "within_last" else "comes round within the next"
            return f"{came} {days} days"
    return ""


def _date(dated: Dated) -> str:
    return date_of(dated.number).isoformat() if dated.is_day else to_text(dated.number)


def _value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)
