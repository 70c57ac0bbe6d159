"""A hostile or broken payload, and what becomes of it: `docs/payloads.md` is the same for people."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.messages import WRITE_KEY, a_track_call, an_identify_call

PUBLIC = {"X-Write-Key": WRITE_KEY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One request; `message` is what it carries, where that can be said in one."""

    body: bytes
    path: str = "/v1/batch"
    headers: Mapping[str, str] = field(default_factory=dict)
    message: Mapping[str, Any] | None = None
    gateway: Mapping[str, Any] = field(default_factory=dict)  # what the event of the gateway says otherwise
    before: "Sent | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """
    A payload by its number, in one or more spellings that all get one verdict.

    A verdict is `accept`, `accept, no link`, `suppress`, `quarantine` with a code, or a status with a code.
    """

    number: int
    name: str
    verdict: str
    sent: tuple[Sent, ...]


def payload(number: int, name: str, verdict: str, *sent: Sent) -> Payload:
    """Name a payload."""
    return Payload(number=number, name=name, verdict=verdict, sent=sent)


def raw(body: bytes, path: str = "/v1/batch", gateway: Mapping[str, Any] | None = None, **headers: str) -> Sent:
    """Send bytes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Sent(body=body, path=path, headers={**PUBLIC, **named}, gateway=gateway or {})


def a_message(message: Any) -> Sent:
    """Send one message in a batch."""
    body = json.dumps({"batch": [message]}, ensure_ascii=False).encode()
    return Sent(body=body, headers=PUBLIC, message=message if isinstance(message, dict) else None)


def written(text: str) -> Sent:
    """Send one message in a batch that is written by hand, for what Python would not write."""
    return raw(b'{"batch":[' + text.encode("utf-8", "surrogatepass") + b"]}")


def a_value(text: str) -> Sent:
    """Send an event with a property that is written by hand."""
    return written('{"type":"track","event":"A","anonymousId":"v","properties":{"n":' + text + "}}")


def track(**changes: Any) -> Sent:
    """Send an event of a visitor."""
    return a_message(a_track_call(**changes))


def identify(**changes: Any) -> Sent:
    """Send an identify call."""
    return a_message(an_identify_call(**changes))


def users(*ids: Any) -> tuple[Sent, ...]:
    """Send an event of a visitor for each user id, as a batch and as a single call."""
    calls = [{**a_track_call(), "userId": id} for id in ids]
    single = (Sent(body=json.dumps(call).encode(), path="/v1/track", headers=PUBLIC, message=call) for call in calls)
    return (*map(a_message, calls), *single)


def properties(*values: Mapping[str, Any]) -> tuple[Sent, ...]:
    """Send an event with each of these properties."""
    return tuple(track(properties=value) for value in values)
