"""E-mail by Amazon SES: one letter to one mailbox, which may be unsubscribed from in one click (RFC 8058)."""

from typing import TYPE_CHECKING, Any, Protocol

from regulars.adapters.provider_errors import asked
from regulars.errors import NotAcceptedError
from regulars.pipeline.ports import Outgoing

if TYPE_CHECKING:
    from collections.abc import Callable

TAG = "send"  # of a letter: by it SES says of which one it tells
_UTF8 = "UTF-8"


class Client(Protocol):
    """What is used of the client of SES."""

    def send_email(self, **request: Any) -> Any:
        """Send a letter."""


class Ses:
    """Sends letters; `sender` is the mailbox that they come from, where their template names none."""

    def __init__(self, client: "Callable[[], Client]", *, sender: str, configuration_set: str) -> None:
        self._client = client
        self._sender = sender
        self._set = configuration_set

    def send(self, outgoing: Outgoing) -> str:
        """Send a letter; give its message id. Raises NotAcceptedError, UnknownOutcomeError."""
        sender = outgoing.sender or self._sender
        if not sender:
            raise NotAcceptedError("no_sender", again=False)
        body = {"Text": {"Data": outgoing.text, "Charset": _UTF8}}
        if outgoing.html:
            body["Html"] = {"Data": outgoing.html, "Charset": _UTF8}
        simple = {"Subject": {"Data": outgoing.subject, "Charset": _UTF8}, "Body": body}
        request: dict[str, Any] = {
            "FromEmailAddress": sender,
            "Destination": {"ToAddresses": [outgoing.to]},
            "Content": {"Simple": simple | {"Headers": _headers(outgoing)}},
            "EmailTags": [{"Name": TAG, "Value": outgoing.name}],
        }
        if outgoing.reply_to:
            request["ReplyToAddresses"] = [outgoing.reply_to]
        if self._set:
            request["ConfigurationSetName"] = self._set
        return str(asked(lambda: self._client().send_email(**request))["MessageId"])


def _headers(outgoing: Outgoing) -> list[dict[str, str]]:
    if not outgoing.unsubscribe:
        return []
    return [
        {"Name": "List-Unsubscribe", "Value": f"<{outgoing.unsubscribe}>"},
        {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
    ]
