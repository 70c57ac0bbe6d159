"""Requests that mean harm or nothing: each gets a clear answer, and none makes a failure of ours."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.adapters.routes import Route
from regulars.domain.roles import ROLES
from tests.canaries import GUARDED, QUERY, a_workspace_with_canaries, ask
from tests.workspace import Workspace

LISTS = [route for route in GUARDED if route.query and route.method == "GET"]


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return a_workspace_with_canaries()


HOSTILE_REFS = [
    "..", "../../etc/passwd", "..%2f..", "%2e%2e", "%252e%252e", "a%00b", "user_id:\x00",
    "user_id:a\r\nSet-Cookie: x=1",
    "user_id:" + "a" * 9_000, "email:" + "ü" * 3_000, "p_" + "a" * 5_000, "p_user_id:" + "a" * 27, "user_id:\u202eabc",
    "user_id:\ud800", "😀", "user_id", ":", "::", "user_id:", " ", "#", "p_user_id#x:aaaaaaaaaaaaaaaaaaaaaaaaaa",
    "head", "segment#web", "__proto__", "{ref}", "user_id:{0.__class__}", "' OR 1=1--", '{"$gt":""}', "user_id:null",
    "lookup",
]  # fmt: skip


@pytest.mark.parametrize("ref", HOSTILE_REFS, ids=lambda ref: ref.encode("ascii", "backslashreplace").decode()[:30])
@pytest.mark.parametrize("rest", ["", "/traits", "/events", "/identifiers", "/memberships"])
def test_a_hostile_reference_names_nobody(workspace: Workspace, ref: str, rest: str) -> None:
    answer = workspace.get(f"/v1/profiles/{ref}{rest}", "admin")

    assert (answer.status, answer.content["code"]) == (404, "not_found")
    assert ref in ("..", ":", " ", "#") or ref not in answer.text
    assert not workspace.failures


@pytest.mark.parametrize(
    "path",
    [
        "/", "", "/v1", "/v1/", "/v1/profiles", "/v1/profiles/", "/v1/profiles//", "/v1//segments", "/v1/Segments",
        "/v1/segments/", "/v1/segments/web/", "/v1/segments/web/members/", "/v2/segments", "/v1/profiles/x/unknown",
        "/v1/profiles/../segments", "/v1/segments/web/../../sources", "//v1/segments", "/v1/segments\n",
        "/v1/openapi.json/",
    ],
)  # fmt: skip
def test_only_exact_addresses_are_answered(workspace: Workspace, path: str) -> None:
    assert workspace.get(path, "admin").status == 404


@pytest.mark.parametrize(("method", "path"), [("PATCH", "/v1/segments/web"), ("POST", "/v1/segments/web")])
def test_another_method_is_refused_saying_which_would_do(workspace: Workspace, method: str, path: str) -> None:
    answer = workspace.ask(method, path)

    assert (answer.status, answer.content["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "DELETE, GET, PUT"


@pytest.mark.parametrize(
    "query",
    [
        *[
            {"limit": limit}
            for limit in ("0", "-1", "abc", "1e9", "1001", "", "\uff11", "1,2", "+1", " 1", "0x1", "9" * 50)
        ],
        *[{"cursor": cursor} for cursor in ("", "x", "a.b", "AAAA", "é", "\x00", "A" * 9_999, "null")],
        {"offset": "1"},
        {"role": "admin"},
    ],
)
@pytest.mark.parametrize("route", LISTS, ids=lambda r: r.name)
def test_a_query_that_means_nothing_is_refused(workspace: Workspace, route: Route[Any], query: dict[str, str]) -> None:
    role = "admin" if route.scope in ROLES["admin"] else "privacy"
    answer = ask(workspace, route, role, query={**QUERY.get(route.name, {}), **query})

    assert (answer.status, answer.content["code"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "query",
    [
        {"source": "web"},
        {"day": "2026-01-01"},
        {"source": "web#2026", "day": "2026-01-01"},
        *[{"source": "web", "day": day} for day in ("2026-02-30", "20260101", "2026-W01-1", "today", "2026-01-01\n")],
    ],
)
def test_the_quarantine_is_asked_by_source_and_day(workspace: Workspace, query: dict[str, str]) -> None:
    assert workspace.get("/v1/quarantine", "admin", **query).content["code"] == "invalid_request"


def test_a_cursor_of_one_list_opens_no_other(workspace: Workspace) -> None:
    path = "/v1/profiles/user_id:c4n4ry-user"
    cursor = workspace.get(f"{path}/events", limit="1").content["next"]
    others = [
        f"{path}/traits",
        f"{path}/identifiers",
        "/v1/profiles/anonymous_id:c4n4ry-device/events",
        "/v1/segments",
        "/v1/segments/web/members",
    ]

    assert workspace.get(f"{path}/events", "analyst", cursor=cursor).status == 200
    assert [workspace.get(other, cursor=cursor).status for other in others] == [400] * len(others)


@pytest.mark.parametrize(
    "body",
    [
        None, "", "null", "[]", '"x"', "{", '{"ref": 1}', '{"kind": "email"}', '{"kind": 1, "value": "x"}', "{}",
        '{"ref": "a", "kind": "b"}', '{"kind": "email", "value": ["x"]}', '{"kind": "email", "value": "x", "y": "z"}',
        '{"ref": "a", "ref": "b"}', '{"kind": "email", "value": "\\ud800"}', "\x00", "[" * 100_000, "x" * 200_000,
        '{"kind": "user_id", "value": ' + "1" * 5_000 + "}",
    ],
    ids=lambda body: str(body)[:20],
)  # fmt: skip
def test_a_look_up_that_names_nothing_is_refused(workspace: Workspace, body: str | None) -> None:
    answer = workspace.ask("POST", "/v1/profiles/lookup", body=body)

    assert answer.status in (400, 413)
    assert not workspace.failures


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "PUT", "POST", "DELETE"]),
    pieces=st.lists(
        st.one_of(
            st.sampled_from(["v1", "profiles", "segments", "sources", "members", "events", "traits", "lookup", "web"]),
            st.text(st.characters(), max_size=30),
        ),
        max_size=5,
    ),
    query=st.dictionaries(st.sampled_from(["limit", "cursor", "source", "day", "x"]), st.text(max_size=20), max_size=2),
    body=st.none() | st.text(max_size=50) | st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
    quoted=st.booleans(),
)
def test_no_request_makes_a_failure_of_ours(
    workspace: Workspace, method: str, pieces: list[str], query: dict[str, str], body: object, quoted: bool
) -> None:
    path = "/" + "/".join(quote(piece, errors="replace") if quoted else piece for piece in pieces)

    answer = workspace.ask(method, path, "privacy", query=query, body=body)

    assert answer.status < 500
    assert workspace.failures == []
