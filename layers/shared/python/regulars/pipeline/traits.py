"""Traits as somebody may see them, each with its source, event and instant; if it was corrected, by whom and why."""

from collections.abc import Mapping
from dataclasses import dataclass

from regulars.domain.corrections import CORRECTIONS, corrected_by
from regulars.domain.events import Event
from regulars.domain.masking import MASK
from regulars.domain.people import Person
from regulars.pipeline.opening import Opener, Shown
from regulars.pipeline.ports import Clock, Many
from regulars.pipeline.seeing import events_seen
from regulars.stores.database import Database
from regulars.stores.identities import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCorrection:
    """Who corrected a trait, by the id of their token, and why."""

    by: str
    reason: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTrait:
    """One trait of a person, with the instant and the event that it comes from."""

    name: str
    shown: Shown
    at: int
    source: str
    message_id: str
    correction: ShownCorrection | None = None


class Traits:
    """Shows traits; of those that were corrected it reads the correction."""

    def __init__(self, database: Database, many: Many, clock: Clock) -> None:
        self._events = events_seen(database, clock)
        self._many = many

    def show(
        self,
        person: Person,
        identities: Mapping[str, Identity],
        opener: Opener,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> list[ShownTrait]:
        """Show the traits of a person in the order of their names; those that were removed are none."""
        set_ones = [name for name, trait in person.traits.items() if trait[2] is not None and opener.sees(name)]
        names = sorted(name for name in set_ones if after is None or name > after)[:limit]
        moments = {person.traits[name][1] for name in names}
        corrections = self._corrections(moments, identities, opener)
        return [_shown(name, person, opener, corrections) for name in names]

    def _corrections(
        self, moments: set[str], identities: Mapping[str, Identity], opener: Opener
    ) -> Mapping[str, ShownCorrection]:
        found = {
            moment: owner
            for owner, identity in identities.items()
            for part in identity.parts
            for _, moment, _ in part.state.traits.values()
            if moment in moments and _source(moment) == CORRECTIONS
        }
        events = self._many(lambda moment: self._events.get(found[moment], moment), sorted(found))
        return {event.moment: show_correction(event, opener) for event in events if event}


def show_correction(event: Event, opener: Opener) -> ShownCorrection:
    """Show who made a correction, and why."""
    if not opener.personal:
        return ShownCorrection(by=corrected_by(event), reason=Shown(MASK, masked=True))
    said = opener.sealed(event).get("context", {}).get("correction", {})
    return ShownCorrection(by=corrected_by(event), reason=Shown(said.get("reason")))


def _shown(name: str, person: Person, opener: Opener, corrections: Mapping[str, ShownCorrection]) -> ShownTrait:
    at, moment, value = person.traits[name]
    return ShownTrait(
        name=name,
        shown=opener.trait(name, value),
        at=at,
        source=_source(moment),
        message_id=moment.split("#", 2)[2],
        correction=corrections.get(moment),
    )


def _source(moment: str) -> str:
    return moment.split("#", 2)[1]
