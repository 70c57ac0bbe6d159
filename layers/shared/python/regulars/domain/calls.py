"""The one parser: a message of any SDK becomes an event, and what of it is to be sealed."""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from regulars.domain.blocked_values import is_blocked
from regulars.domain.classification import Sorted, sort_fields
from regulars.domain.contexts import Contexts
from regulars.domain.events import NAMES, Event, moment_of
from regulars.domain.extraction import extract, with_owner
from regulars.domain.identifiers import NOBODY, Identifier, normalise, owner_key
from regulars.domain.identity_rules import IdentityRules
from regulars.domain.judged_calls import faceted, note_omissions, set_apart
from regulars.domain.judging import Judge, Judgement, Report
from regulars.domain.message_ids import fingerprint, name_message, name_order, repeated_content
from regulars.domain.messages import Envelope, Message, read_message
from regulars.domain.orders import ORDER_IDS
from regulars.domain.payloads import is_whole, write
from regulars.domain.plan_privacy import apply as apply_declared
from regulars.domain.proofs import hashes_of, is_claim, unproven, without_hashes
from regulars.domain.reserved_events import AUDIENCE_EVENTS, CONSENT_EVENTS, DECIDING
from regulars.domain.sources import Source
from regulars.domain.telling import Own, text_tells
from regulars.domain.timestamps import Times, read_times
from regulars.errors import InvalidEventError

