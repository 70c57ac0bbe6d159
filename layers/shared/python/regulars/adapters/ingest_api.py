"""The paths under which SDKs call, whoever made them, and what each is answered."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from regulars.adapters.credentials import visit, write_keys
from regulars.adapters.http import Request, Response, is_opted_out, respond
from regulars.adapters.overflow import Overflow
from regulars.adapters.pixel import as_call, image
from regulars.adapters.sdk_settings import for_rudderstack, for_segment
from regulars.domain.events import EventType
from regulars.domain.payloads import inflate, read_object
from regulars.domain.sources import Source
from regulars.domain.write_keys import admit
from regulars.errors import MethodNotAllowedError, NotFoundError, RequestError, UnavailableError
from regulars.pipeline.ingest import Door, defer, open_document
from regulars.pipeline.receipts import OUTCOMES, Outcome, Receipt, Verdict

_TYPES: Mapping[str, EventType] = {
    "track": "track", "t": "track", "identify": "identify", "i": "identify", "page": "page", "p": "page",
    "group": "group", "g": "group", "alias": "alias", "a": "alias", "screen": "screen", "s": "screen",
}  # fmt: skip
_BATCHES = frozenset({"/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch"})
_METRICS = "/v1/m"
_NOTED: Sequence[Outcome] = ("accepted", "duplicate", "deferred")  # with what came with it
_CALL = re.compile(r"/(?:v1|api/s|api/s/s2s)/(?P<call>[a-z]+)")
_PIXEL = re.compile(r"/v1/pixel/(?P<call>[a-z]+)")
_SETTINGS = re.compile(r"/v1/projects/(?P<key>[^/]+)/settings")
_SOURCE_CONFIG = "/sourceConfig"


class IngestApi:
    """Answers SDKs: exactly 200 with a JSON object, or an error with a code, and never a redirect."""

    def __init__(self, door: Door, overflow: Overflow | None = None) -> None:
        self._door = door
        self._overflow = overflow

    def answer(self, request: Request) -> Response:
        """Answer a request. Raises RequestError."""
        path = request.path.rstrip("/")
        type_ = _type(_CALL, path)
        if type_ is not None or path in _BATCHES:
            _only("POST", request)
            return self._receive(type_, request)
        if shown := _type(_PIXEL, path):
            _only("GET", request)
            return self._see(shown, request)
        return self._tell(path, request)

    def _tell(self, path: str, request: Request) -> Response:
        if settings := _SETTINGS.fullmatch(path):
            _only("GET", request)
            return respond(for_segment(settings["key"], self._source(settings["key"], request), request))
        if path == _SOURCE_CONFIG:
            _only("GET", request)
            return respond(for_rudderstack(self._door.sources.of(write_keys(request, {}), visit(request))))
        if path == _METRICS:  # counters of the browser SDK about itself
            _only("POST", request)
            return respond({"success": True})
        raise _refusal(request)

    def _see(self, type: EventType, request: Request) -> Response:
        """Show the image whatever becomes of the call: nobody reads another answer, or asks again."""
        try:
            self._receive(type, as_call(request))
        except RequestError as error:
            self._door.count_lost_pixel(error.code)
        return image()

    def _receive(self, type: EventType | None, request: Request) -> Response:
        document = read_object(inflate(request.body, request.headers.get("content-encoding", "")))
        _, messages = open_document(document, type)  # what is no call is refused, whatever the tables do
        keys = write_keys(request, document)

        def receive() -> Receipt:
            return self._door.receive(
                document,
                type=type,
                write_keys=keys,
                visit=visit(request),
                received=request.received,
                opted_out=is_opted_out(request),
            )

        receipt = self._or_keep(request, messages, receive)
        return respond(_receipt_json(receipt) | _signal_json(request, receipt))

    def _or_keep(self, request: Request, messages: Sequence[object], receive: Callable[[], Receipt]) -> Receipt:
        """Keep what no table takes, to be received later."""
        if self._overflow is None:
            return receive()
        begun: float | None = None
        try:
            begun = self._overflow.begin()
            return receive()
        except UnavailableError:
            if begun is not None:
                self._overflow.failed(begun)
            self._overflow.keep(request)
            self._door.count_deferred(len(messages))
            return defer(messages)

    def _source(self, key: str, request: Request) -> Source:
        source = self._door.sources.find(key)
        if not source:
            raise NotFoundError("no source has this write key: copy it from the source's settings")
        admit(key, source.key, replace(visit(request), in_url=frozenset([key])))
        return source


def _type(pattern: re.Pattern[str], path: str) -> EventType | None:
    call = pattern.fullmatch(path)
    return _TYPES.get(call["call"]) if call else None


def _refusal(request: Request) -> RequestError:
    from regulars.adapters.elsewhere import refusal  # all routes of the API: no call of an SDK needs them

    return refusal(request)


def _only(method: str, request: Request) -> None:
    if request.method != method:
        raise MethodNotAllowedError([method])


def _receipt_json(receipt: Receipt) -> dict[str, Any]:
    counts = receipt.counts()
    return {
        "success": True,
        **{outcome: counts[outcome] for outcome in OUTCOMES},
        "verdicts": [_verdict_json(verdict) for verdict in receipt.verdicts],
    }


def _signal_json(request: Request, receipt: Receipt) -> dict[str, str]:
    """Say that the browser's opt-out stands in the ledger, so that the page may show it (11 CCR 7025(c)(6))."""
    is_noted = any(receipt.counts()[outcome] for outcome in _NOTED)
    return {"gpc": "honoured"} if is_noted and is_opted_out(request) else {}


def _verdict_json(verdict: Verdict) -> dict[str, Any]:
    content: dict[str, Any] = {
        "index": verdict.index,
        "messageId": verdict.message_id or None,
        "verdict": verdict.outcome,
    }
    if verdict.code:
        content["code"] = verdict.code
    if verdict.dropped:
        content["dropped"] = list(verdict.dropped)
    if verdict.warning:
        content["warning"] = verdict.warning
    return content
