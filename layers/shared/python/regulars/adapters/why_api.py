"""Why a person is in a segment, for those who read profiles: the tree with its truth, and the same in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from regulars.adapters.profile_api import Answer, ProfileApi
from regulars.adapters.profile_json import profile_ref
from regulars.adapters.routes import Call
from regulars.domain.explaining import Reason
from regulars.domain.instants import to_text
from regulars.domain.references import profile_id_of
from regulars.pipeline.why import Cause, Explained

Json = Mapping[str, Any]


def get_segment_why(api: ProfileApi, call: Call) -> Answer:
    """Answer with why a person is in a segment, or is not."""
    return explained_json(api.explainer.why(profile_id_of(call["ref"], api.sealer.hash_key), call["id"]))


def explained_json(explained: Explained) -> Json:
    """Write an explanation."""
    return {
        "profile_id": explained.profile_id,
        "segment": explained.segment,
        "version": explained.version,
        "as_of": to_text(explained.as_of),
        "member": explained.member,
        "since": _instant(explained.since),
        "known": explained.known,
        "restricted": explained.restricted,
        "next_change_at": _instant(explained.next_change_at),
        "why": _reason(explained.reason, explained),
        "words": list(words(explained)),
    }


def words(explained: Explained) -> Iterator[str]:
    """Say the same line by line, each condition below the one that unites it."""
    yield f"{'In' if explained.member else 'Not in'} {explained.segment}, as of {to_text(explained.as_of)[:19]}Z."
    if not (explained.known or explained.anonymous):
        yield "Nobody knows who this is yet, and the segment takes in only people who are known."
    if explained.restricted:
        yield "Nothing may be done with what is kept of this person: they are in no segment."
    yield from _lines(explained.reason, 0)
    if explained.next_change_at is not None:
        yield f"If nothing else happens, this may change at {to_text(explained.next_change_at)}."
    else:
        yield "Time alone does not change this."


def _lines(reason: Reason, depth: int) -> Iterator[str]:
    found = f" (it is {_found(reason.found)})" if reason.found is not None else ""
    until = f", until {to_text(reason.next_change_at)[:19]}Z" if reason.next_change_at is not None else ""
    yield f"{'  ' * depth}{'yes' if reason.truth else 'no '}  {reason.condition}{found}{until}"
    for below in reason.below:
        yield from _lines(below, depth + 1)


def _found(found: Any) -> str:
    return ", ".join(map(str, found)) if isinstance(found, list) else str(found)


def _reason(reason: Reason, explained: Explained) -> Json:
    return {
        "condition": reason.condition,
        "true": reason.truth,
        "found": reason.found,
        "next_change_at": _instant(reason.next_change_at),
        "events": [_cause(cause) for cause in explained.causes.get(reason.node, ())],
        "below": [_reason(below, explained) for below in reason.below],
    }


def _cause(cause: Cause) -> Json:
    return {
        "event": cause.name,
        "timestamp": to_text(cause.at),
        "identifier": profile_ref(cause.owner) if cause.owner else None,
        "source": cause.source,
        "message_id": cause.message_id,
    }


def _instant(at: int | None) -> str | None:
    return to_text(at) if at is not None else None
