"""The admin API: what does not hold together, is too much or is no edit is refused, saying where and what to do."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.pipeline.definitions import MAX_SEGMENTS
from tests.workspace import Workspace

SEGMENT: dict[str, Any] = {"name": "Buyers", "where": {"event": "Order Completed"}}
MAPPING: dict[str, Any] = {
    "source": "store",
    "key": [],
    "calls": [{"type": "track", "event": "Order Completed", "userId": "{customer}"}],
}


@pytest.fixture
def workspace() -> Workspace:
    return Workspace()


def test_the_segments_together_fit_into_the_catalog(workspace: Workspace) -> None:
    where = {"all": [{"event": f"{n:03}" + "x" * 190} for n in range(190)]}
    statuses = [
        workspace.put(f"/v1/segments/s{n}", {"definition": {"where": where}}).status
        for n in range(MAX_SEGMENTS // 37_000 + 1)
    ]

    assert statuses[-1] == 400
    assert set(statuses[:-1]) == {200}


def test_a_segment_that_is_too_much_is_refused_with_what_to_do(workspace: Workspace) -> None:
    total = {"event": "X", "sum": {"of": "y", "at_least": 1}, "calendar_days": 400}
    where = {"all": [total] * 199}
    workspace.put("/v1/segments/one", {"definition": {"where": where}})
    answer = workspace.put("/v1/segments/two", {"definition": {"where": where}})

    assert (answer.status, answer.content["code"]) == (400, "invalid_definition")
    assert "200,000 is the most" in answer.content["message"]
    assert "remove one of the dearest: one (159,400), two (159,400)" in answer.content["message"]
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
        ("/v1/lists/l", {"members": []}, "members"),
        ("/v1/workspace", {"zone": "Mars/Olympus"}, "zone"),
        ("/v1/imports/i", MAPPING, "key"),
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
        ("\ufeff{}", "invalid_request"),
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
        ('{"definition": {"name": ' + "9" * 5_000 + "}}", "invalid_request"),
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
    path=st.sampled_from(["/v1/segments/s", "/v1/sources/s", "/v1/identity", "/v1/imports/i", "/v1/workspace"]),
    definition=DEFINITIONS,
)
def test_any_definition_is_accepted_or_refused_and_never_fails(path: str, definition: dict[str, Any]) -> None:
    workspace = Workspace()

    answer = workspace.put(path, {"definition": definition})

    assert workspace.failures == []
    assert answer.status in (200, 400)
