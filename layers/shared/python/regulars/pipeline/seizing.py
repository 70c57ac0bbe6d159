"""
Seize a person who is to be erased: from then on nobody is tied to them, and nothing new of them is taken.

Their profile is frozen first, under its version: who would merge with it, attach to it or split it fails, reads again,
and sees. Then their names are written down, then the rows of others forget them, then the ledger has them.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from regulars.domain.erasure import closure, neighbours, redacted_head, redacted_link, redacted_profile
from regulars.domain.profiles import Profile, alone
from regulars.errors import ConflictError
from regulars.pipeline.ports import Clock
from regulars.stores.database import Database, Put
from regulars.stores.identities import IdentityStore, attach
from regulars.stores.ledger import Ledger
from regulars.stores.memberships import MembershipStore
from regulars.stores.privacy_requests import RequestStore
from regulars.stores.profiles import ProfileStore, save

TRIES = 60


class Seizer:
    """Seizes whoever an identifier belongs to; a second time changes nothing."""

    def __init__(self, database: Database, clock: Clock, pause: Callable[[int], None] = lambda _tries: None) -> None:
        self._database = database
        self._identities = IdentityStore(database)
        self._ledger = Ledger(database)
        self._memberships = MembershipStore(database)
        self._profiles = ProfileStore(database)
        self._requests = RequestStore(database)
        self._clock = clock
        self._pause = pause

    def seize(self, owner: str, request: str) -> int:
        """Seize the person of an identifier for a request; say how many rows were changed. Raises ConflictError."""
        for tries in range(TRIES):
            try:
                return self._seize(owner, request)
            except ConflictError:
                self._pause(tries)
        raise ConflictError("the person kept changing")

    def _seize(self, owner: str, request: str) -> int:
        now = self._clock()
        link = self._identities.link(owner)
        if link and link.erased:
            return self._ledger.mark(owner, at=now, request=request)
        profile = self._profiles.root(link.profile_id if link else alone(owner))
        if profile and owner not in profile.owners:
            raise ConflictError("it left a profile between the two reads: read again")
        if profile and not profile.erased:
            self._put(save(replace(profile, erased=now, rule="erase", changed=now)))
        others = self.others(profile) if profile else ()
        found = [replace(one, others=tuple(others)) for one in closure(owner, profile)]
        self._requests.doom(request, found)
        for other in others:
            self.redact(other, {one.owner for one in found})
        return sum(self._ledger.mark(each.owner, at=now, request=request) for each in found)

    def others(self, profile: Profile) -> Sequence[str]:
        """List the profiles that were once split from this one, and from those."""
        seen, front = {profile.profile_id}, list(neighbours(profile))
        while front:
            link = self._identities.link(front.pop())
            other = self._profiles.root(link.profile_id) if link and not link.erased else None
            if other is None or other.erased or other.profile_id in seen:
                continue
            seen.add(other.profile_id)
            front += neighbours(other)
        return sorted(seen - {profile.profile_id})

    def redact(self, profile_id: str, gone: Collection[str]) -> int:
        """Let the profile of somebody else, which a file names, forget who is gone; say whether it had to."""
        profile = self._profiles.root(profile_id)
        return 0 if profile is None or profile.erased else min(1, self._redact(profile, gone))

    def _redact(self, profile: Profile, gone: Collection[str]) -> int:
        now, redacted = self._clock(), 0
        for each in (profile, *self._profiles.many(profile.absorbed)):
            if (clean := redacted_profile(each, gone)) != each:
                self._put(save(replace(clean, rule="redact", changed=now)))
                redacted += 1
        head = self._memberships.head(profile.profile_id)
        if (clean_head := redacted_head(head, gone)) != head:
            self._memberships.save_head(clean_head)
            redacted += 1
        for link in self._identities.links(profile.owners):
            if (clean_link := redacted_link(link, gone)) != link:
                self._put(attach(clean_link))
                redacted += 1
        return redacted

    def _put(self, write: Put) -> None:
        self._database.put(write.table, write.item, was=write.was)
