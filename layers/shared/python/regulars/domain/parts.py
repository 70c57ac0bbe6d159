"""
Counting each event once: a part remembers the newest events it has counted, and a floor below which it remembers none.

An event above the floor is counted unless it is remembered. One at or below it is not counted: the part is folded anew
from the owner's events. Mark and effect are one write, so a crash, a retry or a redrive after weeks cannot count twice.

Who folds reads everything that was stored before: the part is *whole* up to that instant, and what the stream still
brings of it is in already. Without that, each batch of a flood would fold the whole flood again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from regulars.domain.events import Event, Mark
from regulars.domain.instants import SECOND
from regulars.domain.retention import horizon, kept_until
from regulars.domain.state import EMPTY, State, add, anchored, parts_of, recalled, state_of, watch_of, watched
from regulars.domain.watches import Watch, Watches

REMEMBERED = 32
SKEW = 5 * SECOND  # how far a function's clock may be ahead of the one that stamps the stream, generously


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """
    One part of one owner's state.

    `version` is the number it had when read (0: not stored yet), `catalog` the version and `watch` the print of what
    it was folded for. All events stored at or before `whole` (microseconds) are counted in it.

    `sealed` is the sum of those of its events that were kept until `sealed_until` (-1: none was) or shorter. It stands
    in the state, and any fold begins with it: these events are gone, or will be.
    """

    owner: str
    name: str
    version: int = 0
    catalog: int = 0
    watch: str = ""
    marks: frozenset[Mark] = frozenset()
    floor: int = -1
    whole: int = -1
    state: State = EMPTY
    sealed: State = EMPTY
    sealed_until: int = -1


Admission = Literal["count", "skip", "refold"]


def is_kept_for(part: Part, watch: Watch) -> bool:
    """Say whether a part was folded for a watch, and has counted ever since that came to be."""
    return part.watch == watch.print and part.catalog >= watch.since


def admit(part: Part, event: Event) -> Admission:
    """Decide whether a part counts an event, has counted it, or can no longer tell."""
    if event.arrival <= part.floor:
        return "refold"
    return "skip" if event.mark in part.marks else "count"


def count(part: Part, events: Iterable[Event], watches: Watches, *, stored: int) -> Part | None:
    """
    Count events in a part, each once; None when it must be folded anew.

    `stored` is an instant (microseconds) by which all of them had been stored.
    """
    watch = watch_of(part.name, watches)
    if part.version and not is_kept_for(part, watch):
        return None
    part = replace(part, catalog=watches.version, watch=watch.print)
    if stored <= part.whole:
        return part
    for event in events:
        match admit(part, event):
            case "refold":
                return None
            case "count":
                part = _counted(part, event, watch)
            case "skip":
                pass
    return part


def fold(
    owner: str,
    name: str,
    events: Iterable[Event],
    watches: Watches,
    *,
    version: int,
    read: int,
    before: Part | None = None,
) -> Part:
    """
    Fold a part anew from all events of its owner, which were read after the instant `read` (microseconds).

    What was sealed `before` is where it begins, and what has ended since is sealed with it.
    """
    watch = watch_of(name, watches)
    own = [event for event in events if event.owner == owner and name in parts_of(event, watches)]
    part = seal(replace(before or Part(owner=owner, name=name), version=version), own, watch, up_to=horizon(read))
    left = [event for event in own if kept_until(event) > part.sealed_until]
    newest = sorted((event.mark for event in left if event.arrival > part.floor), reverse=True)
    state = part.sealed
    for event in left:
        state = add(state, state_of(event, name, watch), watch)
    state = recalled(state, before.state if before else EMPTY)
    return replace(
        part,
        catalog=watches.version,
        watch=watch.print,
        marks=frozenset(newest[:REMEMBERED]),
        floor=newest[REMEMBERED].arrival if len(newest) > REMEMBERED else part.floor,
        whole=read - SKEW,
        state=state,
        sealed=anchored(part.sealed, state),
    )


def is_due(part: Part, event: Event, *, up_to: int) -> bool:
    """Say whether the period of an event has ended by an instant, and no sum of the part has it sealed."""
    return part.sealed_until < kept_until(event) <= up_to


def seal(part: Part, own: Iterable[Event], watch: Watch, *, up_to: int) -> Part:
    """
    Add to what is sealed of a part those of its events whose period ended by an instant.

    What is sealed forgets what the watch no longer keeps. The floor is above all of them: one that the stream brings
    once more leads to a fold, which knows them, and is not counted again.
    """
    standing = watched(part.sealed, watch)
    due = [event for event in own if is_due(part, event, up_to=up_to)]
    floor = part.floor if part.sealed_until >= 0 else -1
    if not due:
        return replace(part, sealed=standing, floor=floor)
    sealed = standing
    for event in due:
        sealed = add(sealed, state_of(event, part.name, watch), watch)
    return replace(part, sealed=sealed, sealed_until=up_to, floor=max(floor, *(event.arrival for event in due)))


def _counted(part: Part, event: Event, watch: Watch) -> Part:
    marks = sorted(part.marks | {event.mark})
    forgotten = marks[:-REMEMBERED]
    return replace(
        part,
        marks=frozenset(marks[-REMEMBERED:]),
        floor=max([part.floor, *(mark.arrival for mark in forgotten)]),
        state=add(part.state, state_of(event, part.name, watch), watch),
    )
