"""The admin API: nobody's edit is lost, an equal one changes nothing, and keys are told once."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.domain.catalog import key_print
from regulars.pipeline.definitions import MAX_SEGMENTS
from regulars.pipeline.sources import Sources
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

    assert "next event or timer" in answer["effective"]
    assert answer["keeps"].startswith("keeps the number of `Order Completed`, about 0.6 KB")
    assert member == {"profile_id": f"p_{workspace.owner('user_id', 'u-1')}", "since": "2026-01-01T00:00:01.000000Z"}


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


def test_lists_go_by_id(workspace: Workspace) -> None:
    for id in ("b", "a", "c"):
        workspace.put(f"/v1/segments/{id}", {"definition": SEGMENT})
    first = workspace.get("/v1/segments", limit="2").content

    second = workspace.get("/v1/segments", limit="2", cursor=first["next"]).content

    assert [each["id"] for each in first["segments"] + second["segments"]] == ["a", "b", "c"]
    assert second["next"] is None


def found(workspace: Workspace, key: str) -> str | None:
    """The id of the source of a key, as the door sees it."""
    source = Sources(workspace.world.database, workspace.world.clock).find(key)
    return source.id if source else None


def test_a_new_source_gets_a_key_that_is_told_once_and_kept_by_nobody(workspace: Workspace) -> None:
    made = workspace.put("/v1/sources/web", {"definition": {"name": "Web"}}).content
    again = workspace.put("/v1/sources/web", {"definition": {"name": "Web"}}).content
    changed = workspace.put("/v1/sources/web", {"definition": {"name": "Site"}}).content
    read = workspace.get("/v1/sources/web", "engineer")

    key = made["write_key"]
    assert found(workspace, key) == "web"
    assert "write_key" not in again
    assert "write_key" not in changed
    assert [each["print"] for each in read.content["write_keys"]] == [key_print(key)]
    assert key not in str(workspace.world.database.all("catalog"))


def test_a_key_is_rotated_with_an_overlap_and_then_revoked(workspace: Workspace) -> None:
    old = workspace.put("/v1/sources/web", {"definition": {"name": "Web"}}).content["write_key"]
    new = workspace.put("/v1/sources/web", {"definition": {"name": "Web"}}, rotate="true").content["write_key"]

    assert (found(workspace, old), found(workspace, new)) == ("web", "web")
    assert workspace.ask("DELETE", f"/v1/sources/other/write_keys/{key_print(old)}").status == 404
    assert workspace.ask("DELETE", f"/v1/sources/web/write_keys/{key_print(old)}").status == 200
    assert (found(workspace, old), found(workspace, new)) == (None, "web")


def test_a_deleted_source_takes_its_keys_along(workspace: Workspace) -> None:
    key = workspace.put("/v1/sources/web", {"definition": {"name": "Web"}}).content["write_key"]
    other = workspace.put("/v1/sources/app", {"definition": {"name": "App"}}).content["write_key"]
    workspace.ask("DELETE", "/v1/sources/web")

    assert (found(workspace, key), found(workspace, other)) == (None, "app")


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


def test_the_segments_together_fit_into_the_catalog(workspace: Workspace) -> None:
    where = {"all": [{"event": f"{n:03}" + "x" * 190} for n in range(190)]}
    statuses = [
        workspace.put(f"/v1/segments/s{n}", {"definition": {"where": where}}).status
        for n in range(MAX_SEGMENTS // 37_000 + 1)
    ]

    assert statuses[-1] == 400
    assert set(statuses[:-1]) == {200}


def test_a_segment_that_is_too_much_is_refused_with_what_to_do(workspace: Workspace) -> None:
    total = {"event": "X", "sum": {"of": "y", "at_least": 1}, "within": "400 days"}
    where = {"all": [total] * 199}
    workspace.put("/v1/segments/one", {"definition": {"where": where}})
    answer = workspace.put("/v1/segments/two", {"definition": {"where": where}})

    assert (answer.status, answer.content["code"]) == (400, "invalid_definition")
    assert "200,000 is the most" in answer.content["message"]
    assert "remove one of the dearest: one (159,201), two (159,201)" in answer.content["message"]
    assert workspace.get("/v1/segments/two").status == 404


@pytest.mark.parametrize(
    ("path", "definition", "where"),
    [
        ("/v1/segments/s", {"where": {"nothing": 1}}, "where"),
        ("/v1/segments/s", {"where": {"event": "x"}, "id": "t"}, "id"),
        ("/v1/segments/s", {"where": {"event": "x"}, "role": "admin"}, "role"),
        ("/v1/segments/s", {"where": {"trait": "email", "equals": "a@b.c"}}, "where"),
        ("/v1/sources/s", {"name": ""}, "name"),
        ("/v1/sources/s", {"name": "x", "write_key": "wk_mine"}, "write_key"),
        ("/v1/identity", {"identifiers": []}, "identifiers"),
        ("/v1/imports/i", {**MAPPING, "key": []}, "key"),
    ],
)
def test_what_does_not_hold_together_is_refused_saying_where(
    workspace: Workspace, path: str, definition: dict[str, Any], where: str
) -> None:
    answer = workspace.put(path, {"definition": definition})

    assert (answer.status, answer.content["code"]) == (400, "invalid_definition")
    assert where in answer.content["message"]
    assert workspace.world.database.all("catalog") == []


@pytest.mark.parametrize("id", ["A", "1a", "a-b", "a" * 64, "a b", "é", "a\n", "..", "a#b", "_a"])
def test_an_id_is_plain(workspace: Workspace, id: str) -> None:
    assert workspace.put(f"/v1/segments/{id}", {"definition": SEGMENT}).content["code"] == "invalid_request"
    assert workspace.get(f"/v1/segments/{id}").status == 404


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "unparseable"),
        ("null", "unparseable"),
        ("[]", "unparseable"),
        ("{}{}", "unparseable"),
        ("\ufeff{}", "unparseable"),
        ('{"definition": ' + "[" * 100_000, "too_large"),
        ('{"definition": ' + "[" * 50_000, "unparseable"),
        ("{}", "invalid_request"),
        ('{"definition": []}', "invalid_request"),
        ('{"definition": {}, "role": "admin"}', "invalid_request"),
        ('{"definition": {}, "version": -1}', "invalid_request"),
        ('{"definition": {}, "version": true}', "invalid_request"),
        ('{"definition": {}, "version": "1"}', "invalid_request"),
        ('{"definition": {}, "version": 1e3}', "invalid_request"),
        ('{"definition": {}, "origin": "root"}', "invalid_request"),
        ('{"definition": {"name": NaN}}', "invalid_request"),
        ('{"definition": {"name": 1e999}}', "invalid_request"),
        ('{"definition": {"name": "\\ud800"}}', "invalid_request"),
        ('{"definition": {"\\udfff": 1}}', "invalid_request"),
        ('{"definition": {"name": "a", "name": "b"}}', "invalid_request"),
        ('{"definition": {"name": ' + "9" * 5_000 + "}}", "unparseable"),
    ],
)
def test_a_body_that_is_no_edit_is_refused(workspace: Workspace, body: str, code: str) -> None:
    answer = workspace.put("/v1/segments/s", body)

    assert (answer.status // 100, answer.content["code"]) == (4, code)
    assert workspace.failures == []


@pytest.mark.parametrize("header", ["*", "x", "-1", "1.0", '"1', 'W/"1"', "", "\uff11", "9" * 30])
def test_if_match_is_a_version(workspace: Workspace, header: str) -> None:
    workspace.put("/v1/segments/s", {"definition": SEGMENT})

    answer = workspace.ask("DELETE", "/v1/segments/s", headers={"If-Match": header})

    assert answer.status == 400


def test_two_versions_in_one_edit_are_refused(workspace: Workspace) -> None:
    body = {"definition": SEGMENT, "version": 1}

    assert workspace.ask("PUT", "/v1/segments/s", body=body, headers={"if-match": "2"}).status == 400


@pytest.mark.parametrize("role", ["marketer"])
def test_only_engineers_and_admins_apply_files(workspace: Workspace, role: str) -> None:
    answer = workspace.put("/v1/segments/s", {"definition": SEGMENT, "origin": "file"}, role)

    assert (answer.status, answer.content["code"]) == (403, "forbidden")
    assert workspace.put("/v1/segments/s", {"definition": SEGMENT}, role).status == 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
WORDS = st.sampled_from(
    "all any not event trait orders where name anonymous within count sum of at_least equals exists identifiers kind"
    " from limit known when blocked key calls type source timestamp properties column template".split()
)
DEFINITIONS = st.dictionaries(WORDS, st.recursive(JSON, lambda inner: st.dictionaries(WORDS, inner, max_size=3)))


@settings(max_examples=200, deadline=None)
@given(
    path=st.sampled_from(["/v1/segments/s", "/v1/sources/s", "/v1/identity", "/v1/imports/i"]), definition=DEFINITIONS
)
def test_any_definition_is_accepted_or_refused_and_never_fails(path: str, definition: dict[str, Any]) -> None:
    workspace = Workspace()

    answer = workspace.put(path, {"definition": definition})

    assert workspace.failures == []
    assert answer.status in (200, 400)
