"""Who may ask what: every route against every role, and no personal field for whoever may not."""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from regulars.adapters.openapi import document
from regulars.adapters.routes import Route
from regulars.domain.roles import GROUPS, ROLES, SCOPES
from tests.canaries import BODIES, CANARIES, GUARDED, QUERY, VALUES, a_workspace_with_canaries, ask, path_of
from tests.workspace import Workspace

VIEWERS = sorted(role for role, scopes in ROLES.items() if "pii:read" not in scopes)


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return a_workspace_with_canaries()


def test_the_matrix_below_holds_every_route_that_the_description_guards() -> None:
    described = {
        operation["operationId"]: operation["x-scope"]
        for methods in document()["paths"].values()
        for operation in methods.values()
        if operation["security"] == [{"token": []}]
    }

    assert described == {route.name: route.scope for route in GUARDED}
    assert len(described) > 90
    assert {scope for scopes in ROLES.values() for scope in scopes} == set(SCOPES)


@pytest.mark.parametrize(("route", "role"), list(product(GUARDED, ROLES)), ids=lambda each: getattr(each, "name", each))
def test_a_role_may_ask_what_its_scopes_say_and_nothing_else(
    workspace: Workspace, route: Route[Any], role: str
) -> None:
    answer = ask(workspace, route, role)

    assert (answer.status == 403) is (route.scope not in ROLES[role])
    assert answer.status < 500


@pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.name)
@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({}, 401),
        ({"token_use": "id", GROUPS: "[admin]"}, 401),
        ({GROUPS: "[admin]"}, 401),
        ({"token_use": "access"}, 403),
        ({"token_use": "access", GROUPS: "[notadmin]"}, 403),
        ({"token_use": "access", GROUPS: "[\uff41\uff44\uff4d\uff49\uff4e]"}, 403),
        ({"token_use": "access", GROUPS: "[admin"}, 403),
        ({"token_use": "access", GROUPS: ""}, 403),
        ({"token_use": "access", GROUPS: {"admin": 1}}, 403),
    ],
)
def test_no_route_takes_what_only_looks_like_a_role(
    workspace: Workspace, route: Route[Any], claims: dict[str, Any], status: int
) -> None:
    answer = ask(workspace, route, claims=claims)

    assert answer.status == status
    assert set(answer.content) == {"code", "message", "docs"}


@pytest.mark.parametrize("claims", [{}, {"token_use": "id"}])
def test_anybody_may_read_the_description(workspace: Workspace, claims: dict[str, Any]) -> None:
    answer = workspace.ask("GET", "/v1/openapi.json", claims=claims)

    assert answer.content["openapi"] == "3.1.0"


def shapes(workspace: Workspace, role: str) -> Iterator[str]:
    """Every answer that a role can get: each route, by each reference, in pages of one and of many, and each error."""
    refs = [
        *["user_id:c4n4ry-user", "email:c4n4ry@example.com", "anonymous_id:c4n4ry-device"],
        workspace.get("/v1/profiles/user_id:c4n4ry-user").content["profile_id"],
    ]
    for route in GUARDED:
        for ref, limit in product(refs if "{ref}" in route.path else refs[:1], ("1", "1000")):
            query = {**QUERY.get(route.name, {})}
            if any(parameter.name == "limit" for parameter in route.query):
                query["limit"] = limit
            path = path_of(route).replace(VALUES["ref"], ref)
            cursor: str | None = None
            for _ in range(8):
                answer = workspace.ask(
                    route.method,
                    path,
                    role,
                    query={**query, **({"cursor": cursor} if cursor else {})},
                    body={"ref": ref} if route.body == "Lookup" else BODIES.get(route.body),
                    headers={"if-match": "999"},
                )
                yield answer.text
                cursor = answer.content.get("next")
                if cursor is None:
                    break


@pytest.mark.parametrize("role", VIEWERS)
def test_whoever_may_not_read_personal_fields_sees_none_in_any_shape(workspace: Workspace, role: str) -> None:
    texts = list(shapes(workspace, role))
    everything = "\n".join([*texts, *(json.dumps(json.loads(text), ensure_ascii=False) for text in texts)])

    assert len(texts) > 50
    assert [canary for canary in CANARIES if canary.lower() in everything.lower()] == []
    assert "•••" in everything
    assert '"gold"' in everything


def test_whoever_may_read_them_sees_all(workspace: Workspace) -> None:
    everything = "\n".join(shapes(workspace, "admin"))

    assert [canary for canary in CANARIES if canary not in everything] == []


def test_whoever_is_told_how_many_may_read_the_profiles_that_are_counted() -> None:
    counting = {route.scope for route in GUARDED if route.name in ("list_sizes", "preview_segment", "list_members")}

    assert counting == {"segments:read"}
    assert all("profiles:read" in scopes for scopes in ROLES.values() if "segments:read" in scopes)


def test_the_tables_themselves_hold_no_canary(workspace: Workspace) -> None:
    database = workspace.world.database
    stored = "".join(
        str(database.all(table)) for table in ("events", "identities", "profiles", "quarantine", "catalog")
    )

    assert [canary for canary in CANARIES if canary in stored] == []
