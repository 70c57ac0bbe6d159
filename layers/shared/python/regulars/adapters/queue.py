"""The queue of evaluations on SQS: a message waits there until the instant of its timer."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from regulars.adapters.pause import pause
from regulars.domain.timers import Timer, delay
from regulars.errors import UnavailableError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef as Entry

MOST = 10  # messages in a request
LONGEST = 900  # seconds that SQS holds a message back; one that comes early then waits again
TRIES = 4


class SqsEvaluationQueue:
    """Carries timers that are due within minutes."""

    def __init__(self, client: "SQSClient", url: str, wait: Callable[[int], None] = pause) -> None:
        self._client = client
        self._url = url
        self._wait = wait

    def send(self, timers: Sequence[Timer], *, now: int) -> None:
        """
        Deliver each timer at or shortly after its instant, at least once.

        Raises UnavailableError.
        """
        for start in range(0, len(timers), MOST):
            self._send([_entry(str(at), timer, now) for at, timer in enumerate(timers[start:][:MOST])])

    def _send(self, entries: "Sequence[Entry]") -> None:
        for tries in range(TRIES):
            try:
                answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
            except (BotoCoreError, ClientError) as error:
                raise UnavailableError("the queue of evaluations does not answer") from error
            failed = {failure["Id"] for failure in answer.get("Failed", [])}
            entries = [entry for entry in entries if entry["Id"] in failed]
            if not entries:
                return
            self._wait(tries)
        raise UnavailableError("the queue of evaluations takes no more at the moment")


def timer_of(message: Mapping[str, Any]) -> Timer:
    """
    Read the timer of a received message.

    Raises ValueError or KeyError for a message that is none of ours.
    """
    body = json.loads(message["body"])
    return Timer(profile_id=body["profile_id"], due=body["due"], hops=body["hops"])


def _entry(id: str, timer: Timer, now: int) -> "Entry":
    body = {"profile_id": timer.profile_id, "due": timer.due, "hops": timer.hops}
    return {
        "Id": id,
        "MessageBody": json.dumps(body, separators=(",", ":")),
        "DelaySeconds": min(delay(timer.due, now), LONGEST),
    }
