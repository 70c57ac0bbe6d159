"""Fold what was not kept of a person before a definition went live, or before they belonged to a profile."""

from collections.abc import Collection, Mapping

from regulars.domain.parts import Part, is_kept_for
from regulars.domain.state import watch_of
from regulars.domain.watches import Watches
from regulars.pipeline.history import History
from regulars.pipeline.ports import Clock, Many
from regulars.stores.database import Database
from regulars.stores.events import EventStore
from regulars.stores.identities import Identity, IdentityStore


class Backfill:
    """Folds missing and outdated parts from the stored events."""

    def __init__(self, database: Database, clock: Clock, many: Many) -> None:
        self._events = EventStore(database)
        self._identities = IdentityStore(database)
        self._clock = clock
        self._many = many

    def fold(
        self, identities: Mapping[str, Identity], watches: Watches, *, since: int, joined: Collection[str]
    ) -> bool:
        """
        Fold what a profile's owners lack; say whether anything was written.

        `since` is the catalog that they were folded for; of those who `joined` the profile later nothing is known.
        Raises ConflictError.
        """
        jobs = [(owner, 0 if owner in joined else since) for owner in identities]
        wrote = list(self._many(lambda job: self._fold_one(identities[job[0]], *job, watches), jobs))
        return any(wrote)

    def _fold_one(self, identity: Identity, owner: str, since: int, watches: Watches) -> bool:
        parts = {part.name: part for part in identity.parts}
        new = {f"event#{name}" for name, watch in watches.by_event.items() if watch.since > since} - parts.keys()
        old = {name for name, part in parts.items() if not is_kept_for(part, watch_of(name, watches))}
        stale = sorted(new | {name for name in old if name.removeprefix("event#") in watches.by_event})
        history = History(self._events, owner, self._clock)
        wrote = False
        for name in stale:
            part = history.fold(parts.get(name, Part(owner=owner, name=name)), watches)
            if part.version or part.state.count:
                self._identities.save(part)
                wrote = True
        return wrote
