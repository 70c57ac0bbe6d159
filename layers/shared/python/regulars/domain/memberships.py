"""Who is in a segment since when, and which verdicts make a transition that the world is told of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b

from regulars.domain.catalog import Live
from regulars.domain.evaluation import Verdict
from regulars.domain.segments import rows_of
from regulars.domain.transitions import Moved, Reason

SHARDS = 8

PAST = 20  # transitions that a membership remembers: so that its row stays below a write unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """
    One profile in or out of one edition of a segment, with its newest transitions, the oldest first.

    `number` counts the transitions of profile and segment, over all editions; consumers drop a number that they have
    seen. It is 0 for as long as the world was told of none: while the edition is coming, and after the switch until
    somebody settles it. `silent` marks a change that is nobody's news: a member who stays one through a merge or a new
    version. `backfill` marks what a new version changed, and nothing that the person did.
    """

    profile_id: str
    segment: str
    member: bool
    since: int
    number: int
    definition: int
    version: int = 0
    silent: bool = False
    edition: int = 0
    reason: Reason = "event"
    backfill: bool = False
    past: tuple[Moved, ...] = ()

    @property
    def rows(self) -> str:
        """The name under which it lies."""
        return rows_of(self.segment, self.edition)


def shard_of(profile_id: str, rows: str) -> str:
    """The partition of the index of members that lists a profile."""
    return f"{rows}#{blake2b(profile_id.encode(), digest_size=1).digest()[0] % SHARDS}"


def shards_of(rows: str) -> list[str]:
    """All partitions of the index of an edition's members."""
    return [f"{rows}#{shard}" for shard in range(SHARDS)]


def decide(before: Membership | None, verdict: Verdict, new: Membership) -> Membership | None:
    """Say what to write when `verdict` meets what stood before; None when nothing changes for anybody."""
    if before is None:
        return replace(new, member=True, number=1) if verdict.truth else None
    if before.member == verdict.truth:
        return None
    return replace(
        new,
        member=verdict.truth,
        number=before.number + 1,
        version=before.version,
    )


def rehearse(before: Membership | None, verdict: Verdict, new: Membership) -> Membership | None:
    """Say what to write of an edition that is coming, of which the world is told nothing yet."""
    if verdict.truth == (before.member if before else False):
        return None
    return replace(new, member=verdict.truth, number=0, silent=True, version=before.version if before else 0)


def told(rows: Iterable[Membership]) -> Membership | None:
    """Find what the world was told last; None where it was told nothing."""
    known = [row for row in rows if row.number]
    return max(known, key=lambda row: (row.number, row.edition), default=None)


def settle(own: Membership | None, older: Iterable[Membership], verdict: Verdict, new: Membership) -> Membership | None:
    """
    Say what to write of a live edition, whatever the world was told under older ones, which go with this write.

    Who is in before and still in keeps the older `since`, and nobody is told. A transition that the coming edition had
    seen already is the new version's doing, and marked so. Without older ones this is the plain decision.
    """
    rows = list(older)
    if own and own.number and not rows:
        return decide(own, verdict, new)
    before, version = told([*rows, *([own] if own else [])]), own.version if own else 0
    if before is None:
        return _first(own, verdict, replace(new, version=version))
    if before.member == verdict.truth:
        return replace(before, edition=new.edition, version=version, definition=new.definition, silent=True)
    backfill = not (own and own.number) and (own.member if own else False) == verdict.truth
    number, since = before.number + 1, own.since if own and backfill else new.since
    after = replace(new, member=verdict.truth, number=number, since=since, version=version)
    return _by_backfill(after) if backfill else after


def _first(own: Membership | None, verdict: Verdict, new: Membership) -> Membership | None:
    """Say what to write where the world was told of nothing yet."""
    if own is None:
        return decide(None, verdict, new)
    if own.member and verdict.truth:
        return _by_backfill(replace(new, member=True, number=1, since=own.since))
    if verdict.truth:
        return replace(new, member=True, number=1)
    return replace(own, member=False, silent=True) if own.member else None


def _by_backfill(membership: Membership) -> Membership:
    return replace(membership, backfill=True, reason="backfill")


def remember(membership: Membership, before: Membership | None) -> Membership:
    """Let a membership remember what came before it, and its own transition, if it is one."""
    past = before.past if before else ()
    if membership.number > max((moved.number for moved in past), default=0) and not membership.silent:
        now = Moved(membership.number, membership.member, membership.since, membership.definition, membership.reason)
        past = (*past, now)
    return replace(membership, past=past[-PAST:])


def shown(rows: Iterable[Membership], edition: int) -> Membership | None:
    """Give the one membership that readers see, while some rows are still to be settled; None where there is none."""
    standing = [row for row in rows if row.edition <= edition]
    own = next((row for row in standing if row.edition == edition), None)
    if own is None or own.number:
        return own
    before = told(standing)
    number = before.number if before else 0
    if before and before.member == own.member:
        return replace(own, since=before.since, number=number)
    return replace(own, number=number + 1)


def carry(before: Membership | None, absorbed: Membership, verdict: Verdict, new: Membership) -> Membership | None:
    """
    Say what a merge leaves of two memberships of one segment, the absorbed side's going into the survivor's.

    Still in: carried with the older `since`, announced to nobody. In before and now out: leaves once. None when the
    survivor's own row needs no change.
    """
    stood = before.member if before else False
    if not absorbed.member or (not verdict.truth and stood):
        return None  # the plain decision says all there is to say
    number = max(before.number if before else 0, absorbed.number) + 1
    version = before.version if before else 0
    since = min(before.since, absorbed.since) if before and stood else absorbed.since
    if verdict.truth:
        return replace(
            new,
            member=True,
            since=since,
            number=number,
            version=version,
            silent=True,
        )
    return replace(new, member=False, number=number, version=version)


def as_it_was(before: Membership | None, absorbed: Membership) -> Verdict:
    """Answer for a segment that is paused: who was in on one side of a merge is in."""
    truth = absorbed.member or (before is not None and before.member)
    return Verdict(truth, None)


def is_newer(rows: Iterable[Membership], live: Live) -> bool:
    """Say whether the world was told something under an edition that is not live yet by this catalog."""
    coming = {(segment.id, segment.edition) for segment in live.segments if segment.coming}
    return any(row.number and (row.edition > live.version or (row.segment, row.edition) in coming) for row in rows)


def earliest(verdicts: Mapping[str, Verdict]) -> int | None:
    """The earliest instant at which time alone could change one of the verdicts."""
    return min((v.next_change_at for v in verdicts.values() if v.next_change_at is not None), default=None)
