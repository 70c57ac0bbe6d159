"""Versions of journeys that people go through, the conditions that they ask, and the events that they listen to."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from regulars.domain.journeys import Awaited, Branch, EventEntry, Journey, SegmentChange, SegmentEntry, every, signals
from regulars.domain.segments import Node, Segment

Life = Literal[
    "preparing",  # its number is taken, and its state machine is being made
    "live",  # people enter
    "paused",  # nobody enters until it is resumed
    "draining",  # nobody enters any more, and who is on the way goes on
    "stopped",  # all were ended where they were
    "archived",
]
GOING: frozenset[Life] = frozenset({"live", "paused", "draining"})
ENTER = "enter"  # where the condition of an entry is asked


@dataclass(frozen=True, kw_only=True)
class LiveJourney:
    """A version that people go through, the state machine that moves them, and when it was published."""

    journey: Journey
    state: Life = "live"
    machine: str = ""
    published: int = 0

    @cached_property
    def conditions(self) -> Mapping[str, Segment]:
        """What it asks of people, by where; each as a segment of nobody's, for it is answered as segments are."""
        return conditions_of(self.journey)

    @cached_property
    def events(self) -> frozenset[str]:
        """The names of events that let somebody enter, or that are listened to by who has."""
        by = self.journey.entry.by
        entered = {by.selection.event} if isinstance(by, EventEntry) and self.state == "live" else set[str]()
        return frozenset(entered | {one.selection.event for one in signals(self.journey) if isinstance(one, Awaited)})

    @cached_property
    def segments(self) -> frozenset[str]:
        """The segments whose changes let somebody enter, or that are listened to by who has."""
        by = self.journey.entry.by
        entered = {by.segment} if isinstance(by, SegmentEntry) and self.state == "live" else set[str]()
        return frozenset(entered | {one.segment for one in signals(self.journey) if isinstance(one, SegmentChange)})


def conditions_of(journey: Journey) -> Mapping[str, Segment]:
    """List the conditions of a journey: `enter`, and `step number` for each way of a branch that has one."""
    nodes: dict[str, Node] = {}
    if journey.entry.when:
        nodes[ENTER] = journey.entry.when
    for step in every(journey.steps):
        if isinstance(step, Branch):
            nodes |= {arm_of(step.id, number): arm.when for number, arm in enumerate(step.arms) if arm.when}
    named = f"{journey.id} {journey.version}"
    return {name: Segment(id=f"{named}: {name}", name=name, where=node, anonymous=True) for name, node in nodes.items()}


def arm_of(step: str, number: int) -> str:
    """Name the condition of a way of a branch."""
    return f"{step} {number}"
