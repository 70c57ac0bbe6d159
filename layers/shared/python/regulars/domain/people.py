"""A person as segments see one: the sum of the states of all identifiers of a profile."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from regulars.domain.decisions import Words
from regulars.domain.order_measures import NO_ORDERS, Totals, totals
from regulars.domain.orders import Ledger
from regulars.domain.parts import Part
from regulars.domain.purposes import NO_PURPOSES, Purposes
from regulars.domain.rates import NO_RATES, Rates
from regulars.domain.standing import Consent
from regulars.domain.state import CONSENT, RESTRICTED, State, Trait, add_all, watch_of
from regulars.domain.watches import Watches

Sealing = tuple[int, State]  # up to which end its events are sealed, and what they add up to


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """
    Traits, one state for each watched event name, the order ledger of a profile with what it comes to, and consent.

    The states of `whole` event names were summed without limits, so that no list of theirs lacks anything of what is
    kept. `sealed` says of each event name and owner what is sealed of it, and up to which end. A
    `restricted` one is in no segment: what is kept of them is stored, and nothing more.
    """

    profile_id: str = ""
    known: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)  # of the traits
    traits: Mapping[str, Trait] = field(default_factory=dict)
    events: Mapping[str, State] = field(default_factory=dict)
    orders: Ledger = field(default_factory=dict)
    totals: Totals = NO_ORDERS
    rates: Rates = NO_RATES
    whole: frozenset[str] = frozenset()
    sealed: Mapping[tuple[str, str], Sealing] = field(default_factory=dict)
    restricted: bool = False
    consent: Consent = field(default_factory=Consent)


def sum_parts(
    parts: Iterable[Part],
    watches: Watches,
    *,
    known: bool,
    profile_id: str = "",
    rates: Rates = NO_RATES,
    purposes: Purposes = NO_PURPOSES,
    kinds: frozenset[str] = frozenset(),
) -> Person:
    """Add the parts of all identifiers of a profile; `kinds` are those of identifiers that make it a known one."""
    states: dict[str, list[State]] = defaultdict(list)
    words: dict[str, Words] = {}
    sealed: dict[tuple[str, str], Sealing] = {}
    for part in parts:
        if part.sealed_until >= 0 and part.name.startswith("event#"):
            sealed[part.name.removeprefix("event#"), part.owner] = part.sealed_until, part.sealed
        if part.name == CONSENT:
            words[part.owner] = part.state.consent
        else:
            states[part.name].append(part.state)
    sums = {name: add_all(found, watch_of(name, watches)) for name, found in states.items()}
    ledgers = [state.orders for name, state in sums.items() if name.startswith("orders#")]
    orders = {order_id: order for ledger in ledgers for order_id, order in ledger.items()}
    traits = sums["traits"].traits if "traits" in sums else {}
    return Person(
        profile_id=profile_id,
        known=known,
        values={name: value for name, (_, _, value) in traits.items()},
        traits=traits,
        events={name: sums[kept] for name in watches.by_event if (kept := f"event#{name}") in sums},
        orders=orders,
        totals=totals(orders, rates),
        rates=rates,
        sealed=sealed,
        restricted=RESTRICTED in states,
        consent=Consent(words=words, purposes=purposes, known=known, kinds=kinds),
    )
