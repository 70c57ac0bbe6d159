"""What goes into the lake: an event as a row, whole; a change of a profile, and a refused claim, as one of its log."""

import json
from collections.abc import Mapping
from typing import Any

from regulars.domain.events import Event, Sealed
from regulars.domain.lake import Row
from regulars.domain.profiles import Profile
from regulars.domain.refused_claims import RefusedClaim


def event_row(event: Event) -> Row:
    """Write an event as a row: what is clear as JSON, what is personal as the ciphertext that it came as."""
    traits = event.traits.items()
    return {
        "owner": event.owner,
        "moment": event.moment,
        "happened": event.at,
        "arrival": event.arrival,
        "type": event.type,
        "name": event.name,
        "source": event.source,
        "message_id": event.message_id,
        "links": event.links,
        "properties": _json(event.properties),
        "traits": _json({name: value for name, value in traits if not isinstance(value, Sealed)}),
        "context": _json(event.context),
        "sealed_traits": {name: value.text.encode() for name, value in traits if isinstance(value, Sealed)},
        "sealed": event.sealed or None,
        "fingerprint": event.fingerprint,
        "proven": int(event.proven),
        "kept_until": event.kept_until,
    }


def identity_row(before: Profile | None, after: Profile) -> Row:
    """Write a change of a profile as a row; `before` is None for a new one, and where it is not known."""
    known = before is not None or after.version <= 1
    was, now = set(before.owners if before else ()), set(after.owners)
    return {
        "profile_id": after.profile_id,
        "version": after.version,
        "change": _change(after, parted=bool(was - now)),
        "rule": after.rule,
        "event": after.event,
        "changed": after.changed or after.since,
        "owners": after.owners,
        "joined": sorted(now - was) if known else None,
        "parted": sorted(was - now) if known else None,
        "merged_into": after.merged_into,
        "since": after.since,
        "merges": after.merges,
    }


def refused_row(claim: RefusedClaim) -> Row:
    """Write a refused claim as a row."""
    return {
        "owner": claim.owner,
        "rule": claim.limit,
        "event": claim.event,
        "source": claim.source,
        "refused": claim.at,
    }


def _change(after: Profile, *, parted: bool) -> str:
    if after.merged_into:
        return "tombstone"
    if parted:
        return "parted"
    return "merged" if after.rule == "merge" else "joined"


def _json(content: Mapping[str, Any]) -> str | None:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False) if content else None


def event_of(row: Row) -> Event:
    """Read an event back from its row: it is the one that was stored."""
    owner = row["owner"]
    sealed = {name: Sealed(owner, value.decode()) for name, value in (row["sealed_traits"] or {}).items()}
    return Event(
        owner=owner,
        moment=row["moment"],
        type=row["type"],
        name=row["name"],
        links=tuple(row["links"]),
        at=row["happened"],
        arrival=row["arrival"],
        properties=json.loads(row["properties"] or "{}"),
        traits={**json.loads(row["traits"] or "{}"), **sealed},
        context=json.loads(row["context"] or "{}"),
        sealed=row["sealed"] or b"",
        fingerprint=row["fingerprint"] or b"",
        proven=bool(row["proven"]),
        kept_until=row["kept_until"],
    )
