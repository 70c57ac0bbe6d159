"""What became of a message, as the events that tell it: told again they are the same, and are stored once."""

from dataclasses import replace

from regulars.domain.journey_deeds import JourneyEvent
from regulars.domain.journey_events import message_told, passed
from regulars.domain.passages import Message, Passage

_GONE_OUT = ("sent", "delivered", "bounced", "complained")


def news(message: Message) -> list[JourneyEvent]:
    """
    Tell how a message stands.

    That it was sent is told with the instant of its claim: of one that was delivered, too, in case whoever sent it died
    before they told it. A claim, and a webhook, is nothing to tell.
    """
    if message.outcome == "claimed" or message.channel == "webhook":
        return []
    claimed = replace(message, settled=message.at)
    if message.outcome in ("sent", "refused"):
        return [message_told(claimed)]
    sent = [message_told(replace(claimed, outcome="sent", reason=""))] if message.outcome in _GONE_OUT else []
    return [*sent, message_told(message)]


def way_on(message: Message, passage: Passage, way: int) -> JourneyEvent:
    """Tell by which way somebody left the place of a message, with the instant of its claim."""
    return passed(passage, message.place, way, came(message), message.at)


def came(message: Message) -> str:
    """Say in a word what came of a message, as a simulation does."""
    if message.channel == "webhook":
        return "done" if message.outcome == "sent" else "failed"
    match message.outcome:
        case "refused":
            return f"not sent: {message.reason}"
        case "failed":
            return f"failed: {message.reason}"
        case "unknown":
            return "unknown"
        case _:
            return "sent"
