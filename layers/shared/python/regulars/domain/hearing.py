"""
What an event, or a change of a segment, does to somebody on a journey: a goal, an end, a release, or nothing.

The simulation and the journeys that are live both ask here. Instants are microseconds.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from regulars.domain.events import Event
from regulars.domain.journey_signals import Properties, is_awaited
from regulars.domain.journeys import MAX_RESTARTS, Awaited, Hold, Journey, SegmentChange, Signal, Step, every
from regulars.domain.passages import Passage

Hears = Callable[[Signal], bool]


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened to a person at an instant."""

    at: int
    said: Event | SegmentChange

    @property
    def event(self) -> str:
        """Name the event as passages name theirs, "" where it is none."""
        return name_event(self.said) if isinstance(self.said, Event) else ""


def name_event(event: Event) -> str:
    """Name an event by owner and moment, as what it caused remembers it."""
    return f"{event.owner} {event.moment}"


def hears(said: Event | SegmentChange, bound: Properties) -> Hears:
    """Give a function that says whether a signal is this, for who entered with properties."""
    if isinstance(said, SegmentChange):
        return lambda signal: signal == said
    return lambda signal: isinstance(signal, Awaited) and is_awaited(signal, said, bound)


def meets_goal(journey: Journey, entered: int, at: int, is_heard: Hears) -> bool:
    """Say whether something at an instant is what the journey is for, of who entered at another."""
    goal = journey.goal
    return goal is not None and entered <= at <= entered + goal.within and is_heard(goal.event)


def exits(journey: Journey, is_heard: Hears) -> bool:
    """Say whether something ends the journey."""
    return any(is_heard(signal) for signal in journey.exits)


def way_heard(hold: Hold, is_heard: Hears) -> int | None:
    """Give the number of the first way of a hold that waits for this; None where none does."""
    return next((number for number, way in enumerate(hold.ways) if is_heard(way.signal)), None)


def is_restless(restarts: int) -> bool:
    """Say whether somebody has begun a hold anew more often than anybody may."""
    return restarts > MAX_RESTARTS


def unrest(hold: Hold) -> int:
    """Give the number of the way of who never comes to rest."""
    return len(hold.ways) + 1


def step_at(journey: Journey, place: str) -> Step | None:
    """Find the step of a place; None where there is none: before the first, and at the end."""
    id = place.partition("#")[0]
    return next((step for step in every(journey.steps) if step.id == id), None)


def hear(passage: Passage, journey: Journey, news: News) -> Passage:
    """
    Say how a passage stands after something happened to its person; as before where that is nothing to it.

    A hold that was left has the number of the way in `released`, and in `until` when; one that began anew the number
    of that way, and in `since` when. Who ended, or is held out, still meets the goal, for it is measured.
    """
    if news.at < passage.at or passage.ending == "merged" or (passage.event and news.event == passage.event):
        return passage
    is_heard = hears(news.said, passage.bound)
    passage = _with_goal(passage, journey, news, is_heard)
    if passage.ending is not None:
        return passage
    if exits(journey, is_heard):
        return replace(passage, ended=news.at, ending="exit")
    return _released(passage, journey, news, is_heard)


def bears(passage: Passage, news: News) -> bool:
    """Say whether a passage shows traces of news: then it was heard before, and what followed may be left to do."""
    traces = [passage.converted, passage.ended if passage.ending in ("exit", "goal", "held_out") else None]
    if passage.released is not None:
        traces += [passage.until, passage.since]
    return news.at in traces


def _with_goal(passage: Passage, journey: Journey, news: News, is_heard: Hears) -> Passage:
    goal = journey.goal
    if goal is None or passage.converted is not None or not meets_goal(journey, passage.at, news.at, is_heard):
        return passage
    met = replace(passage, converted=news.at)
    if passage.ending == "held_out":
        return replace(met, ended=news.at) if goal.exits else met
    return replace(met, ended=news.at, ending="goal") if goal.exits and passage.ending is None else met


def _released(passage: Passage, journey: Journey, news: News, is_heard: Hears) -> Passage:
    hold = step_at(journey, passage.place)
    if not isinstance(hold, Hold) or not is_holding(passage) or not _is_meanwhile(passage, news.at):
        return passage
    number = way_heard(hold, is_heard)
    if number is None:
        return passage
    if not hold.ways[number].restarts:
        return replace(passage, released=number, until=news.at)
    if news.at == passage.since:
        return passage  # by this, or by what came with it, the hold began
    again = replace(passage, restarts=passage.restarts + 1)
    if is_restless(again.restarts):
        return replace(again, released=unrest(hold), until=news.at)
    return replace(again, released=number, since=news.at, until=news.at + hold.at_most)


def is_holding(passage: Passage) -> bool:
    """Say whether somebody waits at a place for what may happen, and nothing has let them go on yet."""
    return bool(passage.token) and passage.place not in passage.answers and passage.released is None


def _is_meanwhile(passage: Passage, at: int) -> bool:
    return passage.since <= at and (passage.until is None or at <= passage.until)
