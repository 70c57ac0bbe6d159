"""
The head of a profile: what its evaluations have to remember from one to the next.

Some identifiers hold a link and nothing else, an e-mail address say, and reading them tells nothing. The head names
those that were read so. Once one is named, whatever it comes to hold wakes an evaluation that reads the head after, and
takes the name away before it decides anything. So one that is read without parts once more, after it was named, is
`skipped` until then.
"""

from dataclasses import dataclass, replace

from regulars.domain.timers import MINUTE

MANY_OWNERS = 20  # a profile of more is dear to read, and takes turns
TURN = MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """
    What is armed for a profile (the instant of its earliest timer) and the catalog it was last evaluated with.

    `bare` owners were read without parts, `skipped` ones again after that. Of a profile of many owners also when it
    was evaluated (microseconds), and which profiles were `absorbed` by it since.
    """

    profile_id: str
    version: int = 0
    armed: int | None = None
    catalog: int = 0
    evaluated: int = 0
    absorbed: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()


def arm(head: Head, next_change_at: int | None, now: int) -> int | None:
    """Say for which instant to set a timer now; None when the one that is armed will do."""
    if next_change_at is None:
        return None
    if head.armed is not None and now < head.armed <= next_change_at:
        return None
    return next_change_at


def next_turn(head: Head, owners: int, now: int) -> int | None:
    """Say when a profile of so many owners, or a dear one, may be evaluated again because of a change; None for now."""
    turn = head.evaluated + TURN
    return turn if (owners > MANY_OWNERS or head.evaluated) and now < turn else None


def evaluated(head: Head, owners: int, catalog: int, now: int, *, is_dear: bool = False) -> Head:
    """
    Note an evaluation.

    A profile of few owners remembers no instant, which would cost it a write each time, unless it was `is_dear`: its
    events had to be read.
    """
    turns = owners > MANY_OWNERS or is_dear
    return replace(head, catalog=catalog, evaluated=now if turns else 0, absorbed=frozenset())


def unread(head: Head, owners: int, catalog: int) -> frozenset[str]:
    """Say which owners need not be read, for this catalog; who takes turns may be late, and has all of them read."""
    return head.skipped if head.catalog == catalog and owners <= MANY_OWNERS else frozenset()


def without(head: Head, holding: frozenset[str]) -> Head:
    """Take away the names of owners that hold something by now."""
    return replace(head, bare=head.bare - holding, skipped=head.skipped - holding)


def naming(head: Head, owners: int, bare: frozenset[str], skipped: frozenset[str]) -> Head:
    """Name the owners that were read without parts, and to be skipped those that had been named before they were."""
    if owners > MANY_OWNERS:
        return replace(head, bare=frozenset(), skipped=frozenset())
    skipped |= bare & (head.bare | head.skipped)
    return replace(head, bare=bare - skipped, skipped=skipped)
