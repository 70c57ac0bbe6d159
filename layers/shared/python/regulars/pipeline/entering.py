"""
Let people enter journeys: once on each occasion, and never against the rules of the entry, however many try at once.

The passage is written in one step with the lock of the person's entries; then its execution is started by its name.
Whoever tries the same occasion again finds the passage, and does again what may have been left undone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from regulars.domain.catalog import Live
from regulars.domain.journey_entries import UNDER_WAY, hidden, refusal
from regulars.domain.journey_events import entered, refused
from regulars.domain.live_journeys import ENTER, LiveJourney
from regulars.domain.lots import HOLDOUT, is_held_out
from regulars.domain.passage_keeps import stamped
from regulars.domain.passages import Passage, passage_id
from regulars.domain.profiles import founder
from regulars.domain.stepping import bound_of
from regulars.errors import ConflictError, StaleCatalogError
from regulars.pipeline.hearing import TRIES, Hearing, Tell
from regulars.pipeline.ports import Clock, Journal, Machines
from regulars.pipeline.snapshots import Home
from regulars.pipeline.travellers import Travellers, is_still
from regulars.stores.database import Database
from regulars.stores.journey_versions import VersionStore
from regulars.stores.journeys import JourneyStore, lock_entries, put_passage


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """
    What lets somebody in at an instant: `name` tells it from all others, `key` is None where it lacks the key.

    `event` names the event, as owner and moment, where it is one; `properties` are what was entered with.
    """

    name: str
    at: int
    key: str | None = ""
    event: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)


class Entering:
    """Lets people in."""

    def __init__(
        self,
        database: Database,
        travellers: Travellers,
        hearing: Hearing,
        machines: Machines,
        tell: Tell,
        journal: Journal,
        clock: Clock,
        pause: Callable[[int], None] = lambda _tries: None,
    ) -> None:
        self._database = database
        self._journeys = JourneyStore(database)
        self._versions = VersionStore(database)
        self._travellers = travellers
        self._hearing = hearing
        self._machines = machines
        self._tell = tell
        self._journal = journal
        self._clock = clock
        self._pause = pause

    def enter(self, owner: str, live: Live, one: LiveJourney, occasion: Occasion) -> Passage | None:
        """Let somebody in under an identifier; None where they may not, or are nobody now. Raises ConflictError."""
        for tries in range(TRIES):
            try:
                return self._enter(owner, live, one, occasion)
            except ConflictError:
                self._pause(tries)
        raise ConflictError("the person kept changing")

    def resume(self, passages: Iterable[Passage], home: Home, live: Live, occasion: str) -> frozenset[str]:
        """
        Do what an occasion, by its name, has left undone: of passages that are written and have come to no place yet.

        Whatever has become of their versions since. Gives the journeys that were entered so. Raises ConflictError.
        """
        found = [one for one in passages if one.id == passage_id(one.journey, one.owner, one.key, occasion)]
        for passage in found:
            if not passage.place:
                self._begin(passage, home, live)
        return frozenset(passage.journey for passage in found)

    def refuse(self, owner: str, journey: str, number: int, reason: str, occasion: Occasion) -> None:
        """Tell that somebody was not let in."""
        self._tell(owner, refused(journey, number, reason, occasion.name, occasion.at))
        self._journal.count("entries_refused")

    def _enter(self, owner: str, live: Live, one: LiveJourney, occasion: Occasion) -> Passage | None:
        home = self._travellers.home(owner)
        if home.erased:
            return None
        lock = self._journeys.entries(founder(home.profile_id), one.journey.id)
        before = self._travellers.passages(home, one.journey.id)
        ids = {each: passage_id(one.journey.id, each, occasion.key or "", occasion.name) for each in home.owners}
        id = ids[owner]
        if standing := next((passage for passage in before if passage.id in ids.values()), None):
            return self._begin(standing, home, live)
        reason = self._refusal(home, live, one, before, occasion)
        if reason == UNDER_WAY and self._has_ended(before, home, live, occasion):
            return self._enter(owner, live, one, occasion)
        if reason:
            if reason == UNDER_WAY:
                self._journal.count("entries_refused")
            else:
                self.refuse(owner, one.journey.id, one.journey.version, reason, occasion)
            return None
        passage = self._passage(home, owner, one, occasion, id)
        locked = lock_entries(founder(home.profile_id), one.journey.id, lock, at=occasion.at)
        self._database.transact([put_passage(stamped(passage, one.journey)), locked, *is_still(home)])
        self._journal.count("journeys_entered")
        written = self._journeys.passage(owner, passage.journey, id)
        return self._begin(written, home, live) if written else None

    def _has_ended(self, before: Iterable[Passage], home: Home, live: Live, occasion: Occasion) -> bool:
        """
        Start who is under way with the key and came to no place yet, lest nobody else does; say whether one ended.

        Who wrote such a passage may have died before it began.
        """
        keys = occasion.key, hidden(occasion.key or "")
        waiting = [one for one in before if one.key in keys and one.ending is None and not one.place]
        return any(self._begin(passage, home, live).ending is not None for passage in waiting)

    def _refusal(
        self, home: Home, live: Live, one: LiveJourney, before: Sequence[Passage], occasion: Occasion
    ) -> str | None:
        """Say why somebody may not enter, in the order in which a simulation asks."""
        entry = one.journey.entry
        if entry.when and not self._travellers.fulfils(home, live, one.conditions[ENTER].id):
            return "when"
        if occasion.key is None:
            return "no_key"
        if reason := refusal(entry, [each.entered(occasion.at) for each in before], occasion.key, occasion.at):
            return reason
        return "restricted" if self._travellers.person(home, live).restricted else None

    def _passage(self, home: Home, owner: str, one: LiveJourney, occasion: Occasion, id: str) -> Passage:
        journey = one.journey
        is_out = journey.holdout > 0 and is_held_out(
            journey.holdout, self._travellers.lot(home, owner, f"{journey.id}.{HOLDOUT}")
        )
        within = journey.goal.within if journey.goal else 0
        return Passage(
            owner=owner,
            journey=journey.id,
            number=journey.version,
            id=id,
            key=occasion.key or "",
            at=occasion.at,
            event=occasion.event,
            bound=bound_of(journey, occasion.properties),
            since=occasion.at,
            ended=occasion.at + within if is_out else None,
            ending="held_out" if is_out else None,
        )

    def _make_sure_of_its_end(self, passage: Passage) -> None:
        version = self._versions.get(passage.journey, passage.number)
        if version and version.is_going:
            raise StaleCatalogError("a journey was published a moment ago")

    def _begin(self, passage: Passage, home: Home, live: Live) -> Passage:
        """
        Start the execution of a passage that is written, and let it hear what happened since; twice is as once.

        One whose version nobody goes through any more ends. Raises ConflictError.
        """
        one = live.journey(passage.journey, passage.number)
        if one is None:
            self._make_sure_of_its_end(passage)
        self._tell(passage.owner, entered(passage))
        if one is None:
            return self._hearing.end(passage, None, "stopped", self._clock()) if passage.ending is None else passage
        if passage.ending is None:
            self._machines.start(one.machine, passage.id, {"instance": passage.instance})
        for news in self._travellers.news(home, one, passage.at):
            passage = self._hearing.hear(passage, one, [news], again=news)
        return passage
