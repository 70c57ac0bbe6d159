"""
Correct traits for a request: the correction that anybody with the right makes, with the request as its message id.

The values are in the correction alone, sealed with the person's key: the request learns which traits were changed.
"""

from collections.abc import Collection

from regulars.domain.privacy_requests import Request, corrected
from regulars.domain.profiles import alone
from regulars.errors import ConflictError, ConflictingEditError, InvalidRequestError, NotFoundError
from regulars.pipeline.people import People
from regulars.pipeline.ports import Clock, Many
from regulars.stores.database import Database
from regulars.stores.privacy_requests import RequestStore

TRIES = 10


class Rectifications:
    """Knows which corrections a request asks for, and notes that they were made."""

    def __init__(self, database: Database, many: Many, clock: Clock) -> None:
        self._store = RequestStore(database)
        self._people = People(database, many)
        self._clock = clock

    def check(self, id: str, profile_id: str, names: Collection[str]) -> None:
        """
        Make sure that a request lets traits of a profile be corrected.

        Raises NotFoundError, InvalidRequestError, ConflictingEditError.
        """
        corrected(self._get(id), names, now=self._clock())
        named = self._store.subjects(id, after=None, limit=1)
        theirs = self._people.find(profile_id).profile_id
        if not any(self._people.find(alone(owner)).profile_id == theirs for owner in named):
            raise InvalidRequestError("the request is about somebody else: correct traits of whom it names")

    def note(self, id: str, names: Collection[str]) -> Request:
        """Note that the correction is stored. Raises NotFoundError, ConflictingEditError."""
        for _ in range(TRIES):
            request = self._get(id)
            done = corrected(request, names, now=self._clock())
            if done == request:
                return request
            try:
                return self._store.save(done)
            except ConflictError:
                continue
        raise ConflictingEditError("the request kept changing: send the same again")

    def _get(self, id: str) -> Request:
        request = self._store.get(id)
        if request is None:
            raise NotFoundError("no request has this id")
        return request
