"""The admin API: nobody's edit is lost, an equal one changes nothing, and keys are told once."""

from typing import Any

import pytest

from tests.workspace import Workspace

SEGMENT: dict[str, Any] = {"name": "Buyers", "where": {"event": "Order Completed"}}
RULES: dict[str, Any] = {
    "identifiers": [
        {"kind": "user_id", "from": ["userId"], "limit": 1, "known": True},
        {"kind": "email", "from": ["traits.email"], "known": True},
        {"kind": "anonymous_id", "from": ["anonymousId"]},
    ]
}
MAPPING: dict[str, Any] = {
    "source": "store",
    "key": ["id"],
    "calls": [{"type": "track", "event": "Order Completed", "userId": "{customer}"}],
}
EACH = [
    ("/v1/segments/buyers", SEGMENT, {**SEGMENT, "name": "Customers"}),
    ("/v1/sources/web", {"name": "Web"}, {"name": "The web site"}),
    ("/v1/identity", RULES, {**RULES, "max_merges": 50}),
    ("/v1/lists/vip", {"name": "VIP"}, {"name": "Very important"}),
    ("/v1/workspace", {"zone": "Europe/Berlin"}, {"zone": "Europe/Berlin", "currency": "EUR"}),
    ("/v1/imports/purchases", MAPPING, {**MAPPING, "key": ["id", "line"]}),
]


@pytest.fixture
def workspace() -> Workspace:
    return Workspace()


@pytest.mark.parametrize(("path", "first", "second"), EACH)
def test_a_definition_is_told_as_it_was_written(
    workspace: Workspace, path: str, first: dict[str, Any], second: dict[str, Any]
) -> None:
    made = workspace.put(path, {"definition": first}).content
    changed = workspace.put(path, {"definition": second, "origin": "file"}).content
    read = workspace.get(path, "admin").content

    assert (made["definition"], made["version"], made["changed"], made["origin"]) == (first, 1, True, "api")
    assert (changed["definition"], changed["version"], changed["changed"]) == (second, 2, True)
    assert (read["definition"], read["version"], read["origin"]) == (second, 2, "file")
    assert read["changed_at"] == "2026-01-01T00:00:00.000000Z"


@pytest.mark.parametrize(("path", "first", "second"), EACH)
def test_an_equal_definition_changes_nothing(
    workspace: Workspace, path: str, first: dict[str, Any], second: dict[str, Any]
) -> None:
    workspace.put(path, {"definition": first})
    before = workspace.world.database.all("catalog")

    again = workspace.put(path, {"definition": dict(reversed(first.items())), "origin": "file"}).content

    assert (again["version"], again["changed"]) == (1, False)
    assert workspace.world.database.all("catalog") == before
    assert first != second


@pytest.mark.parametrize(("path", "first", "second"), EACH)
def test_an_edit_of_what_no_longer_stands_is_refused(
    workspace: Workspace, path: str, first: dict[str, Any], second: dict[str, Any]
) -> None:
    workspace.put(path, {"definition": first, "version": 0})

    late = workspace.put(path, {"definition": second, "version": 0})
    by_header = workspace.ask("PUT", path, body={"definition": second}, headers={"If-Match": '"7"'})
    right = workspace.put(path, {"definition": second, "version": 1})

    assert (late.status, late.content["code"]) == (409, "conflicting_edit")
    assert by_header.status == 409
    assert right.content["version"] == 2


def test_true_is_not_one(workspace: Workspace) -> None:
    where = {"trait": "plan", "equals": 1}
    workspace.put("/v1/segments/s", {"definition": {"where": where}})

    assert workspace.put("/v1/segments/s", {"definition": {"where": {**where, "equals": True}}}).content["changed"]


def test_a_segment_says_from_when_on_it_holds_and_then_does(workspace: Workspace) -> None:
    answer = workspace.put("/v1/segments/buyers", {"definition": SEGMENT}, "marketer").content
    workspace.send({"type": "track", "event": "Order Completed", "userId": "u-1", "properties": {"order_id": "1"}})

    [member] = workspace.get("/v1/segments/buyers/members", "marketer").content["members"]

    assert answer["effective"] == "now, for everybody"
    assert answer["keeps"].startswith("keeps the number of `Order Completed`, about 0.6 KB")
    assert member == {
        "profile_id": f"p_{workspace.owner('user_id', 'u-1')}",
        "since": "2026-01-01T00:00:01.000000Z",
        "version": 1,
        "reason": "event",
    }


