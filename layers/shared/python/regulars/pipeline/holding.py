"""
Who is held: asked of one person after the other by whoever is about to delete something.

Holds are few and read once; who belongs together is read at the moment of asking, so that a merge just before counts.
"""

from collections.abc import Callable, Collection, Sequence

from regulars.domain.legal_holds import holding
from regulars.domain.profiles import alone
from regulars.domain.timers import MINUTE
from regulars.pipeline.held import Held
from regulars.pipeline.ports import Clock
from regulars.stores.database import Database
from regulars.stores.identities import IdentityStore
from regulars.stores.legal_holds import LegalHoldStore
from regulars.stores.profiles import ProfileStore

_HOLDS = "holds"


class Holding:
    """The holds that stand, as they were read; where there are none, asking reads nothing."""

    def __init__(self, database: Database, now: int) -> None:
        store = LegalHoldStore(database)
        self._named = {hold.id: frozenset(store.named(hold.id)) for hold in store.standing(now)}
        self._identities = IdentityStore(database)
        self._profiles = ProfileStore(database)

    def is_held(self, owner: str) -> bool:
        """Say whether nothing may be deleted of the person that an identifier leads to."""
        return bool(self.by(owner))

    def by(self, owner: str) -> Sequence[str]:
        """List the holds by which the person of an identifier is held."""
        return holding(frozenset(self.person(owner)), self._named) if self._named else ()

    def owners(self) -> frozenset[str]:
        """List all identifiers of everybody who is held."""
        named = {owner for owners in self._named.values() for owner in owners}
        return frozenset(each for owner in named for each in self.person(owner))

    def person(self, owner: str) -> Sequence[str]:
        """List all identifiers of the person that one leads to, itself among them."""
        link = self._identities.link(owner)
        profile = self._profiles.root(link.profile_id if link else alone(owner))
        return profile.owners if profile and owner in profile.owners else (owner,)


def who_is_held(database: Database, clock: Clock) -> Callable[[Collection[str]], bool]:
    """Make what says whether anybody of several identifiers is held; it reads which holds stand once a minute."""
    read: Held[str, Holding] = Held(lambda _: Holding(database, clock()), clock, for_=MINUTE)

    def is_held(owners: Collection[str]) -> bool:
        holding = read.get(_HOLDS)
        return holding is not None and any(map(holding.is_held, owners))

    return is_held
