"""A person as they become, event by event: what a simulation asks about anybody at any instant."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from regulars.domain.catalog import Live
from regulars.domain.compiling import Compiled
from regulars.domain.events import Event
from regulars.domain.parts import Part
from regulars.domain.people import Person, sum_parts
from regulars.domain.state import EMPTY, State, add, parts_of, state_of, watch_of
from regulars.domain.watches import Watch

_ZONE = "timezone"


class Someone:
    """
    One person of whom all events that happened so far are added up, without limits; `profile_id` is who they are now.

    They are known from the first event on that names them.
    """

    def __init__(self, profile_id: str, live: Live) -> None:
        self.profile_id = profile_id
        self._live = live
        self._states: dict[tuple[str, str], State] = {}
        self._known = False
        self._person: Person | None = None

    def take(self, event: Event) -> None:
        """Add an event; each comes once, and none before another that happened earlier."""
        watches = self._live.watches
        for part in parts_of(event, watches):
            watch = self._watch(part)
            key = event.owner, part
            self._states[key] = add(self._states.get(key, EMPTY), state_of(event, part, watch), watch)
        self._known = self._known or self._live.rules.is_known([event.owner, *event.links])
        self._person = None

    def set(self, traits: Mapping[str, Any], at: int) -> None:
        """Set traits, as if the person had said so."""
        own = min((owner for owner, _ in self._states), default=self.profile_id)
        said = State(count=1, traits={name: (at, "", value) for name, value in traits.items()})
        key = own, "traits"
        self._states[key] = add(self._states.get(key, EMPTY), said, self._watch("traits"))
        self._person = None

    def person(self) -> Person:
        """Give the person as segments see one."""
        if self._person is None:
            live = self._live
            summed = sum_parts(
                [Part(owner=owner, name=name, state=state) for (owner, name), state in self._states.items()],
                live.watches,
                known=self._known,
                profile_id=self.profile_id,
                rates=live.rates,
                purposes=live.purposes,
                kinds=live.rules.known_kinds,
            )
            self._person = replace(summed, whole=frozenset(live.watches.by_event))
        return self._person

    def is_in(self, compiled: Compiled, at: int) -> bool:
        """Say whether a condition is true of them at an instant."""
        return compiled.is_member(self.person(), at)

    def value(self, trait: str) -> object:
        """Give a trait that is kept in clear."""
        return self.person().values.get(trait)

    def zone(self) -> object:
        """Give the time zone that they said, if they did."""
        return self.value(_ZONE)

    def _watch(self, part: str) -> Watch:
        return watch_of(part, self._live.watches).unbounded
