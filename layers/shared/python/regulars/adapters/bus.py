"""The event bus on EventBridge: every transition once at least, by ids alone."""

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from regulars.adapters.pause import pause
from regulars.domain.instants import to_text
from regulars.errors import UnavailableError
from regulars.pipeline.ports import Transition

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef as Entry

SOURCE = "regulars"
ENTERED = "Segment Entered"
EXITED = "Segment Exited"
MOST = 10  # entries in a request
TRIES = 4


class EventBridgeBus:
    """Tells the world of transitions."""

    def __init__(self, client: "EventBridgeClient", name: str, wait: Callable[[int], None] = pause) -> None:
        self._client = client
        self._name = name
        self._wait = wait

    def publish(self, transitions: Sequence[Transition]) -> None:
        """
        Publish all, at least once; consumers drop a number that they have seen.

        Raises UnavailableError when any could not be.
        """
        entries = [self._entry(transition) for transition in transitions]
        for start in range(0, len(entries), MOST):
            self._put(entries[start:][:MOST])

    def _put(self, entries: "Sequence[Entry]") -> None:
        for tries in range(TRIES):
            try:
                answer = self._client.put_events(Entries=entries)
            except (BotoCoreError, ClientError) as error:
                raise UnavailableError("the event bus does not answer") from error
            if not answer["FailedEntryCount"]:
                return
            told = zip(entries, answer["Entries"], strict=True)
            entries = [entry for entry, result in told if "ErrorCode" in result]  # an answer of 200 may hold failures
            self._wait(tries)
        raise UnavailableError("the event bus takes no more at the moment")

    def _entry(self, transition: Transition) -> "Entry":
        detail = {
            "profile_id": transition.profile_id,
            "segment": transition.segment,
            "since": to_text(transition.since),
            "number": transition.number,
            "definition": transition.definition,
            "reason": transition.reason,
            "backfill": transition.backfill,
        }
        return {
            "EventBusName": self._name,
            "Source": SOURCE,
            "DetailType": ENTERED if transition.entered else EXITED,
            "Detail": json.dumps(detail, separators=(",", ":")),
        }
