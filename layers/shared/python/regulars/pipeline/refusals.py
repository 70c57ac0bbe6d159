"""An event that is not accepted: kept whole, sealed for whoever it names, under the reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from regulars.domain import bodies
from regulars.domain.bodies import to_content
from regulars.domain.calls import Delivery, name_refused
from regulars.domain.message_ids import fingerprint
from regulars.domain.packing import pack
from regulars.domain.payloads import MAX_EVENT, cut, measure, write
from regulars.errors import InvalidEventError, TooLargeError
from regulars.pipeline.ports import Sealer
from regulars.pipeline.sealing import QUARANTINED
from regulars.stores.quarantine import Quarantined

MAX_ITEM = 350_000  # DynamoDB takes 400 KB
MAX_KEPT = MAX_EVENT + 1_000  # with the frame around an event


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One event of a request that goes to quarantine; `body` is what was sent, with what its batch said around it."""

    owner: str
    message_id: str
    code: str
    reason: str
    body: Mapping[str, Any]


def refuse(raw: object, type: str | None, error: InvalidEventError, delivery: Delivery) -> Refusal:
    """Refuse a message that could not be read, however deep it nests."""
    raw = cut(raw)
    owner, message_id = name_refused(raw, delivery)
    return Refusal(
        owner=owner, message_id=message_id, code=error.code, reason=str(error), body=body_of(raw, type, delivery)
    )


def body_of(raw: object, type: str | None, delivery: Delivery) -> dict[str, Any]:
    """Put together all that was said of a message, for the day on which it is mended."""
    return to_content(bodies.body_of(raw, type, delivery.envelope))


def quarantine(refusal: Refusal, delivery: Delivery, sealer: Sealer, *, alone: bool, turn: int = 0) -> Quarantined:
    """
    Seal a refused event, at a turn of its request; one too large even for the quarantine leaves only its name there.

    Raises TooLargeError if it came alone: then its sender is told, and no other event is lost.
    """
    sealed, reason = _seal(refusal, sealer), refusal.reason
    if sealed is None:
        if alone:
            raise TooLargeError(f"an event has at most {MAX_EVENT} bytes: shorten its texts and lists")
        sealed, reason = b"", f"{reason}; it was too large to be kept"
    return Quarantined(
        source=delivery.source.id,
        arrival=delivery.received,
        turn=turn,
        message_id=refusal.message_id,
        code=refusal.code,
        reason=reason,
        sealed=sealed,
        owner=refusal.owner,
        print=_print(refusal.body.get("message"), delivery),
    )


def _seal(refusal: Refusal, sealer: Sealer) -> bytes | None:
    """Seal what was sent; None where it is too large, before it is deflated or after."""
    try:
        if measure(refusal.body) > MAX_KEPT:
            return None
        sealed = sealer.seal(refusal.owner, QUARANTINED, pack(refusal.body))
    except InvalidEventError:
        return b""  # the person was erased: nothing of it is kept, here neither
    return sealed if len(sealed) <= MAX_ITEM else None


def _print(message: object, delivery: Delivery) -> str:
    """Tell one body from another; a retry differs in when it was sent and how often it was tried."""
    if isinstance(message, Mapping):
        message = {name: value for name, value in message.items() if name not in ("sentAt", "_metadata")}
    return fingerprint(write(message), delivery.hash_key).hex()
