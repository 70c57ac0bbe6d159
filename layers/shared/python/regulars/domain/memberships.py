"""Who is in a segment since when, and which verdicts make a transition that the world is told of."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b

from regulars.domain.evaluation import Verdict

SHARDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """
    One profile in or out of one segment.

    `number` counts the transitions; consumers drop a number that they have seen. `silent` marks a change that is
    nobody's news: a member who stays one through a merge.
    """

    profile_id: str
    segment: str
    member: bool
    since: int
    number: int
    definition: int
    version: int = 0
    silent: bool = False


def shard_of(profile_id: str, segment: str) -> str:
    """The partition of the index of members that lists a profile."""
    return f"{segment}#{blake2b(profile_id.encode(), digest_size=1).digest()[0] % SHARDS}"


def shards_of(segment: str) -> list[str]:
    """All partitions of the index of a segment's members."""
    return [f"{segment}#{shard}" for shard in range(SHARDS)]


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


def earliest(verdicts: Mapping[str, Verdict]) -> int | None:
    """The earliest instant at which time alone could change one of the verdicts."""
    return min((v.next_change_at for v in verdicts.values() if v.next_change_at is not None), default=None)
