"""What a simulation is made with, and what it makes: a journey and all beside it, and ways of people through it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from regulars.domain.catalog import Live, next_watches
from regulars.domain.compiling import Compiled
from regulars.domain.journey_signals import Properties
from regulars.domain.journeys import Journey, SegmentChange, SegmentEntry, signals
from regulars.domain.live_journeys import conditions_of
from regulars.domain.messaging import NO_POLICY, Messaging
from regulars.domain.passages import Ending
from regulars.domain.segments import Segment


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to somebody on their way: where, when, and what came of it."""

    at: int
    place: str
    came: str


@dataclass(slots=True)
class Passage:
    """One way of one person through the journey; `ended` is None for who is still under way."""

    profile_id: str
    key: str
    at: int
    properties: Properties
    steps: list[Step] = field(default_factory=list)
    ended: int | None = None
    ending: Ending | None = None
    converted: int | None = None
    moved_to: str | None = None


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A journey, with all that it is gone through with: what is live beside it, and the policy of messages."""

    journey: Journey
    beside: Live = field(default_factory=Live)
    policy: Messaging = NO_POLICY

    @cached_property
    def live(self) -> Live:
        """What is live, with the conditions of the journey beside the segments."""
        readers = [*self.beside.segments, *self._asked.values()]
        watches = next_watches(self.beside.watches, [*readers, *self.beside.computed], self.beside.workspace.calendar)
        return replace(self.beside, segments=tuple(readers), watches=watches)

    def condition(self, name: str) -> Compiled:
        """Give a condition of the journey by where it is asked."""
        return self.live.compiled[self._asked[name].rows]

    @cached_property
    def tracked(self) -> Mapping[str, Compiled]:
        """The segments whose changes the journey listens to, those that there are."""
        named = {signal.segment for signal in signals(self.journey) if isinstance(signal, SegmentChange)}
        if isinstance(self.journey.entry.by, SegmentEntry):
            named.add(self.journey.entry.by.segment)
        return {id: self.live.by_id[id] for id in sorted(named) if id in self.live.by_id}

    @cached_property
    def _asked(self) -> Mapping[str, Segment]:
        return conditions_of(self.journey)
