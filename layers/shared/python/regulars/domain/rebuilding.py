"""What a rebuild finds: whether a part says what the stored events of its owner say, and how many did not."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Literal, Self

from regulars.domain.events import Event
from regulars.domain.parts import Part, fold, is_kept_for
from regulars.domain.state import RESTRICTED, is_always_kept, parts_of, watch_of
from regulars.domain.timers import MINUTE
from regulars.domain.watches import Watches

Finding = Literal["right", "awaited", "outdated", "changed"]
AWAITED = MINUTE  # how long the stream may take to bring an event before it counts as missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """
    How many identifiers and parts were folded anew, and what was found.

    `changed` parts said something else than the events; `outdated` ones were not kept yet for what is live, and nobody
    read them so; `awaited` ones lacked only what the stream was about to bring. `linked` counts identifiers attached
    and profiles merged, `failed` identifiers that could not be read.
    """

    identifiers: int = 0
    parts: int = 0
    changed: int = 0
    outdated: int = 0
    awaited: int = 0
    linked: int = 0
    failed: int = 0

    def __add__(self, other: Self) -> Self:
        sums = {each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)}
        return type(self)(**sums)


def to_rebuild(parts: Sequence[Part], events: Sequence[Event], watches: Watches) -> list[str]:
    """Name the parts of an owner that something live reads: those that there are, and those that its events make."""
    made = {name for event in events for name in parts_of(event, watches)}
    kept = {part.name for part in parts} - {RESTRICTED}  # of which no event tells
    return sorted(
        name for name in made | kept if is_always_kept(name) or name.removeprefix("event#") in watches.by_event
    )


def judge(part: Part, folded: Part, events: Sequence[Event], watches: Watches, *, read: int) -> Finding:
    """Compare a part with the same folded from all events of its owner, which were read after the instant `read`."""
    watch = watch_of(part.name, watches)
    if not is_always_kept(part.name) and not (part.version and is_kept_for(part, watch)):
        return "outdated"
    own = [event for event in events if event.owner == part.owner and part.name in parts_of(event, watches)]
    uncounted = [event for event in own if event.arrival > part.floor and event.mark not in part.marks]
    if not uncounted:
        is_right = part.state == folded.state and part.marks <= {event.mark for event in own}
        return "right" if is_right else "changed"
    marked = [event for event in own if event not in uncounted]
    before = fold(part.owner, part.name, marked, watches, version=part.version, read=read, before=part)
    is_awaited = before.state == part.state and min(event.arrival for event in uncounted) > read - AWAITED
    return "awaited" if is_awaited else "changed"
