"""The queue `wanted` on SQS: what may move somebody on a journey."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from regulars.adapters.pause import pause
from regulars.errors import UnavailableError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef as Entry

MOST = 10  # messages in a request
TRIES = 4


class SqsWanted:
    """The port `Wanted`."""

    def __init__(self, client: "SQSClient", url: str, wait: Callable[[int], None] = pause) -> None:
        self._client = client
        self._url = url
        self._wait = wait

    def send(self, messages: Sequence[Mapping[str, Any]], *, delay: int = 0) -> None:
        """Deliver each at least once, in any order, after so many seconds. Raises UnavailableError."""
        for start in range(0, len(messages), MOST):
            page = messages[start:][:MOST]
            self._send([_entry(str(at), message, delay) for at, message in enumerate(page)])

    def _send(self, entries: "Sequence[Entry]") -> None:
        for tries in range(TRIES):
            try:
                answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
            except (BotoCoreError, ClientError) as error:
                raise UnavailableError("the queue of journeys does not answer: send the same again") from error
            failed = {failure["Id"] for failure in answer.get("Failed", [])}
            entries = [entry for entry in entries if entry["Id"] in failed]
            if not entries:
                return
            self._wait(tries)
        raise UnavailableError("the queue of journeys takes no more at the moment: send the same again")


def _entry(id: str, message: Mapping[str, Any], delay: int) -> "Entry":
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    return {"Id": id, "MessageBody": body, "DelaySeconds": delay}
