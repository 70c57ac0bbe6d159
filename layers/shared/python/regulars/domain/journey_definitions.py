"""Read a journey from its definition, and refuse what does not hold together, saying where."""

from collections.abc import Mapping
from typing import Any, Literal, cast

from regulars.domain.calendars import Calendar
from regulars.domain.computed import ComputedTrait
from regulars.domain.dates import read_date
from regulars.domain.decisions import is_purpose
from regulars.domain.definition_reading import duration, fields, only, whole, word
from regulars.domain.instants import DAY
from regulars.domain.journey_lengths import longest
from regulars.domain.journey_parts import (
    EVENT_FIELDS,
    SEGMENT_FIELDS,
    Known,
    read_awaited,
    read_change,
    read_choice,
    read_fields,
    read_flag,
    read_percent,
    read_segment,
    read_signal,
    read_time,
    read_weekdays,
)
from regulars.domain.journey_steps import LONGEST, Setting, read_steps
from regulars.domain.journeys import (
    Entry,
    EventEntry,
    Goal,
    Journey,
    ScheduleEntry,
    SegmentEntry,
    Signal,
    signals,
)
from regulars.domain.measure_definitions import read_property, read_selection
from regulars.domain.segments import Node
from regulars.errors import DefinitionError

MAX_AT_ONCE = 25
MAX_EXITS = 10
MAX_SIGNALS = 100
_ENTRIES = ("event", "segment", "schedule")
_POLICY = frozenset({"api", "when", "again", "cool_down", "at_once"})
_ENROL = ("future", "current", "both")
_FIELDS = ("id", "name", "description", "purpose", "enter", "goal", "exit", "holdout", "priority", "steps")


def parse_journey(
    id: str,
    definition: Mapping[str, Any],
    *,
    version: int = 1,
    calendar: Calendar | None = None,
    computed: Mapping[str, ComputedTrait] | None = None,
    known: Known | None = None,
) -> Journey:
    """
    Read a journey from its definition, as in `catalog/journeys/*.yaml`; its conditions may name `computed` traits.

    It names only segments, lists, purposes and other journeys that are `known`.

    Raises DefinitionError, with the path of what is wrong.
    """
    only(definition, _FIELDS, "")
    calendar = calendar or Calendar()
    if not isinstance(definition.get("description", ""), str):
        raise DefinitionError("description", "is a text")
    purpose = definition.get("purpose")
    if purpose is not None and not is_purpose(purpose):
        raise DefinitionError("purpose", "is the id of a purpose in catalog/consent.yaml, such as newsletter")
    setting = Setting(
        journey=id,
        purpose=purpose,
        by_event="event" in fields(definition.get("enter"), "enter", "{event: Checkout Started, key: cart_id}"),
        calendar=calendar,
        computed=computed,
        known=known or Known(),
    )
    entry = _entry(definition["enter"], setting)
    journey = Journey(
        id=id,
        name=word(definition.get("name", id), "name"),
        entry=entry,
        steps=read_steps(definition.get("steps"), setting),
        goal=_goal(definition["goal"], setting) if "goal" in definition else None,
        exits=_exits(definition.get("exit", []), setting),
        holdout=read_percent(definition.get("holdout", 0), "holdout", least=0),
        priority=whole(definition.get("priority", 0), "priority", most=100),
        version=version,
    )
    _check_whole(journey)
    return journey


def _check_whole(journey: Journey) -> None:
    if not journey.steps:
        raise DefinitionError("steps", "has at least one step")
    if journey.holdout and journey.goal is None:
        raise DefinitionError("holdout", "is measured by a goal: say one, such as goal: {event: Order Completed}")
    if journey.holdout == 100:
        raise DefinitionError("holdout", "leaves somebody to go through: at most 99")
    if sum(1 for _ in signals(journey)) > MAX_SIGNALS:
        raise DefinitionError("steps", f"waits for more than {MAX_SIGNALS} things")
    if longest(journey.steps) > LONGEST:
        days = longest(journey.steps) // DAY
        raise DefinitionError("steps", f"may take {days} days on the longest way: a journey ends within 365 days")


