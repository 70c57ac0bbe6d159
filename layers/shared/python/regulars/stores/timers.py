"""The timers table: profiles to be evaluated later than the queue can carry, in slots of a minute and a shard."""

from regulars.domain.instants import SECOND
from regulars.domain.timers import MINUTE, Timer, slot_of
from regulars.stores.database import Database, Item, number, text

_KEPT = 24 * 60 * MINUTE  # long after tick has worked it off, DynamoDB may clear what a crash left


class TimerStore:
    """Keeps timers until tick hands them to the queue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set(self, timer: Timer) -> None:
        """Write a timer; the same profile in the same minute keeps the earlier one's slot and needs no other."""
        self._database.put("timers", to_item(timer))

    def waiting(self, slot: str) -> list[Timer]:
        """List the timers of a slot."""
        return [from_item(item) for item in self._database.query("timers", slot)]

    def clear(self, timer: Timer) -> None:
        """Remove a timer that was handed on."""
        self._database.delete("timers", slot_of(timer), timer.profile_id)


def to_item(timer: Timer) -> Item:
    """Lay out a timer."""
    return {
        "slot": slot_of(timer),
        "profile_id": timer.profile_id,
        "due": timer.due,
        "expires": (timer.due + _KEPT) // SECOND,
    }


def from_item(item: Item) -> Timer:
    """Read a timer back."""
    return Timer(profile_id=text(item, "profile_id"), due=number(item, "due"))
