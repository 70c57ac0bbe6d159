"""Read the conditions on events and orders: which events, what they come to, in which window, compared with what."""

from collections.abc import Mapping
from typing import Any, get_args

from regulars.domain.calendars import Calendar
from regulars.domain.check_definitions import CHECKS, some_checks
from regulars.domain.checks import (
    TIMELESS,
    Anniversary,
    Before,
    Check,
    Compares,
    Contains,
    Exists,
    IsIn,
    NotBefore,
    Recent,
)
from regulars.domain.definition_reading import MAX_DAYS, duration, fields, instant, only, whole, window, word
from regulars.domain.personal_names import personal_properties
from regulars.domain.segments import (
    AMOUNTS,
    COUNTS,
    DAILY,
    SCALARS,
    TIMES,
    All,
    CalendarDays,
    Function,
    Latest,
    Measure,
    Measured,
    Node,
    OrdersMeasure,
    Regular,
    Returned,
    Rolling,
    Selection,
    Sequence,
    Unfollowed,
    Where,
)
from regulars.errors import DefinitionError

MAX_FILTERS = 10
MAX_STEPS = 5
_SELECTION = {"event", "where", "from", "to"}
_WINDOW = {"within", "calendar_days"}
_FUNCTIONS: tuple[Function, ...] = get_args(Function)
_ORDERS = ("count", "revenue", "average", "first_time", "last_time")


def read_selection(raw: Mapping[str, Any], path: str, calendar: Calendar) -> Selection:
    """Read which events a condition is about. Raises DefinitionError."""
    event = word(raw.get("event"), f"{path}.event")
    start = instant(raw["from"], f"{path}.from", calendar) if "from" in raw else None
    end = instant(raw["to"], f"{path}.to", calendar) if "to" in raw else None
    if start is not None and end is not None and end <= start:
        raise DefinitionError(f"{path}.to", "is later than from; events at the instant of to are left out")
    return Selection(event, read_filters(raw.get("where", {}), f"{path}.where"), start, end)


def read_event(raw: Mapping[str, Any], path: str, calendar: Calendar) -> Node:
    """Read a condition on the events of a name. Raises DefinitionError."""
    for name, read in (("not_followed_by", _unfollowed), ("regularly", _regular), ("returned", _returned)):
        if name in raw:
            return read(raw, path, calendar)
    asked = [function for function in _FUNCTIONS if function in raw]
    if len(asked) > 1:
        raise DefinitionError(path, f"asks for {' and '.join(asked)}: ask for one, and unite conditions with all")
    only(raw, {*_SELECTION, *_WINDOW, *_FUNCTIONS}, path)
    selection, seen = read_selection(raw, path, calendar), window(raw, path)
    if not asked:
        return Measured(Measure(selection, "count", None, seen), Compares("at_least", 1))
    (function,) = asked
    measure, found = _measure(function, raw[function], f"{path}.{function}", selection, seen)
    return united([Measured(measure, check) for check in found])


def read_measure(raw: Mapping[str, Any], path: str, calendar: Calendar) -> Measure:
    """Read what events come to, without a check: `count: {}`, `sum: {of: revenue}`. Raises DefinitionError."""
    only(raw, {*_SELECTION, *_WINDOW, *_FUNCTIONS}, path)
    asked = [function for function in _FUNCTIONS if function in raw]
    if len(asked) != 1:
        raise DefinitionError(path, f"says one of {', '.join(_FUNCTIONS)}")
    (function,) = asked
    asks, of = raw[function], None
    if not isinstance(asks, Mapping):
        raise DefinitionError(f"{path}.{function}", f"is an object, such as {_example(function)}")
    if function in AMOUNTS | SCALARS:
        only(asks, {"of"}, f"{path}.{function}")
        of = read_property(asks.get("of"), f"{path}.{function}.of")
    elif asks:
        raise DefinitionError(f"{path}.{function}", "takes nothing here: write {}")
    seen = window(raw, path)
    _fits_window(function, seen, (), f"{path}.{function}")
    return Measure(read_selection(raw, path, calendar), function, of, seen)


def _example(function: Function) -> str:
    return "{of: revenue}" if function in AMOUNTS | SCALARS else "{}"


def read_orders_measure(raw: Mapping[str, Any], path: str) -> OrdersMeasure:
    """Read what orders come to, without a check. Raises DefinitionError."""
    only(raw, {"orders", *_WINDOW}, path)
    return _orders(raw, path)


def read_orders(raw: Mapping[str, Any], path: str) -> Node:
    """Read a condition on orders. Raises DefinitionError."""
    measure = _orders(raw, path)
    only(raw, {"orders", *_WINDOW, *CHECKS}, path)
    if measure.of in TIMES and measure.window is not None:
        raise DefinitionError(path, "asks all orders; ask for its time with within_last, before, since and the like")
    found = some_checks(raw, path)
    for check in found:
        fits(measure, check, path)
    return united([Measured(measure, check) for check in found])


