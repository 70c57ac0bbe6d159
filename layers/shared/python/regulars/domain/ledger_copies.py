"""
Copies of the erasure ledger, kept where no loss of a table reaches: who was erased by which request, as keyed hashes.

A restore brings back what was erased since; the copies say of whom. Nothing else of a request stands in them.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Literal

from regulars.domain.erasure import Doomed
from regulars.domain.instants import to_text

FOLDER = "ledger/"
_FORM = 1
Word = Literal["erasure", "lift"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerCopy:
    """A page of a request: whom it erases, or lets begin anew; `verified` (microseconds) puts requests in order."""

    request: str
    kind: Word
    verified: int
    doomed: tuple[Doomed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What is done with a restored copy: who is erased from it, and which of them begin anew afterwards."""

    erase: tuple[Doomed, ...]
    lift: tuple[str, ...]


def copy_json(copy: LedgerCopy) -> Mapping[str, Any]:
    """Write a copy down."""
    return {
        "ledger": _FORM,
        "request": copy.request,
        "kind": copy.kind,
        "verified": copy.verified,
        "owners": [[one.owner, list(one.profiles), list(one.others)] for one in copy.doomed],
    }


def read_copy(content: Any) -> LedgerCopy | None:
    """Read a copy back; None for anything else."""
    try:
        if content["ledger"] != _FORM or content["kind"] not in ("erasure", "lift"):
            return None
        return LedgerCopy(
            request=str(content["request"]),
            kind=content["kind"],
            verified=int(content["verified"]),
            doomed=tuple(
                Doomed(owner=str(owner), profiles=tuple(map(str, profiles)), others=tuple(map(str, others)))
                for owner, profiles, others in content["owners"]
            ),
        )
    except (KeyError, TypeError, ValueError):
        return None


def key_of(copy: LedgerCopy) -> str:
    """Name the object of a copy by its content: the same page a second time is the same object."""
    content = json.dumps(copy_json(copy), sort_keys=True, separators=(",", ":")).encode()
    print = blake2b(content, digest_size=12).hexdigest()
    return f"{FOLDER}{to_text(copy.verified)[:10]}/{copy.request}-{copy.kind}-{print}.json"


def replay(copies: Iterable[LedgerCopy], *, at: int) -> Replay:
    """
    Say what has to be done again with what was restored to an instant.

    Whoever was lifted before it stays as they are: their erasure had ended. Whoever was lifted since is erased, and
    begins anew once more: what is restored of them may be from before their erasure.
    """
    last: dict[str, LedgerCopy] = {}
    found: dict[str, Doomed] = {}
    for copy in sorted(copies, key=lambda one: (one.verified, one.request)):
        for one in copy.doomed:
            last[one.owner] = copy
            if copy.kind == "erasure":
                found[one.owner] = _both(found.get(one.owner), one)
    erased = [one for owner, one in sorted(found.items()) if last[owner].kind == "erasure" or last[owner].verified > at]
    return Replay(
        erase=tuple(erased),
        lift=tuple(one.owner for one in erased if last[one.owner].kind == "lift"),
    )


def _both(one: Doomed | None, other: Doomed) -> Doomed:
    if one is None:
        return other
    return Doomed(
        owner=one.owner,
        profiles=tuple(dict.fromkeys((*one.profiles, *other.profiles))),
        others=tuple(dict.fromkeys((*one.others, *other.others))),
    )
