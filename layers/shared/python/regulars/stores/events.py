"""The events table: every event once, under its owner, by instant; the truth that all else is folded from."""

import json
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, cast

from regulars.domain.events import Event, EventType, Sealed
from regulars.domain.instants import SECOND, to_text
from regulars.domain.preserving import ends
from regulars.domain.retention import SLACK, FieldClass
from regulars.stores.database import Database, Item, binary, number, size_of, text
from regulars.stores.large import SPILLED

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_NOTHING: Mapping[str, Sealed | None] = {}
UNIT = 1_024  # a write is billed by the started kilobyte
Seen = Callable[[Sequence[Event]], list[Event]]


class EventStore:
    """
    Keeps events; a second one under the same key is a duplicate and changes nothing.

    With `seen` it is one for readers (`pipeline/seeing.py`): what is past its period is neither got nor among the
    newest, deleted or not, and what fields of others are past theirs is not in them.
    """

    def __init__(self, database: Database, seen: Seen = list) -> None:
        self._database = database
        self._seen = seen

    def insert(self, events: Sequence[Event]) -> list[bool]:
        """Store events; say for each whether it was new. Keys must differ within one call."""
        return self._database.insert("events", [to_item(event) for event in events])

    def get(self, owner: str, moment: str) -> Event | None:
        """Read one event."""
        item = self._database.get("events", owner, moment)
        return next(iter(self._seen([from_item(item)])), None) if item else None

    def of(self, owner: str) -> list[Event]:
        """Read all events of an owner, consistently, oldest first."""
        return [from_item(item) for item in self._database.query("events", owner)]

    def since(self, owner: str, instant: int) -> list[Event]:
        """
        Read the events of an owner that happened at an instant (microseconds) or later, consistently, oldest first.

        Those that named no instant lie apart: all of them are read.
        """
        later = self._database.query("events", owner, after=to_text(instant))
        unnamed = self._database.query("events", owner, prefix="-#")
        found = self._seen([from_item(item) for item in (*unnamed, *later)])
        return sorted((event for event in found if event.at >= instant), key=lambda event: event.at)

    def newest(self, owner: str, *, before: str | None = None, limit: int) -> list[Event]:
        """Read the newest events of an owner, newest first, older than a moment."""
        items = self._database.query("events", owner, before=before, newest_first=True, limit=limit)
        return self._seen([from_item(item) for item in items])


def to_item(
    event: Event,
    *,
    traits: Mapping[str, Sealed | None] = _NOTHING,
    sealed: bytes = b"",
) -> Item:
    """
    Lay out an event; the clear part is deflated only where that saves a write unit.

    `traits` and `sealed` are what was sealed for it and is not in it yet.
    """
    item: dict[str, str | int | bytes] = {
        "owner": event.owner,
        "moment": event.moment,
        "type": event.type,
        "links": " ".join(event.links),
        "at": event.at,
        "arrival": event.arrival,
        "print": event.fingerprint,
    }
    if event.name is not None:
        item["name"] = event.name
    if sealed or event.sealed:
        item["sealed"] = sealed or event.sealed
    if event.proven:
        item["proven"] = 1
    if event.kept_until is not None:
        item["expires"] = expires(event.kept_until)
    clear = _clear(event, traits)
    rest = size_of(item) + len("clear")
    packed = zlib.compress(clear, 6) if rest + len(clear) > UNIT else clear
    saves = -(-(rest + len(packed)) // UNIT) < -(-(rest + len(clear)) // UNIT)
    item["clear"] = packed if saves else clear
    return item


def from_item(item: Item) -> Event:
    """Read an event back."""
    clear = _read_clear(binary(item, "clear"))
    owner = text(item, "owner")
    sealed = {name: Sealed(owner, value) for name, value in clear.get("sealed", {}).items()}
    return Event(
        owner=owner,
        moment=text(item, "moment"),
        type=cast(EventType, text(item, "type")),
        name=text(item, "name") or None,
        links=tuple(text(item, "links").split()),
        at=number(item, "at"),
        arrival=number(item, "arrival"),
        properties=clear.get("properties", {}),
        traits={**clear.get("traits", {}), **sealed},
        context=clear.get("context", {}),
        sealed=binary(item, "sealed"),
        fingerprint=binary(item, "print"),
        proven=bool(number(item, "proven")),
        kept_until=ends(item),
    )


def without(item: Item, gone: Collection[FieldClass]) -> Item:
    """
    Give the item of an event without fields that are gone, itself where it holds none of them.

    Of a trait its name stays. What was spilled is let go of as well, but for traits: they go with the event.
    """
    left = dict(item)
    if "context" in gone:
        left.pop("sealed", None)
        prefix, *names = text(item, SPILLED).split() or [""]
        if "sealed" in names:
            left[SPILLED] = " ".join([prefix, *(name for name in names if name != "sealed")])
    if "traits" in gone and (packed := binary(item, "clear")):
        left["clear"] = _emptied(packed, text(item, "owner"))
    return item if left == item else left


def _emptied(packed: bytes, owner: str) -> bytes:
    clear = _read_clear(packed)
    sealed = clear.get("sealed", {})
    emptied = {name: Sealed(owner, value).emptied().text for name, value in sealed.items()}
    if emptied == sealed:
        return packed
    content = _ENCODER.encode({**clear, "sealed": emptied}).encode()
    return content if packed[:1] == b"{" else zlib.compress(content, 6)


def expires(kept_until: int) -> int:
    """Say when an event that is kept until an instant is deleted, in seconds: the attribute that DynamoDB reads."""
    return (kept_until + SLACK) // SECOND


def _clear(event: Event, traits: Mapping[str, Sealed | None]) -> bytes:
    content: dict[str, Mapping[str, Any]] = {}
    if event.properties:
        content["properties"] = event.properties
    if event.traits or traits:
        both = {**event.traits, **traits}
        sealed = {name: value.text for name, value in both.items() if isinstance(value, Sealed)}
        plain = {name: value for name, value in both.items() if name not in sealed}
        content |= {name: part for name, part in (("traits", plain), ("sealed", sealed)) if part}
    if event.context:
        content["context"] = event.context
    return _ENCODER.encode(content).encode()


def _read_clear(packed: bytes) -> dict[str, Any]:
    if not packed:
        return {}
    clear = packed if packed[:1] == b"{" else zlib.decompress(packed)
    return cast(dict[str, Any], json.loads(clear))
