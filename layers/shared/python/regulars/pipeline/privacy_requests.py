"""Requests of persons: taken, verified, begun, watched, and certified once they are done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from regulars.domain.certificates import Certificate, certify
from regulars.domain.privacy_deadlines import Law
from regulars.domain.privacy_requests import (
    AT_ONCE,
    BY_HAND,
    MOST,
    MOST_OF,
    UNVERIFIED,
    Kind,
    Request,
    State,
    cancel,
    complete,
    extend,
    verify,
)
from regulars.domain.profiles import alone, founder
from regulars.domain.timers import MINUTE
from regulars.errors import ConflictError, ConflictingEditError, ForbiddenError, InvalidRequestError, NotFoundError
from regulars.pipeline.live import LiveCatalog
from regulars.pipeline.opting_out import check_mapped
from regulars.pipeline.ports import Clock, Many, Sealer
from regulars.pipeline.rebuilds import Workers
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database
from regulars.stores.ledger import Ledger
from regulars.stores.privacy_requests import RequestStore

Change = Callable[[Request], Request]
TRIES = 10
ASLEEP = 60 * MINUTE  # since they were started: workers may be started again, and two do no harm


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a request asks for, by which law, under which number of a case, and who took it."""

    kind: Kind
    law: Law
    reference: str
    by: str


