"""
Retention: how long each event is kept, counted from its arrival, and how long somebody who no longer comes.

An event carries the instant until which it is kept. Before it is deleted, what it added to sums is sealed into them;
it is deleted `SLACK` later, so that a sweep that failed can be repeated. See docs/decisions/0030-sums-are-sealed.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from regulars.domain.events import Event, EventType, Sealed
from regulars.domain.instants import DAY, HOUR, SECOND
from regulars.domain.reserved_events import CONSENT_EVENTS

DEFAULT = 396 * DAY  # 13 months
ANONYMOUS = 30 * DAY
LEAST = 7 * DAY
LEAST_PERSON = 30 * DAY  # so long may a record of a stream that was given up be redriven
MOST = 3_653 * DAY  # ten years
SLACK = 21 * DAY  # between the end of a period and the deletion: room for sweeps that fail, and for a legal hold
SETTLED = HOUR  # so far behind its clock a sweep seals: no clock is that wrong
MARGIN = DAY  # so long before its end, at the latest, an event's stamp is changed, and so long after now it then ends
UNSTAMPED = 1 << 62
FieldClass = Literal["context", "traits"]  # the sealed rest of an event; the personal traits that it said
SECOND_SIGNAL = HOUR // 2  # what arrives so long after the first event of somebody is a second signal


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """
    How long what is kept, in microseconds.

    An event is kept for the shortest of what its name, its type and its source say, else for `default`. Of somebody
    unknown who gave no second signal nothing is kept after `anonymous`; of anybody nothing, once nothing has arrived
    for `profiles`. A class of personal `fields` goes before its event; one that is not named goes with it.
    """

    default: int = DEFAULT
    events: Mapping[str, int] = field(default_factory=dict)
    types: Mapping[str, int] = field(default_factory=dict)
    sources: Mapping[str, int] = field(default_factory=dict)
    anonymous: int = ANONYMOUS
    profiles: int = DEFAULT
    fields: Mapping[FieldClass, int] = field(default_factory=dict)

    def period(self, *, type: EventType, name: str | None, source: str) -> int:
        """Say for how long an event of this type, name and source is kept."""
        said = (self.types.get(type), self.events.get(name or ""), self.sources.get(source))
        return min((each for each in said if each is not None), default=self.default)

    def until(self, event: Event) -> int:
        """Say until when an event is kept, by these rules alone: a whole second."""
        return whole_second(event.arrival + self.period(type=event.type, name=event.name, source=event.source))

    def stamp(self, event: Event, *, stored: int) -> int:
        """
        Say until when an event that is stored now is kept.

        What waited, in quarantine or in a queue, is kept at least 7 days from here: until all have counted it.
        """
        return max(self.until(event), whole_second(stored + LEAST))

    def restamp(self, event: Event, *, now: int) -> int | None:
        """
        Say until when a stored event is to be kept instead, None where it stays as it is.

        Never of one that ends within a day: that may be sealed already; and none ends earlier than in a day.
        """
        stands = kept_until(event)
        if stands <= now + MARGIN:
            return None
        wanted = max(self.until(event), whole_second(now + MARGIN) + SECOND)
        return None if wanted == stands else wanted

    def past(self, event: Event, now: int) -> frozenset[FieldClass]:
        """
        Say which fields of an event are past their period, whether it holds any or not.

        None of a decision on consent: its proof is kept as long as the decision.
        """
        if event.name in CONSENT_EVENTS:
            return frozenset()
        return frozenset(name for name, length in self.fields.items() if event.arrival + length <= now)


DEFAULT_RETENTION = Retention()


def whole_second(instant: int) -> int:
    """Cut an instant to whole seconds, which is what tables know of an end."""
    return instant // SECOND * SECOND


def kept_until(event: Event) -> int:
    """Say until when a stored event is kept: one that was stored without a stamp until a sweep gives it one."""
    return UNSTAMPED if event.kept_until is None else event.kept_until


def is_kept(event: Event, now: int) -> bool:
    """Say whether an event is still within its period: past it, no reader sees it."""
    return now < kept_until(event)


def has_fields(event: Event) -> bool:
    """Say whether an event holds anything that may go before it, or did."""
    return bool(event.sealed) or any(isinstance(value, Sealed) for value in event.traits.values())


def shown(event: Event, rules: Retention, now: int) -> Event:
    """Give an event as readers see it: without fields that are past their period, and traits whose values went."""
    if not has_fields(event):
        return event
    past = rules.past(event, now)
    gone = {
        name
        for name, value in event.traits.items()
        if isinstance(value, Sealed) and (value.is_gone or "traits" in past)
    }
    return replace(
        event,
        sealed=b"" if "context" in past else event.sealed,
        traits={name: value for name, value in event.traits.items() if name not in gone},
    )


def horizon(now: int) -> int:
    """Say up to which end events are sealed by a sweep at this instant."""
    return whole_second(now - SETTLED)
