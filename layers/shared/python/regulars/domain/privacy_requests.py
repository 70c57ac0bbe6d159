"""Requests of persons: what may be asked for, who has to confirm it, until when, and how far it is."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from regulars.domain.instants import HOUR, SECOND
from regulars.domain.timers import MINUTE
from regulars.errors import ConflictingEditError, InvalidRequestError

Kind = Literal["erasure", "lift", "access", "portability", "restriction", "objection", "release"]
Law = Literal["gdpr", "ccpa"]
State = Literal["received", "verified", "running", "done", "cancelled"]
Proof = Literal["signed_in", "document", "in_person", "known_channel", "court_order"]
KINDS: tuple[Kind, ...] = get_args(Kind)
BY_HAND: frozenset[Kind] = frozenset({"access", "portability"})  # who was verified is given a file, by the officer
LAWS: tuple[Law, ...] = get_args(Law)
PROOFS: tuple[Proof, ...] = get_args(Proof)
ELSEWHERE: Mapping[str, str] = {
    "rectification": "correct traits with PATCH /v1/profiles/{ref}/traits, or `regulars profile correct`",
}
MOST = 100_000  # identifiers of a request
AT_ONCE = 1_000  # identifiers that are told at once

# A process lives fifteen minutes at most: whatever it read before the ledger, it has written by then. Streams are given
# up after six hours, and with them what they would still have brought.
SETTLED = (0, 16 * MINUTE, 7 * HOUR)  # after the ledger, when each round begins
AGAIN = 16 * MINUTE  # after a round that found something, once all of these are through


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """
    One request, for one person or many; `by` and `verified_by` are user ids of the sign-in, instants are microseconds.

    While it runs it goes in rounds, each of which takes away all that it finds: `stage` and `cursor` say where one is,
    `began` when it began, `found` what all of them have found by place, `last` what this one has. `marked` is since
    when nothing new of these people is taken, `awake` when workers were started last. `erased` is how many
    identifiers it turned out to be about; it `repeats` after tables were restored from a backup.
    """

    id: str
    kind: Kind
    by: str
    received: int
    law: Law = "gdpr"
    reference: str = ""
    state: State = "received"
    identifiers: int = 0
    verified_by: str = ""
    verified: int = 0
    proof: str = ""
    marked: int = 0
    round: int = 0
    began: int = 0
    stage: str = ""
    cursor: str | None = None
    found: Mapping[str, int] = field(default_factory=dict)
    last: Mapping[str, int] = field(default_factory=dict)
    ended: int = 0
    erased: int = 0
    repeats: int = 0
    awake: int = 0
    version: int = 0

    @property
    def due(self) -> int:
        """By when it has to be done: a month after it came (GDPR, art. 12), or 45 days (CCPA)."""
        came = datetime.fromtimestamp(self.received / SECOND, UTC)
        due = _next_month(came) if self.law == "gdpr" else came + timedelta(days=45)
        return round(due.timestamp()) * SECOND

    @property
    def is_open(self) -> bool:
        """Say whether something is to be done still."""
        return self.state not in ("done", "cancelled")


def verify(request: Request, *, by: str, proof: str, now: int) -> Request:
    """Confirm that whoever asked is who they say. Raises InvalidRequestError, ConflictingEditError."""
    if proof not in PROOFS:
        raise InvalidRequestError(f"how says by what the identity was verified: {', '.join(PROOFS)}")
    if request.state != "received":
        raise ConflictingEditError(f"the request is {request.state}: it was verified, or cancelled, before")
    if not request.identifiers:
        raise InvalidRequestError("the request names nobody yet: add identifiers first")
    return replace(request, state="verified", verified_by=by, verified=now, proof=proof)


def cancel(request: Request, *, now: int) -> Request:
    """Take a request back before it runs. Raises ConflictingEditError."""
    if request.state not in ("received", "verified"):
        raise ConflictingEditError(f"the request is {request.state}: what was begun is not undone")
    return replace(request, state="cancelled", ended=now)


def complete(request: Request, *, now: int) -> Request:
    """Note that whoever asked was given their file. Raises InvalidRequestError, ConflictingEditError."""
    if request.kind not in BY_HAND:
        raise InvalidRequestError(f"a request of the kind {request.kind} is done when its workers say so")
    if request.state != "verified":
        raise ConflictingEditError(f"the request is {request.state}: it is completed once it is verified")
    return replace(request, state="done", ended=now)


def next_round(request: Request) -> int:
    """Say when the next round may begin, after the one that has just ended."""
    if request.round < len(SETTLED):
        return request.marked + SETTLED[request.round]
    return request.began + AGAIN


def is_over(request: Request) -> bool:
    """Say whether the round that has just ended was late enough, and found nothing."""
    return request.round >= len(SETTLED) and not any(request.last.values())


def check_kind(kind: object) -> Kind:
    """Read what is asked for. Raises InvalidRequestError, which says where else to go."""
    for known in KINDS:
        if kind == known:
            return known
    if isinstance(kind, str) and kind in ELSEWHERE:
        raise InvalidRequestError(f"{kind} is no request here: {ELSEWHERE[kind]}")
    raise InvalidRequestError(f"kind is one of {', '.join((*KINDS, *ELSEWHERE))}")


def check_law(law: object) -> Law:
    """Read by which law the time runs. Raises InvalidRequestError."""
    for known in LAWS:
        if law == known:
            return known
    raise InvalidRequestError(f"law is one of {', '.join(LAWS)}: it decides by when the request is due")


def _next_month(came: datetime) -> datetime:
    year, month = (came.year + 1, 1) if came.month == 12 else (came.year, came.month + 1)
    return came.replace(year=year, month=month, day=min(came.day, monthrange(year, month)[1]))
