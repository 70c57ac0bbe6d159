"""The description of the HTTP API is written from the routes, so it cannot drift from them or from what is deployed."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from regulars.adapters import openapi
from regulars.adapters.routes import Route
from regulars.domain.roles import SCOPES

DOCS = Path(__file__).parent.parent / "docs"
ROUTES: list[Route[Any]] = [route for routes in openapi.AREAS.values() for route in routes]


def references(content: object) -> set[str]:
    """All schemas that a part of the document refers to."""
    if isinstance(content, dict):
        own = {content["$ref"]} if isinstance(content.get("$ref"), str) else set()
        return own.union(*map(references, content.values()))
    return set().union(*map(references, content)) if isinstance(content, list) else set()


def test_the_description_in_docs_is_the_one_of_the_routes() -> None:
    assert (DOCS / "openapi.json").read_text() == openapi.text(), "cure: make docs"


def test_the_page_in_docs_lists_the_routes_and_roles() -> None:
    page = (DOCS / "http-api.md").read_text()

    assert openapi.page(page) == page, "cure: make docs"
    assert all(f"`{route.method} {route.path}`" in page for route in ROUTES)


def test_every_operation_has_its_own_name() -> None:
    names = [route.name for route in ROUTES]

    assert len(names) == len(set(names)) > 25
    assert len({(route.method, route.path) for route in ROUTES}) == len(names)


def test_every_schema_is_one_and_is_used() -> None:
    document = json.loads(openapi.text())
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)

    assert references(document) == {f"#/components/schemas/{name}" for name in schemas}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_operation_says_who_may_ask_and_what_can_go_wrong(route: Route[Any]) -> None:
    operation = openapi.document()["paths"][route.path][route.method.lower()]

    assert operation["security"] == ([{"token": []}] if route.scope else [{}])
    assert operation.get("x-scope") == route.scope
    assert route.scope in (*SCOPES, None)
    assert {"200", "429", "503"} <= operation["responses"].keys()
    assert ({"401", "403"} <= operation["responses"].keys()) is bool(route.scope)


def test_every_scope_is_asked_for_somewhere() -> None:
    assert {route.scope for route in ROUTES} | {"pii:read", "sensitive:read"} == {*SCOPES, None}
