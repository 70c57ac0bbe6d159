"""The body of a refused event: the message as it was sent, and what its batch said around it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from regulars.domain.events import EventType
from regulars.domain.messages import Envelope, read_envelope
from regulars.domain.payloads import MAX_DEPTH, Ambiguous, LongNumber
from regulars.domain.repairs import Path, find
from regulars.errors import InvalidEventError

_DEEPEST = 2 * MAX_DEPTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """
    All that was said of one event; `type` is what the path of a single call said.

    `unclear` are the places of what JSON cannot say again, with its code: a name that came twice stands there as the
    list of its values, a number longer than any reader takes as a text.
    """

    message: Any
    type: EventType | None = None
    envelope: Envelope = field(default_factory=Envelope)
    unclear: tuple[tuple[Path, str], ...] = ()


def body_of(message: object, type: str | None, envelope: Envelope) -> Body:
    """Put together the body of an event as it came."""
    return Body(message=message, type=cast(EventType, type), envelope=envelope, unclear=tuple(_unclear(message)))


def with_message(body: Body, message: object) -> Body:
    """Exchange the message; what was unclear is settled where it changed."""
    standing = (each for each in body.unclear if find(message, each[0]) == find(body.message, each[0]))
    return replace(body, message=message, unclear=tuple(standing))


def must_be_clear(body: Body) -> None:
    """Make sure that nothing is left unclear. Raises InvalidEventError."""
    for _, code in body.unclear:
        raise InvalidEventError(code, "a name that came twice, or a number that was too long, is not settled: set it")


def to_content(body: Body) -> dict[str, Any]:
    """Write a body as plain content."""
    said = {
        "type": body.type,
        "message": body.message,
        "sentAt": body.envelope.sent_at,
        "context": body.envelope.context,
        "integrations": body.envelope.integrations,
        "optedOut": body.envelope.opted_out or None,
        "key": body.envelope.key,
        "isServer": body.envelope.is_server or None,
        "unclear": [[list(path), code] for path, code in body.unclear],
    }
    return {name: value for name, value in said.items() if name == "message" or value not in (None, {}, [])}


def from_content(content: Mapping[str, Any]) -> Body:
    """Read a body back."""
    return Body(
        message=content.get("message"),
        type=content.get("type"),
        envelope=replace(
            read_envelope(content),
            opted_out=content.get("optedOut") is True,
            key=content.get("key"),
            is_server=content.get("isServer") is True,
        ),
        unclear=tuple((tuple(path), code) for path, code in content.get("unclear", [])),
    )


def _unclear(message: object) -> Iterator[tuple[Path, str]]:
    waiting: list[tuple[Path, object]] = [((), message)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, LongNumber):
            yield path, "invalid_number"
        if isinstance(value, Ambiguous):
            yield from (((*path, name), "ambiguous_field") for name in value.repeated)
        if len(path) >= _DEEPEST:
            continue  # an event that nests so deep is refused for that, until that part of it is gone
        if isinstance(value, Mapping):
            waiting += [((*path, name), inner) for name, inner in value.items()]
        elif isinstance(value, list):
            waiting += [((*path, str(index)), inner) for index, inner in enumerate(value)]
