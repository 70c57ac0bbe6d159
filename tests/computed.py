"""Computed traits for tests: those that examples name, and what a definition comes to by itself."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from regulars.domain.calendars import Calendar
from regulars.domain.catalog import next_watches
from regulars.domain.computed import AnyMeasure, ComputedTrait
from regulars.domain.computed_definitions import parse_all_computed
from regulars.domain.computing import compile_trait
from regulars.domain.dates import Dated
from regulars.domain.events import Event
from regulars.domain.numbers import MICRO
from regulars.domain.parts import fold
from regulars.domain.people import Person, sum_parts
from regulars.domain.segments import OrdersMeasure
from regulars.domain.state import add_all, parts_of, state_of
from regulars.domain.watches import Watches
from tests.oracle import Life, measured, measured_orders

COMPUTED: dict[str, dict[str, Any]] = {
    "lifetime_revenue": {"orders": "revenue"},
    "views": {"event": "Product Viewed", "count": {}, "within": "30 days"},
    "plan": {"event": "Signed Up", "last": {"of": "plan"}},
    "brands": {"event": "Product Viewed", "values": {"of": "brand"}},
    "last_order": {"orders": "last_time"},
    "recency": {"score": {"of": "last_order", "steps": ["365 days", "180 days", "90 days", "30 days"]}},
    "frequency": {"score": {"of": {"orders": "count"}, "steps": [2, 3, 5, 10]}},
    "monetary": {"score": {"of": "lifetime_revenue", "steps": [50, 100.5, 250, 500]}},
    "rfm": {"rfm": {"recency": "recency", "frequency": "frequency", "monetary": "monetary"}},
}
TRAITS = parse_all_computed(COMPUTED)


def person_of(trait: ComputedTrait, events: Iterable[Event], owners: Iterable[str] | None = None) -> Person:
    """The person that these events add up to for one trait, of all owners or some."""
    events = list(events)
    watches = next_watches(Watches(by_event={}), [trait])
    names = {(event.owner, name) for event in events for name in parts_of(event, watches)}
    parts = [
        fold(owner, name, events, watches, version=0, read=0)
        for owner, name in names
        if owners is None or owner in owners
    ]
    return sum_parts(parts, watches, known=True, profile_id="p_user_id:u")


def computed(trait: ComputedTrait, person: Person, events: Iterable[Event], now: int) -> tuple[Any, int | None]:
    """Compute a trait of a person, reading the events where what is kept does not suffice."""
    compiled = compile_trait(trait, Calendar())
    if short := compiled.short_of(person, now):
        watches = next_watches(Watches(by_event={}), [trait]).by_event
        states = {
            name: add_all(
                (state_of(event, f"event#{name}", watches[name].unbounded) for event in events if event.name == name),
                watches[name].unbounded,
            )
            for name in short
        }
        person = replace(person, events={**person.events, **states}, whole=short)
        assert not compiled.short_of(person, now)
    return compiled.read(person, now), compiled.next_change(person, now)


def expected(measure: AnyMeasure, events: Iterable[Event], now: int) -> Any:
    """What a measure comes to by brute force: amounts in millionths, instants in microseconds."""
    life = Life(events=list(events))
    found = measured_orders(measure, life, now) if isinstance(measure, OrdersMeasure) else measured(measure, life, now)
    if isinstance(found, Dated):
        return found.number
    return int(found * MICRO) if isinstance(found, Decimal) else found
