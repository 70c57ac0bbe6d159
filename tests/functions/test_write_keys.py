"""Keys from the API to the profile: what comes with a key is taken as its source says, and who signs is believed."""

import json
from base64 import b64encode
from typing import Any

import pytest

from local.world.world import Counts
from regulars.adapters.http import Response, serve
from regulars.adapters.ingest_api import IngestApi
from regulars.domain.identifiers import Identifier
from regulars.domain.proofs import UNPROVEN, sign
from regulars.pipeline.ingest import Door
from regulars.pipeline.sealing import open_rest
from regulars.stores.events import from_item
from tests.messages import a_batch, a_track_call, an_identify_call
from tests.workspace import Workspace

SHOP = "https://shop.example.com"
SOURCE = {
    "name": "Web",
    "keys": [
        {"label": "web", "origins": [SHOP], "accepts": ["page", "identify", {"track": ["Product Viewed"]}]},
        {"label": "backend", "kind": "server"},
    ],
    "signed_user_ids": {"required": True},
}


class Shop:
    """A workspace with a source, its keys, and a door."""

    def __init__(self, definition: dict[str, Any]) -> None:
        self.workspace = Workspace()
        answer = self.workspace.put("/v1/sources/web", {"definition": definition})
        self.keys = {key["label"]: key["key"] for key in answer.content["keys"]}
        world = self.workspace.world
        self.counts = Counts()
        self._api = IngestApi(Door(world.database, self.workspace.sealer, self.counts, world.clock))

    def send(self, *calls: dict[str, Any], key: str, origin: str | None = SHOP, path: str = "/v1/batch") -> Response:
        """Send calls with a key, by its label, and let the pipeline work them off."""
        headers = {"origin": origin} if origin else {}
        event: dict[str, Any] = {
            "rawPath": path,
            "headers": headers,
            "requestContext": {"http": {"method": "POST"}},
            "body": json.dumps(a_batch(*calls, writeKey=self.keys[key])),
        }
        response = serve(event, self._api.answer, self.workspace.failures.append)
        self.workspace.world.settle()
        return response

    def get(self, path: str, origin: str | None = None, **query: str) -> Response:
        """Ask for something at an address."""
        event: dict[str, Any] = {
            "rawPath": path,
            "headers": {"origin": origin} if origin else {},
            "queryStringParameters": query or None,
            "requestContext": {"http": {"method": "GET"}},
        }
        return serve(event, self._api.answer, self.workspace.failures.append)

    def verdicts(self, *calls: dict[str, Any], key: str = "web", **changes: Any) -> list[tuple[str, str | None]]:
        """Send calls; tell what became of each, and why or what was odd."""
        content = json.loads(self.send(*calls, key=key, **changes)["body"])
        return [(each["verdict"], each.get("code") or each.get("warning")) for each in content["verdicts"]]

    def hash(self, kind: str, value: str) -> str:
        """What the shop's server makes for its pages."""
        return sign(Identifier(kind, value), self.keys["signing"].encode())

    def profile(self, ref: str) -> dict[str, Any] | None:
        """Who a reference leads to, if anybody."""
        answer = self.workspace.get(f"/v1/profiles/{ref}")
        content: dict[str, Any] = answer.content
        return content if answer.status == 200 else None

    def tied(self, ref: str) -> set[tuple[str, str]]:
        """The identifiers of the profile that a reference leads to."""
        profile = self.profile(ref) or {"identifiers": []}
        return {(each["kind"], each["value"]) for each in profile["identifiers"]}


@pytest.fixture
def shop() -> Shop:
    return Shop(SOURCE)


def a_claim(user_id: str = "ann", device: str = "d", **context: Any) -> dict[str, Any]:
    """A page says who signed in."""
    traits = {"email": f"{user_id}@shop.example"}
    return an_identify_call(userId=user_id, anonymousId=device, messageId=None, traits=traits, context=context)


def test_who_signs_is_believed(shop: Shop) -> None:
    hashes = {"userIdHash": shop.hash("user_id", "ann"), "emailHash": shop.hash("email", "ann@shop.example")}

    assert shop.verdicts(a_claim(**hashes)) == [("accepted", None)]
    assert shop.tied("user_id:ann") == {("user_id", "ann"), ("email", "ann@shop.example"), ("anonymous_id", "d")}
    assert shop.counts.counts["identifiers_unproven"] == 0


def test_who_does_not_is_stored_for_the_device_alone(shop: Shop) -> None:
    forged = {"userIdHash": shop.hash("user_id", "eve"), "emailHash": "0" * 64}

    assert shop.verdicts(a_claim(device="d1"), a_claim(device="d2", **forged)) == [("accepted", UNPROVEN)] * 2
    assert (shop.profile("user_id:ann"), shop.profile("email:ann@shop.example")) == (None, None)
    assert [shop.tied(f"anonymous_id:{device}") for device in ("d1", "d2")] == [
        {("anonymous_id", "d1")},
        {("anonymous_id", "d2")},
    ]
    assert shop.counts.counts["identifiers_unproven"] == 2


def test_a_signed_id_does_not_prove_the_address_beside_it(shop: Shop) -> None:
    shop.send(a_claim("eve", userIdHash=shop.hash("user_id", "eve")), key="web")

    assert shop.tied("user_id:eve") == {("user_id", "eve"), ("anonymous_id", "d")}
    assert shop.profile("email:eve@shop.example") is None


