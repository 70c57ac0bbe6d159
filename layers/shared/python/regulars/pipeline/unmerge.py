"""Unmerge a profile: show what each side would be, split it in one transaction, and let a cut be forgotten again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from regulars.domain.catalog import Live
from regulars.domain.people import Person
from regulars.domain.profiles import Profile, remembered
from regulars.domain.splits import Graph, Split, split
from regulars.errors import ConflictError, ConflictingEditError, NotFoundError
from regulars.pipeline.graphs import Graphs
from regulars.pipeline.live import LiveCatalog
from regulars.pipeline.persons import Persons, sum_person
from regulars.pipeline.ports import Clock, Many
from regulars.pipeline.profiles import shown_of
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database
from regulars.stores.identities import Identity, IdentityStore
from regulars.stores.memberships import MembershipStore
from regulars.stores.profiles import ProfileStore, save
from regulars.stores.splits import writes_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a split: the profile, what is known of it, and the segments that it will be in, enter and leave."""

    profile: Profile
    person: Person
    segments: Sequence[str]
    enters: Sequence[str]
    leaves: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a split does."""

    split: Split
    stays: Side
    leaves: Side

    @property
    def version(self) -> int:
        """Of which version of the profile it is true."""
        return self.split.stays.version


class Unmerger:
    """Splits profiles; `by` is the caller's subject, which the cut keeps."""

    def __init__(self, database: Database, many: Many, clock: Clock) -> None:
        self._database = database
        self._graphs = Graphs(database, many)
        self._identities = IdentityStore(database)
        self._memberships = MembershipStore(database)
        self._persons = Persons(database, many)
        self._profiles = ProfileStore(database)
        self._catalog = LiveCatalog(CatalogStore(database), rates="always")
        self._many = many
        self._clock = clock

    def preview(self, graph: Graph, leaving: Collection[str], *, by: str) -> Preview:
        """Say what each side would hold, and which segments each would enter or leave. Raises InvalidRequestError."""
        now = self._clock()
        live, found = self._catalog.now(), split(graph, leaving, by=by, now=now)
        owners = graph.profile.owners
        identities = dict(zip(owners, self._many(self._identities.read, owners), strict=True))
        _, rows = self._memberships.of(graph.profile.profile_id)
        held = {id: shown_of(rows.values(), segment) for id, segment in live.shown.items()}
        before = {id for id, membership in held.items() if membership and membership.member}
        stays = _side(self._persons, found.stays, identities, live, before, now)
        leaves = _side(self._persons, found.leaves, identities, live, set(), now)
        return Preview(split=found, stays=stays, leaves=leaves)

    def unmerge(self, preview: Preview, *, version: int) -> None:
        """Do what a preview says, if one of this version was seen. Raises ConflictingEditError."""
        if preview.version != version:
            raise ConflictingEditError("the profile has changed since the preview: look at a new one")
        try:
            self._database.transact(writes_of(preview.split))
        except ConflictError:
            raise ConflictingEditError("the profile changed just now: look at a new preview") from None

    def release(self, graph: Graph, one: str, other: str) -> None:
        """
        Let two identifiers that were cut apart, one of them of this profile, be tied again by what comes.

        Raises NotFoundError where no cut stands between them, ConflictingEditError.
        """
        now = self._clock()
        if not {one, other} & set(graph.profile.owners):
            raise NotFoundError("neither of these two is an identifier of this profile")
        homes = {self._graphs.home(owner) for owner in (one, other)}
        profiles = [profile for profile in map(self._profiles.get, sorted(homes)) if profile]
        released = [(profile, _released(profile, {one, other}, now)) for profile in profiles]
        changed = [after for before, after in released if after.cuts != before.cuts]
        if not changed:
            raise NotFoundError("no cut stands between these two")
        try:
            self._database.transact([save(profile) for profile in changed])
        except ConflictError:
            raise ConflictingEditError("the profile changed just now: send the same again") from None


def _released(profile: Profile, ends: set[str], now: int) -> Profile:
    cuts = [
        replace(cut, released=now) if not cut.released and {cut.edge.one, cut.edge.other} == ends else cut
        for cut in profile.cuts
    ]
    same = [cut.released for cut in cuts] == [cut.released for cut in profile.cuts]
    return profile if same else replace(profile, cuts=remembered(cuts), rule="release", changed=now)


def _side(
    persons: Persons, profile: Profile, identities: Mapping[str, Identity], live: Live, before: set[str], now: int
) -> Side:
    mine = {owner: identities[owner] for owner in profile.owners}
    person = persons.complete(sum_person(mine, live, profile_id=profile.profile_id), profile.owners, live, now)
    after = {segment.id for segment in live.told if live.compiled[segment.rows].is_member(person, now)}
    return Side(
        profile=profile,
        person=person,
        segments=sorted(after),
        enters=sorted(after - before),
        leaves=sorted(before - after),
    )
