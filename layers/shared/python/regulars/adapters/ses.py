"""E-mail by Amazon SES: one letter to one mailbox, which may be unsubscribed from in one click (RFC 8058)."""

import re
from email.header import Header
from email.utils import formataddr, unquote
from typing import TYPE_CHECKING, Any, Protocol

from regulars.adapters.provider_errors import asked
from regulars.errors import NotAcceptedError
from regulars.pipeline.ports import Outgoing

if TYPE_CHECKING:
    from collections.abc import Callable

TAG = "send"  # of a letter: by it SES says of which one it tells
_UTF8 = "UTF-8"
_NAMED = re.compile(r"\s*(.*?)\s*<([^<>]+)>\s*", re.DOTALL)
_WORD = 75  # characters of an encoded word, at most


class Client(Protocol):
    """What is used of the client of SES."""

    def send_email(self, **request: Any) -> Any:
        """Send a letter."""

    def close(self) -> None:
        """Close the connections that are kept open; the client goes on with new ones."""


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
            "FromEmailAddress": encoded(sender),
            "Destination": {"ToAddresses": [outgoing.to]},
            "Content": {"Simple": simple | {"Headers": _headers(outgoing)}},
            "EmailTags": [{"Name": TAG, "Value": outgoing.name}],
        }
        if outgoing.reply_to:
            request["ReplyToAddresses"] = [encoded(outgoing.reply_to)]
        if self._set:
            request["ConfigurationSetName"] = self._set
        return str(asked(lambda: self._fresh().send_email(**request))["MessageId"])

    def _fresh(self) -> Client:
        """Give the client without a connection: one that was kept while the function slept may be dead by now."""
        client = self._client()
        client.close()
        return client


def encoded(mailbox: str) -> str:
    """Write a mailbox as headers have it: a name that is not ASCII in encoded words (RFC 2047), others quoted."""
    found = _NAMED.fullmatch(mailbox)
    if found is None:
        return mailbox
    name, address = unquote(found[1]), found[2]
    if name.isascii():
        return formataddr((name, address))
    return f"{Header(name, 'utf-8', maxlinelen=_WORD).encode(linesep='')} <{address}>"


def _headers(outgoing: Outgoing) -> list[dict[str, str]]:
    if not outgoing.unsubscribe:
        return []
    return [
        {"Name": "List-Unsubscribe", "Value": f"<{outgoing.unsubscribe}>"},
        {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
    ]
