"""Anchors: the heads of all chains of an hour, in an object that nobody can change; each holds the hash of the last."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from regulars.domain.audit import Head, Place
from regulars.domain.instants import to_text
from regulars.domain.timestamps import parse

_FORM = "regulars anchor 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The heads of chains as they were `at` an instant, by chain: a number and a hash."""

    number: int
    at: int
    heads: Mapping[str, tuple[int, str]]
    previous: str
    hash: str = ""


def anchor(heads: Sequence[Head], *, at: int, before: Anchor | None) -> Anchor:
    """Join heads into an anchor that follows the one before."""
    made = Anchor(
        number=before.number + 1 if before else 0,
        at=at,
        heads={head.place.chain: (head.place.number, head.hash) for head in heads},
        previous=before.hash if before else "",
    )
    return replace(made, hash=hash_of(made))


def hash_of(one: Anchor) -> str:
    """Hash all that an anchor says, but its own hash."""
    heads = [[chain, *one.heads[chain]] for chain in sorted(one.heads)]
    said = [_FORM, one.number, one.at, heads, one.previous]
    return sha256(json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def heads_of(one: Anchor) -> dict[str, Head]:
    """Give the heads by chain."""
    return {chain: Head(Place(chain, number), hash) for chain, (number, hash) in one.heads.items()}


def anchor_json(one: Anchor) -> dict[str, Any]:
    """Write an anchor."""
    return {
        "number": one.number,
        "at": to_text(one.at),
        "heads": {chain: [*one.heads[chain]] for chain in sorted(one.heads)},
        "previous": one.previous,
        "hash": one.hash,
    }


def read_anchor(said: object) -> Anchor | None:
    """Read an anchor as it was written; None for what is none."""
    match said:
        case {
            "number": int(number), "at": str(at), "heads": dict(heads), "previous": str(previous), "hash": str(hash)
        }:  # fmt: skip
            instant, found = parse(at), {chain: _head(head) for chain, head in heads.items()}
            if instant is None or to_text(instant) != at or isinstance(number, bool):
                return None
            whole = {chain: head for chain, head in found.items() if head is not None}
            if len(whole) < len(found):
                return None
            return Anchor(number=number, at=instant, heads=whole, previous=previous, hash=hash)
    return None


def _head(said: object) -> tuple[int, str] | None:
    match said:
        case [int(number), str(hash)] if not isinstance(number, bool):
            return number, hash
    return None
