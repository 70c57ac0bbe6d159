"""Seal the sums of an identifier: what its events added is kept in its parts before DynamoDB deletes them."""

from collections.abc import Callable

from regulars.domain.forgetting import is_restricted
from regulars.domain.parts import Part, is_due
from regulars.domain.retention import horizon
from regulars.domain.state import TRAITS, parts_of
from regulars.errors import ConflictError, StaleCatalogError
from regulars.pipeline.history import History
from regulars.pipeline.live import LiveCatalog
from regulars.pipeline.ports import Clock
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database
from regulars.stores.events import EventStore
from regulars.stores.identities import IdentityStore

TRIES = 60


class Sealing:
    """Folds the parts that events are in whose period has ended; a fold seals them. A second time changes nothing."""

    def __init__(self, database: Database, clock: Clock, pause: Callable[[int], None] = lambda _tries: None) -> None:
        self._events = EventStore(database)
        self._identities = IdentityStore(database)
        self._catalog = LiveCatalog(CatalogStore(database))
        self._clock = clock
        self._pause = pause

    def seal(self, owner: str) -> int:
        """Seal what has ended of one identifier; say how many parts that changed. Raises ConflictError."""
        identity = self._identities.read(owner)
        if identity.link and identity.link.erased:
            return 0
        history = History(self._events, owner, self._clock)
        watches = self._catalog.now().watches
        parts = {part.name: part for part in identity.parts}
        names = sorted({name for event in history.events() for name in parts_of(event, watches)})
        return sum(self._settle(parts.get(name, Part(owner=owner, name=name)), history, self._seal) for name in names)

    def keep_traits(self, owner: str) -> bool:
        """
        Let an identifier's register of traits stand by itself; say whether it does, and events may let go of theirs.

        Of somebody restricted it does not: what their events say is counted once that ends. Raises ConflictError.
        """
        identity = self._identities.read(owner)
        if (identity.link and identity.link.erased) or is_restricted(identity.parts):
            return False
        history = History(self._events, owner, self._clock)
        none = Part(owner=owner, name=TRAITS)
        self._settle(next((part for part in identity.parts if part.name == TRAITS), none), history, self._register)
        return True

    def refold(self, owner: str) -> None:
        """
        Let the parts of an identifier say what its stored events say, and nothing that was sealed before.

        Raises ConflictError.
        """
        history = History(self._events, owner, self._clock)
        for part in self._identities.read(owner).parts:
            self._again(part, history)

    def _settle(self, part: Part, history: History, seal: Callable[[Part, History], bool]) -> bool:
        for tries in range(TRIES):
            try:
                return seal(part, history)
            except (ConflictError, StaleCatalogError):
                self._pause(tries)
            history.forget()
            part = self._identities.part(part.owner, part.name) or Part(owner=part.owner, name=part.name)
        raise ConflictError(f"part {part.name} kept changing")

    def _seal(self, part: Part, history: History) -> bool:
        watches, events = self._catalog.now().watches, history.events()
        if part.catalog > watches.version:
            raise StaleCatalogError
        own = (event for event in events if part.name in parts_of(event, watches))
        if not any(is_due(part, event, up_to=horizon(history.read)) for event in own):
            return False
        self._identities.save(history.fold(part, watches))
        return True

    def _register(self, part: Part, history: History) -> bool:
        watches = self._catalog.now().watches
        if part.catalog > watches.version:
            raise StaleCatalogError
        folded = history.fold(part, watches)
        if folded.state == part.state:
            return False
        self._identities.save(folded)
        return True

    def _again(self, part: Part, history: History) -> None:
        for tries in range(TRIES):
            try:
                return self._anew(part, history)
            except (ConflictError, StaleCatalogError):
                self._pause(tries)
            history.forget()
            found = self._identities.part(part.owner, part.name)
            if found is None:
                return None
            part = found
        raise ConflictError(f"part {part.name} kept changing")

    def _anew(self, part: Part, history: History) -> None:
        watches = self._catalog.now().watches
        if part.catalog > watches.version:
            raise StaleCatalogError
        folded = history.fold(Part(owner=part.owner, name=part.name, version=part.version), watches)
        if folded.state.count:
            self._identities.save(folded)
        else:
            self._identities.delete(part)
