"""A decision on consent that is recorded here: by a service person on somebody's behalf, or by the person on a page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from regulars.domain.calls import Call
from regulars.domain.consent import OPTED_OUT as GPC_NOTED
from regulars.domain.decisions import matter_of
from regulars.domain.events import Event, moment_of
from regulars.domain.message_ids import LONGEST, fingerprint
from regulars.domain.payloads import is_whole, write
from regulars.domain.purposes import Purpose, Purposes
from regulars.domain.reserved_events import GIVEN, OPTED_OUT, WITHDRAWN
from regulars.domain.telling import Own, text_tells
from regulars.errors import InvalidRequestError

DECISIONS = "consent"  # the source that they come from; no other may be called so
MAX_PROOF = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """
    What somebody decided of a purpose, on one channel or all that it has; without one they withdraw everything.

    `text` is the version of the text that they were shown, `proof` how they said so, `reason` why it is recorded, `by`
    who records it, by the id of their token, or by which kind of link they did it themselves.
    """

    granted: bool
    by: str
    purpose: str | None = None
    channel: str | None = None
    text: str = ""
    proof: str = ""
    reason: str = ""
    message_id: str = ""

    @property
    def matter(self) -> str:
        """What it is about, as it is kept; empty of everything."""
        return matter_of(self.purpose, self.channel) if self.purpose else ""


def check_decision(decision: Decision, purposes: Purposes) -> Decision:
    """Make sure that a decision can be kept, and add the version of the text. Raises InvalidRequestError."""
    for name, text in (("proof", decision.proof), ("reason", decision.reason)):
        if len(text) > MAX_PROOF or not is_whole(text):
            raise InvalidRequestError(f"{name} is a text of at most {MAX_PROOF} characters")
    if len(decision.text) > LONGEST or not decision.text.isprintable():
        raise InvalidRequestError(f"text is the version of a text, of at most {LONGEST} printable characters")
    if not 0 < len(decision.message_id) <= LONGEST or not decision.message_id.isprintable():
        raise InvalidRequestError(f"messageId is a text of 1 to {LONGEST} printable characters")
    if decision.purpose is None:
        return decision
    purpose = asked(decision.purpose, decision.channel, purposes)
    return replace(decision, text=decision.text or purpose.text)


def asked(id: str, channel: str | None, purposes: Purposes) -> Purpose:
    """Find a purpose that people may say no to. Raises InvalidRequestError."""
    purpose = purposes.by_id.get(id)
    if purpose is None:
        known = ", ".join(purposes.by_id) or "none yet: an admin defines them in catalog/consent.yaml"
        raise InvalidRequestError(f"purpose is one of those in catalog/consent.yaml: {known}")
    if channel is not None and channel not in purpose.channels:
        known = ", ".join(purpose.channels) or "it has none: leave it out"
        raise InvalidRequestError(f"channel is one of those of {id}: {known}")
    if not purpose.is_asked:
        raise InvalidRequestError(f"nobody is asked for {id}: its basis is {purpose.basis}")
    return purpose


def record(decision: Decision, *, owner: str, ids: Mapping[str, str], at: int, hash_key: bytes) -> Call:
    """
    Make the event of a decision, which is the person's own: it names its owner, and ties nobody.

    `ids` are identifiers of its owner, by kind. Raises InvalidRequestError.
    """
    own = Own.of(ids.values())
    for text, what in ((decision.message_id, "messageId"), (decision.text, "text")):
        if text_tells(text, own):
            raise InvalidRequestError(f"{what} never says of whom it is: it is kept in clear")
    said = {"purpose": decision.purpose, "channel": decision.channel, "text": decision.text}
    properties = {name: value for name, value in said.items() if value}
    name = GIVEN if decision.granted else WITHDRAWN
    event = Event(
        owner=owner,
        moment=moment_of(at, DECISIONS, decision.message_id),
        type="track",
        name=name,
        links=(owner,),
        at=at,
        arrival=at,
        properties=properties,
        context={"decision": {"by": decision.by}},
        fingerprint=fingerprint(write([name, properties, decision.proof, decision.reason]), hash_key),
        proven=True,
    )
    sealed: dict[str, Any] = {"proof": decision.proof, "reason": decision.reason}
    personal: dict[str, Any] = {"properties": {name: text for name, text in sealed.items() if text}}
    return Call(event=event, personal={**personal, "ids": dict(ids)} if ids else personal)


def opted_out(*, owner: str, request: str, by: str, at: int) -> Event:
    """
    Make the event of an opt-out of sale and sharing: the word that `Sec-GPC: 1` is, said by the person themselves.

    It names no purpose: which ones count as sale or sharing is asked later, so one that is added is denied, too. It
    holds nothing of the person, so it needs no key.
    """
    return Event(
        owner=owner,
        moment=moment_of(at, DECISIONS, request),
        type="track",
        name=OPTED_OUT,
        links=(owner,),
        at=at,
        arrival=at,
        context={GPC_NOTED: True, "decision": {"by": by}},
        proven=True,
    )


def decided_by(event: Event) -> str:
    """Tell who recorded a decision; empty where the person said it themselves."""
    said = event.context.get("decision") if event.source == DECISIONS else None
    return str(said.get("by", "")) if isinstance(said, Mapping) else ""
