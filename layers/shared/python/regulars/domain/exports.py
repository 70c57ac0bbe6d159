"""
Exports of the members of a segment: who asked for which, who else has to agree, and who may take the file until when.

What is agreed to is one export as it was asked for. Its *print* is a hash over all of that and the version of the
segment: what is changed meanwhile has another print, and is asked for anew.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import Literal, get_args

from regulars.domain.export_rules import MOST_ROWS, ExportRules
from regulars.domain.instants import DAY, HOUR, SECOND
from regulars.domain.roles import Caller
from regulars.domain.segments import Segment
from regulars.domain.teams import Sight
from regulars.errors import (
    ConflictingEditError,
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    ThrottledError,
)

Format = Literal["jsonl", "csv"]
State = Literal["waiting", "running", "done", "rejected", "cancelled", "failed", "removed", "lapsed", "ended"]
FORMATS: tuple[Format, ...] = get_args(Format)
STATES: tuple[State, ...] = get_args(State)
MOST_TRAITS = 50
LAPSES = DAY  # after it was asked for: then nobody agrees to it any more
KEPT = DAY  # after it is done: the file, and the right to take it
LONGEST_RUN = 6 * HOUR  # then its worker is gone; an erasure's last round comes later than that
LINK_SECONDS = 900
FOLDER = "files/"
_FORM = "regulars export 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """
    What is asked for: the members of a segment who consent to a purpose, with these traits.

    `computed` are computed traits, by id.
    """

    segment: str
    reason: str
    purpose: str | None = None
    channel: str | None = None
    traits: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()
    format: Format = "jsonl"

    @property
    def names(self) -> tuple[str, ...]:
        """All that somebody has to see of a person who asks for this."""
        return (*self.traits, *self.computed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An object that was written: its key, how many bytes, and the SHA-256 of them."""

    key: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """
    One export. `by` is who asked, `roles` and `teams` what they were then; instants are microseconds.

    `edition` and `definition` name the version of the segment. `expected` were counted when it was asked for, `most`
    is with how many it fails. `cursor` is where the next page of members begins, `read` says that there is none.
    `held` counts who or what was left out, by reason. `why` says why it failed.
    """

    id: str
    by: str
    roles: tuple[str, ...]
    wish: Wish
    edition: int
    definition: int
    asked: int
    expected: int
    most: int
    state: State
    teams: tuple[str, ...] = ()
    needs_approval: bool = False
    decided_by: str = ""
    decided: int = 0
    started: int = 0
    cursor: str | None = None
    read: bool = False
    parts: tuple[Part, ...] = ()
    rows: int = 0
    held: Mapping[str, int] = field(default_factory=dict)
    file: Part | None = None
    ended: int = 0
    why: str = ""
    version: int = 0

    @property
    def caller(self) -> Caller:
        """Who asked, as what they were when they did."""
        return Caller(subject=self.by, roles=frozenset(self.roles), teams=frozenset(self.teams))

    @property
    def opens(self) -> bool:
        """Say whether personal traits are opened for it."""
        return is_personal(self.wish, self.caller)

    @property
    def print(self) -> str:
        """The hash over all that somebody agrees to: 64 hexadecimal digits."""
        said = [
            *[_FORM, self.id, self.by, sorted(self.roles), self.expected],
            *[self.edition, self.definition, asdict(self.wish)],
        ]
        return sha256(json.dumps(said, ensure_ascii=True, sort_keys=True).encode()).hexdigest()

    @property
    def folder(self) -> str:
        """Under which its objects lie; it tells when the run began, so that an erasure knows which to remove."""
        return f"{FOLDER}{self.started:020}-{self.id}/"

    def state_at(self, now: int) -> State:
        """Say how it stands at an instant: time alone ends what waits, what runs and what is done."""
        if self.state == "waiting" and now >= self.asked + LAPSES:
            return "lapsed"
        if self.state == "running" and now >= self.started + LONGEST_RUN:
            return "failed"
        if self.state == "done" and now >= self.ended + KEPT:
            return "ended"
        return self.state

    def is_of(self, segment: Segment | None) -> bool:
        """Say whether this is the version of the segment that it was asked for."""
        return segment is not None and (segment.edition, segment.version) == (self.edition, self.definition)


@dataclass(frozen=True, slots=True)
class Taken:
    """That somebody asked for an export: when, and how many people it may hold that nobody else agreed to."""

    at: int
    people: int


def is_personal(wish: Wish, caller: Caller) -> bool:
    """Say whether an export opens personal traits: any trait may hold something personal."""
    return bool(wish.traits) and caller.may("pii:read")


