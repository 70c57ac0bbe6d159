"""
Keep events of people who are held from being deleted: when DynamoDB deletes them is moved on, again and again.

The end of their period stays where it is: past it they are sealed and seen by no reader, as those of others are.
"""

from collections.abc import Mapping

from regulars.domain.instants import DAY, SECOND
from regulars.domain.retention import SLACK

EXPIRES = "expires"  # when DynamoDB deletes an event, in seconds
KEPT = "kept"  # the end of its period, in seconds, where that does not follow from when it is deleted
STEP = 180 * DAY  # so far from now the deletion is moved
LEAST = 90 * DAY  # nearer than this it is moved again
Row = Mapping[str, str | int | bytes]


def preserved(item: Row, now: int) -> Row | None:
    """Give the item of an event of somebody who is held as it is to be written; None where it may stay as it is."""
    expires = item.get(EXPIRES)
    if not isinstance(expires, int) or expires * SECOND > now + LEAST:
        return None
    return {**item, EXPIRES: (now + STEP) // SECOND, KEPT: item.get(KEPT, expires - SLACK // SECOND)}


def freed(item: Row, now: int) -> Row | None:
    """
    Give the item of an event whose owner is held no longer as it is to be written; None where it was not moved.

    It is deleted as long after now as any event after its period, so that a sweep seals it before.
    """
    kept = item.get(KEPT)
    if not isinstance(kept, int):
        return None
    usual, soonest = kept + SLACK // SECOND, (now + SLACK) // SECOND
    if usual >= soonest:
        return {**{name: value for name, value in item.items() if name != KEPT}, EXPIRES: usual}
    expires = item.get(EXPIRES)
    return {**item, EXPIRES: soonest} if isinstance(expires, int) and expires > soonest else None


def restamped(item: Row, expires: int) -> Row:
    """Give the item of an event of somebody who is not held with another end: its deletion follows from that again."""
    return {**{name: value for name, value in item.items() if name != KEPT}, EXPIRES: expires}


def ends(item: Row) -> int | None:
    """Read the end of the period of an event, in microseconds; None where it has none yet."""
    kept, expires = item.get(KEPT), item.get(EXPIRES)
    if isinstance(kept, int):
        return kept * SECOND
    return expires * SECOND - SLACK if isinstance(expires, int) else None
