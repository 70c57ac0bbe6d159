"""The profile API over people who came in through the whole pipeline."""

import json
from typing import Any

import pytest

from tests.workspace import Workspace

VIEW = {"type": "track", "event": "Product Viewed", "anonymousId": "a-1", "properties": {"sku": "s-1"}}
SIGN_IN: dict[str, Any] = {
    "type": "identify",
    "userId": "u-1",
    "anonymousId": "a-1",
    "traits": {"email": "Jane@Example.com", "plan": "gold"},
}
VIEWERS = {"where": {"event": "Product Viewed", "within": "10 minutes"}, "anonymous": True, "name": "Viewers"}


@pytest.fixture
def workspace() -> Workspace:
    return Workspace()


def test_a_profile_answers_to_each_of_its_identifiers(workspace: Workspace) -> None:
    workspace.send(VIEW, SIGN_IN)

    ids = {
        workspace.get(f"/v1/profiles/{ref}").content["profile_id"]
        for ref in ("user_id:u-1", "anonymous_id:a-1", "email:jane@example.com", "email:JANE@example.com")
    }

    assert ids == {f"p_{workspace.owner('user_id', 'u-1')}"}


def test_a_profile_answers_to_the_id_it_had_before_it_was_attached(workspace: Workspace) -> None:
    workspace.send(VIEW)
    [before] = [workspace.get("/v1/profiles/anonymous_id:a-1").content["profile_id"]]
    workspace.send(SIGN_IN)

    after = workspace.get(f"/v1/profiles/{before}").content["profile_id"]

    assert after == f"p_{workspace.owner('user_id', 'u-1')}" != before


def test_the_id_of_a_profile_that_was_merged_answers_with_the_survivor(workspace: Workspace) -> None:
    workspace.send(
        {"type": "identify", "userId": "u-1", "anonymousId": "a-1"},
        {"type": "identify", "anonymousId": "a-2", "traits": {"email": "jane@example.com", "plan": "gold"}},
    )
    lost = workspace.get("/v1/profiles/anonymous_id:a-2").content["profile_id"]
    workspace.send({"type": "identify", "userId": "u-1", "traits": {"email": "jane@example.com"}})

    answer = workspace.get(f"/v1/profiles/{lost}").content

    assert answer["profile_id"] == f"p_{workspace.owner('user_id', 'u-1')}" != lost
    assert answer["traits"]["plan"]["value"] == "gold"


def test_two_addresses_that_one_call_names_are_told_apart(workspace: Workspace) -> None:
    other = {"id": "jane@office.example", "type": "email", "collection": "users", "encoding": "none"}
    workspace.send({**SIGN_IN, "context": {"externalIds": [other]}})

    told = workspace.get("/v1/profiles/email:jane@office.example/identifiers", role="admin").content["identifiers"]

    addresses = {identifier["value"] for identifier in told if identifier["kind"] == "email"}
    assert addresses == {"jane@example.com", "jane@office.example"}


def test_a_visitor_has_a_profile_before_anything_is_known(workspace: Workspace) -> None:
    workspace.send(VIEW)

    answer = workspace.get("/v1/profiles/anonymous_id:a-1").content

    assert answer["known"] is False
    assert answer["identifiers"] == [
        {"kind": "anonymous_id", "value": "a-1", "masked": False, "source": None, "since": None}
    ]


def test_identifiers_are_told_by_priority_with_their_provenance(workspace: Workspace) -> None:
    sign_in = {**SIGN_IN, "timestamp": "2025-12-31T00:00:00Z"}
    workspace.send(VIEW, sign_in, source="shop")

    identifiers = workspace.get("/v1/profiles/user_id:u-1").content["identifiers"]

    assert [(each["kind"], each["value"]) for each in identifiers] == [
        ("user_id", "u-1"),
        ("email", "jane@example.com"),
        ("anonymous_id", "a-1"),
    ]
    assert {(each["source"], each["since"]) for each in identifiers} == {("shop", "2025-12-31T00:00:00.000000Z")}


def test_each_trait_tells_the_event_it_comes_from(workspace: Workspace) -> None:
    workspace.send({**SIGN_IN, "messageId": "m-9", "timestamp": "2025-12-31T00:00:00Z"}, source="shop")

    assert workspace.get("/v1/profiles/user_id:u-1").content["traits"]["plan"] == {
        "value": "gold",
        "masked": False,
        "source": "shop",
        "time": "2025-12-31T00:00:00.000000Z",
        "message_id": "m-9",
    }


def test_a_trait_that_was_unset_is_gone(workspace: Workspace) -> None:
    workspace.send(SIGN_IN, {"type": "identify", "userId": "u-1", "traits": {"plan": None}})

    assert set(workspace.get("/v1/profiles/user_id:u-1").content["traits"]) == {"email"}


