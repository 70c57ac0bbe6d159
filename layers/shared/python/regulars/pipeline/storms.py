"""Hold what ties too many together, before it ties one more."""

from collections.abc import Sequence
from dataclasses import replace

from regulars.domain.events import Event
from regulars.domain.linking import Attach, Merge
from regulars.domain.profiles import Hold, Profile
from regulars.domain.storms import may_storm, stormy
from regulars.pipeline.graphs import Graphs
from regulars.pipeline.ports import Clock, Journal
from regulars.stores.database import Database
from regulars.stores.holds import HeldIdentifier, put
from regulars.stores.profiles import save


class StormGuard:
    """Looks at each step of resolution before it is made."""

    def __init__(self, database: Database, journal: Journal, clock: Clock) -> None:
        self._database = database
        self._graphs = Graphs(database, map)
        self._journal = journal
        self._clock = clock

    def holds(self, step: Attach | Merge, profiles: Sequence[Profile], event: Event, most: int) -> bool:
        """Hold who would tie more than `most` others within an hour by this step; say whether it did."""
        now = self._clock()
        for profile in profiles:
            if not may_storm(profile, most):
                continue
            owner = stormy(step, profile, self._graphs.of(profile).edges, most, now)
            if owner is not None:
                self._hold(owner, profile, event, now)
                return True
        return False

    def _hold(self, owner: str, profile: Profile, event: Event, now: int) -> None:
        others = tuple(hold for hold in profile.holds if hold.owner != owner)
        held = replace(profile, holds=(*others, Hold(owner=owner, since=now)), rule="hold", changed=now)
        row = HeldIdentifier(owner=owner, since=now, event=f"{event.owner} {event.moment}")
        self._database.transact([save(held), put(row)])
        self._journal.count("identifiers_held")
