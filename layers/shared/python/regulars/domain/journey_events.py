"""
What journeys do, as events of the person to whom they do it: all that is measured of journeys is counted from these.

Each is told under the identifier that its passage belongs to, with the instant at which what it tells was written down.
So, told again after a crash, it is the same event, and it is stored once.
"""

from collections.abc import Mapping

from regulars.domain.checks import Plain
from regulars.domain.journey_deeds import JourneyEvent
from regulars.domain.journey_entries import hidden
from regulars.domain.journeys import Send
from regulars.domain.passages import Message, Outcome, Passage
from regulars.domain.reserved_events import (
    BOUNCED,
    COMPLAINED,
    DELIVERED,
    ENTRY_REFUSED,
    FAILED,
    GOAL_MET,
    JOURNEY_ENDED,
    JOURNEY_ENTERED,
    NOT_SENT,
    SENT,
    STEP_PASSED,
    UNKNOWN,
)

_TOLD: Mapping[Outcome, str] = {
    "refused": NOT_SENT,
    "sent": SENT,
    "failed": FAILED,
    "unknown": UNKNOWN,
    "delivered": DELIVERED,
    "bounced": BOUNCED,
    "complained": COMPLAINED,
}


def entered(passage: Passage) -> JourneyEvent:
    """Tell that somebody entered, and a hash of the key; of who is held out, that nothing is done to them."""
    key: dict[str, Plain] = {"key_hash": hidden(passage.key)} if passage.key else {}
    return _of(passage, JOURNEY_ENTERED, passage.at, said={"held_out": passage.ending == "held_out", **key})


def refused(journey: str, number: int, reason: str, occasion: str, at: int) -> JourneyEvent:
    """Tell why somebody was not let into a version of a journey on an occasion: once for each."""
    said = {"reason": reason}
    return JourneyEvent(name=ENTRY_REFUSED, at=at, journey=journey, number=number, about=occasion, said=said)


def passed(passage: Passage, place: str, way: int, came: str, at: int, *, turn: int = 0) -> JourneyEvent:
    """
    Tell by which way somebody left a place, and in a word what came of it: what a simulation says, too.

    A hold that began anew is told by the way that restarts it, and how often (`turn`) it has done so.
    """
    said: dict[str, Plain] = {**_where(place), "way": way, "came": came}
    return _of(passage, STEP_PASSED, at, about=f"{place} {turn}", said=said)


def goal_met(passage: Passage) -> JourneyEvent:
    """Tell that the goal was met, at the instant at which it was (`converted`)."""
    return _of(passage, GOAL_MET, passage.converted or passage.at)


def ended(passage: Passage) -> JourneyEvent:
    """Tell where and how a passage ended, at the instant at which it did; of who is held out nothing ends."""
    said: dict[str, Plain] = {**_where(passage.place), "ending": passage.ending or "finished"}
    return _of(passage, JOURNEY_ENDED, passage.at if passage.ended is None else passage.ended, said=said)


def not_sent(passage: Passage, place: str, send: Send, reason: str, at: int) -> JourneyEvent:
    """Tell why a message was not sent."""
    kinds: dict[str, Plain] = {"template": send.template, "purpose": send.purpose, "class": send.kind}
    said: dict[str, Plain] = {**_where(place), "channel": send.channel, **kinds, "reason": reason}
    return _of(passage, NOT_SENT, at, about=place, said=said)


def message_told(message: Message) -> JourneyEvent:
    """
    Tell what became of a message, at the instant at which it did (`settled`). Raises KeyError for a mere claim.

    Each outcome of a message is an event of its own: one that was sent is delivered or bounces later.
    """
    kinds: dict[str, Plain] = {"template": message.template, "purpose": message.purpose, "class": message.kind}
    said: dict[str, Plain] = {**_where(message.place), "channel": message.channel, **kinds, "send": message.id}
    if message.reason:
        said["reason"] = message.reason
    return JourneyEvent(
        name=_TOLD[message.outcome],
        at=message.settled or message.at,
        journey=message.journey,
        number=message.number,
        passage=message.passage,
        about=message.place,
        said=said,
    )


def _of(
    passage: Passage, name: str, at: int, *, about: str = "", said: Mapping[str, Plain] | None = None
) -> JourneyEvent:
    return JourneyEvent(
        name=name,
        at=at,
        journey=passage.journey,
        number=passage.number,
        passage=passage.id,
        about=about,
        said=said or {},
    )


def _where(place: str) -> dict[str, Plain]:
    return {"step": place.partition("#")[0], "place": place}
