"""The quarantine for people: what is in it and how much, and mending it, one row or many by one rule."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from regulars.domain.bodies import Body, to_content, with_message
from regulars.domain.calls import name_refused
from regulars.domain.identity_rules import IdentityRules
from regulars.domain.masking import MASK, mask, revealed, unmask
from regulars.domain.packing import pack
from regulars.domain.payloads import measure
from regulars.domain.repairs import Repair, mend
from regulars.errors import (
    ConflictError,
    ConflictingEditError,
    ForbiddenError,
    InvalidEventError,
    InvalidRequestError,
    NotFoundError,
    TooLargeError,
)
from regulars.pipeline.ports import Many, Sealer
from regulars.pipeline.refusals import MAX_ITEM, MAX_KEPT
from regulars.pipeline.replays import Replayed, Replays
from regulars.pipeline.sealing import QUARANTINED
from regulars.stores.quarantine import Quarantined

State = Literal["open", "replayed"]
Edit = Callable[[Any], Any]  # of the newest message
AT_ONCE = 100  # rows read at a time to be counted
_HIDES = "the repair would show a personal value in clear: ask somebody with the scope pii:read to do it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """A row after a repair, or as it would be; `acceptable` unless a `code` says why not."""

    row: Quarantined
    changed: bool
    code: str | None = None
    reason: str | None = None

    @property
    def acceptable(self) -> bool:
        """Say whether a replay would accept it now."""
        return self.code is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A row with its newest body, and the one that was sent where that is another; None where they are gone."""

    row: Quarantined
    body: Mapping[str, Any] | None
    sent: Mapping[str, Any] | None = None


class Quarantine:
    """Lists, shows, mends and replays; `personal` says whether whoever asks may see personal fields."""

    def __init__(self, replays: Replays, sealer: Sealer, many: Many) -> None:
        self._replays = replays
        self._store = replays.store
        self._sealer = sealer
        self._many = many

    def get(self, id: str) -> Quarantined:
        """Read a row. Raises NotFoundError."""
        row = self._store.get(id)
        if row is None:
            raise NotFoundError("nothing in quarantine has this id; it is kept for 30 days")
        return row

    def rows(
        self, source: str, day: str, *, code: str | None = None, state: State | None = None, after: str | None = None
    ) -> Iterator[Quarantined]:
        """List the rows of a source and a day, a few at a time, as long as somebody takes them."""
        while found := self._store.of(source, day, code=code, after=after, limit=AT_ONCE):
            yield from (row for row in found if state is None or _state(row) == state)
            if len(found) < AT_ONCE:
                return
            after = found[-1].place

    def count(
        self, source: str, day: str, *, after: str | None, most: int
    ) -> tuple[Counter[tuple[str, State]], str | None]:
        """Count rows by code and state, at most so many from a place on; say where to go on."""
        counts: Counter[tuple[str, State]] = Counter()
        for read, row in enumerate(self.rows(source, day, after=after), 1):
            counts[row.code, _state(row)] += 1
            if read == most:
                return counts, row.place
        return counts, None

    def show(self, row: Quarantined, *, personal: bool) -> Shown:
        """Show a row's bodies, masked for whoever may not see personal fields."""
        newest = self._replays.body(row)
        sent = self._replays.body(row, sent=True) if row.mended else None
        return Shown(row=row, body=self._shown(newest, personal), sent=self._shown(sent, personal))

    def repair(
        self, id: str, edit: Edit | Repair, *, personal: bool, dry_run: bool, expected: int | None = None
    ) -> Repaired:
        """
        Mend a row, or say what that would do.

        Raises NotFoundError, ConflictingEditError, InvalidRequestError, DefinitionError, ForbiddenError, TooLargeError.
        """
        row = self.get(id)
        if expected not in (None, row.version):
            raise ConflictingEditError(
                f"version {expected} was mended, but version {row.version} stands: read it again"
            )
        if row.event:
            raise InvalidRequestError("it was replayed, or is about to be: events never change")
        repaired = self._repair(row, edit, personal=personal, dry_run=dry_run)
        if repaired is None:
            raise InvalidRequestError("its body is gone: the person was erased, or it was too large to be kept")
        return repaired

    def repair_all(
        self, rows: Sequence[Quarantined], repair: Repair, *, personal: bool, dry_run: bool
    ) -> list[Repaired]:
        """Mend open rows by one rule, or say what that would do; rows without a body are passed over."""
        done = self._many(lambda row: self._repair(row, repair, personal=personal, dry_run=dry_run), rows)
        return [each for each in done if each]

    def replay(self, ids: Sequence[str]) -> list[Replayed]:
        """Replay rows, several at once."""
        return list(self._many(self._replays.replay, dict.fromkeys(ids)))

    def unmasked(self, row: Quarantined, edited: Any) -> Any:
        """Put personal values back into a message that was edited masked. Raises DefinitionError."""
        body = self._replays.body(row)
        sent = body.message if body else None
        return unmask(edited, sent, mask(sent, self._replays.sources.rules()))

    def _repair(self, row: Quarantined, edit: Edit | Repair, *, personal: bool, dry_run: bool) -> Repaired | None:
        before = self._replays.body(row)
        if before is None:
            return None
        message = mend(before.message, edit) if isinstance(edit, Repair) else edit(before.message)
        after = with_message(before, message)
        given = list(edit.set.values()) if isinstance(edit, Repair) else None
        if not personal and revealed(before.message, message, self._replays.sources.rules(), given):
            raise ForbiddenError(_HIDES)
        changed = after != before
        if changed and not dry_run:
            row = self._save(row, after)
        try:
            self._replays.judge(row, after)
        except InvalidEventError as error:
            return Repaired(row=row, changed=changed, code=error.code, reason=str(error))
        return Repaired(row=row, changed=changed)

    def _save(self, row: Quarantined, body: Body) -> Quarantined:
        content = to_content(body)
        if measure(content) > MAX_KEPT:
            raise TooLargeError("the mended event is larger than the quarantine keeps")
        owner, _ = name_refused(body.message, self._replays.delivery(row, body))
        self._sealer.prepare([owner])
        try:
            mended = self._sealer.seal(owner, QUARANTINED, pack(content))
        except InvalidEventError as error:
            raise InvalidRequestError(f"it cannot be mended so: {error}") from error
        if len(row.sealed) + len(mended) > MAX_ITEM:
            raise TooLargeError("what was sent and what it was mended to are too large together: shorten it more")
        row = replace(row, mended=mended, mended_for=owner)
        try:
            self._store.save(row)
        except ConflictError:
            raise ConflictingEditError("somebody else mended or replayed it: read it again") from None
        return replace(row, version=row.version + 1)

    def _shown(self, body: Body | None, personal: bool) -> Mapping[str, Any] | None:
        if body is None:
            return None
        content = to_content(body)
        if personal:
            return content
        return _masked(body, content, self._replays.sources.rules())


def _masked(body: Body, content: Mapping[str, Any], rules: IdentityRules) -> Mapping[str, Any]:
    message = mask(body.message, rules)
    frame: Mapping[str, Any] = {}
    if message != MASK:  # what the batch says is masked by whom the message names
        around = {name: content[name] for name in ("sentAt", "context") if name in content}
        frame = mask({**body.message, **around}, rules)
    shown = {name: frame.get(name, MASK) for name in content}
    return shown | {"message": message} | ({"type": body.type} if body.type else {})


def _state(row: Quarantined) -> State:
    return "replayed" if row.replayed else "open"
