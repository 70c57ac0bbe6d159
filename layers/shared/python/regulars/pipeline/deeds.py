"""What journeys do to people beside messages: set traits, put them on lists or take them off, move them on."""

from regulars.domain.corrections import Correction, correct
from regulars.domain.journeys import Enlist, Move, Update
from regulars.domain.passages import Passage, passage_id
from regulars.errors import InvalidRequestError
from regulars.pipeline.lists import Lists
from regulars.pipeline.own_events import naming, seal, store_once
from regulars.pipeline.plans import Plans
from regulars.pipeline.ports import Clock, Journal, Many, Sealer, Wanted
from regulars.pipeline.seeing import events_seen
from regulars.pipeline.stamping import Stamps
from regulars.stores.database import Database
from regulars.stores.identities import IdentityStore


class Deeds:
    """Does each once, whatever is asked again: each is named by the passage and the place."""

    def __init__(
        self, database: Database, sealer: Sealer, wanted: Wanted, many: Many, journal: Journal, clock: Clock
    ) -> None:
        self._database = database
        self._events = events_seen(database, clock)
        self._identities = IdentityStore(database)
        self._lists = Lists(database, sealer, many, clock)
        self._plans = Plans(database, clock)
        self._stamps = Stamps(database, clock)
        self._sealer = sealer
        self._wanted = wanted
        self._journal = journal

    def update(self, passage: Passage, step: Update) -> None:
        """Set traits of a person as a correction by the journey; one that the tracking plan refuses is left out."""
        by = f"journey {passage.journey}"
        said = Correction(traits=step.traits, reason=by, by=by, message_id=f"u-{_named(passage)}")
        ids = naming(passage.owner, self._identities.link(passage.owner), self._events, self._sealer)
        plan, hash_key = self._plans.now(), self._sealer.hash_key
        try:
            call = correct(said, owner=passage.owner, ids=ids, at=passage.since, plan=plan, hash_key=hash_key)
            store_once(seal(call, self._sealer, self._stamps), self._database, otherwise="another update came first")
        except InvalidRequestError:
            self._journal.count("updates_refused")

    def enlist(self, passage: Passage, step: Enlist) -> None:
        """Let a person join a static list, or leave it; of one that was deleted nothing is left to do."""
        by = f"journey {passage.journey}"
        if not self._lists.enlist(step.list, passage.owner, at=passage.since, joins=step.joins, by=by):
            self._journal.count("lists_gone")

    def move(self, passage: Passage, step: Move) -> None:
        """Ask for an entry into another journey, with what this one was entered by."""
        asked = {
            "journey": step.journey,
            "owner": passage.owner,
            "key": "",
            "occasion": f"move {_named(passage)}",
            "at": passage.since,
            "event": passage.event,
        }
        self._wanted.send([{"enter": asked}])


def _named(passage: Passage) -> str:
    return passage_id(passage.id, passage.place)
