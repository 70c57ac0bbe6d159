"""
What one identifier's events add up to, in parts that are each written by themselves.

Every state is a commutative monoid: `add` is associative and commutative, and every cut commutes with it, so that
order, batching, lanes and retries cannot be seen in the result. No state keeps progress.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any

from regulars.domain import keeps
from regulars.domain.decisions import Words, add_words, says, words_of
from regulars.domain.events import Event, Sealed
from regulars.domain.identifiers import NOBODY, kind_of
from regulars.domain.keeps import Kept, told
from regulars.domain.orders import Ledger, combine, cut, drawer_of, entry
from regulars.domain.personal_names import is_personal_trait
from regulars.domain.watches import NOTHING, Watch, Watches

MAX_TRAITS = 200
MAX_TRAIT_NAME = 102  # bytes, quotes included; so many traits, each as large as this, are one item still
MAX_TRAIT = 900

Trait = tuple[int, str, Any]  # instant, moment (source and messageId: provenance), value


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The content of a part; each part uses the fields of its sort and leaves the others empty."""

    count: int = 0
    kept: Mapping[str, Kept] = field(default_factory=dict)  # by the id of its keep
    traits: Mapping[str, Trait] = field(default_factory=dict)
    orders: Ledger = field(default_factory=dict)
    consent: Words = field(default_factory=dict)


EMPTY = State()
RESTRICTED = "restricted"  # the part, empty, of somebody of whom events are stored and nothing more is done with them
CONSENT = "consent"
TRAITS = "traits"
SEEN = "seen"  # the part, empty, of somebody none of whose events is counted, and whom a segment takes in all the same


def parts_of(event: Event, watches: Watches) -> list[str]:
    """Name the parts that an event is counted in: none, if nothing live reads it or it names nobody."""
    if kind_of(event.owner) == NOBODY:
        return []
    parts = []
    if event.name and event.name in watches.by_event:
        parts.append(f"event#{event.name}")
    if event.type == "identify" and event.traits:
        parts.append("traits")
    if drawer := drawer_of(event):
        parts.append(f"orders#{drawer}")
    if says(event):
        parts.append(CONSENT)
    return parts


def is_always_kept(part: str) -> bool:
    """
    Say whether a part is kept whatever the catalog says.

    Any other that is not there may have a history from before anything read it: only the stored events tell.
    """
    return not part.startswith("event#")


def watch_of(part: str, watches: Watches) -> Watch:
    """What is kept in a part."""
    return watches.by_event.get(part.removeprefix("event#"), NOTHING) if part.startswith("event#") else NOTHING


def state_of(event: Event, part: str, watch: Watch) -> State:
    """What one event adds to a part."""
    if part == "traits":
        return State(
            count=1,
            traits=_newest_traits(
                {
                    name: (event.at, event.moment, _fitting(value))
                    for name, value in event.traits.items()
                    if stored_size(name) <= MAX_TRAIT_NAME
                }
            ),
        )
    if part.startswith("orders#"):
        return State(count=1, orders=entry(event))
    if part == CONSENT:
        return State(count=1, consent=words_of(event))
    kept = {id: one for id, (keep, _) in watch.by_id.items() if (one := told(keep, event)) is not None}
    return State(count=1, kept=kept)


def add(one: State, other: State, watch: Watch) -> State:
    """Add two states of the same part or of the same name."""
    return State(
        count=one.count + other.count,
        kept=_add_kept(one.kept, other.kept, watch),
        traits=_newest_traits({**one.traits, **_newer(other.traits, one.traits)}),
        orders=cut(combine(one.orders, other.orders)),
        consent=add_words(one.consent, other.consent),
    )


def add_all(states: Iterable[State], watch: Watch) -> State:
    """Add any number of states."""
    found = list(states)
    while len(found) > 1:  # two by two: one after the other would sort a long list again and again
        found = [add(one, other, watch) for one, other in zip_longest(found[::2], found[1::2], fillvalue=EMPTY)]
    return found[0] if found else EMPTY


def watched(sealed: State, watch: Watch) -> State:
    """Take out of what is sealed what a watch does not keep any more."""
    kept = {id: one for id, one in sealed.kept.items() if id in watch.by_id}
    return sealed if len(kept) == len(sealed.kept) else replace(sealed, kept=kept)


def anchored(sealed: State, state: State) -> State:
    """
    Let what is sealed of a state say of traits, orders and consent what the state says of the same names.

    To add these again changes nothing, so that only their names need to be stored with what is sealed.
    """
    return replace(
        sealed,
        traits={name: state.traits[name] for name in sealed.traits if name in state.traits},
        orders={order_id: state.orders[order_id] for order_id in sealed.orders if order_id in state.orders},
        consent={key: state.consent[key] for key in sealed.consent if key in state.consent},
    )


def recalled(state: State, before: State) -> State:
    """Give traits whose events hold their values no longer the values that were kept of the same events before."""
    found = {
        name: before.traits[name]
        for name, (at, moment, value) in state.traits.items()
        if isinstance(value, Sealed) and value.is_gone and before.traits.get(name, ())[:2] == (at, moment)
    }
    return replace(state, traits={**state.traits, **found}) if found else state


def stored_size(value: Any) -> int:
    """Bytes that a name or a value takes in a stored part."""
    return len(value.text) if isinstance(value, Sealed) else len(_write(value).encode())


def _write(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _fitting(value: Any) -> Any:
    """Give None for a value that is too large for a part: it stays with its event, and an older one counts no more."""
    return value if stored_size(value) <= MAX_TRAIT else None


def _newer(traits: Mapping[str, Trait], than: Mapping[str, Trait]) -> dict[str, Trait]:
    return {name: trait for name, trait in traits.items() if name not in than or _is_newer(trait, than[name])}


def _is_newer(one: Trait, other: Trait) -> bool:
    if one[:2] != other[:2]:
        return one[:2] > other[:2]
    # The same message, sent for two identifiers that turned out to be one person's: whichever part is added first.
    return _said(one[2]) > _said(other[2])


def _said(value: Any) -> str:
    return value.text if isinstance(value, Sealed) else _write(value)


def _newest_traits(traits: Mapping[str, Trait]) -> Mapping[str, Trait]:
    """Keep the first 200 names, those that everybody uses before others: a cut that no order of arrival can change."""
    if len(traits) <= MAX_TRAITS:
        return traits
    return {name: traits[name] for name in sorted(traits, key=_rank)[:MAX_TRAITS]}


def _rank(trait: str) -> tuple[bool, str]:
    return not is_personal_trait(trait), trait


def _add_kept(one: Mapping[str, Kept], other: Mapping[str, Kept], watch: Watch) -> Mapping[str, Kept]:
    """Add what only the other side tells; most events tell something to few of the keeps."""
    if not one or not other:
        return one or other
    sums = dict(one)
    for id, kept in other.items():
        if id not in one:
            sums[id] = kept
        elif id in watch.by_id:  # else it is left of a definition that is no longer there
            keep, size = watch.by_id[id]
            sums[id] = keeps.add(keep, one[id], kept, size)
    return sums
