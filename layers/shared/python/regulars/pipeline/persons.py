"""Add up a person: from what is kept of them and, where a list of that is full, from their events."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from regulars.domain.catalog import Live
from regulars.domain.events import Event
from regulars.domain.identifiers import NOBODY, kind_of
from regulars.domain.parts import is_kept_for
from regulars.domain.people import Person, sum_parts
from regulars.domain.retention import kept_until
from regulars.domain.state import State, add_all, state_of, watched
from regulars.pipeline.ports import Many
from regulars.stores.database import Database
from regulars.stores.events import EventStore
from regulars.stores.identities import Identity


def sum_person(
    identities: Mapping[str, Identity], live: Live, *, profile_id: str = "", owners: Collection[str] = ()
) -> Person:
    """Add up what is kept of a person; `owners` are all of theirs, where not all identities were read."""
    parts = [part for identity in identities.values() for part in identity.parts]
    known = live.rules.is_known(owners or identities)
    return sum_parts(
        parts,
        live.watches,
        known=known,
        profile_id=profile_id,
        rates=live.rates,
        purposes=live.purposes,
        kinds=live.rules.known_kinds,
    )


class Persons:
    """Completes people whose kept lists are too full to answer a live segment."""

    def __init__(self, database: Database, many: Many) -> None:
        self._events = EventStore(database)
        self._many = many

    def complete(
        self, person: Person, owners: Collection[str], live: Live, now: int, *, only: Collection[str] | None = None
    ) -> Person:
        """Read the events of a person where that is what it takes to answer, all segments or `only` some."""
        compiled = live.compiled
        asked = compiled.values() if only is None else [compiled[id] for id in only if id in compiled]
        short: frozenset[str] = frozenset().union(*(each.short_of(person, now) for each in asked))
        return self.recount(person, owners, live, short) if short else person

    def bring_up(
        self, person: Person, identities: Mapping[str, Identity], live: Live, names: Iterable[str], *, since: int
    ) -> Person:
        """Recount events of these names whose parts are not there yet, or kept for another definition."""
        stale = [name for name in names if _is_stale(identities.values(), name, live, since=since)]
        return self.recount(person, list(identities), live, stale) if stale else person

    def recount(self, person: Person, owners: Collection[str], live: Live, names: Collection[str]) -> Person:
        """Add up events of these names without limits, from what is sealed of them and all that there are."""
        found: dict[str, list[State]] = {name: [] for name in names}
        for (name, _), (_, sealed) in person.sealed.items():
            if name in found:
                found[name].append(watched(sealed, live.watches.by_event[name]))
        for events in self._many(self._events.of, [owner for owner in owners if kind_of(owner) != NOBODY]):
            for event in events:
                if event.name in found and kept_until(event) > _sealed_until(person, event):
                    watch = live.watches.by_event[event.name].unbounded
                    found[event.name].append(state_of(event, f"event#{event.name}", watch))
        states = {name: add_all(each, live.watches.by_event[name].unbounded) for name, each in found.items()}
        return replace(person, events={**person.events, **states}, whole=person.whole | frozenset(names))


def _sealed_until(person: Person, event: Event) -> int:
    return person.sealed[key][0] if (key := (event.name or "", event.owner)) in person.sealed else -1


def _is_stale(identities: Collection[Identity], name: str, live: Live, *, since: int) -> bool:
    """Say whether what is kept of an event name is not yet what is needed; it was up to date with catalog `since`."""
    watch = live.watches.by_event[name]
    kept = [part for identity in identities for part in identity.parts if part.name == f"event#{name}"]
    lacks_some = len(kept) < len(identities) and watch.since > since
    return lacks_some or not all(is_kept_for(part, watch) for part in kept)
