"""
What is kept of the events of one name: sums that know neither order nor batches, for the conditions that read them.

Of a selection of the events it is their number, what a property adds up to, its earliest and latest value, a list of
the newest, a number for each day, or its values. `add` is associative and commutative for each: a list holds the newest
so many of all that were ever added, and what is cut never comes back. Values that are more than their cap lose their
counts for good, because one that was cut may come back; which of them were seen last they still tell.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Any, Literal

from regulars.domain.calendars import Calendar
from regulars.domain.checking import passes
from regulars.domain.events import Event
from regulars.domain.numbers import to_amount
from regulars.domain.segments import Where
from regulars.domain.values import find, scalar

Kind = Literal["count", "numbers", "ends", "newest", "amounts", "scalars", "days", "values"]
LISTS: frozenset[Kind] = frozenset({"newest", "amounts", "scalars"})
SCALARS: frozenset[Kind] = frozenset({"ends", "scalars", "values"})

# count: how many. numbers: (how many amounts, their sum, the least, the greatest). ends: the earliest (instant, value)
# and the latest. newest: instants, amounts and scalars: (instant, value), all newest first. days: by day (how many,
# sum). values: by value (how many, newest instant).
Kept = Any


@dataclass(frozen=True)
class Keep:
    """
    One thing to keep of the events of a name that pass all filters and happened from `start` up to but without `end`.

    `of` is a property, or empty for the events themselves. `zone` is that of the calendar, where one is needed.
    """

    kind: Kind
    where: tuple[Where, ...] = ()
    start: int | None = None
    end: int | None = None
    of: str = ""
    zone: str = ""

    @cached_property
    def id(self) -> str:
        """Eight characters under which it is kept."""
        text = repr((self.kind, self.where, self.start, self.end, self.of, self.zone))
        return blake2b(text.encode(), digest_size=4).hexdigest()


def told(keep: Keep, event: Event) -> Kept | None:
    """What one event adds; None if it adds nothing."""
    if (keep.where or keep.start is not None or keep.end is not None) and not takes(keep, event):
        return None
    return _TOLD[keep.kind](keep, event)


def takes(keep: Keep, event: Event) -> bool:
    """Say whether an event is among those that a keep is about."""
    if (keep.start is not None and event.at < keep.start) or (keep.end is not None and event.at >= keep.end):
        return False
    return all(holds(find(event.properties, path), 0) for path, holds in _filters(keep))


def add(keep: Keep, one: Kept, other: Kept, size: int) -> Kept:
    """Add what two sides keep, and leave the newest so many."""
    return _ADD[keep.kind](one, other, size)


@lru_cache(4_096)
def _filters(keep: Keep) -> list[tuple[str, Callable[[Any, int], bool]]]:
    calendar = Calendar(keep.zone or "UTC")
    return [(one.property, passes(one.check, calendar)) for one in keep.where]


def _amount(keep: Keep, event: Event) -> int | None:
    return to_amount(find(event.properties, keep.of))


def _tell_numbers(keep: Keep, event: Event) -> Kept | None:
    amount = _amount(keep, event)
    return None if amount is None else (1, amount, amount, amount)


def _tell_ends(keep: Keep, event: Event) -> Kept | None:
    if not keep.of:
        return (event.at, ""), (event.at, "")
    value = scalar(find(event.properties, keep.of))
    return None if value is None else ((event.at, value), (event.at, value))


def _tell_amounts(keep: Keep, event: Event) -> Kept | None:
    amount = _amount(keep, event)
    return None if amount is None else ((event.at, amount),)


def _tell_scalars(keep: Keep, event: Event) -> Kept | None:
    value = scalar(find(event.properties, keep.of))
    return None if value is None else ((event.at, value),)


def _tell_days(keep: Keep, event: Event) -> Kept | None:
    amount = _amount(keep, event) if keep.of else 0
    return None if amount is None else {Calendar(keep.zone).day_of(event.at): (1, amount)}


def _tell_values(keep: Keep, event: Event) -> Kept | None:
    value = scalar(find(event.properties, keep.of))
    return None if value is None else {value: (1, event.at)}


def _add_numbers(one: Kept, other: Kept, _size: int) -> Kept:
    return one[0] + other[0], one[1] + other[1], min(one[2], other[2]), max(one[3], other[3])


def _add_newest(one: Kept, other: Kept, size: int) -> Kept:
    return tuple(sorted((*one, *other), reverse=True)[:size])


def _add_days(one: Kept, other: Kept, size: int) -> Kept:
    days = {**one, **other, **{day: _both(one[day], other[day]) for day in one.keys() & other.keys()}}
    return days if len(days) <= size else {day: days[day] for day in sorted(days, reverse=True)[:size]}


def _both(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return one[0] + other[0], one[1] + other[1]


def _add_values(one: Kept, other: Kept, size: int) -> Kept:
    both = one.keys() & other.keys()
    values = {
        **one,
        **other,
        **{each: (one[each][0] + other[each][0], max(one[each][1], other[each][1])) for each in both},
    }
    if len(values) < size:
        return values
    newest = sorted(values, key=lambda value: (values[value][1], value), reverse=True)[:size]
    return {value: (0, values[value][1]) for value in newest}


_TOLD: Mapping[Kind, Callable[[Keep, Event], Kept | None]] = {
    "count": lambda _keep, _event: 1,
    "numbers": _tell_numbers,
    "ends": _tell_ends,
    "newest": lambda _keep, event: (event.at,),
    "amounts": _tell_amounts,
    "scalars": _tell_scalars,
    "days": _tell_days,
    "values": _tell_values,
}
_ADD: Mapping[Kind, Callable[[Kept, Kept, int], Kept]] = {
    "count": lambda one, other, _size: one + other,
    "numbers": _add_numbers,
    "ends": lambda one, other, _size: (min(one[0], other[0]), max(one[1], other[1])),
    "newest": _add_newest,
    "amounts": _add_newest,
    "scalars": _add_newest,
    "days": _add_days,
    "values": _add_values,
}


def pack(kept: Mapping[str, Kept]) -> Mapping[str, Any]:
    """Write what is kept as plain JSON; days are told from values by a letter."""
    return {id: _pack(one) if isinstance(one, Mapping) else one for id, one in kept.items()}


def unpack(packed: Mapping[str, Any]) -> Mapping[str, Kept]:
    """Read what is kept back from JSON."""
    return {id: _unpack(one) for id, one in packed.items()}


def _pack(kept: Mapping[int | str, tuple[int, int]]) -> Mapping[str, Any]:
    return {f"d{key}" if isinstance(key, int) else key: value for key, value in kept.items()}


def _unpack(kept: Any) -> Kept:
    if isinstance(kept, dict):
        return {int(key[1:]) if key.startswith("d") else key: tuple(value) for key, value in kept.items()}
    return tuple(tuple(item) if isinstance(item, list) else item for item in kept) if isinstance(kept, list) else kept
