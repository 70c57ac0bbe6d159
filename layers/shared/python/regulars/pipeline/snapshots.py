"""Read a person for an evaluation: first whose profile it is, then all identities of it, with their versions."""

from collections.abc import Mapping, Set
from dataclasses import dataclass

from regulars.domain.profiles import Profile, founder
from regulars.pipeline.ports import Many
from regulars.stores.database import Database
from regulars.stores.identities import Identity, IdentityStore
from regulars.stores.profiles import ProfileStore


@dataclass(frozen=True, slots=True)
class Home:
    """The live profile that an id leads to, its owners, and the identity of the one that was asked for."""

    profile_id: str
    owners: tuple[str, ...]
    version: int | None  # of the profile; None for an identifier attached to no other
    asked: str
    first: Identity
    erased: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A profile as it was read: its owners' identities, and the version of everything that was read."""

    profile_id: str
    identities: Mapping[str, Identity]
    versions: Mapping[tuple[str, str], int]

    @property
    def bare(self) -> frozenset[str]:
        """The owners that were read and hold no part."""
        return frozenset(owner for owner, identity in self.identities.items() if not identity.parts)


class Snapshots:
    """Reads profiles; every read is consistent."""

    def __init__(self, database: Database, many: Many) -> None:
        self._identities = IdentityStore(database)
        self._profiles = ProfileStore(database)
        self._many = many

    def home(self, profile_id: str) -> Home:
        """Find the live profile of an id, perhaps a former one."""
        owner = founder(profile_id)
        first = self._identities.read(owner)
        profile = self._profile(profile_id, first)
        if (first.link and first.link.erased) or (profile and profile.erased):
            return Home(profile_id, (owner,), None, owner, first, erased=True)
        if profile is None:
            return Home(profile_id, (owner,), None, owner, first)
        return Home(profile.profile_id, profile.owners, profile.version, owner, first)

    def read(self, home: Home, *, skipped: Set[str] = frozenset()) -> Snapshot:
        """Read the identities of a profile, all but the skipped ones."""
        others = [owner for owner in home.owners if owner not in {home.asked, *skipped}]
        read = dict(zip(others, self._many(self._identities.read, others), strict=True)) | {home.asked: home.first}
        identities = {owner: read[owner] for owner in home.owners if owner in read}
        versions = {(one, part.name): part.version for one, identity in identities.items() for part in identity.parts}
        versions |= {(one, "id"): identity.link.version for one, identity in identities.items() if identity.link}
        if home.version is not None:
            versions["profile", home.profile_id] = home.version
        return Snapshot(home.profile_id, identities, versions)

    def _profile(self, profile_id: str, first: Identity) -> Profile | None:
        """Find the live profile by the link of its founder; who has parts and no link is alone, and has none."""
        if first.link:
            return self._profiles.root(first.link.profile_id)
        return None if first.parts else self._profiles.root(profile_id)
