"""Ingest: every event of a request is stored, known already, or in quarantine; only then is it answered."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

from regulars.domain.calls import Delivery
from regulars.domain.events import EventType
from regulars.domain.messages import Envelope, read_envelope
from regulars.domain.payloads import Ambiguous
from regulars.domain.quotas import Excess
from regulars.domain.sources import Source
from regulars.domain.write_keys import Visit
from regulars.errors import (
    ErasedError,
    InvalidEventError,
    InvalidRequestError,
    SuppressedError,
    TooLargeError,
    UnparseableError,
)
from regulars.pipeline.admission import lay_out, read_call
from regulars.pipeline.meter import Admission, Meter
from regulars.pipeline.plans import Plans
from regulars.pipeline.ports import Clock, Journal, Many, Sealer
from regulars.pipeline.posts import Key, Post, given_id, key_of, verdict
from regulars.pipeline.receipts import Receipt, Verdict
from regulars.pipeline.signing import Secrets
from regulars.pipeline.sources import Sources
from regulars.pipeline.stamping import Stamps
from regulars.pipeline.violations import ViolationCounter
from regulars.stores.database import Database, binary

MAX_BATCH = 2_500


class Door:
    """Takes what SDKs send; `process` tells this one from others that count at the same time."""

    def __init__(
        self,
        database: Database,
        sealer: Sealer,
        journal: Journal,
        clock: Clock,
        many: Many | None = None,
        process: str = "",
    ) -> None:
        self.sources = Sources(database, clock)
        self._plans = Plans(database, clock)
        self._violations = ViolationCounter(database, journal, clock, process)
        self._secrets = Secrets(database, sealer, clock)
        self._stamps = Stamps(database, clock)
        self._meter = Meter(database, journal, clock, process)
        self._database = database
        self._sealer = sealer
        self._journal = journal
        self._clock = clock
        self._many: Many = many or map

    def receive(
        self,
        document: Mapping[str, Any],
        *,
        type: EventType | None = None,
        write_keys: Sequence[str],
        visit: Visit | None = None,
        received: int | None = None,
        opted_out: bool = False,
    ) -> Receipt:
        """
        Take a request, received just now or before: a call of a type, or a batch of calls that each say their type.

        `visit` says how it came, `opted_out` that the browser asked not to be tracked. A second time it stores nothing.
        Raises UnauthorizedError, ExposedKeyError, OriginForbiddenError, ThrottledError, InvalidRequestError,
        UnparseableError, TooLargeError, UnavailableError.
        """
        envelope, messages = open_document(document, type)
        at = self._clock() if received is None else received
        source = self.sources.of(write_keys, visit, received=at)
        # What had to wait was let in when it came.
        admission = self._admit(source, visit) if received is None else Admission()
        delivery = Delivery(
            source=source,
            received=at,
            rules=self.sources.rules(),
            hash_key=self._sealer.hash_key,
            envelope=replace(
                envelope, opted_out=opted_out, key=source.key.label, is_server=source.key.kind == "server"
            ),
            secrets=self._secrets.of(source.id, at=at) if source.signing != "off" else (),
            plan=self._plans.now(),
        )
        post = Post(messages, type, delivery)
        identities = self._read(post)
        if admission.excess:
            self._put_off(post, admission.excess)
        self._seal(post)
        self._store(post)
        self._set_aside(post)
        receipt = Receipt([verdict(post, index) for index in range(len(post.messages))])
        self._count(receipt, source.id)
        self._note_violations(post)
        if unproven := sum(call.unproven for call in post.calls.values()):
            self._journal.count("identifiers_unproven", unproven, source=source.id)
        self._meter.finish(admission, identities)
        return receipt

    def count_deferred(self, number: int) -> None:
        """Count events that are kept elsewhere, from a source that nobody has looked up."""
        self._journal.count("events_deferred", number)

    def count_lost_pixel(self, code: str) -> None:
        """Count a call by an image that was stored nowhere, and that nobody sends again."""
        self._journal.count("pixel_lost", code=code)

    def _admit(self, source: Source, visit: Visit | None) -> Admission:
        return self._meter.admit(source, visit or Visit(), hash_key=self._sealer.hash_key)

    def _put_off(self, post: Post, excess: Excess) -> None:
        if number := _aside().put_off(post, excess):
            self._journal.count("events_over_quota", number, source=post.delivery.source.id, quota=excess.quota)

    def _read(self, post: Post) -> int:
        """Read all messages, and have keys for whom they name; say how many of these are new."""
        for index, raw in enumerate(post.messages):
            try:
                post.calls[index] = read_call(raw, post.type, post.delivery, index)
            except SuppressedError as error:
                post.suppressed[index] = given_id(raw), error.code
            except InvalidEventError as error:
                _aside().refuse_message(post, index, error)
        named = {index: call.event.links for index, call in post.calls.items()}
        owners = [call.event.owner for call in post.calls.values()]
        refused = {index: refusal.owner for index, refusal in post.refusals.items()}
        new = self._sealer.prepare([*owners, *refused.values()], [link for links in named.values() for link in links])
        self._drop(post, named | {index: (owner,) for index, owner in refused.items()})
        return new

    def _drop(self, post: Post, named: Mapping[int, Sequence[str]]) -> None:
        """Leave out whatever names somebody who was erased: nothing of it is stored, in quarantine neither."""
        for index, links in named.items():
            if any(map(self._sealer.is_erased, links)):
                post.calls.pop(index, None)
                post.refusals.pop(index, None)
                post.suppressed[index] = given_id(post.messages[index]), ErasedError().code

    def _seal(self, post: Post) -> None:
        for index, call in post.calls.items():
            try:
                post.items[index] = lay_out(call, self._sealer, self._stamps)
            except ErasedError as error:
                post.suppressed[index] = given_id(post.messages[index]), error.code
            except InvalidEventError as error:
                _aside().refuse_call(post, index, error)

    def _store(self, post: Post) -> None:
        firsts: dict[Key, int] = {}
        for index, item in post.items.items():
            firsts.setdefault(key_of(item), index)
        new = self._database.insert("events", [post.items[index] for index in firsts.values()])
        post.accepted.update(index for index, is_new in zip(firsts.values(), new, strict=True) if is_new)
        standing = {key: binary(post.items[index], "print") for key, index in firsts.items() if index in post.accepted}
        known = [key for key in firsts if key not in standing]
        standing |= dict(zip(known, self._many(self._print, known), strict=True))
        for index, item in post.items.items():
            if binary(item, "print") != standing[key_of(item)]:
                _aside().refuse_repeat(post, index)

    def _print(self, key: Key) -> bytes:
        return binary(self._database.get("events", *key) or {}, "print")

    def _set_aside(self, post: Post) -> None:
        if post.refusals:
            _aside().keep(post, self._database, self._sealer, self._many)

    def _count(self, receipt: Receipt, source: str) -> None:
        for outcome, number in receipt.counts().items():
            self._journal.count(f"events_{outcome}", number, source=source)

    def _note_violations(self, post: Post) -> None:
        reports = {index: call.report for index, call in post.calls.items() if index in post.accepted and call.report}
        for report in (reports | post.reports).values():
            self._violations.note(post.delivery.source.id, report)
        self._violations.write()


def open_document(document: Mapping[str, Any], type: EventType | None) -> tuple[Envelope, Sequence[object]]:
    """
    Tell what a request says for all its messages, and its messages.

    Raises InvalidRequestError, UnparseableError, TooLargeError.
    """
    return (_envelope(document), _messages(document)) if type is None else (Envelope(), [document])


def defer(messages: Sequence[object]) -> Receipt:
    """Make the receipt of messages that are kept until they can be read."""
    ids = enumerate(map(given_id, messages))
    return Receipt([Verdict(index=index, message_id=id, outcome="deferred") for index, id in ids])


def _aside() -> ModuleType:
    from regulars.pipeline import setting_aside

    return setting_aside


def _envelope(document: Mapping[str, Any]) -> Envelope:
    if isinstance(document, Ambiguous):
        raise UnparseableError("the body names a field twice: name it once")
    try:
        return read_envelope(document)
    except InvalidEventError as error:
        raise UnparseableError(f"around the events of the batch, {error}") from None


def _messages(document: Mapping[str, Any]) -> Sequence[object]:
    batch = document.get("batch")
    if not isinstance(batch, list):
        raise InvalidRequestError("a batch has its events in the list `batch`")
    if len(batch) > MAX_BATCH:
        raise TooLargeError(f"a batch has at most {MAX_BATCH} events: send smaller batches")
    return batch
