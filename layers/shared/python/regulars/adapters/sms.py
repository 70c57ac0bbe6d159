"""Text messages by Amazon SNS, straight to a number."""

from typing import TYPE_CHECKING, Any, Protocol

from regulars.adapters.provider_errors import asked
from regulars.pipeline.ports import Outgoing

if TYPE_CHECKING:
    from collections.abc import Callable

_TYPES = {"marketing": "Promotional", "transactional": "Transactional"}


class Client(Protocol):
    """What is used of the client of SNS."""

    def publish(self, **request: Any) -> Any:
        """Send a text message."""

    def close(self) -> None:
        """Close the connections that are kept open; the client goes on with new ones."""


class Sms:
    """Sends text messages; `sender` is the name that they come from, where a country allows one."""

    def __init__(self, client: "Callable[[], Client]", *, sender: str = "") -> None:
        self._client = client
        self._sender = sender

    def send(self, outgoing: Outgoing) -> str:
        """Send a text message; give its message id. Raises NotAcceptedError, UnknownOutcomeError."""
        attributes = {"AWS.SNS.SMS.SMSType": _text(_TYPES[outgoing.kind])}
        if self._sender:
            attributes["AWS.SNS.SMS.SenderID"] = _text(self._sender)
        request = {"PhoneNumber": outgoing.to, "Message": outgoing.text, "MessageAttributes": attributes}
        return str(asked(lambda: self._fresh().publish(**request))["MessageId"])

    def _fresh(self) -> Client:
        """Give the client without a connection: one that was kept while the function slept may be dead by now."""
        client = self._client()
        client.close()
        return client


def _text(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": value}
