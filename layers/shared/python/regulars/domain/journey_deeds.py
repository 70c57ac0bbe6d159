"""A deed of a journey: as a value, and as the event of the person that is stored of it; the door may know this much."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from regulars.domain.base32 import to_base32
from regulars.domain.checks import Plain
from regulars.domain.events import Event, moment_of

JOURNEYS = "journeys"  # the source that they come from; no other may be called so


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyEvent:
    """
    Something that a journey did, in a version and on somebody's way through it (`passage`, "" for who did not enter).

    `at` is the instant (microseconds) that was written down for it: whoever tells it again gives the same. `about`
    tells it from others of its name on the same way.
    """

    name: str
    at: int
    journey: str
    number: int
    passage: str = ""
    about: str = ""
    said: Mapping[str, Plain] = field(default_factory=dict)

    @property
    def message_id(self) -> str:
        """The id under which it is stored once for its owner and instant."""
        told = "\0".join((self.name, self.journey, str(self.number), self.passage, self.about))
        return f"j-{to_base32(blake2b(told.encode(), digest_size=16).digest())}"


def event_of(owner: str, told: JourneyEvent, *, arrival: int) -> Event:
    """Make the track call that is stored; nothing in it is personal, and it ties nobody to anybody."""
    about: dict[str, Plain] = {"journey": told.journey, "version": told.number}
    passage: dict[str, Plain] = {"passage": told.passage} if told.passage else {}
    return Event(
        owner=owner,
        moment=moment_of(told.at, JOURNEYS, told.message_id),
        type="track",
        name=told.name,
        links=(owner,),
        at=told.at,
        arrival=max(arrival, told.at),
        properties={**about, **passage, **told.said},
        proven=True,
    )


def is_own(event: Event) -> bool:
    """Say whether the platform tells an event of a journey: then it is no sign of the person."""
    return event.source == JOURNEYS
