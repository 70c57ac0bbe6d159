"""A queue in the emulator, through the public API, in the shape that functions get."""

from collections.abc import Sequence
from typing import Any

from local.world.lane import Record

MOST = 10
LONG_POLL = 1
WAITING = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


class EmulatedQueue:
    """One queue: what is due, and how much of it there is."""

    def __init__(self, client: Any, arn: str) -> None:
        self._client, self._arn = client, arn
        self._url = client.get_queue_url(QueueName=arn.rsplit(":", 1)[-1])["QueueUrl"]

    def receive(self, limit: int) -> Sequence[Record]:
        """Return messages that are visible, waiting a little for the first."""
        answer = self._client.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=min(limit, MOST),
            WaitTimeSeconds=LONG_POLL,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return [self._lambda_shaped(message) for message in answer.get("Messages", [])]

    def _lambda_shaped(self, message: dict[str, Any]) -> Record:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": {
                name: {key[0].lower() + key[1:]: value for key, value in given.items()}
                for name, given in message.get("MessageAttributes", {}).items()
            },
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self._arn,
            "awsRegion": self._arn.split(":")[3],
        }

    def delete(self, messages: Sequence[Record]) -> None:
        """Delete messages that were received."""
        if messages:
            entries = [
                {"Id": str(place), "ReceiptHandle": message["receiptHandle"]} for place, message in enumerate(messages)
            ]
            self._client.delete_message_batch(QueueUrl=self._url, Entries=entries)

    def waiting(self) -> int:
        """Return how many messages are due or being worked off; what is delayed is not."""
        asked = self._client.get_queue_attributes(QueueUrl=self._url, AttributeNames=["All"])
        return sum(int(asked["Attributes"].get(name, 0)) for name in WAITING)