_NONE: frozenset[str] = frozenset()
_FREE_TEXT_OF_A_PAGE = frozenset({"title"})  # elsewhere it is the title of a product
_PROOF_OF_CONSENT = frozenset({"proof", "reason"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """From where and when a request came, what it says for all its messages, and by what the workspace reads them."""

    source: Source
    received: int
    rules: IdentityRules
    hash_key: bytes
    envelope: Envelope = field(default_factory=Envelope)
    plan: Judge | None = None
    secrets: tuple[bytes, ...] = field(default=(), repr=False)  # of which any may have signed a user id
    contexts: Contexts = field(default_factory=Contexts, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """
    A call as it was read: its event with what may stand in clear, and what is to be sealed for the event's owner.

    Each of `personal_traits` is sealed by itself, since profiles keep traits one by one; `personal` is sealed whole.
    `report` says what did not follow the tracking plan.
    `unproven` says that it names somebody without the proof that its source looks for.
    """

    event: Event
    personal_traits: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, Any] = field(default_factory=dict)
    sensitive_traits: frozenset[str] = frozenset()
    report: Report | None = None
    unproven: bool = False


def read(raw: object, delivery: Delivery, type: str | None = None, turn: int = 0) -> Call:
    """
    Read a message; the path of a single call says its `type`, a message of a batch says it itself.

    At its `turn` among those of a request it arrives so many microseconds later: parts tell events by their arrival.
    Raises InvalidEventError.
    """
    message = read_message(raw, delivery.envelope, type, delivery.source.purposes, received=delivery.received)
    delivery.source.key.check(message.type, message.name)
    said = _identifiers(message, delivery.rules)
    claims = _claims(message, said, delivery)
    believed = [each for each in said if each not in claims] if delivery.source.signing == "required" else said
    identifiers = with_owner(believed, delivery.rules)
    own = _own(message, said)
    _check_name(message.name, own)
    if delivery.source.third_party or message.name in AUDIENCE_EVENTS:
        _admit(message, said, own, delivery)
    times = read_times(message.fields, sent_at=message.fields["sentAt"], received=delivery.received)
    written = write([message.properties, message.traits])
    content = repeated_content(message, written)
    message_id = name_message(message.fields.get("messageId"), content, delivery.hash_key, own)
    # Who it is and when it was are read already: no plan changes that, nor what a retry is compared with.
    judged = _judge(message, delivery, own)
    fields = _sort(judged, delivery, own, written if judged.message is message else None)
    traits = faceted(judged.declared, fields, own, delivery.hash_key) if message.traits else fields.traits
    links = tuple([owner_key(identifier, delivery.hash_key) for identifier in identifiers])
    event = Event(
        owner=links[0] if links else nobody(message_id),
        moment=moment_of(times.instant, delivery.source.id, message_id),
        type=message.type,
        name=message.name,
        links=links,
        at=times.at,
        arrival=delivery.received + turn,
        properties={**fields.properties, **_named_orders(fields, delivery.hash_key)},
        traits=traits,
        context=note_omissions(fields.context, judged.report),
        fingerprint=fingerprint(content, delivery.hash_key),
        proven=_is_proven(identifiers, claims, delivery),
    )
    personal = _personal(judged.message, message_id, identifiers, fields, times)
    return _call(event, personal, fields, judged, own, unproven=bool(claims))


def _sort(judged: Judgement, delivery: Delivery, own: Own, written: bytes | None) -> Sorted:
    """Sort the fields of a message; `written` are its properties and traits, if they are as they were written."""
    message = judged.message
    fields = sort_fields(
        message.properties,
        message.traits,
        without_hashes(message.context),
        own,
        also=_also(message),
        written=written.decode() if written is not None else None,
        contexts=delivery.contexts,
    )
    return apply_declared(judged.declared, fields, own)


def _also(message: Message) -> Collection[str]:
    """Name properties that are personal in this call, whatever they are in others."""
    if message.type in NAMES:
        return _FREE_TEXT_OF_A_PAGE
    return _PROOF_OF_CONSENT if message.name in CONSENT_EVENTS else ()


def _call(
    event: Event, personal: dict[str, Any], fields: Sorted, judged: Judgement, own: Own, *, unproven: bool
) -> Call:
    """Put a call together; what is sensitive is set apart, and a trait whose name tells somebody is sealed whole."""
    hidden = {name: value for name, value in fields.personal_traits.items() if text_tells(name, own)}
    if hidden:
        personal["traits"] = hidden
    traits = {name: value for name, value in fields.personal_traits.items() if name not in hidden}
    return Call(
        event=event,
        personal_traits=traits,
        personal=set_apart(personal, judged.declared),
        sensitive_traits=judged.declared.sensitive.get("traits", _NONE) & traits.keys(),
        report=judged.report,
        unproven=unproven,
    )


def _judge(message: Message, delivery: Delivery, own: Own) -> Judgement:
    if delivery.plan is None or message.name in DECIDING:  # a decision is heard, whatever anybody planned
        return Judgement(message=message)
    return delivery.plan.judge(message, own, delivery.source.unplanned)


def _named_orders(fields: Sorted, hash_key: bytes) -> dict[str, str]:
    """The ledger needs an order's id also where that tells a person: it gets a hash of it."""
    return {
        name: name_order(str(fields.personal_properties[name]), hash_key)
        for name in ORDER_IDS
        if name in fields.personal_properties
    }


def name_refused(raw: object, delivery: Delivery) -> tuple[str, str]:
    """Name a message that could not be read, as well as can be: for whom it is kept, and under which id."""
    content = write(raw)
    fields = raw if isinstance(raw, Mapping) else {}
    whole = [identifier for identifier in extract(fields, delivery.rules) if is_whole(identifier.value)]
    known = with_owner(whole, delivery.rules)
    own = Own.of(identifier.value for identifier in known)
    message_id = name_message(fields.get("messageId"), content, delivery.hash_key, own)
    return owner_key(known[0], delivery.hash_key) if known else nobody(message_id), message_id


def nobody(message_id: str) -> str:
    """
    Name the owner of an event that names nobody.

    There are 256 of them: enough to spread a source that has lost its ids, and few keys in the vault.
    """
    return f"{NOBODY}:{blake2b(message_id.encode(), digest_size=1).hexdigest()}"


def _identifiers(message: Message, rules: IdentityRules) -> list[Identifier]:
    """What a group call says in its traits, its e-mail address say, is the company's and nobody's own."""
    fields = {**message.fields, "traits": {}} if message.type == "group" else message.fields
    identifiers = extract(fields, rules)
    given = (message.fields.get("userId"), message.fields.get("anonymousId"))
    if not with_owner(identifiers, rules) and all(value in (None, "") for value in given):
        raise InvalidEventError("missing_identifier", "a call needs a userId or an anonymousId")
    return identifiers


def _claims(message: Message, said: Sequence[Identifier], delivery: Delivery) -> list[Identifier]:
    """List who the call says to come from without proof; whoever sends with a server key is believed."""
    if delivery.source.signing == "off" or delivery.source.key.kind == "server":
        return []
    return unproven(said, hashes_of(message.fields["context"]), delivery.rules, delivery.secrets)


def _is_proven(identifiers: Sequence[Identifier], claims: Sequence[Identifier], delivery: Delivery) -> bool:
    """Say whether a server stands for what is said of somebody: by its key, or by signatures for all of it."""
    if delivery.source.key.kind == "server":
        return True
    if delivery.source.signing == "off":
        return False
    said = [each for each in identifiers if is_claim(each, delivery.rules)]
    return bool(said) and not any(each in claims for each in said)


def _admit(message: Message, said: Sequence[Identifier], own: Own, delivery: Delivery) -> None:
    from regulars.domain.third_parties import admit  # for those who have one

    admit(message, said, own, third_party=delivery.source.third_party, rules=delivery.rules)


def _own(message: Message, identifiers: Sequence[Identifier]) -> Own:
    previous = normalise("previous_id", message.fields.get("previousId"))
    former = [previous] if previous and not is_blocked(previous) else []
    return Own.of([*former, *(identifier.value for identifier in identifiers)])


def _check_name(name: str | None, own: Own) -> None:
    if name is not None and text_tells(name, own.only_long()):
        raise InvalidEventError("personal_event_name", "the name of an event says what happened, and never to whom")


def _personal(
    message: Message, message_id: str, identifiers: Sequence[Identifier], fields: Sorted, times: Times
) -> dict[str, Any]:
    """Gather what is sealed as one: what says nothing is left out."""
    ids: dict[str, list[str]] = {}
    for identifier in identifiers:
        ids.setdefault(identifier.kind, []).append(identifier.value)
    given = message.fields.get("messageId")
    said: dict[str, Any] = {
        "ids": {kind: values[0] if len(values) == 1 else values for kind, values in ids.items()},
        "said": _said(message, {identifier.value for identifier in identifiers}),
        "properties": fields.personal_properties,
        "context": fields.personal_context,
        "integrations": message.integrations,
        "times": times.kept,
    }
    personal = {name: value for name, value in said.items() if value}
    if given not in (None, "", {}, message_id):
        personal["messageId"] = given
    return personal


def _said(message: Message, known: Container[object]) -> dict[str, Any]:
    given = {name: message.fields.get(name) for name in ("userId", "anonymousId", "previousId")}
    return {name: value for name, value in given.items() if value not in (None, "") and str(value) not in known}
