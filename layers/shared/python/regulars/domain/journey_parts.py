"""Read what journeys say in several places: which event, which change of a segment, which time of day."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal, cast

from regulars.domain.calendars import Calendar
from regulars.domain.definition_reading import fields, only, whole
from regulars.domain.journeys import Awaited, Change, SegmentChange, Signal, Weekday
from regulars.domain.measure_definitions import read_property, read_selection
from regulars.errors import DefinitionError

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CHANGES = ("entered", "left")
EVENT_FIELDS = frozenset({"event", "where", "same"})
SEGMENT_FIELDS = frozenset({"segment", "change"})
_MAX_SAME = 5
_MISSING = {
    "segment": "there is no segment",
    "list": "there is no list",
    "journey": "there is no journey open to moves (enter: {api: true}) called",
    "purpose": "catalog/consent.yaml has no purpose",
}
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_ID = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What there is for journeys to name, by id; None where nobody knows, and whatever is named is taken."""

    segments: Collection[str] | None = None
    lists: Collection[str] | None = None
    journeys: Collection[str] | None = None  # those that are open to moves
    purposes: Collection[str] | None = None

    def must(self, what: Literal["segment", "list", "journey", "purpose"], id: str, path: str) -> str:
        """Give an id of something that there is. Raises DefinitionError."""
        among: Collection[str] | None = getattr(self, f"{what}s")
        if among is not None and id not in among:
            raise DefinitionError(path, f"{_MISSING[what]} {id}{_near(id, among)}")
        return id


def is_id(text: str) -> bool:
    """Say whether a text may be an id."""
    return _ID.fullmatch(text) is not None


def read_id(raw: object, path: str, example: str) -> str:
    """Read an id. Raises DefinitionError."""
    if not isinstance(raw, str) or not is_id(raw):
        raise DefinitionError(path, f"is a lower-case letter and then up to 62 of a-z, 0-9 and _, such as {example}")
    return raw


def read_segment(raw: object, path: str, known: Known) -> str:
    """Read the id of a segment that there is. Raises DefinitionError."""
    return known.must("segment", read_id(raw, path, "big_spenders"), path)


def read_choice(raw: object, path: str, choices: tuple[str, ...]) -> str:
    """Read one of a few words. Raises DefinitionError."""
    if not isinstance(raw, str) or raw not in choices:
        raise DefinitionError(path, f"is one of {', '.join(choices)}")
    return raw


def read_signal(raw: Mapping[str, Any], path: str, calendar: Calendar, known: Known, *, by_event: bool) -> Signal:
    """Read what may happen: an event, or the change of a segment. Raises DefinitionError."""
    if "segment" in raw:
        return read_change(raw, path, known)
    if "event" in raw:
        return read_awaited(raw, path, calendar, by_event=by_event)
    raise DefinitionError(path, "names what happens: an event, or a segment, such as {segment: vip, change: entered}")


def read_change(raw: Mapping[str, Any], path: str, known: Known) -> SegmentChange:
    """Read the change of a segment; without a word it is entered. Raises DefinitionError."""
    segment = read_segment(raw["segment"], f"{path}.segment", known)
    change = cast(Change, read_choice(raw.get("change", "entered"), f"{path}.change", CHANGES))
    return SegmentChange(segment, change)


def read_awaited(raw: Mapping[str, Any], path: str, calendar: Calendar, *, by_event: bool) -> Awaited:
    """Read an event, and what it has in common with the one that was entered by. Raises DefinitionError."""
    same = _same(raw["same"], f"{path}.same") if "same" in raw else ()
    if same and not by_event:
        raise DefinitionError(f"{path}.same", "is the same as in the event of the entry: enter by an event, or drop it")
    return Awaited(read_selection(raw, path, calendar), same)


def read_time(raw: object, path: str) -> int:
    """Read a time of day in minutes after midnight. Raises DefinitionError."""
    found = _TIME.fullmatch(raw) if isinstance(raw, str) else None
    if found is None:
        raise DefinitionError(path, 'is a time of day in quotes, from "00:00" to "23:59"')
    return int(found[1]) * 60 + int(found[2])


def read_weekdays(raw: object, path: str) -> frozenset[Weekday]:
    """Read days of the week. Raises DefinitionError."""
    if not isinstance(raw, list) or not raw or not all(isinstance(day, str) and day in WEEKDAYS for day in raw):
        raise DefinitionError(path, "is a list of days of the week, such as [monday, friday]")
    return frozenset(WEEKDAYS.index(day) for day in raw)


def read_percent(raw: object, path: str, *, least: int = 1) -> int:
    """Read a number of percent. Raises DefinitionError."""
    return whole(raw, path, least=least, most=100)


def read_flag(raw: object, path: str) -> bool:
    """Read true or false. Raises DefinitionError."""
    if not isinstance(raw, bool):
        raise DefinitionError(path, "is true or false")
    return raw


def read_fields(raw: object, path: str, example: str, allowed: frozenset[str]) -> Mapping[str, Any]:
    """Read an object of these fields. Raises DefinitionError."""
    asks = fields(raw, path, example)
    only(asks, allowed, path)
    return asks


def _near(id: str, among: Collection[str]) -> str:
    near = get_close_matches(id, sorted(among), 1)
    return f": did you mean {near[0]}?" if near else ""


def _same(raw: object, path: str) -> tuple[tuple[str, str], ...]:
    """Read `cart_id`, a list of such, or `{property here: property there}`."""
    if isinstance(raw, Mapping):
        pairs: list[tuple[object, object]] = list(fields(raw, path, "{order_cart: cart_id}").items())
    else:
        pairs = [(name, name) for name in (raw if isinstance(raw, list) else [raw])]
    if not 0 < len(pairs) <= _MAX_SAME:
        raise DefinitionError(path, f"names 1 to {_MAX_SAME} properties")
    return tuple((read_property(here, path), read_property(there, path)) for here, there in pairs)
