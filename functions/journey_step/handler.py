"""Asked by the state machines of journeys: by which way to go on from a place, or until when to wait there."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from regulars.adapters.clock import now
from regulars.adapters.journeys import journey_rooms
from regulars.adapters.observability import observed, tamed
from regulars.domain.journey_machines import waits_until
from regulars.pipeline.journey_rooms import JourneyRooms


@observed
@tamed("a place of a journey could not be answered")
def handler(event: Mapping[str, Any], _context: object) -> dict[str, int | str | None]:
    """Answer a place of a passage; whoever holds is answered later, by the token."""
    _rooms().start_batch()
    answer = _rooms().stepping.step(event["instance"], event["place"], event.get("token", ""))
    return {"way": answer.way, "until": None if answer.until is None else waits_until(answer.until, now())}


@cache
def _rooms() -> JourneyRooms:
    return journey_rooms()