def test_pages_of_members_are_all_members_once(workspace: Workspace) -> None:
    workspace.put("/v1/segments/buyers", {"definition": SEGMENT})
    workspace.send(*[{"type": "track", "event": "Order Completed", "userId": f"u-{n}"} for n in range(20)])

    found, query = [], {"limit": "3"}
    while True:
        page = workspace.get("/v1/segments/buyers/members", "analyst", **query).content
        found += [member["profile_id"] for member in page["members"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]

    assert sorted(found) == sorted(f"p_{workspace.owner('user_id', f'u-{n}')}" for n in range(20))


def test_a_deleted_segment_is_gone(workspace: Workspace) -> None:
    workspace.put("/v1/segments/buyers", {"definition": SEGMENT})

    assert workspace.ask("DELETE", "/v1/segments/buyers", headers={"if-match": "3"}).status == 409
    assert workspace.ask("DELETE", "/v1/segments/buyers").content == {"id": "buyers", "deleted": True}
    assert workspace.ask("DELETE", "/v1/segments/buyers").status == 404
    assert workspace.get("/v1/segments/buyers/members").status == 404
    assert workspace.world.catalog.live().segments == ()


def test_a_segment_tells_what_is_live_and_what_is_coming(workspace: Workspace) -> None:
    workspace.put("/v1/segments/others", {"definition": SEGMENT})
    workspace.send(*[{"type": "track", "event": "Wish Made", "userId": f"u-{n}"} for n in range(3)])
    wishes = {"name": "Wishing", "where": {"event": "Wish Made"}}
    made = workspace.put("/v1/segments/wishing", {"definition": wishes}).content
    workspace.put("/v1/segments/wishing", {"definition": {**wishes, "status": "paused"}})
    found = workspace.get("/v1/segments/wishing", "marketer").content
    [newest, oldest] = workspace.get("/v1/segments/wishing/versions", "marketer").content["versions"]

    assert (made["live"]["version"], made["coming"], made["effective"]) == (1, None, "now, for everybody")
    assert (found["status"], found["live"]["paused"], found["size"]) == ("paused", True, 3)
    assert (newest["version"], oldest["version"]) == (2, 1)
    assert oldest["definition"] == wishes
    [membership] = workspace.get("/v1/profiles/user_id:u-1/memberships").content["memberships"]
    assert (membership["reason"], membership["paused"], membership["next_change_at"]) == ("backfill", True, None)


def test_an_archived_segment_lets_its_members_go(workspace: Workspace) -> None:
    workspace.put("/v1/segments/buyers", {"definition": SEGMENT})
    workspace.send({"type": "track", "event": "Order Completed", "userId": "u-1"})
    workspace.put("/v1/segments/buyers", {"definition": {**SEGMENT, "status": "archived"}})
    found = workspace.get("/v1/segments/buyers").content
    history = workspace.get("/v1/profiles/user_id:u-1/segments/buyers/history").content["transitions"]

    assert (found["live"], found["size"]) == (None, 0)
    assert workspace.get("/v1/profiles/user_id:u-1/memberships").content["memberships"] == []
    assert [(one["number"], one["entered"], one["reason"]) for one in history] == [
        (2, False, "archive"),
        (1, True, "event"),
    ]
    assert len(workspace.world.announced) == 1


def test_a_person_tells_when_they_entered_and_left(workspace: Workspace) -> None:
    lately = {"where": {"event": "Order Completed", "within": "1 minutes"}}
    workspace.put("/v1/segments/lately", {"definition": lately})
    for _ in range(2):
        workspace.send({"type": "track", "event": "Order Completed", "userId": "u-1"})
        workspace.world.advance(workspace.world.clock.now + 120_000_000)
    path = "/v1/profiles/user_id:u-1/segments/lately/history"

    first = workspace.get(path, limit="3").content
    rest = workspace.get(path, limit="3", cursor=first["next"]).content

    found = first["transitions"] + rest["transitions"]
    assert [(one["number"], one["entered"], one["reason"]) for one in found] == [
        (4, False, "time"),
        (3, True, "event"),
        (2, False, "time"),
        (1, True, "event"),
    ]
    assert (first["complete"], rest["next"]) == (True, None)
    assert workspace.get("/v1/profiles/user_id:u-1/segments/never/history").content["transitions"] == []


def test_lists_go_by_id(workspace: Workspace) -> None:
    for id in ("b", "a", "c"):
        workspace.put(f"/v1/segments/{id}", {"definition": SEGMENT})
    first = workspace.get("/v1/segments", limit="2").content

    second = workspace.get("/v1/segments", limit="2", cursor=first["next"]).content

    assert [each["id"] for each in first["segments"] + second["segments"]] == ["a", "b", "c"]
    assert second["next"] is None


def test_the_priority_of_identifiers_is_fixed_once(workspace: Workspace) -> None:
    first, *others = RULES["identifiers"]
    workspace.put("/v1/identity", {"definition": RULES})

    turned = workspace.put("/v1/identity", {"definition": {"identifiers": [first, *reversed(others)]}})
    longer = workspace.put(
        "/v1/identity", {"definition": {"identifiers": [first, *others, {"kind": "phone", "from": ["traits.phone"]}]}}
    )

    assert (turned.status, turned.content["code"]) == (400, "invalid_definition")
    assert longer.content["changed"]


def test_a_live_kind_of_identifier_neither_goes_nor_is_overtaken(workspace: Workspace) -> None:
    first, *others = RULES["identifiers"]
    workspace.put("/v1/identity", {"definition": RULES})

    shorter = workspace.put("/v1/identity", {"definition": {"identifiers": [first, *others[1:]]}})
    phone = {"kind": "phone", "from": ["traits.phone"]}
    above = workspace.put("/v1/identity", {"definition": {"identifiers": [first, phone, *others]}})

    assert (shorter.status, others[0]["kind"] in shorter.content["message"]) == (400, True)
    assert (above.status, "below them" in above.content["message"]) == (400, True)


@pytest.mark.parametrize("role", ["marketer"])
def test_only_engineers_and_admins_apply_files(workspace: Workspace, role: str) -> None:
    answer = workspace.put("/v1/segments/s", {"definition": SEGMENT, "origin": "file"}, role)

    assert (answer.status, answer.content["code"]) == (403, "forbidden")
    assert workspace.put("/v1/segments/s", {"definition": SEGMENT}, role).status == 200
