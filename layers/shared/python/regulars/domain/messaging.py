"""How often and when people are written to: caps across all journeys, quiet hours, and who is held out of all."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, cast, get_args

from regulars.domain.definition_reading import fields, only, whole
from regulars.domain.journey_parts import read_choice, read_percent, read_time
from regulars.domain.journeys import Channel, Class
from regulars.errors import DefinitionError

CHANNELS = get_args(Channel)
CLASSES = get_args(Class)
MAX_CAPS = 20
MAX_QUIET = 10
MAX_DAYS = 90
_FIELDS = ("id", "caps", "quiet", "holdout")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """
    At most so many messages of a class in so many calendar days of the person, today included; of one channel, or all.

    The last `kept` of them are for journeys of this `priority` or a higher one.
    """

    most: int
    days: int
    channel: Channel | None = None
    kind: Class = "marketing"
    kept: int = 0
    priority: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From one time of the person's day up to another (minutes after midnight), over midnight where that is earlier."""

    start: int
    end: int
    channels: frozenset[Channel] = frozenset(CHANNELS)
    kinds: frozenset[Class] = frozenset({"marketing"})

    def covers(self, minute: int) -> bool:
        """Say whether a minute of the day is quiet."""
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Messaging:
    """The policy of a workspace; `holdout` percent of all people get no marketing at all, and are measured."""

    caps: tuple[Cap, ...] = ()
    quiet: tuple[QuietHours, ...] = ()
    holdout: int = 0


NO_POLICY = Messaging()


def parse_messaging(definition: Mapping[str, Any]) -> Messaging:
    """Read the policy of a workspace from `catalog/messaging.yaml`. Raises DefinitionError."""
    only(definition, _FIELDS, "")
    quiet = tuple(_quiet(one, path) for one, path in _each(definition, "quiet", MAX_QUIET))
    for channel, kind in product(CHANNELS, CLASSES):
        hours = [one for one in quiet if channel in one.channels and kind in one.kinds]
        if all(any(one.covers(minute) for one in hours) for minute in range(24 * 60)):
            raise DefinitionError("quiet", f"leaves no minute of the day for {kind} messages by {channel}")
    return Messaging(
        caps=tuple(_cap(one, path) for one, path in _each(definition, "caps", MAX_CAPS)),
        quiet=quiet,
        holdout=read_percent(definition.get("holdout", 0), "holdout", least=0),
    )


def _each(definition: Mapping[str, Any], name: str, most: int) -> list[tuple[object, str]]:
    raw = definition.get(name, [])
    if not isinstance(raw, list) or len(raw) > most:
        raise DefinitionError(name, f"is a list of at most {most}")
    return [(one, f"{name}[{index}]") for index, one in enumerate(raw)]


def _cap(raw: object, path: str) -> Cap:
    asks = fields(raw, path, "{most: 3, days: 7, channel: email}")
    only(asks, {"most", "days", "channel", "class", "kept"}, path)
    most = whole(asks.get("most"), f"{path}.most", most=1_000)
    kept, priority = 0, 0
    if "kept" in asks:
        said = fields(asks["kept"], f"{path}.kept", "{messages: 1, priority: 50}")
        only(said, {"messages", "priority"}, f"{path}.kept")
        kept = whole(said.get("messages"), f"{path}.kept.messages", least=1, most=max(most, 1))
        priority = whole(said.get("priority"), f"{path}.kept.priority", least=1, most=100)
    return Cap(
        most=most,
        days=whole(asks.get("days"), f"{path}.days", least=1, most=MAX_DAYS),
        channel=_channel(asks["channel"], f"{path}.channel") if "channel" in asks else None,
        kind=cast(Class, read_choice(asks.get("class", "marketing"), f"{path}.class", CLASSES)),
        kept=kept,
        priority=priority,
    )


def _quiet(raw: object, path: str) -> QuietHours:
    asks = fields(raw, path, '{from: "21:00", to: "08:00", channels: [sms]}')
    only(asks, {"from", "to", "channels", "classes"}, path)
    start, end = read_time(asks.get("from"), f"{path}.from"), read_time(asks.get("to"), f"{path}.to")
    if start == end:
        raise DefinitionError(f"{path}.to", "is another time than from: nothing could ever be sent")
    channels = _some(asks.get("channels", list(CHANNELS)), f"{path}.channels", CHANNELS)
    kinds = _some(asks.get("classes", ["marketing"]), f"{path}.classes", CLASSES)
    return QuietHours(
        start=start, end=end, channels=cast(frozenset[Channel], channels), kinds=cast(frozenset[Class], kinds)
    )


def _some(raw: object, path: str, among: tuple[str, ...]) -> frozenset[str]:
    if not isinstance(raw, list) or not raw:
        raise DefinitionError(path, f"is a list of some of {', '.join(among)}")
    return frozenset(read_choice(one, f"{path}[{index}]", among) for index, one in enumerate(raw))


def _channel(raw: object, path: str) -> Channel:
    return cast(Channel, read_choice(raw, path, CHANNELS))
