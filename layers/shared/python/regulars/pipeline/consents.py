"""What people consent to, for those who ask: the state of one person, what they decided, and the gate over many."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from regulars.domain.decisions import says, words_of
from regulars.domain.events import Event
from regulars.domain.identifiers import kind_of
from regulars.domain.identity_definitions import parse_rules
from regulars.domain.identity_rules import DEFAULT_RULES, IdentityRules
from regulars.domain.masking import MASK
from regulars.domain.profiles import founder
from regulars.domain.purpose_definitions import parse_purposes
from regulars.domain.purposes import NO_PURPOSES, Purpose
from regulars.domain.recorded_decisions import decided_by
from regulars.domain.standing import Consent, Standing
from regulars.domain.state import CONSENT
from regulars.pipeline.opening import Opener, Shown
from regulars.pipeline.people import Found, People
from regulars.pipeline.ports import Clock, Many
from regulars.pipeline.seeing import events_seen
from regulars.pipeline.timeline import Position, Timeline, position_of
from regulars.stores.database import Database
from regulars.stores.definitions import DefinitionStore
from regulars.stores.identities import part_from_item
from regulars.stores.profiles import ProfileStore

LOOKED_AT = 500  # events of a timeline, on one page of decisions


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDecision:
    """An event that decided something: by matter whether it was denied, and what was recorded with it."""

    event: Event
    matters: Mapping[str, bool]
    text: str
    by: str
    proof: Shown
    reason: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStanding:
    """How a person stands to a purpose on one of its channels, and the decision that made it so."""

    purpose: Purpose
    channel: str | None
    standing: Standing
    decision: ShownDecision | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A person, what they consent to, and the rules by which they are known."""

    found: Found
    consent: Consent
    rules: IdentityRules

    @property
    def owner(self) -> str:
        """The identifier by which the person is known best: a decision under it is their own."""
        ranks = {rule.kind: rank for rank, rule in enumerate(self.rules.rules)}
        return min(self.found.owners, key=lambda owner: (ranks.get(kind_of(owner), len(ranks)), owner))


class Consents:
    """Reads what people consent to; every read is consistent."""

    def __init__(self, database: Database, many: Many, clock: Clock) -> None:
        self._people = People(database, many)
        self._profiles = ProfileStore(database)
        self._events = events_seen(database, clock)
        self._timeline = Timeline(database, many, clock)
        self._definitions = DefinitionStore(database)
        self._database = database
        self._many = many

    def of(self, profile_id: str) -> Asked:
        """Read what one person consents to. Raises NotFoundError."""
        found, (base, rules) = self._people.find(profile_id), self._base()
        return Asked(found, self._read({found.profile_id: found.owners}, base, rules)[found.profile_id], rules)

    def of_many(self, profile_ids: Collection[str]) -> Mapping[str, Consent]:
        """Read what people consent to, by the ids of their live profiles."""
        profiles = {one.profile_id: one.owners for one in self._profiles.many(list(profile_ids)) if not one.merged_into}
        return self._read({id: profiles.get(id, (founder(id),)) for id in profile_ids}, *self._base())

    def standings(self, consent: Consent, opener: Opener | None) -> list[ShownStanding]:
        """Show how somebody stands to each purpose, as they are defined; without an opener not by which decision."""
        return [
            ShownStanding(
                purpose=purpose,
                channel=channel,
                standing=(standing := consent.standing(purpose, channel)),
                decision=self._decision(standing, opener) if opener else None,
            )
            for purpose, channel in pairs(consent)
        ]

    def decisions(
        self, profile_id: str, opener: Opener, *, before: Position | None, limit: int
    ) -> tuple[list[ShownDecision], Position | None]:
        """
        List what a person decided, newest first; and where to go on, None at the end.

        So many events are looked at that a page may hold fewer than `limit`. Raises NotFoundError.
        """
        found = self._people.find(profile_id)
        events = self._timeline.newest(found.owners, before=before, limit=LOOKED_AT)
        shown: list[ShownDecision] = []
        for event in events:
            if says(event) and (one := show_decision(event, opener)).matters:
                shown.append(one)
                if len(shown) == limit:
                    return shown, position_of(event) if event is not events[-1] or len(events) == LOOKED_AT else None
        return shown, position_of(events[-1]) if len(events) == LOOKED_AT else None

    def _decision(self, standing: Standing, opener: Opener) -> ShownDecision | None:
        if standing.said is None:
            return None
        event = self._events.get(standing.said.owner, standing.said.word.moment)
        return show_decision(event, opener) if event else None

    def _read(self, owners: Mapping[str, Sequence[str]], base: Consent, rules: IdentityRules) -> Mapping[str, Consent]:
        keys = [(owner, CONSENT) for each in owners.values() for owner in each]
        items = self._database.get_many("identities", list(dict.fromkeys(keys)))
        parts = {part.owner: part for part in (part_from_item(item) for item in items if item)}
        return {
            id: replace(
                base,
                words={owner: parts[owner].state.consent for owner in each if owner in parts},
                known=rules.is_known(each),
            )
            for id, each in owners.items()
        }

    def _base(self) -> tuple[Consent, IdentityRules]:
        found, purposes = self._definitions.get("identity", "rules"), self._definitions.get("consent", "purposes")
        rules = parse_rules(found.content) if found else DEFAULT_RULES
        defined = parse_purposes(purposes.content) if purposes else NO_PURPOSES
        return Consent(purposes=defined, kinds=rules.known_kinds), rules


def pairs(consent: Consent) -> Iterable[tuple[Purpose, str | None]]:
    """List each purpose with each of its channels, None where it has none."""
    for purpose in consent.purposes.by_id.values():
        for channel in purpose.channels or (None,):
            yield purpose, channel


def show_decision(event: Event, opener: Opener) -> ShownDecision:
    """Show a decision as the opener lets it be seen."""
    sealed = opener.sealed(event).get("properties", {}) if opener.personal and event.sealed else {}

    def shown(name: str) -> Shown:
        if not event.sealed:
            return Shown(None)
        return Shown(sealed.get(name)) if opener.personal else Shown(MASK, masked=True)

    text = event.properties.get("text", event.properties.get("text_version", ""))
    return ShownDecision(
        event=event,
        matters={matter: word.denied for (_, matter), word in words_of(event).items()},
        text=text if isinstance(text, str) else "",
        by=decided_by(event),
        proof=shown("proof"),
        reason=shown("reason"),
    )
