"""
The versions of segments that people are evaluated for: what is live, what is coming, and what an edit makes of them.

Each lies under an *edition*, the version of the catalog at which it came: it is never used twice, not even where a
segment is deleted and written anew. So a switch is a change of these few items, whatever number of people are members.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from regulars.domain.calendars import UTC_DAYS, Calendar
from regulars.domain.computed import ComputedTrait, Reader
from regulars.domain.live_journeys import LiveJourney
from regulars.domain.segment_definitions import parse
from regulars.domain.segments import Segment
from regulars.domain.watches import Watches
from regulars.errors import DefinitionError

Status = Literal["live", "draft", "paused", "archived"]  # as a definition wishes it
State = Literal["live", "paused", "archived"]
By = Mapping[str, "Release"]
Computed = Mapping[str, ComputedTrait]  # by id


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A version of a segment as it was released, at an instant (microseconds), with the edition of its memberships."""

    id: str
    content: Mapping[str, Any]
    version: int = 1
    edition: int = 0
    state: State = "live"
    since: int = 0

    def segment(
        self, calendar: Calendar = UTC_DAYS, computed: Computed | None = None, *, coming: bool = False
    ) -> Segment:
        """Read the segment that people are evaluated for. Raises DefinitionError if `computed` lacks what it reads."""
        segment = parse(self.id, self.content, version=self.version, calendar=calendar, computed=computed)
        return replace(segment, edition=self.edition, coming=coming)

    def asks_the_same_as(self, other: "Release") -> bool:
        """Say whether the same people are in it, whatever it is called."""
        mine, theirs = self.segment(), other.segment()
        return mine == replace(theirs, name=mine.name, version=mine.version, edition=mine.edition)


@dataclass(frozen=True, slots=True, kw_only=True)
class Releases:
    """All releases at one version of the catalog, with what is watched for them, by the ids of their segments."""

    watches: Watches = field(default_factory=lambda: Watches(by_event={}))
    live: By = field(default_factory=dict)
    coming: By = field(default_factory=dict)
    calendar: Calendar = UTC_DAYS
    computed: Computed = field(default_factory=dict)
    journeys: tuple[LiveJourney, ...] = ()

    def readers(self) -> Iterator[Reader]:
        """List what events are kept for: segments that people are evaluated for, computed traits, and conditions."""
        yield from self.segments()
        yield from self.computed.values()
        for one in self.journeys:
            yield from one.conditions.values()

    def segments(self) -> Iterator[Segment]:
        """List what people are evaluated for."""
        for release in self.live.values():
            if release.state == "live":
                yield release.segment(self.calendar, self.computed)
        for release in self.coming.values():
            yield release.segment(self.calendar, self.computed, coming=True)

    def paused(self) -> Iterator[Segment]:
        """List the segments whose memberships stay as they are."""
        for release in self.live.values():
            if release.state == "paused":
                yield release.segment(self.calendar, self.computed)

    def editions(self) -> set[tuple[str, int]]:
        """Name the editions whose memberships somebody may read or write."""
        live = {(one.id, one.edition) for one in self.live.values() if one.state != "archived"}
        return live | {(one.id, one.edition) for one in self.coming.values()}

    def next_edition(self) -> int:
        """Number what is released with the next change."""
        return self.watches.version + 1


def status_of(content: Mapping[str, Any]) -> Status:
    """Read which life a definition wishes for."""
    status: Status = content.get("status", "live")
    return status


def at_once(before: Releases, new: Release) -> Releases:
    """Let a version be live now, over the memberships that there are."""
    standing = before.live.get(new.id)
    kept = replace(new, edition=standing.edition if standing else 0)
    return replace(before, live={**before.live, new.id: kept}, coming=_without(before.coming, new.id))


def released(before: Releases, new: Release, *, nobody: bool) -> Releases:
    """
    Say what becomes of a segment whose definition is written.

    A draft leaves alone what is live. What asks for other people comes first, and is live once everybody was looked
    at; where there is `nobody` yet that is now.
    """
    live, coming = before.live.get(new.id), _without(before.coming, new.id)
    status = status_of(new.content)
    if status == "draft" or (status != "live" and live is None):
        return replace(before, coming=coming)
    if status != "live" and live is not None:
        return replace(before, live={**before.live, new.id: _rested(live, new, status)}, coming=coming)
    if live and live.state == "live" and live.asks_the_same_as(new):
        return replace(before, live={**before.live, new.id: _renamed(live, new)}, coming=coming)
    standing = before.coming.get(new.id)
    if standing and standing.asks_the_same_as(new):
        return replace(before, coming={**coming, new.id: _renamed(standing, new)})
    fresh = replace(new, edition=before.next_edition())
    if nobody:
        return replace(before, live={**before.live, new.id: fresh}, coming=coming)
    return replace(before, coming={**coming, new.id: fresh})


def recomputed(before: Releases, computed: Computed) -> Releases:
    """
    Let these be the computed traits, which changes the segments that read them.

    Raises DefinitionError with the name of a segment that would be wrong.
    """
    after = replace(before, computed=computed)
    for release in (*after.live.values(), *after.coming.values()):
        try:
            if release.state != "archived":
                release.segment(after.calendar, computed)
        except DefinitionError as error:
            what = f"segment {release.id} reads it, and would be wrong ({error})"
            raise DefinitionError("", f"{what}: change or delete that first") from None
    return after


def withdrawn(before: Releases, id: str, *, at: int) -> Releases:
    """Say what becomes of a segment whose definition is deleted: nobody is in it any more."""
    live = before.live.get(id)
    kept = {**before.live, id: replace(live, state="archived", since=at)} if live else before.live
    return replace(before, live=kept, coming=_without(before.coming, id))


def switched(before: Releases, editions: Collection[tuple[str, int]], *, at: int) -> Releases:
    """Let coming editions be the live ones, all of them in one step; one that was replaced meanwhile stays coming."""
    now = {one.id: replace(one, since=at) for one in before.coming.values() if (one.id, one.edition) in editions}
    coming = {id: one for id, one in before.coming.items() if id not in now}
    return replace(before, live={**before.live, **now}, coming=coming)


def _rested(live: Release, new: Release, status: Status) -> Release:
    state: State = "paused" if status == "paused" else "archived"
    if live.state == state:
        return live
    if live.state == "archived":
        return live  # its memberships have ended: there is nothing left to pause
    return replace(live, state=state, since=new.since)


def _renamed(standing: Release, new: Release) -> Release:
    return replace(standing, content=new.content, version=new.version)


def _without(releases: By, id: str) -> By:
    return {other: release for other, release in releases.items() if other != id}
