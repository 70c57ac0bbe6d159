"""Requests that ask for more than they may by their form: other ids, other methods, fields that nobody offers."""

import re
from typing import Any

import pytest

from regulars.adapters.routes import Route
from regulars.domain.roles import ROLES
from tests.canaries import BODIES, GUARDED, QUERY, a_workspace_with_canaries, ask, path_of
from tests.workspace import Answer, Workspace

NAMED = [route for route in GUARDED if "{" in route.path]
TAKING = [route for route in GUARDED if isinstance(BODIES.get(route.body), dict)]
NOTHING = {"ref": "user_id:n0b0dy", "id": "n0thing", "print": "n0thing", "upload": "9" * 16}
EMPTY: list[tuple[str, object]] = [
    ("list_legal_holds_of", {"holds": []})
]  # whom nobody has seen yet may be held all the same
MORE = {"tenantId": "t-2", "role": "admin", "roles": ["admin"], "verified": True, "segments": ["vip"], "by": "s-9"}


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return a_workspace_with_canaries()


def role_for(route: Route[Any]) -> str:
    return next(role for role in ("admin", "privacy") if route.scope in ROLES[role])


def ask_for(workspace: Workspace, route: Route[Any], values: dict[str, str]) -> Answer:
    path = route.path
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", value)
    return workspace.ask(
        route.method, path, role_for(route), query=QUERY.get(route.name), body=BODIES.get(route.body),
        headers={"if-match": "999"},
    )  # fmt: skip


@pytest.mark.parametrize("route", NAMED, ids=lambda route: route.name)
def test_an_id_of_nothing_is_answered_as_nothing_and_is_not_repeated(workspace: Workspace, route: Route[Any]) -> None:
    answer = ask_for(workspace, route, NOTHING)

    assert answer.status in (400, 404, 409) or (route.name, answer.content) in EMPTY
    assert not [value for value in NOTHING.values() if value.rpartition(":")[2] in answer.text]
    assert not workspace.failures


def test_whoever_was_erased_is_answered_as_somebody_who_never_was(workspace: Workspace) -> None:
    answers = [ask_for(workspace, route, {**NOTHING, "ref": "user_id:n0t-here"}) for route in NAMED]
    workspace.world.database.put(
        "vault", {"owner": workspace.owner("user_id", "n0t-here"), "wrapped": b"", "erased": 1, "request": "q1", "v": 1}
    )
    workspace.start()

    again = [ask_for(workspace, route, {**NOTHING, "ref": "user_id:n0t-here"}) for route in NAMED]
    assert [(one.status, one.text) for one in again] == [(one.status, one.text) for one in answers]


@pytest.mark.parametrize("route", TAKING, ids=lambda route: route.name)
def test_a_field_that_nobody_offers_changes_nothing(workspace: Workspace, route: Route[Any]) -> None:
    body = BODIES[route.body]
    assert isinstance(body, dict)

    for name, value in MORE.items():
        if name not in body:
            answer = ask(workspace, route, role_for(route), body={**body, name: value})

            if route.name == "check_certificate":  # it takes whatever somebody has been given
                assert answer.content["genuine"] is False
            else:
                assert (answer.status, answer.content["code"][:8]) == (400, "invalid_"), name


@pytest.mark.parametrize(
    "headers",
    [
        {"x-http-method-override": "DELETE"},
        {"x-http-method": "DELETE"},
        {"x-method-override": "PUT"},
        {"x-original-url": "/v1/audit"},
        {"x-rewrite-url": "/v1/audit"},
        {"x-forwarded-for": "127.0.0.1"},
        {"x-forwarded-host": "localhost"},
        {"x-role": "admin", "x-cognito-groups": "[admin]", "x-amzn-remapped-authorization": "Bearer x"},
        {"host": "evil.example"},
        {"origin": "https://evil.example", "referer": "https://evil.example/"},
        {"x-pad": "a" * 10_240},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_no_header_changes_what_is_asked_or_who_asks(workspace: Workspace, headers: dict[str, str]) -> None:
    for method in ("GET", "POST"):
        plain = workspace.ask(method, "/v1/segments/web", "analyst")
        answer = workspace.ask(method, "/v1/segments/web", "analyst", headers=headers)

        assert (answer.status, answer.text) == (plain.status, plain.text)
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "GET ", "DELETE\r\n", ""])
def test_a_method_that_is_none_of_the_route_is_refused(workspace: Workspace, method: str) -> None:
    answers = {route.path: workspace.ask(method, path_of(route)).status for route in GUARDED}

    assert set(answers.values()) <= {404, 405}


@pytest.mark.parametrize("change", ["/", "//", "%2f", "%2F..", ";x", "%00", "?x=1", ".json", "\N{ZERO WIDTH SPACE}"])
def test_an_address_that_is_nearly_one_is_no_way_around_a_scope(workspace: Workspace, change: str) -> None:
    for route in GUARDED:
        path = path_of(route)
        answers = [
            workspace.ask(route.method, path + change, claims={}),
            workspace.ask(route.method, path.replace("/v1/", f"/v1{change}/", 1), claims={}),
            workspace.ask(route.method, path.upper(), claims={}),
        ]

        assert {answer.status for answer in answers} <= {401, 404, 405}, route.path


OURS = re.compile(
    r"Traceback|\bFile \"|line \d+|arn:aws|amazonaws|boto|pydantic|input_value|DynamoDB|0x[0-9a-f]{6}|\.py\b|/tmp/"
    r"|/var/|<class|Exception|Error\b|kms|lambda|regulars\.\w|\bNone\b|\bself\b",
    re.IGNORECASE,
)
BAD: list[object] = [None, "{", "[]", "null", '"x"', "{}", '{"definition": 1}', '{"definition": {"where": []}}', "\x00"]


def test_no_error_tells_how_it_is_built(workspace: Workspace) -> None:
    told: dict[str, str] = {}
    for route in GUARDED:
        for body in BAD if route.body else [None]:
            for path in (
                path_of(route),
                route.path.replace("{", "").replace("}", ""),
                route.path.replace("{", "%7B\x00"),
            ):
                for query in ({}, {"limit": "x"}, {"cursor": "x"}, {"from": "x", "to": "y"}):
                    answer = workspace.ask(route.method, path, role_for(route), body=body, query=query)
                    if answer.status != 200:
                        assert set(answer.content) <= {"code", "message", "docs"}
                        told[answer.content["message"]] = route.name

    assert len(told) > 30
    assert {words: name for words, name in told.items() if OURS.search(words)} == {}
    assert not workspace.failures
