"""Let somebody of whom nothing is known any more leave all segments: the world is told, and then no row is left."""

from dataclasses import replace

from regulars.stores.database import Database
from regulars.stores.memberships import MembershipStore


class Departing:
    """Ends memberships of who was forgotten; a second time changes nothing."""

    def __init__(self, database: Database) -> None:
        self._memberships = MembershipStore(database)

    def end(self, profile_id: str, *, at: int) -> int | None:
        """
        Tell the world that somebody has left at an instant, and remove what said where; give the timer that was armed.

        Raises ConflictError.
        """
        head, rows = self._memberships.of(profile_id)
        for row in rows.values():
            version = row.version
            if row.member and row.number:
                gone = replace(row, member=False, since=at, number=row.number + 1, reason="retention", silent=False)
                self._memberships.save(gone)
                version += 1
            self._memberships.save(None, instead=[replace(row, version=version)])
        if head.version:
            self._memberships.delete_head(head)
        return head.armed