def fits(measure: Measure | OrdersMeasure, check: Check, path: str) -> None:
    """Make sure that a check asks for what a measure is. Raises DefinitionError."""
    if isinstance(measure, Measure):
        _fits_function(measure.function, check, path)
        return
    is_time = measure.of in TIMES
    if not (_asks_times(check) if is_time else _asks_numbers(check)):
        raise DefinitionError(path, "compares a date" if is_time else "compares with a number")


def _orders(raw: Mapping[str, Any], path: str) -> OrdersMeasure:
    if raw["orders"] not in _ORDERS:
        raise DefinitionError(f"{path}.orders", f"is one of {', '.join(_ORDERS)}")
    return OrdersMeasure(raw["orders"], window(raw, path))


def read_sequence(raw: Mapping[str, Any], path: str, calendar: Calendar) -> Node:
    """Read what followed what. Raises DefinitionError."""
    only(raw, {"sequence", "within", "ended_within", "same"}, path)
    steps = raw["sequence"]
    if not isinstance(steps, list) or not 2 <= len(steps) <= MAX_STEPS:
        raise DefinitionError(f"{path}.sequence", f"is a list of 2 to {MAX_STEPS} events, one after the other")
    for name in ("within", "ended_within"):
        if name not in raw:
            what = "how long the whole may take" if name == "within" else "how long ago its last event may be"
            raise DefinitionError(path, f"says {name}: {what}, such as 7 days")
    read = tuple(_step(step, f"{path}.sequence[{index}]", calendar) for index, step in enumerate(steps))
    within = duration(raw["within"], f"{path}.within")
    ended = Rolling(duration(raw["ended_within"], f"{path}.ended_within"))
    return Sequence(read, within, ended, _same(raw, path))


def read_latest(raw: Mapping[str, Any], path: str, calendar: Calendar) -> Node:
    """Read a condition on the newest event. Raises DefinitionError."""
    only(raw, {"latest", "without", "ago", "within"}, path)
    event = _step(raw["latest"], f"{path}.latest", calendar)
    without = _step(raw["without"], f"{path}.without", calendar) if "without" in raw else None
    ago = duration(raw["ago"], f"{path}.ago") if "ago" in raw else 0
    within = Rolling(duration(raw["within"], f"{path}.within")) if "within" in raw else None
    if within and within.length <= ago:
        raise DefinitionError(f"{path}.within", "is longer than ago: else nobody is ever in between")
    if without is None and "ago" not in raw and within is None:
        raise DefinitionError(path, "says at least one of without, ago, within")
    return Latest(event, without, ago, within)


def united(nodes: list[Node]) -> Node:
    """Unite conditions that all have to be true."""
    return nodes[0] if len(nodes) == 1 else All(tuple(nodes))


def _unfollowed(raw: Mapping[str, Any], path: str, calendar: Calendar) -> Node:
    only(raw, {*_SELECTION, "within", "same", "not_followed_by"}, path)
    inner = fields(raw["not_followed_by"], f"{path}.not_followed_by", "{event: Order Completed, within: 3 days}")
    only(inner, {*_SELECTION, "within"}, f"{path}.not_followed_by")
    if "within" not in inner:
        raise DefinitionError(f"{path}.not_followed_by", "says within which time, such as within: 3 days")
    if "within" not in raw:
        raise DefinitionError(path, "says within which time the first event happened, such as within: 30 days")
    within = duration(inner["within"], f"{path}.not_followed_by.within")
    seen = Rolling(duration(raw["within"], f"{path}.within"))
    if seen.length <= within:
        raise DefinitionError(
            f"{path}.within", "is longer than that of not_followed_by: else nobody is ever in between"
        )
    then = read_selection(inner, f"{path}.not_followed_by", calendar)
    return Unfollowed(read_selection(raw, path, calendar), then, within, seen, _same(raw, path))


def _regular(raw: Mapping[str, Any], path: str, calendar: Calendar) -> Node:
    only(raw, {*_SELECTION, "regularly"}, path)
    path_in = f"{path}.regularly"
    asks = fields(raw["regularly"], path_in, "{times: 1, every_days: 7, in: 3, of_last: 4}")
    only(asks, {"times", "every_days", "in", "of_last"}, path_in)
    days = whole(asks.get("every_days"), f"{path_in}.every_days", least=1, most=MAX_DAYS)
    periods = whole(asks.get("of_last"), f"{path_in}.of_last", least=1, most=MAX_DAYS)
    if days * periods > MAX_DAYS:
        raise DefinitionError(path_in, f"looks back on at most {MAX_DAYS} days: every_days times of_last")
    at_least = whole(asks.get("in"), f"{path_in}.in", least=1, most=periods)
    times = whole(asks.get("times", 1), f"{path_in}.times", least=1, most=1_000)
    return Regular(read_selection(raw, path, calendar), times, days, periods, at_least)


