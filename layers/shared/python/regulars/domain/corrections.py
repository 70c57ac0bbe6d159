"""A correction: traits of a person as somebody of the workspace says that they are, who that is, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from regulars.domain.calls import Call
from regulars.domain.classification import sort_fields
from regulars.domain.events import Event, moment_of
from regulars.domain.judged_calls import faceted
from regulars.domain.judging import Judge, Judgement
from regulars.domain.message_ids import LONGEST, fingerprint
from regulars.domain.messages import Message
from regulars.domain.payloads import MAX_EVENT, check, write
from regulars.domain.plan_privacy import apply as apply_declared
from regulars.domain.state import MAX_TRAIT, MAX_TRAIT_NAME, MAX_TRAITS, State, state_of, stored_size
from regulars.domain.telling import Own, text_tells
from regulars.domain.watches import Watch
from regulars.errors import InvalidEventError, InvalidRequestError

CORRECTIONS = "corrections"  # the source that they come from; no other may be called so
MAX_REASON = 1_000
_TOLD = 10  # violations in a message


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What somebody says of a person: None removes a trait. `by` is who says so, by the id of their token."""

    traits: Mapping[str, Any]
    reason: str
    by: str
    message_id: str


def check_correction(correction: Correction) -> None:
    """Make sure that a correction can be stored whole. Raises InvalidRequestError."""
    reason = correction.reason.strip()
    if not 0 < len(reason) <= MAX_REASON:
        raise InvalidRequestError(f"reason says why, in 1 to {MAX_REASON} characters")
    if not 0 < len(correction.traits) <= MAX_TRAITS:
        raise InvalidRequestError(f"traits has 1 to {MAX_TRAITS} names, each with a value, or null to remove it")
    for name in correction.traits:
        if not name or stored_size(name) > MAX_TRAIT_NAME:
            raise InvalidRequestError(f"the name of a trait has 1 to {MAX_TRAIT_NAME - 2} bytes")
    if not 0 < len(correction.message_id) <= LONGEST or not correction.message_id.isprintable():
        raise InvalidRequestError(f"messageId is a text of 1 to {LONGEST} printable characters")
    try:
        check({"traits": correction.traits, "reason": correction.reason}, MAX_EVENT)
    except InvalidEventError as error:
        raise InvalidRequestError(str(error)) from None


def correct(
    correction: Correction, *, owner: str, ids: Mapping[str, str], at: int, plan: Judge | None, hash_key: bytes
) -> Call:
    """
    Make the identify call of a correction; `ids` are identifiers of its owner, by kind.

    It names its owner only: a corrected e-mail address becomes a trait, and no identifier. Raises InvalidRequestError.
    """
    own = Own.of(ids.values())
    for text, what in [
        *((name, "the name of a trait") for name in correction.traits),
        (correction.message_id, "messageId"),
    ]:
        if text_tells(text, own):
            raise InvalidRequestError(f"{what} never says of whom it is: it is kept in clear")
    declared = _judge(correction, plan, own).declared
    fields = apply_declared(declared, sort_fields({}, correction.traits, {}, own), own)
    try:
        traits = faceted(declared, fields, own, hash_key)
    except InvalidEventError as error:
        raise InvalidRequestError(str(error)) from None
    sensitive = declared.sensitive.get("traits", frozenset()) & fields.personal_traits.keys()
    event = Event(
        owner=owner,
        moment=moment_of(at, CORRECTIONS, correction.message_id),
        type="identify",
        links=(owner,),
        at=at,
        arrival=at,
        traits=traits,
        context={"correction": {"by": correction.by}},
        fingerprint=fingerprint(write([correction.traits, correction.reason]), hash_key),
    )
    personal: dict[str, Any] = {"context": {"correction": {"reason": correction.reason}}}
    return Call(
        event=event,
        personal_traits=fields.personal_traits,
        personal={**personal, "ids": dict(ids)} if ids else personal,
        sensitive_traits=frozenset(sensitive),
    )


def corrected_by(event: Event) -> str:
    """Tell who made a correction."""
    said = event.context.get("correction")
    return str(said.get("by", "")) if isinstance(said, Mapping) else ""


def check_kept(correction: Correction, event: Event, after: Mapping[str, Any]) -> State:
    """
    Give what a sealed correction adds, once it is sure that all of it is kept beside the traits that are there.

    `after` are the traits of the person with it. Raises InvalidRequestError.
    """
    state = state_of(event, "traits", Watch())
    for name, value in correction.traits.items():
        if value is not None and state.traits[name][2] is None:
            raise InvalidRequestError(f"the value of a trait has at most {MAX_TRAIT} bytes, fewer if it is sealed")
        if name not in after:
            raise InvalidRequestError(f"a person has at most {MAX_TRAITS} traits: correct those that there are")
    return state


def _judge(correction: Correction, plan: Judge | None, own: Own) -> Judgement:
    """Hold a correction against the plan of identify calls: it may say less than one, and nothing else."""
    said = {name: value for name, value in correction.traits.items() if value is not None}
    message = Message(type="identify", name=None, fields={}, properties={}, traits=said, context={}, integrations={})
    judgement = plan.look(message, own) if plan else Judgement(message=message)
    found = judgement.report.violations if judgement.report else ()
    broken = [one for one in found if one.where.startswith("traits.") and one.rule != "required"]
    if broken:
        told = "; ".join(f"{one.where} ({one.rule})" for one in broken[:_TOLD])
        raise InvalidRequestError(f"it does not follow the tracking plan of identify calls: {told}")
    return judgement
