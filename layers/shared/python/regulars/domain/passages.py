"""
Passages: the ways of people through the versions of journeys, as they are kept, and what was sent on them.

A passage belongs to the identifier by which it was entered, so that merges and unmerges move nothing: those of a person
are those of all their identifiers. Instants and lengths are microseconds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Literal

from regulars.domain.checks import Plain
from regulars.domain.journey_entries import Entered
from regulars.domain.journeys import Channel, Class

Ending = Literal[
    "finished",  # came to the end
    "exit",  # by an exit rule, or by a step that leaves
    "moved",  # to another journey
    "goal",
    "held_out",
    "restless",  # a hold was begun anew too often
    "too_long",  # a year after the entry
    "stopped",  # the version was stopped, or the person is restricted or forgotten
    "merged",  # into somebody who goes through with the same key
    "failed",  # the state machine gave up
]
Medium = Channel | Literal["webhook"]
Outcome = Literal[
    "refused",  # it was not let out, and why; nothing was claimed
    "claimed",  # it may go out any moment; or whoever claimed it died
    "sent",
    "failed",  # surely not sent
    "unknown",  # perhaps sent; never sent again
    "delivered",
    "bounced",
    "complained",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """
    One way of one person through a version of a journey.

    `event` names the event that they entered by, as owner and moment, empty where there was none; `bound` are its
    properties that the journey names. `place` is where they are ("" before the first), `since` when they came there,
    `until` what they wait for, if it is an instant, and `token` what lets them go on from a hold. `answers` are the
    numbers of ways by place. `released` is the way that a hold was left by, before the state machine has come to the
    next place. `tried` is when a provider was first asked in vain for what is sent here. `told` is what webhooks
    answered, sealed for the owner. `ended` of who is held out lies ahead: they are measured until then. `expires` is
    when its row may be cleared away, by whole seconds, None for not yet.
    """

    owner: str
    journey: str
    number: int  # the version that was entered, and that they stay on
    id: str
    key: str
    at: int
    event: str = ""
    bound: Mapping[str, Plain] = field(default_factory=dict)
    place: str = ""
    since: int = 0
    until: int | None = None
    token: str = ""
    restarts: int = 0
    tried: int | None = None
    released: int | None = None
    answers: Mapping[str, int] = field(default_factory=dict)
    told: bytes = b""
    converted: int | None = None
    ended: int | None = None
    ending: Ending | None = None
    expires: int | None = None
    version: int = 0  # of the row

    @property
    def instance(self) -> str:
        """What a state machine knows of it: opaque, and enough to find it."""
        return f"{self.owner} {self.journey} {self.id}"

    def has_ended(self, now: int) -> bool:
        """Say whether nothing comes of it any more."""
        return self.ended is not None and self.ended <= now

    def entered(self, now: int) -> Entered:
        """Give it as the rules of entry see it."""
        return Entered(self.key, self.at, self.ended if self.has_ended(now) else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """
    A message of a passage at a place, or a call of a webhook, in the send ledger: claimed before it goes out, once.

    `sent` is by what name its provider knows it; `address` the owner that its address is, `also` those
    that it is in other spellings.
    """

    owner: str
    passage: str
    place: str
    journey: str
    number: int
    channel: Medium
    template: str
    purpose: str
    kind: Class
    at: int
    outcome: Outcome = "claimed"
    settled: int = 0  # when the outcome became what it is
    sent: str = ""
    address: str = ""
    also: tuple[str, ...] = ()
    reason: str = ""
    until: int = 0  # when its row may be cleared away, by whole seconds; 0 for never
    version: int = 0

    @property
    def id(self) -> str:
        """Name it for providers: opaque letters, digits and signs that every one of them takes."""
        return passage_id(self.owner, self.passage, self.place)


def passage_id(*parts: str | int) -> str:
    """Name something by what it is made of: 32 characters, equal for equal parts and for no others."""
    text = "\0".join(str(part) for part in parts)
    return blake2b(text.encode(), digest_size=16).hexdigest()


def name_of(instance: str) -> tuple[str, str, str]:
    """Read owner, journey and id of a passage from what a state machine knows. Raises ValueError."""
    owner, journey, id = instance.split(" ")
    return owner, journey, id


def under_way(passages: Iterable[Passage], now: int) -> list[Passage]:
    """Choose those that go on."""
    return [one for one in passages if not one.has_ended(now)]