def test_memberships_tell_since_when_and_until_when(workspace: Workspace) -> None:
    workspace.put("/v1/segments/viewers", {"definition": VIEWERS})
    workspace.send(VIEW)

    assert workspace.get("/v1/profiles/anonymous_id:a-1").content["memberships"] == [
        {
            "segment": "viewers",
            "name": "Viewers",
            "since": "2026-01-01T00:00:01.000000Z",
            "next_change_at": "2026-01-01T00:10:01.000000Z",
            "number": 1,
            "version": 1,
            "reason": "event",
            "paused": False,
        }
    ]


def test_each_further_event_puts_the_next_change_off(workspace: Workspace) -> None:
    workspace.put("/v1/segments/viewers", {"definition": VIEWERS})
    workspace.send(VIEW, VIEW)

    (membership,) = workspace.get("/v1/profiles/anonymous_id:a-1").content["memberships"]
    assert membership["next_change_at"] == "2026-01-01T00:10:02.000000Z"


def test_an_identifier_is_dated_also_by_an_event_without_a_time(workspace: Workspace) -> None:
    workspace.send(SIGN_IN)

    identifiers = workspace.get("/v1/profiles/user_id:u-1").content["identifiers"]
    assert {identifier["since"] for identifier in identifiers} == {"2026-01-01T00:00:01.000000Z"}


def test_a_segment_that_was_left_or_deleted_is_not_told(workspace: Workspace) -> None:
    workspace.put("/v1/segments/viewers", {"definition": VIEWERS})
    workspace.put("/v1/segments/also", {"definition": {**VIEWERS, "where": {"event": "Product Viewed"}}})
    workspace.send(VIEW)
    workspace.world.advance(workspace.world.clock.now + 601_000_000)
    left = workspace.get("/v1/profiles/anonymous_id:a-1/memberships").content["memberships"]
    workspace.ask("DELETE", "/v1/segments/also")

    assert [each["segment"] for each in left] == ["also"]
    assert workspace.get("/v1/profiles/anonymous_id:a-1/memberships").content["memberships"] == []


def test_orders_are_told_net_of_refunds(workspace: Workspace) -> None:
    order = {"type": "track", "event": "Order Completed", "userId": "u-1"}
    workspace.send(
        {**order, "properties": {"order_id": "1", "revenue": 10.5}},
        {**order, "properties": {"order_id": "2", "revenue": 4}},
        {**order, "event": "Order Refunded", "properties": {"order_id": "2"}},
    )

    orders = workspace.get("/v1/profiles/user_id:u-1").content["orders"]
    assert (orders["count"], orders["revenue"]) == (1, 10.5)


def test_events_of_all_identifiers_come_newest_first(workspace: Workspace) -> None:
    at = [f"2025-12-31T00:00:0{second}Z" for second in range(4)]
    workspace.send(
        {**VIEW, "messageId": "m-0", "timestamp": at[0]},
        {**SIGN_IN, "messageId": "m-1", "timestamp": at[1]},
        {**VIEW, "messageId": "m-2", "timestamp": at[2]},
        {"type": "track", "event": "Signed Out", "userId": "u-1", "messageId": "m-3", "timestamp": at[3]},
    )

    events = workspace.get("/v1/profiles/email:jane@example.com/events").content["events"]

    assert [event["messageId"] for event in events] == ["m-3", "m-2", "m-1", "m-0"]
    assert [event["event"] for event in events] == ["Signed Out", "Product Viewed", None, "Product Viewed"]


def test_an_opened_event_is_the_call_that_was_sent(workspace: Workspace) -> None:
    workspace.send(
        {
            **VIEW,
            "properties": {"sku": "s-1", "email": "jane@example.com"},
            "context": {"ip": "192.0.2.1", "locale": "de", "page": {"path": "/p", "title": "Jane's"}},
        }
    )

    [event] = workspace.get("/v1/profiles/anonymous_id:a-1/events").content["events"]

    assert event["properties"] == {"sku": "s-1", "email": "jane@example.com"}
    assert event["context"] == {"ip": "192.0.2.1", "locale": "de", "page": {"path": "/p", "title": "Jane's"}}
    assert event["identifiers"] == {"anonymous_id": "a-1"}
    assert event["masked"] is False


def test_an_event_says_whether_something_of_it_is_hidden(workspace: Workspace) -> None:
    workspace.send({**VIEW, "properties": {"sku": "s-1", "email": "jane@example.com"}})
    path = "/v1/profiles/anonymous_id:a-1/events"

    [opened], [hidden] = (workspace.get(path, role).content["events"] for role in ("service", "analyst"))

    assert (opened["masked"], hidden["masked"]) == (False, True)
    assert hidden["properties"] == {"sku": "s-1"}
    assert hidden["identifiers"] == {}


