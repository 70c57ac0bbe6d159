"""Timers: what is due soon goes to the queue with its delay, what is due later waits in a slot of its minute."""

from dataclasses import dataclass
from hashlib import blake2b

from regulars.domain.instants import SECOND, to_text

MINUTE = 60 * SECOND
SOON = 3 * MINUTE  # the queue can hold a message for 15 minutes; tick looks this far ahead
OVERLAP = 2 * MINUTE  # tick reads this much again, for timers written while it ran
SHARDS = 4


@dataclass(frozen=True, slots=True)
class Timer:
    """Evaluate this profile at this instant (microseconds)."""

    profile_id: str
    due: int
    hops: int = 0


def is_soon(due: int, now: int) -> bool:
    """Say whether the queue can carry it from here."""
    return due <= now + SOON


def delay(due: int, now: int) -> int:
    """Whole seconds to wait, so that it arrives at or after the instant and never before."""
    return max(0, -((now - due) // SECOND))


def slot_of(timer: Timer) -> str:
    """The slot in which a timer waits: its minute and a shard."""
    shard = blake2b(timer.profile_id.encode(), digest_size=1).digest()[0] % SHARDS
    return f"{minute_text(timer.due)}#{shard}"


def slots_between(start: int, end: int) -> list[str]:
    """All slots of the minutes from `start` to `end`, both included."""
    first, last = start // MINUTE, end // MINUTE
    return [f"{minute_text(minute * MINUTE)}#{shard}" for minute in range(first, last + 1) for shard in range(SHARDS)]


def minute_text(instant: int) -> str:
    """The minute of an instant, as in 2026-11-21T12:00."""
    return to_text(instant)[:16]
