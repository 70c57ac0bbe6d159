"""A person as segments see one: the sum of the states of all identifiers of a profile."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from regulars.domain.orders import Ledger, sum_ledgers
from regulars.domain.parts import Part
from regulars.domain.state import EMPTY, State, Trait, add, add_all
from regulars.domain.watches import Watch, Watches


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Traits, one state for each watched event name, and the order ledger of a profile."""

    known: bool = False
    traits: Mapping[str, Trait] = field(default_factory=dict)
    events: Mapping[str, State] = field(default_factory=dict)
    orders: Ledger = field(default_factory=dict)


def sum_parts(parts: Iterable[Part], watches: Watches, *, known: bool) -> Person:
    """Add the parts of all identifiers of a profile."""
    states: dict[str, list[State]] = defaultdict(list)
    for part in parts:
        states[part.name].append(part.state)
    events = {
        name: add_all(states[f"event#{name}"], watch)
        for name, watch in watches.by_event.items()
        if f"event#{name}" in states
    }
    traits = EMPTY
    for state in states["traits"]:
        traits = add(traits, state, Watch())
    ledgers = [state.orders for name in states if name.startswith("orders#") for state in states[name]]
    return Person(known=known, traits=traits.traits, events=events, orders=sum_ledgers(ledgers))
