"""Who no longer comes: what arrived of somebody, first and last, and whether that is long enough ago to forget them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from regulars.domain.events import Event
from regulars.domain.journey_deeds import is_own
from regulars.domain.parts import Part
from regulars.domain.profiles import Link
from regulars.domain.reserved_events import JOURNEY_EVENTS
from regulars.domain.retention import SECOND_SIGNAL, Retention
from regulars.domain.state import RESTRICTED

_OF_JOURNEYS = frozenset(f"event#{name}" for name in JOURNEY_EVENTS)


@dataclass(frozen=True, slots=True)
class Presence:
    """When something arrived of somebody for the first and for the last time, as far as that is known."""

    first: int
    last: int


def presence(events: Iterable[Event], parts: Sequence[Part], links: Iterable[Link]) -> Presence:
    """
    Read it from the stored events, from what parts remember of others, and else from when identifiers were attached.

    What was deleted and is remembered by no part does not count, and nothing does that a journey did.
    """
    arrivals = [event.arrival for event in events if not is_own(event)]
    for part in parts:
        if part.name in _OF_JOURNEYS:
            continue
        arrivals += [mark.arrival for mark in part.marks]
        arrivals += [part.floor] if part.floor >= 0 else []
    arrivals = arrivals or [link.attached for link in links]
    return Presence(min(arrivals, default=0), max(arrivals, default=0))


def is_over(found: Presence, rules: Retention, now: int, *, known: bool) -> bool:
    """
    Say whether nothing is to be kept any more of somebody.

    That is so once nothing has arrived for `profiles`; and of who is not known and gave no second signal, once
    `anonymous` has passed since the first.
    """
    if found.last <= now - rules.profiles:
        return True
    is_fleeting = not known and found.last < found.first + SECOND_SIGNAL
    return is_fleeting and found.first <= now - rules.anonymous


def may_be_over(last: int, rules: Retention, now: int, *, known: bool) -> bool:
    """Say whether somebody of whom something arrived at an instant may be gone: who came lately is not."""
    return last <= now - (rules.profiles if known else min(rules.anonymous, rules.profiles))


def is_restricted(parts: Iterable[Part]) -> bool:
    """Say whether what is stored of somebody is only to be stored: then nothing of it is forgotten."""
    return any(part.name == RESTRICTED for part in parts)
