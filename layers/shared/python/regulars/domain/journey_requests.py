"""A request that somebody be let into a journey: an event of theirs, by which they enter as by any other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from regulars.domain.calls import Call
from regulars.domain.classification import sort_fields
from regulars.domain.events import Event, moment_of
from regulars.domain.journey_deeds import JOURNEYS
from regulars.domain.journey_entries import hidden
from regulars.domain.journey_entries import key_of as key_in
from regulars.domain.journey_names import ASKED, entered_by
from regulars.domain.journeys import EventEntry, Journey
from regulars.domain.judged_calls import set_apart
from regulars.domain.judging import Judge
from regulars.domain.message_ids import LONGEST, fingerprint
from regulars.domain.messages import Message
from regulars.domain.payloads import MAX_EVENT, check, write
from regulars.domain.plan_privacy import NOTHING, Declared
from regulars.domain.plan_privacy import apply as apply_declared
from regulars.domain.telling import Own, text_tells
from regulars.errors import InvalidEventError, InvalidRequestError


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryWish:
    """Whom to let into which journey with which key; `by` is who asks, by the id of their token."""

    journey: str
    key: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    message_id: str = ""
    by: str = ""


def check_entry(wish: EntryWish) -> None:
    """Make sure that a request can be stored whole. Raises InvalidRequestError."""
    if not 0 < len(wish.message_id) <= LONGEST or not wish.message_id.isprintable():
        raise InvalidRequestError(f"messageId is a text of 1 to {LONGEST} printable characters")
    if len(wish.key) > LONGEST or not wish.key.isprintable():
        raise InvalidRequestError(
            f"key is a text of at most {LONGEST} printable characters, such as the id of an order"
        )
    try:
        check({"properties": wish.properties}, MAX_EVENT)
    except InvalidEventError as error:
        raise InvalidRequestError(str(error)) from None


def key_of(journey: Journey, wish: EntryWish) -> str:
    """
    Give the key that is asked for; where none is, that of the properties in a journey that has one.

    Raises InvalidRequestError where neither says one.
    """
    by = journey.entry.by
    if wish.key or not isinstance(by, EventEntry):
        return wish.key
    key = key_in(by, wish.properties)
    if key is None:
        raise InvalidRequestError(f"somebody enters this journey with a key: say key, or properties with {by.key}")
    return key


def entry_event(
    wish: EntryWish,
    journey: Journey,
    *,
    owner: str,
    ids: Mapping[str, str],
    at: int,
    plan: Judge | None,
    hash_key: bytes,
) -> Call:
    """
    Make the event of a request; `ids` are identifiers of its owner, by kind.

    What is personal in its properties is sealed, as in the event that the journey is entered by: what the plan of that
    declares, too. Raises InvalidRequestError.
    """
    own = Own.of(ids.values())
    for text, what in ((wish.message_id, "messageId"), (wish.key, "key")):
        if text_tells(text, own):
            raise InvalidRequestError(f"{what} never says of whom it is: it is kept in clear")
    declared = _declared(wish, journey, plan, own)
    fields = apply_declared(declared, sort_fields(wish.properties, {}, {}, own), own)
    _check_key(wish, journey, fields.personal_properties)
    asked = {"journey": wish.journey, "key": wish.key, "by": wish.by}
    event = Event(
        owner=owner,
        moment=moment_of(at, JOURNEYS, wish.message_id),
        type="track",
        name=ASKED,
        links=(owner,),
        at=at,
        arrival=at,
        properties=fields.properties,
        context={"entry": asked},
        fingerprint=fingerprint(write([asked["journey"], asked["key"], wish.properties]), hash_key),
    )
    personal: dict[str, Any] = {}
    if fields.personal_properties:
        personal["properties"] = fields.personal_properties
    said = set_apart(personal, declared)
    return Call(event=event, personal={**said, "ids": dict(ids)} if ids else said)


def entry_message(wish: EntryWish, event: Event) -> Mapping[str, Any]:
    """What is sent for a request: ids only, and nothing of the person."""
    return {"enter": {"journey": wish.journey, "owner": event.owner, "moment": event.moment, "key": wish.key}}


def _declared(wish: EntryWish, journey: Journey, plan: Judge | None, own: Own) -> Declared:
    if plan is None:
        return NOTHING
    name = entered_by(journey)
    properties = dict(wish.properties)
    message = Message(type="track", name=name, fields={}, properties=properties, traits={}, context={}, integrations={})
    return plan.look(message, own).declared


def _check_key(wish: EntryWish, journey: Journey, personal: Mapping[str, Any]) -> None:
    """Let no key be what is sealed among the properties."""
    by = journey.entry.by
    sealed = key_in(by, personal) if isinstance(by, EventEntry) and by.key else None
    if sealed and wish.key in (sealed, f'"{sealed}"', hidden(sealed)):
        what = "key is kept in clear, and that of the properties is personal"
        raise InvalidRequestError(f"{what}: give another key, such as the id of an order")
