"""Every SDK is understood where it calls and as it calls, and is answered as it expects."""

import json
from typing import Any

import pytest

from local.world.memory import MemoryDatabase
from regulars.errors import UnavailableError
from tests.address import Address
from tests.messages import WRITE_KEY, a_batch, a_track_call
from tests.pipeline.front_door import FrontDoor
from tests.wire import REQUESTS, Wire, an_http_event


@pytest.fixture
def address() -> Address:
    """An address with one source, `web`."""
    return Address()


@pytest.mark.parametrize("wire", REQUESTS.values(), ids=REQUESTS)
def test_takes_what_an_sdk_sends(address: Address, wire: Wire) -> None:
    answer = address.ask(an_http_event(wire))

    assert answer["statusCode"] == 200
    content = json.loads(answer["body"])
    counts = {name: content[name] for name in ("success", "accepted", "duplicate", "quarantined", "deferred")}
    assert counts == {"success": True, "accepted": 1, "duplicate": 0, "quarantined": 0, "deferred": 0}
    assert [verdict["verdict"] for verdict in content["verdicts"]] == ["accepted"]
    (event,) = address.front_door.events()
    assert event.links[-1].startswith("anonymous_id:")
    assert event.type == "track" or event.traits == {"plan": "gold"}


CALLS = {
    "track": "track t".split(),
    "identify": "identify i".split(),
    "page": "page p".split(),
    "screen": "screen s".split(),
    "group": "group g".split(),
    "alias": "alias a".split(),
}


@pytest.mark.parametrize(("type_", "name"), [(type_, name) for type_, names in CALLS.items() for name in names])
@pytest.mark.parametrize("pattern", ["/v1/{}", "/v1/{}/", "/api/s/{}", "/api/s/s2s/{}"])
def test_knows_each_call_by_its_path(address: Address, type_: str, name: str, pattern: str) -> None:
    message = a_track_call(type=None, groupId="g", previousId="p", userId="u", writeKey=WRITE_KEY)
    answer = address.send(pattern.format(name), message)

    assert answer["statusCode"] == 200
    assert [event.type for event in address.front_door.events()] == [type_]


def test_tells_what_became_of_each_event(address: Address) -> None:
    answer = address.send("/v1/batch", a_batch(a_track_call(), a_track_call(), 7, writeKey=WRITE_KEY))
    content = json.loads(answer["body"])

    assert (content["accepted"], content["duplicate"], content["quarantined"]) == (1, 1, 1)
    assert [(verdict["index"], verdict["verdict"]) for verdict in content["verdicts"]] == [
        (0, "accepted"),
        (1, "duplicate"),
        (2, "quarantined"),
    ]
    assert content["verdicts"][2]["code"] == "invalid_event"


REFUSED = {
    "no JSON": ("/v1/batch", b"{", 400, "unparseable"),
    "a form": ("/v1/track", b"event=A&userId=u", 400, "unparseable"),
    "an empty body": ("/v1/track", b"", 400, "unparseable"),
    "no batch": ("/v1/batch", {"writeKey": WRITE_KEY}, 400, "invalid_request"),
    "no key": ("/v1/track", a_track_call(), 401, "unauthorized"),
    "an unknown key": ("/v1/track", a_track_call(writeKey="wk_other"), 401, "unauthorized"),
    "a masked key": ("/v1/track", a_track_call(writeKey=f"{WRITE_KEY}:***"), 401, "unauthorized"),
    "two keys in one body": ("/v1/track", b'{"writeKey":"wk_test","writeKey":"wk_test"}', 401, "unauthorized"),
    "a long key": ("/v1/track", a_track_call(writeKey="k" * 100_000), 401, "unauthorized"),
    "too large": ("/v1/track", b" " * 1_000_001, 413, "too_large"),
    "another address": ("/v2/track", a_track_call(), 404, "not_found"),
    "another call": ("/v1/delete", a_track_call(), 404, "not_found"),
    "the root": ("/", a_track_call(), 404, "not_found"),
    "a path that climbs": ("/v1/../v1/track", a_track_call(), 404, "not_found"),
}


@pytest.mark.parametrize(("path", "body", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_refuses_in_words_that_an_sdk_reads(address: Address, path: str, body: Any, status: int, code: str) -> None:
    answer = address.send(path, body)
    content = json.loads(answer["body"])

    assert (answer["statusCode"], content["code"]) == (status, code)
    assert content["message"]
    assert address.front_door.count("events", "quarantine") == 0


AUTHORIZATIONS = {
    "Basic": {"Authorization": "Basic d2tfdGVzdDo="},
    "Basic, without a colon": {"Authorization": "basic d2tfdGVzdA=="},
    "Bearer": {"authorization": f"Bearer {WRITE_KEY}"},
    "a key of its own header": {"X-Write-Key": WRITE_KEY},
    "with a secret": {"X-Write-Key": f"{WRITE_KEY}:secret"},
}


@pytest.mark.parametrize("headers", AUTHORIZATIONS.values(), ids=AUTHORIZATIONS)
def test_finds_the_key_in_the_headers(address: Address, headers: dict[str, str]) -> None:
    assert address.send("/v1/track", a_track_call(), **headers)["statusCode"] == 200


@pytest.mark.parametrize(
    "value", ["", "Basic", "Basic %%%", "Basic \u00e4", "Bearer", "Bearer null", "Digest x", "Basic /w=="]
)
def test_looks_further_where_a_header_holds_no_key(address: Address, value: str) -> None:
    assert address.send("/v1/track", a_track_call(writeKey=WRITE_KEY), Authorization=value)["statusCode"] == 200
    assert address.send("/v1/track", a_track_call(), Authorization=value)["statusCode"] == 401


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/track", "POST"),
        ("HEAD", "/v1/batch", "POST"),
        ("PUT", "/v1/m", "POST"),
        ("DELETE", "/beacon/v1/batch", "POST"),
        ("POST", f"/v1/projects/{WRITE_KEY}/settings", "GET"),
        ("PATCH", "/v1/profiles/user_id:ann", "GET"),
        ("PATCH", "/v1/segments/vip", "DELETE, GET, PUT"),
        ("POST", "/analytics.js/v1/wk_a/analytics.min.js", "GET"),
    ],
)
def test_says_which_method_a_path_takes(address: Address, method: str, path: str, allowed: str) -> None:
    answer = address.send(path, a_track_call(writeKey=WRITE_KEY), method=method)

    assert (answer["statusCode"], answer["headers"]["allow"]) == (405, allowed)
    assert json.loads(answer["body"])["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/v1/nothing", "there is nothing at this address: GET /v1/openapi.json describes those that there are"),
        ("/v1/segments/", "there is nothing at this address with a slash at its end: leave out the slash"),
    ],
)
def test_says_of_an_address_only_what_is_true(address: Address, path: str, words: str) -> None:
    answer = address.send(path, b"", method="GET")

    assert (answer["statusCode"], json.loads(answer["body"])["message"]) == (404, words)


def test_swallows_the_counters_of_the_browser_sdk(address: Address) -> None:
    answer = address.send("/v1/m", b'{"series":[{"type":"Counter"}]}')

    assert (answer["statusCode"], answer["body"]) == (200, '{"success":true}')


def test_asks_the_sender_to_keep_what_could_not_be_stored() -> None:
    def strike(operation: str, _table: str) -> None:
        if operation == "insert":
            raise UnavailableError("the table does not answer")

    address = Address(FrontDoor(MemoryDatabase(strike)))
    answer = address.send("/v1/track", a_track_call(writeKey=WRITE_KEY))

    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "2")
    assert json.loads(answer["body"])["code"] == "unavailable"
