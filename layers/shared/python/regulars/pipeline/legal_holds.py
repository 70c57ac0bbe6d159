"""Legal holds: placed, listed and released by privacy officers."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b

from regulars.domain.legal_holds import HOLD, HOLDS, LegalHold, place, release
from regulars.errors import ConflictError, ConflictingEditError, NotFoundError, UnavailableError
from regulars.pipeline.ports import Clock, Many
from regulars.pipeline.rebuilds import Workers
from regulars.stores.database import Database
from regulars.stores.ledger import Ledger
from regulars.stores.legal_holds import LegalHoldStore

TRIES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """For which case somebody is held, until when (0: until released), and by whom it was decided."""

    reference: str
    until: int
    by: str


class LegalHolds:
    """Keeps holds, and starts the workers that keep what belongs to these people."""

    def __init__(self, database: Database, workers: Workers, clock: Clock, many: Many) -> None:
        self._workers = workers
        self._store = LegalHoldStore(database)
        self._ledger = Ledger(database)
        self._clock = clock
        self._many = many

    def place(self, case: Case, owners: Sequence[str]) -> LegalHold:
        """
        Hold whoever these identifiers lead to, from now on.

        Raises InvalidRequestError, and ConflictingEditError for somebody who was erased.
        """
        named = sorted(set(owners))
        now = self._clock()
        hold = place(
            id=_id(case, named, now),
            reference=case.reference,
            by=case.by,
            now=now,
            until=case.until,
            identifiers=len(named),
        )
        self._check(named, now)
        self._store.add(hold.id, named)  # first whom it names: a hold that is read holds all of them
        try:
            hold = self._store.save(hold)
        except ConflictError:
            return self.get(hold.id)  # the same, sent twice at once
        self._wake(hold)
        return hold

    def release(self, id: str, *, by: str) -> LegalHold:
        """End a hold. Raises NotFoundError, ConflictingEditError."""
        for _ in range(TRIES):
            try:
                hold = self._store.save(release(self.get(id), by=by, now=self._clock()))
            except ConflictError:
                continue
            self._wake(hold)
            return hold
        raise ConflictingEditError("the hold kept changing: send the same again")

    def get(self, id: str) -> LegalHold:
        """Read a hold. Raises NotFoundError."""
        hold = self._store.get(id)
        if hold is None:
            raise NotFoundError("no legal hold has this id")
        return hold

    def newest(self, *, before: str | None, limit: int) -> Sequence[LegalHold]:
        """Read holds, newest first, older than one."""
        return self._store.newest(before=before, limit=limit)

    def named(self, id: str) -> Sequence[str]:
        """List the identifiers that a hold names."""
        return self._store.named(id)

    def stands(self, hold: LegalHold) -> bool:
        """Say whether nothing may be deleted because of a hold."""
        return hold.stands(self._clock())

    def _wake(self, hold: LegalHold) -> None:
        with suppress(UnavailableError):  # what cannot be begun now, the pass of the day does
            self._workers.start(hold.id, [0], name=f"{hold.id}-{hold.version}")

    def _check(self, owners: Sequence[str], now: int) -> None:
        if any(self._many(self._ledger.get, owners)):
            raise ConflictingEditError("one of these was erased, or is being: there is nothing left to hold")
        if len(self._store.standing(now)) >= HOLDS:
            raise ConflictingEditError(f"{HOLDS:,} holds stand, and more are not read in time: release some first")


def _id(case: Case, named: Sequence[str], now: int) -> str:
    """Name a hold: by its instant, and by what it says, for somebody else may place one in the same microsecond."""
    said = "\0".join((case.reference, str(case.until), case.by, *named))
    return f"{HOLD}{now}_{blake2b(said.encode(), digest_size=4).hexdigest()}"
