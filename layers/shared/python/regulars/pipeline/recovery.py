"""
Bring tables back from a backup, and nobody who was erased since.

The workspace is closed: its secret is set aside, and whoever would hash, seal or open answers that it is not there.
What was restored lies in tables that no function may read. There the ledger is replayed, from its copies; then rows are
carried into the live tables; and the workspace opens once nothing of the erased stands in them.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from itertools import count

from regulars.domain.erasure import Doomed
from regulars.domain.instants import to_text
from regulars.domain.ledger_copies import LedgerCopy, Replay, replay
from regulars.domain.privacy_requests import Request
from regulars.errors import ConflictError, ConflictingEditError, NotFoundError
from regulars.pipeline.erase_worker import EraseWorker
from regulars.pipeline.ledger_copies import LedgerCopies
from regulars.pipeline.ports import Clock, Many
from regulars.stores.database import Database, TableName, number
from regulars.stores.identities import LINK
from regulars.stores.journey_rows import outlives
from regulars.stores.ledger import Ledger
from regulars.stores.privacy_requests import RequestStore
from regulars.stores.vault import Secret, VaultStore, standing

TRIES = 10
BY = "recovery"
SHOWN = 20  # identifiers that are named as not clean
_BEGUN = frozenset({"running", "done"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """Whom the ledger names for this restore, by which request they are erased again, and whether that is done."""

    request: str
    erased: int
    lifted: int
    done: bool


class Silent:
    """Copies of the ledger that keep nothing: what is replayed stands there already."""

    def put(self, copy: LedgerCopy) -> None:
        """Keep nothing."""

    def all(self) -> Iterator[LedgerCopy]:
        """Read nothing."""
        yield from ()


class Recovery:
    """
    Closes, replays and opens; each step may be done again.

    `restored` has the tables that were restored, those `over` which the ledger is replayed, and the live ones for all
    others. One that is restored later is replayed anew, with all.
    """

    def __init__(
        self,
        restored: Database,
        live: Database,
        copies: LedgerCopies,
        clock: Clock,
        many: Many,
        over: Collection[TableName] = (),
    ) -> None:
        self._restored = restored
        self._over = " ".join(sorted(over))
        self._live = live
        self._vault = VaultStore(live)
        self._requests = RequestStore(restored)
        self._copies = copies
        self._clock = clock
        self._many = many

    def close(self, *, at: int) -> Secret:
        """
        Set the secret of the workspace aside, for a restore to an instant; a vault that is empty stays closed, too.

        Raises ConflictingEditError while it is closed for a restore to another one.
        """
        for _ in range(TRIES):
            standing = self._vault.secret() or Secret(wrapped=b"")
            if standing.closed:
                if standing.restored != at:
                    said = to_text(standing.restored)
                    raise ConflictingEditError(f"the workspace is closed for a restore to {said}: end that one first")
                return standing
            try:
                return self._vault.save_secret(replace(standing, closed=self._clock(), restored=at))
            except ConflictError:
                continue
        raise ConflictingEditError("the secret kept changing: do it again")

    def replay(self, worker: Callable[[LedgerCopies], EraseWorker], *, has_time: Callable[[], bool]) -> Replayed:
        """
        Erase again from the restored tables whom the ledger names; say how far that is.

        Raises NotFoundError when the workspace is not closed, UnavailableError.
        """
        wish = self._wish()
        request = self._begin(wish)
        if request is None:
            return Replayed(request="", erased=0, lifted=0, done=True)
        if not request.round and request.is_open:
            worker(Silent()).work(request.id, has_time=has_time)
            request = self._requests.get(request.id) or request
        done = request.round > 0 or not request.is_open
        if done:
            for owner in wish.lift:
                Ledger(self._restored).lift(owner)
            self._requests.spare(request.id, list(wish.lift))
        return Replayed(request=request.id, erased=len(wish.erase), lifted=len(wish.lift), done=done)

    def check_replayed(self) -> None:
        """
        Go on only when the restored tables say nothing of the erased any more.

        Raises NotFoundError when the workspace is not closed, ConflictingEditError.
        """
        closed = self._closed()
        request = self._requests.get(closed.replay) if closed.replay and closed.over == self._over else None
        is_done = request is not None and (request.round > 0 or not request.is_open)
        if not is_done and self._wish().erase:
            raise ConflictingEditError("the ledger is not replayed yet: that comes before anything is carried back")

    def unclean(self) -> list[str]:
        """Name some of those whom the ledger names and of whom the live tables still say something."""
        wish = self._wish()
        owed = [one for one in wish.erase if one.owner not in wish.lift]
        checked = self._many(lambda one: (one.owner, self._is_clean(one)), owed)
        return [owner for owner, is_clean in checked if not is_clean][:SHOWN]

    def open(self) -> None:
        """
        Let the workspace be read again.

        Raises NotFoundError when it is not closed, ConflictingEditError while something of somebody erased is there.
        """
        closed = self._closed()
        if left := self.unclean():
            raise ConflictingEditError(f"of {len(left)} or more who were erased something is there: replay the ledger")
        secret = standing(closed, VaultStore(self._restored).secret())
        if secret is None or not secret.wrapped:
            raise ConflictingEditError("there is no secret of the workspace: restore the vault, too")
        opened = replace(secret, closed=0, restored=0, replay="", over="", version=closed.version)
        self._vault.save_secret(opened)

    def closed(self) -> Secret | None:
        """Say since when the workspace is closed, and for which restore, if it is."""
        secret = self._vault.secret()
        return secret if secret and secret.closed else None

    def _closed(self) -> Secret:
        closed = self.closed()
        if closed is None:
            raise NotFoundError("the workspace is not closed: close it first, for a restore to an instant")
        return closed

    def _wish(self) -> Replay:
        closed = self._closed()
        mine = closed.replay
        return replay((copy for copy in self._known() if copy.request != mine), at=closed.restored)

    def _known(self) -> Iterator[LedgerCopy]:
        """Give what the copies say, and the catalogs, where they are there: of before there were copies, too."""
        yield from self._copies.all()
        for database in (self._live, self._restored):
            store = RequestStore(database)
            for request in store.erasures():
                if request.state in _BEGUN and request.by != BY:
                    doomed = tuple(store.all_doomed(request.id))
                    yield LedgerCopy(request=request.id, kind="erasure", verified=request.verified, doomed=doomed)

    def _begin(self, wish: Replay) -> Request | None:
        closed = self._closed()
        if not wish.erase:
            return None
        if not closed.replay or closed.over != self._over:
            taken = {closed.replay, *(copy.request for copy in self._known())}
            id = next(id for id in (f"q{now}" for now in count(self._clock())) if id not in taken)
            closed = self._vault.save_secret(replace(closed, replay=id, over=self._over))
        id = closed.replay
        if standing := self._requests.get(id):
            return standing
        self._requests.add(id, [one.owner for one in wish.erase])
        self._requests.doom(id, wish.erase)
        now = self._clock()
        return self._requests.save(
            Request(
                id=id,
                kind="erasure",
                by=BY,
                verified_by=BY,
                reference="replay of the ledger",
                received=now,
                verified=now,
                state="verified",
                identifiers=len(wish.erase),
                repeats=1,
            )
        )

    def _is_clean(self, one: Doomed) -> bool:
        database, owner = self._live, one.owner
        vault = database.get("vault", owner)
        link = database.get("identities", owner, LINK)
        return (
            vault is not None
            and link is not None
            and bool(number(vault, "erased"))
            and not vault.get("wrapped")
            and bool(number(link, "erased"))
            and not database.query("events", owner, limit=1)
            and all(map(outlives, database.query("journeys", owner)))
            and len(database.query("identities", owner, limit=2)) == 1
            and not any(database.get("profiles", profile) for profile in one.profiles)
            and not any(database.query("memberships", profile, limit=1) for profile in one.profiles)
        )
