"""Woken by what may move somebody on a journey: let people hear of it, and let them in."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from regulars.adapters.journeys import journey_rooms
from regulars.adapters.observability import journal, log_failure, observed
from regulars.adapters.streams import Answer
from regulars.pipeline.journey_rooms import JourneyRooms


@observed
def handler(event: Mapping[str, Any], _context: object) -> Answer:
    """Work off each message by itself: those that fail come again."""
    _rooms().start_batch()
    failed = []
    for message in event["Records"]:
        try:
            _rooms().occasions.work(json.loads(message["body"]))
        except Exception as error:  # noqa: BLE001 (the other messages are other people: they go on)
            journal.count("occasions_failed")
            log_failure("a message of journeys failed", error, message_id=message["messageId"])
            failed.append({"itemIdentifier": str(message["messageId"])})
    return {"batchItemFailures": failed}


@cache
def _rooms() -> JourneyRooms:
    return journey_rooms()