def test_pages_of_events_are_the_whole_timeline_once(workspace: Workspace) -> None:
    # Twins of one moment under two owners: the source and messageId are the sender's, and may be equal.
    workspace.send(
        *[{**VIEW, "messageId": f"m-{n}", "timestamp": f"2025-12-31T00:00:{n:02}Z"} for n in range(7)],
        *[
            {"type": "page", "userId": "u-1", "messageId": f"m-{n}", "timestamp": f"2025-12-31T00:00:{n:02}Z"}
            for n in range(7)
        ],
        {**SIGN_IN, "messageId": "m-7", "timestamp": "2025-12-31T00:00:07Z"},
    )
    path = "/v1/profiles/user_id:u-1/events"
    whole = workspace.get(path, limit="1000").content["events"]

    paged, query = [], {"limit": "2"}
    while True:
        page = workspace.get(path, **query).content
        paged += page["events"]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]

    assert paged == whole
    assert len(whole) == 15


@pytest.mark.parametrize("list_", ["traits", "identifiers", "memberships"])
def test_pages_of_other_lists_are_the_whole_list_once(workspace: Workspace, list_: str) -> None:
    for id in ("one", "two", "three"):
        workspace.put(f"/v1/segments/{id}", {"definition": {"where": {"event": "Product Viewed"}}})
    workspace.send(VIEW, {**SIGN_IN, "traits": {"email": "jane@example.com", "b": 1, "a": 2, "z": 3}})
    path = f"/v1/profiles/user_id:u-1/{list_}"
    whole = workspace.get(path).content[list_]

    paged, cursor = [], None
    for _ in range(len(whole)):
        page = workspace.get(path, limit="1", **({"cursor": cursor} if cursor else {})).content
        paged += list(page[list_])
        cursor = page["next"]

    assert paged == list(whole)
    assert len(paged) > 2
    assert cursor is None


def test_a_profile_can_be_looked_up_without_an_address_in_the_path(workspace: Workspace) -> None:
    workspace.send(SIGN_IN)
    by_path = workspace.get("/v1/profiles/user_id:u-1").content

    for body in ({"kind": "email", "value": "jane@EXAMPLE.com"}, {"ref": "email:jane@example.com"}):
        assert workspace.ask("POST", "/v1/profiles/lookup", "privacy", body=body).content == by_path


def test_a_value_with_a_slash_or_a_percent_sign_can_be_asked_for(workspace: Workspace) -> None:
    workspace.send({"type": "identify", "userId": "a/b"}, {"type": "identify", "userId": "50%41"})

    assert workspace.ask("POST", "/v1/profiles/lookup", body={"kind": "user_id", "value": "a/b"}).status == 200
    assert workspace.get("/v1/profiles/user_id:50%2541").status == 200
    assert workspace.get("/v1/profiles/user_id:50A").status == 404


def test_nothing_is_left_of_the_personal_fields_of_an_owner_whose_key_is_gone(workspace: Workspace) -> None:
    [event] = workspace.send(SIGN_IN)
    workspace.world.database.delete("vault", event.owner)
    workspace.start()  # anew: a process may hold keys that it has used

    profile = workspace.get("/v1/profiles/user_id:u-1")
    [shown] = workspace.get("/v1/profiles/user_id:u-1/events").content["events"]

    assert "jane" not in profile.text.lower()
    assert profile.content["traits"]["email"]["value"] is None
    assert {each["value"] for each in profile.content["identifiers"]} == {None}
    assert shown["identifiers"] == {}


def test_each_read_of_personal_fields_is_told_by_ids_only(workspace: Workspace) -> None:
    workspace.send(SIGN_IN)
    workspace.get("/v1/profiles/email:jane@example.com", "service")
    workspace.get("/v1/profiles/email:jane@example.com", "analyst")

    assert workspace.audited == [("s-1", "get_profile", f"p_{workspace.owner('email', 'jane@example.com')}")]


def test_an_unknown_person_costs_the_same_reads_as_nonsense(workspace: Workspace) -> None:
    workspace.get("/v1/profiles/user_id:warm")
    costs = []
    for ref in ("email:nobody@example.com", "p_email:aaaaaaaaaaaaaaaaaaaaaaaaaa", "nonsense", ":", "UPPER:x"):
        before = workspace.world.database.bill.requests.copy()
        answer = workspace.get(f"/v1/profiles/{ref}")
        costs.append((answer.text, str(sorted((workspace.world.database.bill.requests - before).items()))))

    assert len(set(costs)) == 1
    assert json.loads(costs[0][0])["code"] == "not_found"
