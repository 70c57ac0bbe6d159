"""What became of passages in a world, read from the events that journeys told; and a function that sends nothing."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from local.world.journeys import Journeys
from local.world.world import World
from regulars.domain.events import Event
from regulars.domain.journey_deeds import JOURNEYS
from regulars.errors import ConflictError
from regulars.pipeline.passing import Answer, Arrived
from regulars.stores.events import from_item
from regulars.stores.journeys import JourneyStore


@dataclass(slots=True)
class Told:
    """One passage as its events tell it: what it came to, place by place with instants, and how it ended."""

    at: int = 0
    steps: list[tuple[int, str, str]] = field(default_factory=list)
    ending: str | None = None
    ended: int | None = None
    converted: int | None = None
    held_out: bool = False


def told(world: World) -> dict[str, Told]:
    """Read all passages of a world, by their ids."""
    found: dict[str, Told] = defaultdict(Told)
    for event in sorted(own_events(world), key=lambda event: event.at):
        if event.properties.get("passage"):
            _take(found[event.properties["passage"]], event)
    return dict(found)


def own_events(world: World) -> list[Event]:
    """List the events that journeys told in a world."""
    events = map(from_item, world.database.all("events"))
    return [event for event in events if event.source == JOURNEYS]


def passages(world: World) -> list[Any]:
    """Read the rows of all passages of a world."""
    store = JourneyStore(world.database)
    return [one for owner in world.database.partition_keys("journeys") for one in store.passages(owner)]


def send_once(sent: Counter[tuple[str, str]]) -> Callable[[Journeys], Callable[[str, str], Answer]]:
    """Make a function that counts what it would send, once for each place, as the function `deliver` does."""

    def made(journeys: Journeys) -> Callable[[str, str], Answer]:
        def deliver(instance: str, place: str) -> Answer:
            while True:
                arrived = journeys.rooms.passing.arrive(instance, place)
                if not isinstance(arrived, Arrived):
                    return arrived
                try:
                    answer = journeys.rooms.passing.answer(arrived, 0, came=_came(arrived))
                except ConflictError:
                    continue
                sent[instance, place] += 1
                return answer

        return deliver

    return made


def in_order(steps: Sequence[tuple[int, str, str]]) -> list[tuple[int, str, str]]:
    """Sort steps so that those of one instant stand alike whoever tells them."""
    return sorted(steps)


def _came(arrived: Arrived) -> str:
    return "done" if type(arrived.step).__name__ == "Webhook" else "sent"


def _take(passage: Told, event: Event) -> None:
    said = event.properties
    match event.name:
        case "Journey Entered":
            passage.at, passage.held_out = event.at, bool(said["held_out"])
        case "Journey Step Passed":
            passage.steps.append((event.at, str(said["place"]), str(said["came"])))
        case "Journey Ended":
            passage.ending, passage.ended = str(said["ending"]), event.at
        case "Journey Goal Met":
            passage.converted = event.at
