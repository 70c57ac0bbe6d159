"""Announce: turn changes of memberships into transitions that the world is told of."""

from collections.abc import Iterable

from regulars.domain.memberships import Membership
from regulars.pipeline.ports import Transition


def transition(before: Membership | None, after: Membership | None) -> Transition | None:
    """Read the transition from a changed row; None for what is nobody's news."""
    if after is None or after.silent:
        return None
    if before is not None and before.number == after.number:
        return None
    if before is None and not after.member and after.number == 1:
        return None
    return Transition(
        profile_id=after.profile_id,
        segment=after.segment,
        entered=after.member,
        since=after.since,
        number=after.number,
        definition=after.definition,
        reason=after.reason,
        backfill=after.backfill,
    )


def transitions(changes: Iterable[tuple[Membership | None, Membership | None]]) -> list[Transition]:
    """Read the transitions of several changed rows, in order."""
    return [found for before, after in changes if (found := transition(before, after))]