def bound(expected: int) -> int:
    """Say with how many people an export fails: a tenth more than were counted, and a few who entered meanwhile."""
    return min(MOST_ROWS, expected * 11 // 10 + 10)


def recent(taken: Sequence[Taken], now: int) -> tuple[Taken, ...]:
    """Choose what was asked for within a day."""
    return tuple(one for one in taken if one.at > now - DAY)


def check_quota(taken: Sequence[Taken], rules: ExportRules, now: int) -> None:
    """Go on only with fewer exports within a day than one person may ask for. Raises ThrottledError."""
    if len(taken) >= rules.a_day:
        free = sorted(one.at for one in taken)[-rules.a_day] + DAY
        raise ThrottledError(
            f"you asked for {len(taken)} exports within a day, and {rules.a_day} are allowed: wait",
            retry_after=max(1, -(-(free - now) // SECOND)),
        )


def needs_approval(expected: int, taken: Sequence[Taken], rules: ExportRules, *, personal: bool) -> bool:
    """Say whether somebody else has to agree; many small exports count as one large one."""
    return expected + sum(one.people for one in taken) > rules.threshold(personal=personal)


def ask(
    id: str, wish: Wish, caller: Caller, segment: Segment, *, expected: int, taken: Sequence[Taken], rules: ExportRules,
    now: int,
) -> Export:  # fmt: skip
    """Make an export of what is asked for: it waits, or runs at once. Raises InvalidRequestError, ThrottledError."""
    if expected > MOST_ROWS:
        raise InvalidRequestError(
            f"the segment has {expected:,} members, and an export at most {MOST_ROWS:,}: ask for a narrower segment, "
            "or query the lake"
        )
    check_quota(taken, rules, now)
    personal = is_personal(wish, caller)
    waits = needs_approval(expected, taken, rules, personal=personal)
    left = rules.threshold(personal=personal) - sum(one.people for one in taken)
    return Export(
        id=id,
        by=caller.subject,
        roles=tuple(sorted(caller.roles)),
        teams=tuple(sorted(caller.teams)),
        wish=wish,
        edition=segment.edition,
        definition=segment.version,
        asked=now,
        expected=expected,
        most=bound(expected) if waits else min(bound(expected), left),
        state="waiting" if waits else "running",
        needs_approval=waits,
        started=0 if waits else now,
    )


def see(export: Export | None, caller: Caller) -> Export:
    """Go on only for who asked and for who may agree; for others there is none. Raises NotFoundError."""
    if export is None or not (export.by == caller.subject or caller.may("exports:approve")):
        raise NotFoundError("no export has this id")
    return export


def approve(export: Export, caller: Caller, print: str, segment: Segment | None, now: int) -> Export:
    """Agree to exactly this export, once. Raises ForbiddenError, ConflictingEditError."""
    _must_decide(export, caller, now)
    if print != export.print:
        raise ConflictingEditError("this is not the print of the export as it was asked for: read it again, then agree")
    if not export.is_of(segment):
        raise ConflictingEditError("the segment was edited since: the export has to be asked for anew")
    return replace(export, state="running", decided_by=caller.subject, decided=now, started=now)


def reject(export: Export, caller: Caller, now: int) -> Export:
    """Refuse an export that waits. Raises ForbiddenError, ConflictingEditError."""
    _must_decide(export, caller, now)
    return replace(export, state="rejected", decided_by=caller.subject, decided=now, ended=now)


def cancel(export: Export, now: int) -> Export:
    """Take an export back; what there is of its file goes with it. Raises ConflictingEditError."""
    if (state := export.state_at(now)) not in ("waiting", "running", "done"):
        raise ConflictingEditError(f"the export is {state}: there is nothing to take back")
    return replace(export, state="cancelled", ended=now)


def fail(export: Export, why: str, now: int) -> Export:
    """Note that an export cannot be made."""
    return replace(export, state="failed", why=why, ended=now)


def may_take(export: Export, caller: Caller, sight: Sight, now: int) -> Part:
    """
    Give the file, to who asked for it and may still see all that is in it.

    Raises ForbiddenError, ConflictingEditError.
    """
    if export.by != caller.subject:
        raise ForbiddenError("a file is given to nobody but who asked for it: ask for an export of your own")
    sight.must_see(export.wish.segment)
    sight.must_see_traits(export.wish.names)
    if export.opens:
        caller.must("pii:read")
        if export.caller.may("sensitive:read"):
            caller.must("sensitive:read")
    if (state := export.state_at(now)) != "done" or export.file is None:
        raise ConflictingEditError(f"the export is {state}: there is a file from when it is done, for a day")
    return export.file


def _must_decide(export: Export, caller: Caller, now: int) -> None:
    if (state := export.state_at(now)) != "waiting":
        raise ConflictingEditError(f"the export is {state}: an approval is for an export that waits, and for one time")
    if export.by == caller.subject:
        raise ForbiddenError("nobody agrees to an export of their own: somebody else with exports:approve does")
