"""No route believes what is no access token of the sign-in, and nothing of it is kept."""

from base64 import b64encode
from typing import Any

import pytest

from regulars.adapters.access import Access
from regulars.adapters.routes import Route
from regulars.adapters.tokens import Tokens
from regulars.pipeline.sights import Sights
from regulars.stores.database import TableName
from tests.canaries import BODIES, CANARIES, GUARDED, QUERY, a_workspace_with_canaries, path_of
from tests.forgeries import FORGERIES
from tests.sign_in import CLIENT, ISSUER, claims, keys, token
from tests.workspace import Answer, Workspace

WRITE_KEYS = ("wk_public", "wk_server", "sk_secret")
OTHERS = [
    f"Bearer {token(claims(token_use='id'))}",
    f"Bearer {token(claims(token_use=''))}",
    f"Bearer {token(claims(token_use=['access']))}",
    *(f"Bearer {each}" for each in WRITE_KEYS),
    *(f"Basic {b64encode(f'{each}:'.encode()).decode()}" for each in WRITE_KEYS),
]


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    """A workspace that believes the tokens of its user pool only, as functions do."""
    workspace = a_workspace_with_canaries()
    tokens = Tokens(ISSUER, frozenset({CLIENT}), keys)
    workspace._access = Access(tokens.claims, Sights(workspace.world.database).of)
    return workspace


def ask(workspace: Workspace, route: Route[Any], headers: dict[str, str], **query: str) -> Answer:
    return workspace.ask(
        route.method,
        path_of(route),
        query={**QUERY.get(route.name, {}), **query},
        body=BODIES.get(route.body),
        headers={"if-match": "999", **headers},
        # What the gateway says of a token is not believed either: a function reads the token itself.
        claims={"token_use": "access", "sub": "s-1", "cognito:groups": "[admin]"},
    )


@pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.name)
def test_no_route_believes_a_forged_token_another_token_or_a_write_key(workspace: Workspace, route: Route[Any]) -> None:
    tables: tuple[TableName, ...] = ("catalog", "audit", "tallies", "events")
    before = {table: workspace.world.database.all(table) for table in tables}

    for said in (*FORGERIES, *OTHERS):
        answer = ask(workspace, route, {} if said is None else {"authorization": said})

        assert (answer.status, answer.content["code"]) == (401, "unauthorized"), said
        assert not [canary for canary in CANARIES if canary in answer.text]

    assert {table: workspace.world.database.all(table) for table in tables} == before


@pytest.mark.parametrize("name", ["x-write-key", "x-api-key", "cookie", "proxy-authorization", "x-amzn-oidc-data"])
def test_a_token_counts_in_its_own_header_only(workspace: Workspace, name: str) -> None:
    route = next(route for route in GUARDED if route.name == "get_profile")

    assert ask(workspace, route, {name: f"Bearer {token()}"}).status == 401
    assert ask(workspace, route, {}, access_token=token()).status == 401
    assert ask(workspace, route, {"authorization": f"Bearer {token()}"}).status == 200