def _returned(raw: Mapping[str, Any], path: str, calendar: Calendar) -> Node:
    only(raw, {*_SELECTION, "returned", "calendar_days"}, path)
    asks = fields(raw["returned"], f"{path}.returned", "{after_days: 60}")
    only(asks, {"after_days"}, f"{path}.returned")
    gap = whole(asks.get("after_days"), f"{path}.returned.after_days", least=1, most=MAX_DAYS)
    days = whole(raw.get("calendar_days"), f"{path}.calendar_days", least=1, most=MAX_DAYS)
    if gap + days > MAX_DAYS:
        raise DefinitionError(path, f"looks back on at most {MAX_DAYS} days: after_days and calendar_days together")
    return Returned(read_selection(raw, path, calendar), gap, days)


def _measure(
    function: Function, raw: object, path: str, selection: Selection, seen: Any
) -> tuple[Measure, tuple[Check, ...]]:
    asks = fields(raw, path, "{at_least: 3}")
    needs_of = function in AMOUNTS | SCALARS
    only(asks, {*CHECKS, "of"} if needs_of else {*CHECKS}, path)
    of = read_property(asks.get("of"), f"{path}.of") if needs_of else None
    found = some_checks(asks, path)
    _fits_window(function, seen, found, path)
    for check in found:
        _fits_function(function, check, path)
    return Measure(selection, function, of, seen), found


def _fits_window(function: Function, seen: Any, found: tuple[Check, ...], path: str) -> None:
    if function in DAILY and not isinstance(seen, CalendarDays):
        raise DefinitionError(path, "counts in the last so many calendar_days, such as calendar_days: 30")
    if function == "sessions" and seen is None:
        raise DefinitionError(path, "counts in a window: within or calendar_days")
    if function in TIMES and seen is not None:
        raise DefinitionError(path, "asks all events; ask for its time with within_last, before, since and the like")
    if seen is not None and not all(isinstance(check, TIMELESS) for check in found):
        raise DefinitionError(path, "asks for a time that moves, and so has no window beside it")


def _fits_function(function: Function, check: Check, path: str) -> None:
    if function in TIMES:
        if not _asks_times(check):
            raise DefinitionError(path, "is an instant: before, after, since, within_last, within_next, anniversary")
    elif function == "values":
        if not isinstance(check, Contains | IsIn | Exists):
            raise DefinitionError(path, "is a list: contains, in or exists")
    elif function in COUNTS:
        if not _asks_whole(check):
            raise DefinitionError(path, "compares with a whole number, 0 or more")
    elif function in AMOUNTS and not _asks_numbers(check):
        raise DefinitionError(path, "compares with a number: equals, at_least, at_most, more_than, less_than or in")


def _asks_numbers(check: Check) -> bool:
    match check:
        case Compares(_, value):
            return not isinstance(value, str | bool)
        case IsIn(values):
            return not any(isinstance(value, str | bool) for value in values)
        case _:
            return isinstance(check, Exists)


def _asks_whole(check: Check) -> bool:
    values = check.values if isinstance(check, IsIn) else (check.value,) if isinstance(check, Compares) else (None,)
    return all(isinstance(value, int) and not isinstance(value, bool) and value >= 0 for value in values)


def _asks_times(check: Check) -> bool:
    return isinstance(check, Exists | Before | NotBefore | Recent | Anniversary)


def _step(raw: object, path: str, calendar: Calendar) -> Selection:
    if isinstance(raw, str):
        return Selection(word(raw, path))
    asks = fields(raw, path, "{event: Order Completed}")
    only(asks, _SELECTION, path)
    return read_selection(asks, path, calendar)


def _same(raw: Mapping[str, Any], path: str) -> str | None:
    return read_property(raw["same"], f"{path}.same") if "same" in raw else None


def read_filters(raw: object, path: str) -> tuple[Where, ...]:
    """Read filters on properties: `{category: shoes, value: {at_least: 20}}`. Raises DefinitionError."""
    if raw == {}:
        return ()
    asks = fields(raw, path, "{category: {equals: shoes}}")
    filters = []
    for name, one in asks.items():
        property = read_property(name, path)
        inside = f"{path}.{name}"
        each = fields(one, inside, "{equals: shoes}") if isinstance(one, Mapping) else {"equals": one}
        only(each, CHECKS, inside)
        filters += [Where(property, check) for check in some_checks(each, inside)]
    if len(filters) > MAX_FILTERS:
        raise DefinitionError(path, f"has at most {MAX_FILTERS} filters")
    for filter in filters:
        if not isinstance(filter.check, TIMELESS):
            raise DefinitionError(path, "cannot ask for a time that moves; give the condition a window instead")
    return tuple(sorted(filters, key=repr))


def read_property(raw: object, path: str) -> str:
    """Read the name of a property that is kept in clear. Raises DefinitionError."""
    name = word(raw, path)
    if personal_properties((name,)) or any(personal_properties((part,)) for part in name.split(".")):
        raise DefinitionError(path, f"{name} is personal and kept sealed: a segment cannot read it")
    return name