class PrivacyRequests:
    """Keeps requests, and starts the workers that meet them."""

    def __init__(self, database: Database, workers: Workers, sealer: Sealer, clock: Clock, many: Many) -> None:
        self._database = database
        self._store = RequestStore(database)
        self._catalog = LiveCatalog(CatalogStore(database))
        self._ledger = Ledger(database)
        self._workers = workers
        self._sealer = sealer
        self._clock = clock
        self._many = many

    def begin(self, asked: Asked, owners: Sequence[str]) -> Request:
        """
        Take a request, perhaps for nobody yet; one that needs no proof of who asks begins at once.

        Raises InvalidRequestError, ConflictingEditError, UnavailableError.
        """
        self._check(asked.kind, owners)
        for tries in range(TRIES):
            now = self._clock() + tries  # somebody else may have taken one in the same microsecond
            request = Request(
                id=f"q{now}", kind=asked.kind, law=asked.law, reference=asked.reference, by=asked.by, received=now
            )
            try:
                request = self._store.save(request)
            except ConflictError:
                continue
            if not owners:
                return request
            request = self.add(request.id, owners, by=asked.by)
            return self.verify(request.id, by=asked.by, proof="") if request.kind in UNVERIFIED else request
        raise ConflictingEditError("other requests kept coming in: send the same again")

    def add(self, id: str, owners: Sequence[str], *, by: str) -> Request:
        """
        Add identifiers to a request that nobody has verified yet; added again they change nothing.

        Raises NotFoundError, InvalidRequestError, ForbiddenError, ConflictingEditError.
        """
        request = self.get(id)
        if by != request.by and request.erases and self._asks_for_four_eyes():
            raise ForbiddenError("who took an erasure names whom it is about: somebody else verifies it (four_eyes)")
        self._check(request.kind, owners, beside=request.identifiers)
        if request.state != "received":
            raise ConflictingEditError(f"the request is {request.state}: take another one for further people")
        new = self._store.add(id, owners)
        return self._change(id, lambda standing: replace(standing, identifiers=standing.identifiers + new), "received")

    def verify(self, id: str, *, by: str, proof: str) -> Request:
        """
        Confirm who asks, and begin.

        Raises NotFoundError, InvalidRequestError, ForbiddenError, ConflictingEditError, UnavailableError.
        """
        now = self._clock()
        four = self._asks_for_four_eyes()
        request = self._change(id, lambda standing: verify(standing, by=by, proof=proof, now=now, four_eyes=four))
        return request if request.kind in BY_HAND else self.resume(id)

    def extend(self, id: str, *, by: str, reason: object) -> Request:
        """Make its time longer. Raises NotFoundError, InvalidRequestError, ConflictingEditError."""
        now = self._clock()
        return self._change(id, lambda standing: extend(standing, by=by, reason=reason, now=now))

    def complete(self, id: str) -> Request:
        """Note that a file was handed over. Raises NotFoundError, InvalidRequestError, ConflictingEditError."""
        now = self._clock()
        return self._change(id, lambda standing: complete(standing, now=now))

    def profiles(self, id: str, *, after: str | None, limit: int) -> Sequence[str]:
        """List the profiles that a verified request is about. Raises NotFoundError, ConflictingEditError."""
        request = self.get(id)
        if request.kind not in BY_HAND or request.state != "verified":
            raise ConflictingEditError(
                f"only verified requests for {', '.join(sorted(BY_HAND))} say whom they are about"
            )
        return [alone(owner) for owner in self._store.subjects(id, after=founder(after or ""), limit=limit)]

    def cancel(self, id: str) -> Request:
        """Take a request back that has not begun. Raises NotFoundError, ConflictingEditError."""
        now = self._clock()
        return self._change(id, lambda standing: cancel(standing, now=now))

    def resume(self, id: str) -> Request:
        """
        Start workers for a request that is verified, or that was left.

        Raises NotFoundError, ConflictingEditError, UnavailableError.
        """
        now, request = self._clock(), self.get(id)
        if request.state not in ("verified", "held", "running") or request.kind in BY_HAND:
            raise ConflictingEditError(f"the request is {request.state}: there is nothing to go on with")
        if now < request.awake + ASLEEP:
            raise ConflictingEditError("it is being worked on: its workers were started less than an hour ago")
        self._workers.start(id, [0], name=f"{id}-{now}")
        return self._change(id, lambda standing: replace(standing, awake=now))

    def repeat(self, id: str) -> Request:
        """
        Do an erasure again, after a table was restored from a backup.

        Raises NotFoundError, InvalidRequestError, ConflictingEditError, UnavailableError.
        """
        request = self.get(id)
        if not request.erases:
            raise InvalidRequestError("only an erasure is repeated, after tables were restored")
        self._change(id, _again, "done")
        return self.resume(id)

    def get(self, id: str) -> Request:
        """Read a request. Raises NotFoundError."""
        request = self._store.get(id)
        if request is None:
            raise NotFoundError("no request has this id")
        return request

    def newest(self, *, before: str | None, limit: int, overdue: bool = False) -> Sequence[Request]:
        """Read requests, newest first, older than one; perhaps only those that are `overdue`."""
        if not overdue:
            return self._store.newest(before=before, limit=limit)
        now = self._clock()
        late = (each for each in self._store.all(before=before) if each.is_open and each.deadline(now) == "overdue")
        return list(islice(late, limit))

    def _asks_for_four_eyes(self) -> bool:
        return self._catalog.now().workspace.four_eyes

    def certificate(self, id: str) -> Certificate:
        """Certify a request that is done. Raises NotFoundError, ConflictingEditError."""
        request = self.get(id)
        if request.state != "done":
            raise ConflictingEditError(f"the request is {request.state}: there is a certificate once it is done")
        return certify(request, hash_key=self._sealer.hash_key)

    def _check(self, kind: Kind, owners: Sequence[str], *, beside: int = 0) -> None:
        if beside + len(owners) > (most := MOST_OF.get(kind, MOST)):
            raise InvalidRequestError(f"a request for {kind} is for {most:,} at most: take another one")
        if len(owners) > AT_ONCE:
            raise InvalidRequestError(
                f"identifiers has {AT_ONCE:,} at most: add the others to the request, page by page"
            )
        if kind == "opt_out":
            check_mapped(self._database)
        if kind != "lift" or not owners:
            return
        if not all(self._many(self._ledger.get, owners)):
            raise InvalidRequestError("one of these was not erased: there is nothing to lift")
        running = [each.id for each in self._store.erasures() if each.is_open]
        if any(self._store.is_doomed(id, owner) for id in running for owner in owners):
            raise ConflictingEditError("one of these is still being erased: lift it when that request is done")

    def _change(self, id: str, change: Change, state: State | None = None) -> Request:
        for _ in range(TRIES):
            standing = self.get(id)
            if state and standing.state != state:
                raise ConflictingEditError(f"the request is {standing.state}, and would have to be {state}")
            try:
                return self._store.save(change(standing))
            except ConflictError:
                continue
        raise ConflictingEditError("the request kept changing: send the same again")


def _again(request: Request) -> Request:
    return replace(request, state="verified", round=0, awake=0, ended=0, repeats=request.repeats + 1)