def test_a_claim_stays_on_its_event(shop: Shop) -> None:
    shop.send(a_claim(), key="web")
    [shown] = shop.workspace.get("/v1/profiles/anonymous_id:d/events").content["events"]
    [stored] = map(from_item, shop.workspace.world.database.all("events"))

    assert (shown["identifiers"], shown["traits"]) == ({"anonymous_id": "d"}, {"email": "ann@shop.example"})
    assert open_rest(stored, shop.workspace.sealer)["said"] == {"userId": "ann"}


def test_what_comes_after_a_signed_sign_in_counts_for_the_person_by_the_device(shop: Shop) -> None:
    shop.send(a_claim(userIdHash=shop.hash("user_id", "ann")), key="web")
    verdict = shop.verdicts(a_track_call(userId="ann", anonymousId="d"))
    events = shop.workspace.get("/v1/profiles/user_id:ann/events").content["events"]

    assert verdict == [("accepted", UNPROVEN)]
    assert sorted(event["type"] for event in events) == ["identify", "track"]


def test_a_server_key_is_believed_without_a_hash(shop: Shop) -> None:
    assert shop.verdicts(a_claim(), key="backend", origin=None) == [("accepted", None)]
    assert shop.tied("email:ann@shop.example") >= {("user_id", "ann")}


def test_the_hash_is_kept_nowhere(shop: Shop) -> None:
    secret = shop.hash("user_id", "ann")
    shop.send(a_claim(userIdHash=secret), key="web")
    [event] = shop.workspace.get("/v1/profiles/user_id:ann/events").content["events"]

    assert "userIdHash" not in event["context"]
    assert secret not in str(shop.workspace.world.database.all("events"))


def test_an_exchanged_secret_proves_until_the_overlap_is_over(shop: Shop) -> None:
    before = shop.hash("user_id", "ann")
    body = {"label": "signing", "overlap": "1 hour"}
    shop.keys["signing"] = shop.workspace.ask("POST", "/v1/sources/web/keys/rotate", body=body).content["key"]
    after = shop.hash("user_id", "ann")
    now = shop.workspace.world.clock.now
    calls = [a_claim(device=device, userIdHash=each) for device, each in (("d1", before), ("d2", after))]
    for call in calls:
        del call["traits"]

    assert shop.verdicts(*calls) == [("accepted", None)] * 2
    shop.workspace.world.clock.advance_to(now + 3_600_000_000)
    later = [{**call, "timestamp": "2026-01-01T00:30:00Z"} for call in calls]
    assert shop.verdicts(*later) == [("accepted", UNPROVEN), ("accepted", None)]


def test_watching_changes_nothing_and_tells_who_does_not_sign() -> None:
    shop = Shop({"name": "Web", "signed_user_ids": {"required": False}})

    assert shop.verdicts(a_claim(), key="default") == [("accepted", UNPROVEN)]
    assert shop.tied("user_id:ann") >= {("email", "ann@shop.example")}
    assert shop.counts.counts["identifiers_unproven"] == 1


def test_a_call_that_its_key_is_not_for_is_set_aside_and_costs_no_other(shop: Shop) -> None:
    order, view = a_track_call(event="Order Completed", messageId="m-9"), a_track_call()

    assert shop.verdicts(order, view) == [("quarantined", "not_accepted"), ("accepted", None)]
    assert shop.verdicts(order, key="backend", origin=None) == [("accepted", None)]


@pytest.mark.parametrize(
    ("key", "origin", "status", "code"),
    [
        ("web", None, 200, None),
        ("web", "https://elsewhere.example", 403, "origin_forbidden"),
        ("backend", SHOP, 403, "server_key_exposed"),
        ("signing", None, 401, "unauthorized"),
    ],
)
def test_a_key_comes_from_where_it_may(shop: Shop, key: str, origin: str | None, status: int, code: str | None) -> None:
    answer = shop.send(a_track_call(), key=key, origin=origin)

    assert (answer["statusCode"], json.loads(answer["body"]).get("code")) == (status, code)
    assert bool(shop.workspace.world.database.all("events")) is (status == 200)


def test_a_server_key_in_the_address_of_an_image_is_refused(shop: Shop) -> None:
    call = json.dumps({**a_track_call(), "type": None, "writeKey": shop.keys["backend"]})
    shop.get("/v1/pixel/track", data=b64encode(call.encode()).decode())

    assert shop.counts.counts["pixel_lost"] == 1
    assert shop.workspace.world.database.all("events") == []


def test_settings_are_for_pages_of_the_key_and_for_no_server_key(shop: Shop) -> None:
    statuses = [
        shop.get(f"/v1/projects/{shop.keys[label]}/settings", origin)["statusCode"]
        for label, origin in (("web", SHOP), ("web", "https://elsewhere.example"), ("backend", None))
    ]

    assert statuses == [200, 403, 403]


def test_a_replayed_event_is_believed_as_far_as_its_key_was(shop: Shop) -> None:
    broken = an_identify_call(userId="ann", anonymousId="d", properties=5)
    shop.send(broken, key="backend", origin=None)
    shop.send({**broken, "userId": "eve", "messageId": "m-3"}, key="web")
    day = {"source": "web", "day": "2026-01-01"}
    shop.workspace.ask("POST", "/v1/quarantine/repair", body={**day, "repair": {"drop": ["properties"]}})
    replayed = shop.workspace.ask("POST", "/v1/quarantine/replay", body=day)
    shop.workspace.world.settle()

    assert replayed.status == 200, replayed.text
    assert (shop.profile("user_id:ann") is not None, shop.profile("user_id:eve")) == (True, None)
