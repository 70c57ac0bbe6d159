"""The in-app inbox: messages that a person finds in an app or on a site, newest first."""

import json
from dataclasses import dataclass

from regulars.domain.instants import DAY

KEPT = 90 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxMessage:
    """
    A message as its person reads it; instants are microseconds, `read` None until they have read it.

    `id` is that of the message in the send ledger, `owner` the identifier by which the journey was entered.
    """

    owner: str
    id: str
    at: int
    title: str
    text: str
    link: str = ""
    journey: str = ""
    template: str = ""
    read: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedMessage:
    """A message as it is kept: what it says is sealed for its owner; `version` is that of the row."""

    owner: str
    id: str
    at: int
    content: bytes
    read: int | None = None
    version: int = 0

    @property
    def place(self) -> tuple[int, str, str]:
        """Its place among all messages of a person: by time, whichever identifier they came under."""
        return self.at, self.id, self.owner


def pack(message: InboxMessage) -> bytes:
    """Write down what a message says."""
    said = [message.title, message.text, message.link, message.journey, message.template]
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def unpack(kept: SealedMessage, content: bytes) -> InboxMessage:
    """Read back what a message says."""
    title, text, link, journey, template = json.loads(content)
    return InboxMessage(
        owner=kept.owner,
        id=kept.id,
        at=kept.at,
        title=title,
        text=text,
        link=link,
        journey=journey,
        template=template,
        read=kept.read,
    )
