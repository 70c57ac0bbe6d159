"""Requests of persons: what may be asked for, who has to confirm it, until when, and how far it is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from regulars.domain.instants import HOUR
from regulars.domain.privacy_deadlines import (
    EXTENSIONS,
    LAWS,
    Deadline,
    Extension,
    Law,
    deadline,
    due,
    opt_out_due,
)
from regulars.domain.timers import MINUTE
from regulars.errors import ConflictingEditError, ForbiddenError, InvalidRequestError

Kind = Literal[
    "erasure",
    "anonymisation",
    "lift",
    "access",
    "portability",
    "restriction",
    "objection",
    "release",
    "opt_out",
    "rectification",
]
State = Literal["received", "verified", "held", "running", "done", "cancelled"]
Proof = Literal["signed_in", "document", "in_person", "known_channel", "court_order"]
KINDS: tuple[Kind, ...] = get_args(Kind)
STATES: tuple[State, ...] = get_args(State)
ERASING: frozenset[Kind] = frozenset({"erasure", "anonymisation"})  # after which nothing of the person is left
BY_HAND: frozenset[Kind] = frozenset({"access", "portability", "rectification"})  # done by the officer, once verified
FILES: frozenset[Kind] = frozenset({"access", "portability"})  # who was verified is given a file
UNVERIFIED: frozenset[Kind] = frozenset({"opt_out"})  # 11 CCR 7026(d): nobody has to prove who they are to say no
NOT_REQUIRED = "not_required"  # the proof of those
PROOFS: tuple[Proof, ...] = get_args(Proof)
MOST = 100_000  # identifiers of a request
MOST_OF: Mapping[Kind, int] = {"rectification": 1}  # what is wrong of one person is right of another
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
    identifiers it turned out to be about; it `repeats` after tables were restored from a backup. `changed` are the
    names of traits that were corrected: their values are never kept here. `extended` is when, by whom and for which
    reason its time was made longer. While it is `held`, `held_by` are the legal holds because of which it waits;
    `aside` is the request that waits for those of its people who are held. `counted` is what an anonymisation left:
    so many events, in so many groups.
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
    changed: tuple[str, ...] = ()
    extended: int = 0
    extended_by: str = ""
    extension: Extension | Literal[""] = ""
    held_by: tuple[str, ...] = ()
    aside: str = ""
    counted: Mapping[str, int] = field(default_factory=dict)
    version: int = 0

    @property
    def due(self) -> int:
        """By when it has to be done."""
        if self.kind == "opt_out":
            return opt_out_due(self.received)
        return due(self.received, self.law, extended=bool(self.extended))

    def deadline(self, now: int) -> Deadline | None:
        """Say how it stands to that; None of one that was taken back."""
        return None if self.state == "cancelled" else deadline(self.due, ended=self.ended, now=now)

    @property
    def erases(self) -> bool:
        """Say whether nothing of the people is left once it is done."""
        return self.kind in ERASING

    @property
    def is_open(self) -> bool:
        """Say whether something is to be done still."""
        return self.state not in ("done", "cancelled")


def verify(request: Request, *, by: str, proof: str, now: int, four_eyes: bool = False) -> Request:
    """
    Confirm that whoever asked is who they say; of an opt-out nobody has to prove it.

    With `four_eyes` an erasure is confirmed by somebody else than who took it. Raises InvalidRequestError,
    ForbiddenError, ConflictingEditError.
    """
    if four_eyes and request.erases and by == request.by:
        raise ForbiddenError("who took an erasure does not verify it here: somebody else has to (four_eyes)")
    if request.kind in UNVERIFIED and not proof:
        proof = NOT_REQUIRED
    elif proof not in PROOFS:
        raise InvalidRequestError(f"how says by what the identity was verified: {', '.join(PROOFS)}")
    if request.state != "received":
        raise ConflictingEditError(f"the request is {request.state}: it was verified, or cancelled, before")
    if not request.identifiers:
        raise InvalidRequestError("the request names nobody yet: add identifiers first")
    return replace(request, state="verified", verified_by=by, verified=now, proof=proof)


def extend(request: Request, *, by: str, reason: object, now: int) -> Request:
    """
    Make its time longer, once, before it is over: GDPR, art. 12(3), and CCPA 1798.130(a)(2).

    Raises InvalidRequestError, ConflictingEditError.
    """
    if reason not in EXTENSIONS:
        raise InvalidRequestError(f"reason says why it takes longer: {', '.join(EXTENSIONS)}")
    if request.kind == "opt_out":
        raise InvalidRequestError("no law gives more time for an opt-out")
    if request.extended or not request.is_open or now > request.due:
        why = "was made longer before" if request.extended else f"is {request.state}, or its time is over"
        raise ConflictingEditError(f"the time of the request {why}")
    return replace(request, extended=now, extended_by=by, extension=reason)


def cancel(request: Request, *, now: int) -> Request:
    """Take a request back before it runs. Raises ConflictingEditError."""
    if request.state not in ("received", "verified", "held"):
        raise ConflictingEditError(f"the request is {request.state}: what was begun is not undone")
    return replace(request, state="cancelled", ended=now)


def complete(request: Request, *, now: int) -> Request:
    """Note that whoever asked was given their file. Raises InvalidRequestError, ConflictingEditError."""
    if request.kind == "rectification":
        raise InvalidRequestError(
            "a rectification is done once traits are corrected for it: regulars privacy correct, or `request` beside"
            " `traits` in PATCH /v1/profiles/{ref}/traits"
        )
    if request.kind not in FILES:
        raise InvalidRequestError(f"a request of the kind {request.kind} is done when its workers say so")
    if request.state != "verified":
        raise ConflictingEditError(f"the request is {request.state}: it is completed once it is verified")
    return replace(request, state="done", ended=now)


def corrected(request: Request, names: Collection[str], *, now: int) -> Request:
    """
    Note which traits were corrected; said again it changes nothing.

    Raises InvalidRequestError, ConflictingEditError.
    """
    if request.kind != "rectification":
        raise InvalidRequestError(
            f"the request is one for {request.kind}: a correction is asked for by a rectification"
        )
    changed = tuple(sorted(names))
    if request.state == "done" and request.changed == changed:
        return request
    if request.state != "verified":
        raise ConflictingEditError(f"the request is {request.state}: traits are corrected once it is verified")
    return replace(request, state="done", ended=now, changed=changed)


def hold(request: Request, by: Collection[str]) -> Request:
    """Let a request that has not begun wait for legal holds (GDPR, art. 17(3)(e))."""
    return replace(request, state="held", held_by=tuple(sorted(by)))


def set_aside(request: Request, by: Collection[str]) -> Request:
    """Make the request that waits for those people of a running one who are held."""
    return Request(
        id=f"{request.id}_held",
        kind=request.kind,
        by=request.by,
        received=request.received,
        law=request.law,
        reference=request.reference,
        state="held",
        verified_by=request.verified_by,
        verified=request.verified,
        proof=request.proof,
        held_by=tuple(sorted(by)),
    )


def next_round(request: Request) -> int:
    """Say when the next round may begin, after the one that has just ended."""
    if request.round < len(SETTLED):
        return request.marked + SETTLED[request.round]
    return request.began + AGAIN


def is_over(request: Request) -> bool:
    """Say whether the round that has just ended was late enough, and found nothing."""
    return request.round >= len(SETTLED) and not any(request.last.values())


def check_kind(kind: object) -> Kind:
    """Read what is asked for. Raises InvalidRequestError, which says what there is."""
    for known in KINDS:
        if kind == known:
            return known
    raise InvalidRequestError(f"kind is one of {', '.join(KINDS)}")


def check_law(law: object) -> Law:
    """Read by which law the time runs. Raises InvalidRequestError."""
    for known in LAWS:
        if law == known:
            return known
    raise InvalidRequestError(f"law is one of {', '.join(LAWS)}: it decides by when the request is due")
