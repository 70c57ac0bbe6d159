"""What a person was sent and what not, for those who read profiles."""

from collections.abc import Mapping
from typing import Any

from regulars.adapters.profile_api import Answer, ProfileApi
from regulars.adapters.routes import Call
from regulars.domain.inbox import InboxMessage
from regulars.domain.instants import to_text
from regulars.domain.profiles import alone
from regulars.pipeline.sent_messages import MessageReader, ShownMessage, place_of
from regulars.stores.journeys import Suppressed


def list_messages(api: ProfileApi, call: Call) -> Answer:
    """
    Answer with messages, newest first, and which addresses get none.

    What one says is shown to who sees all traits: which of them it says is not known any more.
    """
    profile_id, opener = api.asked(call)
    asked, personal = api.pager.asked(call, "messages", profile_id), opener.personal and call.sight.traits is None
    found = api.messages.of(profile_id, after=asked.after, limit=asked.one_more)
    shown, next = api.pager.page(
        asked,
        found,
        lambda message: message_json(api.messages.show(message, personal=personal)),
        place_of,
    )
    return {"messages": shown, "suppressed": _suppressed(api.messages, profile_id), "next": next}


def message_json(shown: ShownMessage) -> Mapping[str, Any]:
    """Write a message."""
    message = shown.message
    return {
        "id": message.id,
        "journey": message.journey,
        "version": message.number,
        "passage": message.passage,
        "step": message.place.partition("#")[0],
        "place": message.place,
        "channel": message.channel,
        "template": message.template,
        "purpose": message.purpose,
        "class": message.kind,
        "at": to_text(message.at),
        "outcome": message.outcome,
        "settled_at": to_text(message.settled) if message.settled else None,
        "reason": message.reason or None,
        "provider_id": message.sent or None,
        "content": _content(shown.said) if shown.said else None,
        "masked": shown.masked,
    }


def _content(said: InboxMessage) -> Mapping[str, Any]:
    return {
        "title": said.title,
        "text": said.text,
        "link": said.link or None,
        "read_at": to_text(said.read) if said.read is not None else None,
    }


def _suppressed(messages: MessageReader, profile_id: str) -> list[Mapping[str, Any]]:
    return [_one(one) for one in messages.suppressed(profile_id)]


def _one(one: Suppressed) -> Mapping[str, Any]:
    return {
        "identifier": alone(one.owner),
        "channel": one.channel,
        "since": to_text(one.since),
        "reason": one.reason,
    }
