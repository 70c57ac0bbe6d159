"""
Lists: take uploads, row by row, and say who is in one.

Who joins is written into the roster before their event is stored, and who leaves after it: so nobody has joined whom
the roster does not hold, and a replacement finds everybody who has to leave, whatever ended early or came late.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from regulars.domain.events import Event
from regulars.domain.identifiers import Identifier, kind_of, owner_key
from regulars.domain.identity_rules import IdentityRules
from regulars.domain.journey_deeds import JOURNEYS
from regulars.domain.lists import LISTS, Mode, State, Upload, check_kind, list_call, read_member
from regulars.errors import ConflictError, ConflictingEditError, InvalidEventError, InvalidRequestError, NotFoundError
from regulars.pipeline.admission import lay_out
from regulars.pipeline.live import LiveCatalog
from regulars.pipeline.own_events import naming_event
from regulars.pipeline.ports import Clock, Many, Sealer
from regulars.pipeline.sealing import open_rest
from regulars.pipeline.seeing import Seeing
from regulars.pipeline.stamping import Stamps
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database, Item
from regulars.stores.events import EventStore
from regulars.stores.identities import IdentityStore
from regulars.stores.lists import SHARDS, ListStore, Place, is_open

AT_ONCE = 500  # rows of a request, and places of the roster that a sweep looks at
TRIES = 10
_LOOKED_AT = 10  # events of an identifier, to know whether anything but lists has named it
_OWN = (LISTS, JOURNEYS)
_SUPERSEDED = "a file that replaces the list was uploaded after this one began: what this one says counts no more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """
    What became of the rows of a request: `refused` has the index of a row and the reason.

    `known` are those of `accepted` and `duplicates` that anything but a list has named before.
    """

    accepted: int = 0
    duplicates: int = 0
    known: int = 0
    unknown: int = 0
    refused: Sequence[tuple[int, str]] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """How many left in a step of the end of an upload, and where it goes on, None once it is done."""

    left: int = 0
    next: tuple[int, str] | None = None


class Lists:
    """Takes uploads of lists that are defined."""

    def __init__(self, database: Database, sealer: Sealer, many: Many, clock: Clock) -> None:
        self._database = database
        self._store = ListStore(database)
        self._definitions = CatalogStore(database)
        self._catalog = LiveCatalog(self._definitions)
        self._events = EventStore(database)
        self._seen = EventStore(database, Seeing(database, clock))
        self._identities = IdentityStore(database)
        self._stamps = Stamps(database, clock)
        self._sealer = sealer
        self._many = many
        self._clock = clock

    def begin(self, list: str, mode: Mode, kind: str, by: str) -> Upload:
        """Begin an upload, later than every one before. Raises NotFoundError, InvalidRequestError."""
        self._must_be(list)
        check_kind(kind, self._catalog.now().rules)
        for _ in range(TRIES):
            head = self._store.head(list)
            upload = Upload(list=list, at=max(self._clock(), head.last + 1), mode=mode, kind=kind, by=by)
            try:
                self._store.save(upload, replace(head, last=upload.at))
            except ConflictError:
                continue
            return replace(upload, version=1)
        raise ConflictingEditError("other uploads of this list kept beginning: repeat it")

    def uploads(self, list: str, *, before: str | None, limit: int) -> Sequence[Upload]:
        """List the newest uploads, newest first, older than one of them. Raises NotFoundError."""
        self._must_be(list)
        return self._store.uploads(list, before=before, limit=limit)

    def add(self, list: str, id: str, rows: Sequence[object]) -> Taken:
        """
        Take rows of an upload; taken again they change nothing.

        Raises NotFoundError, InvalidRequestError, ConflictingEditError, UnavailableError.
        """
        if not 0 < len(rows) <= AT_ONCE:
            raise InvalidRequestError(f"rows has 1 to {AT_ONCE} identifiers")
        upload = self._open(list, id)
        found, refused = self._read(upload, rows, self._catalog.now().rules)
        self._sealer.prepare([*found])
        items, gone = self._lay_out(upload, found)
        refused += [(found[owner][0], "was erased, and is not stored again") for owner in gone]
        known = self._known([*items])
        if upload.mode != "remove":
            self._note(upload, [*items], joined=True)
            self._open(list, id)  # else a replacement might have looked before they were noted
        new = sum(self._database.insert("events", [*items.values()]))
        if upload.mode == "remove":
            self._note(upload, [*items], joined=False)
        return Taken(
            accepted=new,
            duplicates=len(rows) - new - len(refused),
            known=known,
            unknown=len(items) - known,
            refused=sorted(refused),
        )

    def end(self, list: str, id: str, *, after: tuple[int, str] | None) -> Swept:
        """
        End an upload, of a replacement step by step: whoever none of its rows names leaves.

        Raises NotFoundError, ConflictingEditError, UnavailableError.
        """
        upload = self._upload(list, id)
        if upload.state == "done":
            return Swept()
        if upload.mode != "replace":
            self._move(upload, "done")
            return Swept()
        if upload.state == "open":
            self._move(upload, "sweeping")
        shard, last = after or (0, "")
        places = self._store.places(list, shard, after=last or None, limit=AT_ONCE)
        left = self._leave(upload, [place.owner for place in places if place.joined and place.at < upload.at])
        if len(places) == AT_ONCE:
            return Swept(left=left, next=(shard, places[-1].owner))
        if shard + 1 < SHARDS:
            return Swept(left=left, next=(shard + 1, ""))
        self._move(upload, "done")
        return Swept(left=left)

    def members(
        self, list: str, *, after: tuple[int, str] | None, limit: int
    ) -> tuple[Sequence[Place], tuple[int, str] | None]:
        """
        List identifiers that are in a list, and say where to go on, None at the end.

        So many places of the roster are looked at; those who have left are left out. Raises NotFoundError.
        """
        self._must_be(list)
        found, (shard, last) = [], after or (0, "")
        while shard < SHARDS and limit > 0:
            places = self._store.places(list, shard, after=last or None, limit=limit)
            found += places
            limit -= len(places)
            shard, last = (shard, places[-1].owner) if limit <= 0 else (shard + 1, "")
        return self._store.current(list, found), (shard, last) if shard < SHARDS else None

    def enlist(self, list: str, owner: str, *, at: int, joins: bool, by: str) -> bool:
        """
        Let one identifier join a list at an instant (microseconds), or leave it; told again, it is once.

        Says whether there is such a list, and such a person. Raises ConflictingEditError, UnavailableError.
        """
        if self._definitions.get("list", list) is None:
            return False
        upload = Upload(list=list, at=at, mode="add" if joins else "remove", kind=kind_of(owner), by=by)
        self._sealer.prepare([owner])
        newest, key = self._newest(owner), self._sealer.hash_key
        ids = open_rest(newest, self._sealer).get("ids", {}) if newest else {}
        call = list_call(upload, owner, joined=joins, ids=ids, arrival=self._clock(), hash_key=key)
        try:
            item = lay_out(call, self._sealer, self._stamps)
        except InvalidEventError:
            return False
        if joins:
            self._note(upload, [owner], joined=True)
        self._database.insert("events", [item])
        if not joins:
            self._note(upload, [owner], joined=False)
        return True

    def _read(
        self, upload: Upload, rows: Sequence[object], rules: IdentityRules
    ) -> tuple[dict[str, tuple[int, Identifier]], list[tuple[int, str]]]:
        found: dict[str, tuple[int, Identifier]] = {}
        refused: list[tuple[int, str]] = []
        for index, raw in enumerate(rows):
            try:
                identifier = read_member(upload.kind, raw, rules)
            except InvalidRequestError as error:
                refused.append((index, str(error)))
            else:
                found.setdefault(owner_key(identifier, self._sealer.hash_key), (index, identifier))
        return found, refused

    def _lay_out(
        self, upload: Upload, found: dict[str, tuple[int, Identifier]]
    ) -> tuple[dict[str, Item], Sequence[str]]:
        """Seal the events of an upload; name those owners that were erased, too."""
        joined, now = upload.mode != "remove", self._clock()
        items: dict[str, Item] = {}
        for turn, (owner, (_, identifier)) in enumerate(found.items()):
            ids = {identifier.kind: identifier.value}
            call = list_call(upload, owner, joined=joined, ids=ids, arrival=now + turn, hash_key=self._sealer.hash_key)
            try:
                items[owner] = lay_out(call, self._sealer, self._stamps)
            except InvalidEventError:
                continue
        return items, [owner for owner in found if owner not in items]

    def _leave(self, upload: Upload, owners: Sequence[str]) -> int:
        """Let those leave whom a replacement does not name."""
        self._sealer.prepare(owners)
        now, items = self._clock(), []
        for turn, (owner, newest) in enumerate(zip(owners, self._many(self._newest, owners), strict=True)):
            ids = open_rest(newest, self._sealer).get("ids", {}) if newest else {}
            call = list_call(upload, owner, joined=False, ids=ids, arrival=now + turn, hash_key=self._sealer.hash_key)
            try:
                items.append(lay_out(call, self._sealer, self._stamps))
            except InvalidEventError:
                continue  # it was erased, and with it all that it was in
        self._database.insert("events", items)
        self._note(upload, owners, joined=False)
        return len(owners)

    def _newest(self, owner: str) -> Event | None:
        return naming_event(owner, None, self._seen)

    def _known(self, owners: Sequence[str]) -> int:
        linked = {link.owner for link in self._identities.links(owners)}
        return len(linked) + sum(self._many(self._is_elsewhere, [owner for owner in owners if owner not in linked]))

    def _is_elsewhere(self, owner: str) -> bool:
        return any(event.source not in _OWN for event in self._events.newest(owner, limit=_LOOKED_AT))

    def _note(self, upload: Upload, owners: Sequence[str], *, joined: bool) -> None:
        try:
            self._store.note(upload.list, owners, at=upload.at, joined=joined)
        except ConflictError:
            raise ConflictingEditError(
                "other uploads of this list kept naming the same identifiers: repeat it"
            ) from None

    def _move(self, upload: Upload, state: State) -> None:
        for _ in range(TRIES):
            head = self._store.head(upload.list)
            replaced = max(head.replaced, upload.at) if upload.mode == "replace" else head.replaced
            try:
                return self._store.save(replace(upload, state=state), replace(head, replaced=replaced))
            except ConflictError:
                upload = self._upload(upload.list, upload.id)
                if upload.state in (state, "done"):
                    return None
        raise ConflictingEditError("other uploads of this list kept ending: repeat it")

    def _open(self, list: str, id: str) -> Upload:
        upload = self._upload(list, id)
        if upload.state != "open" or not is_open(upload, self._clock()):
            raise ConflictingEditError("this upload has ended: begin another")
        if self._store.head(list).replaced > upload.at:
            raise ConflictingEditError(_SUPERSEDED)
        return upload

    def _upload(self, list: str, id: str) -> Upload:
        self._must_be(list)
        upload = self._store.upload(list, id)
        if upload is None:
            raise NotFoundError("no upload of this list has this id")
        return upload

    def _must_be(self, list: str) -> None:
        if self._definitions.get("list", list) is None:
            raise NotFoundError("no list has this id")
