"""SDKs that ask before they send are told where to send, and that they may."""

import json

import pytest

from regulars.stores.definitions import Definition
from tests.address import Address
from tests.messages import WRITE_KEY
from tests.wire import an_http_event


@pytest.fixture
def address() -> Address:
    """An address with one source, `web`."""
    return Address()


@pytest.mark.parametrize(
    ("headers", "host", "protocol"),
    [
        ({}, "api.example.com/v1", "https"),
        ({"x-forwarded-proto": "http"}, "api.example.com/v1", "http"),
        ({"x-forwarded-host": "events.example.com"}, "events.example.com/v1", "https"),
    ],
)
def test_gives_the_browser_sdk_its_settings(
    address: Address, headers: dict[str, str], host: str, protocol: str
) -> None:
    answer = address.send(f"/v1/projects/{WRITE_KEY}/settings", b"", method="GET", **headers)

    assert json.loads(answer["body"]) == {
        "integrations": {"Segment.io": {"apiKey": WRITE_KEY, "apiHost": host, "protocol": protocol}},
        "metrics": {"sampleRate": 0},
    }


def test_settings_on_this_machine_are_over_plain_http(address: Address) -> None:
    event = an_http_event(
        (f"/v1/projects/{WRITE_KEY}/settings", {}, b""),
        headers={"host": "127.0.0.1:4000"},
        requestContext={"http": {"method": "GET"}},
    )

    assert json.loads(address.ask(event)["body"])["integrations"]["Segment.io"]["protocol"] == "http"


def test_has_no_settings_for_an_unknown_key(address: Address) -> None:
    answer = address.send("/v1/projects/wk_other/settings", b"", method="GET")

    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (404, "not_found")


def test_names_the_categories_of_consent_and_leaves_the_decision_to_the_door(address: Address) -> None:
    purposes = {"ads": {"categories": ["C0004", "C0002"]}, "statistics": {"categories": ["C0002"]}}
    address.front_door.catalog.put(Definition(kind="source", id="web", content={"name": "Web", "consent": purposes}))
    answer = address.get(f"/v1/projects/{WRITE_KEY}/settings")

    assert json.loads(answer["body"])["consentSettings"] == {
        "allCategories": ["C0002", "C0004"],
        "hasUnmappedDestinations": True,
    }


@pytest.mark.parametrize("path", ["/sourceConfig", "/sourceConfig/"])
@pytest.mark.parametrize("in_query", [True, False])
def test_tells_rudderstack_that_the_source_is_on(address: Address, path: str, *, in_query: bool) -> None:
    query = f"?p=npm&v=3.34.1&build=modern&writeKey={WRITE_KEY}" if in_query else ""
    headers = {} if in_query else {"Authorization": "Basic d2tfdGVzdDo="}
    answer = address.get(path + query, **headers)

    source = json.loads(answer["body"])["source"]
    assert (answer["statusCode"], source["id"], source["enabled"], source["destinations"]) == (200, "web", True, [])


@pytest.mark.parametrize("query", ["", "?writeKey=wk_other"])
def test_tells_rudderstack_nothing_without_a_known_key(address: Address, query: str) -> None:
    answer = address.get(f"/sourceConfig/{query}")

    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (401, "unauthorized")
