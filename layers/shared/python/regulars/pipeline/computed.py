"""Compute the computed traits of a person on reading: from what is kept, from events where that is too little."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from regulars.domain.catalog import Live
from regulars.domain.computing import CompiledTrait, Type, type_of
from regulars.domain.instants import to_text
from regulars.domain.numbers import from_amount
from regulars.domain.people import Person
from regulars.pipeline.people import Found
from regulars.pipeline.persons import Persons, sum_person
from regulars.pipeline.ports import Clock, Many
from regulars.stores.database import Database
from regulars.stores.identities import Identity
from regulars.stores.memberships import MembershipStore

MAX_VALUES = 100  # of a list that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownComputed:
    """
    What a computed trait comes to as of an instant, and when time alone will change that, or may.

    Of a list, which has `count` values, the first ones.
    """

    id: str
    name: str
    type: Type
    value: Any
    count: int | None
    as_of: int
    next_change_at: int | None

    @property
    def plain(self) -> Any:
        """The value as JSON knows it: an amount as a number, an instant as text."""
        if self.value is not None and self.type == "amount":
            return from_amount(self.value)
        if self.value is not None and self.type == "time":
            return to_text(self.value)
        return self.value


class ComputedTraits:
    """Computes for one person at a time."""

    def __init__(self, database: Database, many: Many, clock: Clock) -> None:
        self._persons = Persons(database, many)
        self._memberships = MembershipStore(database)
        self._clock = clock

    def of(self, found: Found, identities: Mapping[str, Identity], live: Live) -> list[ShownComputed]:
        """Compute all traits, in the order of their ids."""
        if not live.computed:
            return []
        now = self._clock()
        person = sum_person(identities, live, profile_id=found.profile_id)
        person = self._complete(person, found, identities, live, now)
        return [_shown(trait, person, now) for trait in live.computing]

    def _complete(
        self, person: Person, found: Found, identities: Mapping[str, Identity], live: Live, now: int
    ) -> Person:
        names = frozenset[str]().union(*(trait.events for trait in live.computing))
        since = self._memberships.head(found.profile_id).catalog
        person = self._persons.bring_up(person, identities, live, names, since=since)
        short = frozenset[str]().union(*(trait.short_of(person, now) for trait in live.computing))
        return self._persons.recount(person, found.owners, live, short) if short else person


def _shown(trait: CompiledTrait, person: Person, now: int) -> ShownComputed:
    value = trait.read(person, now)
    is_list = isinstance(value, list)
    return ShownComputed(
        id=trait.trait.id,
        name=trait.trait.name,
        type=type_of(trait.trait.what),
        value=value[:MAX_VALUES] if is_list else value,
        count=len(value) if is_list else None,
        as_of=now,
        next_change_at=trait.next_change(person, now),
    )
