"""What was said is read back: an event as the profile API opens it, beside the message that it was."""

import json
from collections.abc import Mapping
from typing import Any

from regulars.domain.events import Event
from regulars.domain.identifiers import normalise
from regulars.domain.instants import to_text
from regulars.domain.timestamps import parse
from regulars.pipeline.opening import Opener
from regulars.pipeline.ports import Sealer
from regulars.pipeline.sealing import open_rest


def differences(event: Event, message: Mapping[str, Any], sealer: Sealer) -> dict[str, tuple[Any, Any]]:
    """Name the fields in which an opened event is not what was said, with both."""
    shown, rest = Opener(sealer, personal=True).event(event), open_rest(event, sealer)
    context = dict(message.get("context") or {})
    traits = dict(message.get("traits") or {})
    if event.type == "identify" and isinstance(context.get("traits"), Mapping):
        traits = {**context.pop("traits"), **traits}
    properties = dict(message.get("properties") or {})
    if event.type in ("page", "screen"):
        properties = {n: message[n] for n in ("name", "category") if isinstance(message.get(n), str)} | properties
    if event.type == "group":
        context["groupId"] = str(message["groupId"])
    said: dict[str, tuple[Any, Any]] = {
        "properties": (properties, shown.properties),
        "traits": (traits, shown.traits),
        "context": (context, shown.context),
        "integrations": (message.get("integrations") or {}, rest.get("integrations", {})),
        "messageId": _message_ids(event, message, rest),
    }
    said |= {name: _times(name, event, message, rest) for name in ("timestamp", "originalTimestamp")}
    said |= {name: (message.get(name), _id(name, message, rest)) for name in ("userId", "anonymousId", "previousId")}
    return {name: (one, other) for name, (one, other) in said.items() if _plain(one) != _plain(other)}


def _plain(content: object) -> str:
    return json.dumps(content, sort_keys=True)


def _message_ids(event: Event, message: Mapping[str, Any], rest: Mapping[str, Any]) -> tuple[Any, Any]:
    given = None if message.get("messageId") in (None, "", {}) else message["messageId"]
    return given, given if str(given) == event.message_id else rest.get("messageId")


def _times(name: str, event: Event, message: Mapping[str, Any], rest: Mapping[str, Any]) -> tuple[Any, Any]:
    given, instant = message.get(name), parse(message.get(name))
    is_told = instant is not None and event.moment.startswith(f"{to_text(instant)}#")
    return given, given if is_told else rest.get("times", {}).get(name)


def _id(name: str, message: Mapping[str, Any], rest: Mapping[str, Any]) -> Any:
    """Give an id as it was sealed: under its kind in its normal form, or as it was said."""
    given = message.get(name)
    plain = normalise("user_id", given)
    if given in (None, "") or (plain is not None and plain in rest.get("ids", {}).values()):
        return given
    return rest.get("said", {}).get(name)
