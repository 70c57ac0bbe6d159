"""The work of each step, done N times; with N = 0 it is only prepared, so that the difference is the work alone."""

import json
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from benchmarks.catalog import Definitions
from benchmarks.events import order_call
from benchmarks.units import SHOPPING, WRITE_KEY, Counted, with_history
from regulars.domain.instants import SECOND

EVENTS = 20  # in a request, and in a batch of a stream
TIMES = 4
NOW = 1_767_312_000 * SECOND

Work = Callable[[Any], object]


def run(flow: str, times: int) -> None:
    """Prepare a flow, do it once to be warm, and then so many times."""
    work, given = make(flow)
    work(given[0])
    for one in islice(given[1:], times):
        work(one)


def make(flow: str) -> tuple[Work, list[Any]]:
    """Prepare a flow: what it does, and what to; the first of it is to be warm."""
    return _FLOWS[flow]()


def _ingest() -> tuple[Work, list[Any]]:
    from benchmarks.catalog import least

    return _door(least()), _requests()


def _ingest_in_clear() -> tuple[Work, list[Any]]:
    from benchmarks.catalog import least
    from benchmarks.encryption import ClearSealer
    from functions.ingest import handler

    vars(handler)["sealer"] = ClearSealer
    return _door(least()), _requests()


def _ingest_everything() -> tuple[Work, list[Any]]:
    from benchmarks.catalog import CONSENT, everything

    requests = [
        _request([{**call, "context": {**call["context"], **CONSENT}} for call in _calls(number)])
        for number in range(TIMES + 1)
    ]
    return _door(everything()), requests


def _door(definitions: Definitions) -> Work:
    from benchmarks.canned import Canned
    from functions.ingest.handler import _api, handler
    from regulars.adapters import clients, clock

    clock.now = lambda: NOW  # what is held for seconds is held for all of a slow run
    _api()
    canned = Canned(definitions)
    canned.listen(clients.database()._connection.client)
    canned.listen(clients.kms())
    return _checked(handler)


def _ingest_peer() -> tuple[Work, list[Any]]:
    from benchmarks.canned import Canned
    from benchmarks.peers import powertools_and_pynamodb

    return powertools_and_pynamodb(Canned()), _requests()


def _ingest_floor() -> tuple[Work, list[Any]]:
    from benchmarks.canned import Canned
    from benchmarks.peers import json_and_boto3

    return json_and_boto3(Canned()), _requests()


def _ingest_cookbook() -> tuple[Work, list[Any]]:
    from benchmarks.canned import Canned
    from benchmarks.cookbook import cookbook

    return cookbook(Canned()), _requests()


def _ingest_cookbook_maps() -> tuple[Work, list[Any]]:
    from benchmarks.canned import Canned
    from benchmarks.cookbook import MappedEventModel, cookbook

    return cookbook(Canned(), MappedEventModel), _requests()


def _resolve() -> tuple[Work, list[Any]]:
    counted, batches = _stored()
    return _resolver(counted), batches


def _evaluate() -> tuple[Work, list[Any]]:
    counted, changes = _resolved()
    return _evaluator(counted), changes


def _resolve_peer() -> tuple[Work, list[Any]]:
    from benchmarks.peers import read_records

    return read_records, _stored()[1]


def _evaluate_peer() -> tuple[Work, list[Any]]:
    from benchmarks.peers import read_records

    return read_records, _resolved()[1]


_FLOWS: Mapping[str, Callable[[], tuple[Work, list[Any]]]] = {
    "ingest": _ingest,
    "ingest_in_clear": _ingest_in_clear,
    "ingest_everything": _ingest_everything,
    "ingest_cookbook": _ingest_cookbook,
    "ingest_cookbook_maps": _ingest_cookbook_maps,
    "ingest_peer": _ingest_peer,
    "ingest_floor": _ingest_floor,
    "resolve": _resolve,
    "resolve_peer": _resolve_peer,
    "evaluate": _evaluate,
    "evaluate_peer": _evaluate_peer,
}


def _requests() -> list[dict[str, Any]]:
    return [_request(_calls(number)) for number in range(TIMES + 1)]


def _calls(number: int) -> list[dict[str, Any]]:
    start = 10_000 + EVENTS * number
    return [{**order_call(start + at, person=at), "event": name} for at, name in enumerate(SHOPPING)]


def _request(calls: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "version": "2.0",
        "routeKey": "POST /v1/{call}",
        "rawPath": "/v1/batch",
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "x-write-key": WRITE_KEY},
        "requestContext": {
            "http": {"method": "POST", "path": "/v1/batch", "sourceIp": "203.0.113.17"},
            "requestId": "1",
            "stage": "$default",
        },
        "body": json.dumps({"batch": calls, "sentAt": "2026-01-02T00:00:00.000Z"}, separators=(",", ":")),
        "isBase64Encoded": False,
    }


def _checked(handler: Callable[[Any, object], Any]) -> Work:
    def work(request: Any) -> object:
        answer = handler(request, object())
        assert answer["statusCode"] == 200, answer
        assert f'"accepted":{EVENTS},' in answer["body"], answer["body"]
        return answer

    return work


def _stored() -> tuple[Counted, list[dict[str, Any]]]:
    """Store the events of each batch, and take their records from the stream."""
    counted = with_history()
    batches = []
    for number in range(TIMES + 1):
        counted.store(_calls(number))
        batches.append({"Records": counted.take("events")})
    return counted, batches


def _resolved() -> tuple[Counted, list[dict[str, Any]]]:
    """Resolve each batch, and take what it changed."""
    counted, batches = _stored()
    resolve = _resolver(counted)
    changes = []
    for batch in batches:
        resolve(batch)
        changes.append({"Records": counted.take("identities")})
    return counted, changes


def _resolver(counted: Counted) -> Work:
    from functions.resolve_identity.handler import handler
    from regulars.adapters import clients

    clients.database = lambda: counted.world.database  # type: ignore[assignment]  # the same port
    return _applied(handler)


def _evaluator(counted: Counted) -> Work:
    from functions.evaluate_segments.handler import handler
    from regulars.adapters import clients

    clients.database = lambda: counted.world.database  # type: ignore[assignment]  # the same port
    clients.sqs = _Queue  # type: ignore[assignment]  # takes every message
    return _applied(handler)


def _applied(handler: Callable[[Any, object], Any]) -> Work:
    def work(batch: Any) -> object:
        answer = handler(batch, object())
        assert answer == {"batchItemFailures": []}, answer
        return answer

    return work


class _Queue:
    def send_message_batch(self, **_: object) -> dict[str, list[object]]:
        return {}
