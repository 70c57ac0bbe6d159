"""Seal what a call says of a person, and open it again: the one place that knows how sealed fields are named."""

import json
from base64 import b64decode, b64encode
from typing import Any

from regulars.domain.calls import Call
from regulars.domain.events import SENSITIVE, Event, Sealed
from regulars.domain.packing import pack, unpack
from regulars.pipeline.ports import Sealer

EVENT = "event"
QUARANTINED = "quarantined"


def seal_call(call: Call, sealer: Sealer) -> tuple[dict[str, Sealed | None], bytes]:
    """Seal what a call says of a person: each personal trait by itself, the personal rest as one."""
    owner = call.event.owner
    traits = {
        # What removes a trait tells nothing, and has to be seen as that.
        name: value
        if value is None
        else seal_trait(owner, name, value, sealer, sensitive=name in call.sensitive_traits)
        for name, value in call.personal_traits.items()
    }
    rest = sealer.seal(owner, EVENT, pack(call.personal)) if call.personal else b""
    return traits, rest


def open_rest(event: Event, sealer: Sealer) -> dict[str, Any]:
    """
    Open the personal rest of an event; empty where there is none or the owner's key is gone.

    `ids` holds the identifiers that it names, by kind; `properties`, `traits` and `context` belong to the event's own,
    and under `sensitive` more of them, for fewer eyes;
    `said` holds ids that are no identifiers, `messageId` what the sender said if the event is named otherwise, `times`
    those that could not be read, `integrations` the destinations that the sender named.
    """
    opened = sealer.open(event.owner, EVENT, event.sealed) if event.sealed else None
    return unpack(opened) if opened is not None else {}


def seal_trait(owner: str, name: str, value: object, sealer: Sealer, *, sensitive: bool = False) -> Sealed:
    """Seal one trait."""
    content = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    sealed = b64encode(sealer.seal(owner, _field(name, sensitive), content)).decode()
    return Sealed(owner, SENSITIVE + sealed if sensitive else sealed)


def open_trait(name: str, trait: Sealed, sealer: Sealer) -> Any:
    """Open one trait; None where the owner's key is gone, or it was removed."""
    if trait.is_gone:
        return None
    text = trait.text.removeprefix(SENSITIVE)
    opened = sealer.open(trait.owner, _field(name, trait.is_sensitive), b64decode(text))
    return json.loads(opened) if opened is not None else None


def _field(name: str, sensitive: bool) -> str:
    return f"sensitive trait:{name}" if sensitive else f"trait:{name}"
