"""Refused claims: which identifier of which event was left out, and what was in its way."""

from dataclasses import dataclass
from hashlib import blake2b

SHARDS = 8  # of a day: no partition takes all that is refused at once


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedClaim:
    """
    An identifier that did not join the others of an event.

    `limit` is the kind whose limit it was, `merges`, `identifiers`, `cut`, `never`, `held` or `unproven`; `event` the
    key of the event, as the identity log has it; `at` when that was decided (microseconds).
    """

    owner: str
    limit: str
    event: str
    at: int

    @property
    def source(self) -> str:
        """The id of the source that sent the event."""
        return self.event.split("#", 2)[1]

    @property
    def shard(self) -> int:
        """In which part of its day it is kept."""
        return blake2b(self.owner.encode(), digest_size=1).digest()[0] % SHARDS
