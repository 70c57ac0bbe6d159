"""An event at rest: what the door stored, and what every later step reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Literal

from regulars.domain.instants import to_text

EventType = Literal["track", "identify", "page", "screen", "group", "alias"]
NAMES: Mapping[str, str] = {"page": "Page Viewed", "screen": "Screen Viewed"}


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """Which event, in 13 bytes: its arrival (microseconds) and five bytes of hash."""

    arrival: int
    print: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """
    One call of the Segment spec, as stored.

    `links` are the owners that the rules let it name, highest priority first; the first is `owner`. `at` and `arrival`
    are microseconds; `at` is what counts: the earlier of `timestamp` and `receivedAt`. A personal trait is a `Sealed`.
    `proven` says that a server, or a signature of one, stands for whom it names. `kept_until` is when its period ends,
    a whole second in microseconds; None of what has none yet.
    """

    owner: str
    moment: str
    type: EventType
    name: str | None = None
    links: tuple[str, ...] = ()
    at: int
    arrival: int
    properties: Mapping[str, Any] = field(default_factory=dict)
    traits: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    sealed: bytes = b""
    fingerprint: bytes = b""
    proven: bool = False
    kept_until: int | None = None

    @property
    def mark(self) -> Mark:
        """The name under which a part remembers this event."""
        return Mark(self.arrival, blake2b(self.moment.encode(), digest_size=5).digest())

    @property
    def source(self) -> str:
        """The id of the source that sent it."""
        return self.moment.split("#", 2)[1]

    @property
    def message_id(self) -> str:
        """The id that the sender gave it."""
        return self.moment.split("#", 2)[2]


SENSITIVE = "!"  # before the ciphertext of a sensitive trait: so it says itself what it is, wherever it is copied


@dataclass(frozen=True, slots=True)
class Sealed:
    """Ciphertext of one personal trait, base64; only the vault key of `owner` opens it."""

    owner: str
    text: str

    @property
    def is_sensitive(self) -> bool:
        """Say whether only those who may read sensitive fields may read it."""
        return self.text.startswith(SENSITIVE)

    @property
    def is_gone(self) -> bool:
        """Say whether the ciphertext was removed: what is left tells that the trait was said, and not what."""
        return self.text in ("", SENSITIVE)

    def emptied(self) -> "Sealed":
        """Give what is left of it once its period has ended."""
        return Sealed(self.owner, SENSITIVE if self.is_sensitive else "")


def moment_of(instant: int | None, source: str, message_id: str) -> str:
    """Name an event within its owner: instant (or `-`), source, messageId; text sorts as time."""
    return f"{'-' if instant is None else to_text(instant)}#{source}#{message_id}"
