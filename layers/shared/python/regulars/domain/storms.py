"""Merge storms: a value that ties too many together in an hour is held, until somebody has looked at it."""

from collections import Counter
from collections.abc import Iterable

from regulars.domain.instants import HOUR
from regulars.domain.linking import Attach, Merge
from regulars.domain.profiles import Edge, Profile


def may_storm(profile: Profile, most: int) -> bool:
    """Say whether a profile is large enough for one of its owners to have tied so many."""
    return len(profile.owners) + len(profile.absorbed) > most


def stormy(step: Attach | Merge, profile: Profile, edges: Iterable[Edge], most: int, now: int) -> str | None:
    """Find the owner that a step would let tie more than `most` others within an hour; None where nobody would."""
    since = {hold.owner: hold.released for hold in profile.holds}
    ends = (step.to,) if isinstance(step, Attach) else step.ends
    more = len(step.newcomers) if isinstance(step, Attach) else 1
    recent = [edge for edge in edges if edge.since > now - HOUR]
    ties = Counter(
        end for edge in recent for end in (edge.one, edge.other) if end in ends and edge.since > since.get(end, 0)
    )
    worst = max((end for end in ends if end in profile.owners), key=lambda end: (ties[end], end), default=None)
    return worst if worst is not None and ties[worst] + more > most else None