def _entry(asks: Mapping[str, Any], setting: Setting) -> Entry:
    kinds = [kind for kind in _ENTRIES if kind in asks]
    is_open = read_flag(asks.get("api", False), "enter.api")
    if len(kinds) > 1 or not (kinds or is_open):
        raise DefinitionError("enter", f"is by one of {', '.join(_ENTRIES)}, or api: true alone")
    by: EventEntry | SegmentEntry | ScheduleEntry | None = None
    match kinds:
        case ["event"]:
            by = _by_event(asks, setting.calendar)
        case ["segment"]:
            by = _by_segment(asks, setting.known)
        case ["schedule"]:
            by = _by_schedule(asks, setting.known)
        case _:
            only(asks, _POLICY, "enter")
    has_key = is_open or (isinstance(by, EventEntry) and by.key is not None)
    when: Node | None = None
    if "when" in asks:
        when = setting.condition(asks["when"], "enter.when")
    return Entry(
        by=by,
        open=is_open,
        when=when,
        again=_again(asks.get("again", "always"), "enter.again"),
        cool_down=duration(asks["cool_down"], "enter.cool_down") if "cool_down" in asks else 0,
        at_once=_at_once(asks, has_key=has_key),
    )


def _by_event(asks: Mapping[str, Any], calendar: Calendar) -> EventEntry:
    only(asks, _POLICY | EVENT_FIELDS - {"same"} | {"key"}, "enter")
    key = read_property(asks["key"], "enter.key") if "key" in asks else None
    return EventEntry(read_selection(asks, "enter", calendar), key)


def _by_segment(asks: Mapping[str, Any], known: Known) -> SegmentEntry:
    only(asks, _POLICY | SEGMENT_FIELDS | {"enrol"}, "enter")
    change = read_change(asks, "enter", known)
    enrol = read_choice(asks.get("enrol", "future"), "enter.enrol", _ENROL)
    if change.change == "left" and enrol != "future":
        raise DefinitionError("enter.enrol", "is future: nobody is in what they have left")
    return SegmentEntry(change.segment, change.change, cast(Literal["future", "current", "both"], enrol))


def _by_schedule(asks: Mapping[str, Any], known: Known) -> ScheduleEntry:
    only(asks, _POLICY | {"schedule"}, "enter")
    path = "enter.schedule"
    example = '{segment: vip, at: "09:00", days: [monday]}'
    said = read_fields(asks["schedule"], path, example, frozenset({"segment", "at", "days", "date"}))
    if ("days" in said) == ("date" in said):
        raise DefinitionError(path, "is on days of the week (days) or on one date (date)")
    date = None
    if "date" in said:
        found = read_date(said["date"])
        if found is None or not found.is_day:
            raise DefinitionError(f"{path}.date", "is a day such as 2026-12-24")
        date = found.number
    return ScheduleEntry(
        segment=read_segment(said.get("segment"), f"{path}.segment", known),
        at=read_time(said.get("at"), f"{path}.at"),
        weekdays=read_weekdays(said["days"], f"{path}.days") if "days" in said else frozenset(),
        date=date,
    )


def _again(raw: object, path: str) -> int | None:
    if raw in ("never", "always"):
        return None if raw == "never" else 0
    if not isinstance(raw, str):
        raise DefinitionError(path, "is always, never, or a length of time after which, such as 30 days")
    return duration(raw, path)


def _at_once(asks: Mapping[str, Any], *, has_key: bool) -> int:
    if "at_once" not in asks:
        return MAX_AT_ONCE if has_key else 1
    number = whole(asks["at_once"], "enter.at_once", least=1, most=MAX_AT_ONCE)
    if number > 1 and not has_key:
        raise DefinitionError("enter.at_once", "is more than 1 only with a key, which tells one from the other")
    return number


def _goal(raw: object, setting: Setting) -> Goal:
    asks = read_fields(raw, "goal", "{event: Order Completed, within: 7 days}", EVENT_FIELDS | {"within", "exit"})
    event = read_awaited(asks, "goal", setting.calendar, by_event=setting.by_event)
    within = duration(asks.get("within", "30 days"), "goal.within")
    return Goal(event=event, within=within, exits=read_flag(asks.get("exit", True), "goal.exit"))


def _exits(raw: object, setting: Setting) -> tuple[Signal, ...]:
    if not isinstance(raw, list) or len(raw) > MAX_EXITS:
        raise DefinitionError("exit", f"is a list of at most {MAX_EXITS} things, such as [{{event: Order Completed}}]")
    found = []
    for index, one in enumerate(raw):
        path = f"exit[{index}]"
        asks = fields(one, path, "{event: Order Completed}")
        only(asks, SEGMENT_FIELDS if "segment" in asks else EVENT_FIELDS, path)
        found.append(read_signal(asks, path, setting.calendar, setting.known, by_event=setting.by_event))
    return tuple(found)
