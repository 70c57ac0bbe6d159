"""Find a person: from a reference to the live profile, through tombstones and former ids, and all its identities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from regulars.domain.profiles import Profile, alone, founder
from regulars.errors import NotFoundError
from regulars.pipeline.ports import Many
from regulars.stores.database import Database
from regulars.stores.events import EventStore
from regulars.stores.identities import Identity, IdentityStore
from regulars.stores.profiles import ProfileStore

TRIES = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A live profile: its id, its owners, and the version it was read with (0: an identifier attached to no other)."""

    profile_id: str
    owners: tuple[str, ...]
    version: int = 0


class People:
    """Reads who somebody is; every read is consistent."""

    def __init__(self, database: Database, many: Many) -> None:
        self._events = EventStore(database)
        self._identities = IdentityStore(database)
        self._profiles = ProfileStore(database)
        self._many = many

    def find(self, profile_id: str) -> Found:
        """
        Follow a profile id, perhaps a former one, to the live profile.

        Raises NotFoundError when nothing was ever stored under it.
        """
        root = self._profiles.root(profile_id)
        owner = founder(profile_id)
        if root is None and (link := self._identities.link(owner)):
            root = self._profiles.root(link.profile_id)
        if root is not None and root.erased:
            raise NotFoundError("nobody is known by this")
        if root is not None:
            return _found(root)
        if not (self._events.newest(owner, limit=1) or self._identities.read(owner).parts):
            raise NotFoundError("nobody is known by this")
        return Found(alone(owner), (owner,))

    def named(self, owner: str) -> Sequence[str]:
        """
        List all identifiers of whoever one leads to: nobody's where they were erased.

        One of whom nothing came yet stands for itself, for what will come.
        """
        link = self._identities.link(owner)
        if link and link.erased:
            return ()
        try:
            return self.find(alone(owner)).owners
        except NotFoundError:
            return (owner,)

    def identities(self, found: Found) -> Mapping[str, Identity]:
        """Read the identities of all owners."""
        return dict(zip(found.owners, self._many(self._identities.read, found.owners), strict=True))

    def is_still(self, found: Found) -> bool:
        """Say whether nobody was attached to the profile or merged with it since it was read."""
        return self.find(found.profile_id) == found


def _found(profile: Profile) -> Found:
    return Found(profile.profile_id, profile.owners, profile.version)
