"""
The description of the HTTP API, OpenAPI 3.1 and a page for people, both written from the tables of routes.

`python -m regulars.adapters.openapi` writes them into docs/.
"""

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from regulars.adapters.admin_routes import ADMIN_ROUTES
from regulars.adapters.audit_routes import AUDIT_ROUTES
from regulars.adapters.change_routes import CHANGE_ROUTES
from regulars.adapters.consent_routes import CONSENT_ROUTES
from regulars.adapters.export_routes import EXPORT_ROUTES
from regulars.adapters.graph_routes import GRAPH_ROUTES
from regulars.adapters.journey_report_routes import JOURNEY_REPORT_ROUTES
from regulars.adapters.journey_routes import JOURNEY_ROUTES
from regulars.adapters.legal_hold_routes import HELD_ROUTES, LEGAL_HOLD_ROUTES
from regulars.adapters.preview_routes import PREVIEW_ROUTES
from regulars.adapters.privacy_routes import PRIVACY_ROUTES
from regulars.adapters.profile_routes import PROFILE_ROUTES
from regulars.adapters.public_routes import INBOX_ROUTES, INGEST_ROUTES, PREFERENCE_ROUTES, SCRIPT_ROUTES
from regulars.adapters.routes import Parameter, Route
from regulars.adapters.schemas import SCHEMAS
from regulars.adapters.sent_routes import SENT_ROUTES
from regulars.adapters.template_preview_routes import TEMPLATE_PREVIEW_ROUTES
from regulars.adapters.unmerge_routes import UNMERGE_ROUTES
from regulars.adapters.why_routes import WHY_ROUTES
from regulars.domain.roles import ROLES, SCOPES
from regulars.errors import (
    ConflictingEditError,
    DefinitionError,
    ForbiddenError,
    InvalidRequestError,
    LakeTooLargeError,
    NotFoundError,
    RebuildRunningError,
    RequestError,
    ThrottledError,
    TooLargeError,
    UnauthorizedError,
    UnavailableError,
    UnparseableError,
    WrongStateError,
)

AREAS: Mapping[str, Sequence[Route[Any]]] = {
    "ingest": INGEST_ROUTES,
    "profile_api": (
        *PROFILE_ROUTES,
        *GRAPH_ROUTES,
        *WHY_ROUTES,
        *CONSENT_ROUTES,
        *HELD_ROUTES,
        *SENT_ROUTES,
        *TEMPLATE_PREVIEW_ROUTES,
    ),
    "unmerge": UNMERGE_ROUTES,
    "change_profile": CHANGE_ROUTES,
    "admin_api": ADMIN_ROUTES,
    "preview_segment": (*PREVIEW_ROUTES, *JOURNEY_REPORT_ROUTES),
    "audit_api": AUDIT_ROUTES,
    "privacy_api": (*PRIVACY_ROUTES, *LEGAL_HOLD_ROUTES),
    "export_api": EXPORT_ROUTES,
    "journey_api": JOURNEY_ROUTES,
    "preferences": PREFERENCE_ROUTES,
    "inbox_api": INBOX_ROUTES,
    "serve_analytics": SCRIPT_ROUTES,
}
_FILES: Mapping[str, Mapping[str, Any]] = {
    "Script": {"text/javascript": {"schema": {"type": "string"}}},
    "Image": {"image/gif": {}},
    "Page": {"text/html": {"schema": {"type": "string"}}},
}
_KEYED = ("Accepted", "SourceConfig")
_EDITS = ("Edit", "QuarantineEdit", "QuarantineRepair")
_RACES = ("UploadWish", "UploadRows", "UploadEnd", "PrivacyWish", "PrivacyIdentifiers", "PrivacyProof")
_REQUESTS = ("PrivacyRequest", "Certificate", "PrivacyProfilePage", "Export", "ExportLink")
_PUBLICATIONS = ("JourneyPublished", "JourneyVersions")
_DRAFTS = ("SegmentDraft", "SegmentQuestion")
_OF_LAKE = ("preview_segment", "report_journey")
MADE = "written by `make docs`"
_PATH_WORDS: Mapping[str, str] = {
    "ref": "a profile id (`p_…`), or an identifier as `kind:value`, URL-encoded",
    "id": "the id of the definition, journey, event in quarantine, rebuild, held identifier, request or export",
    "key": "a write key",
    "file": "the name of a file of the SDK",
    "upload": "the id of an upload of the list",
    "print": "the print of a write key or of a secret, as the list of them tells it",
}


_CASE = Parameter(
    name="X-Case",
    description="the number of the case for which this is asked; it stands in the audit trail",
    schema={"type": "string", "maxLength": 40},
)


@cache
def document() -> Mapping[str, Any]:
    """Describe all routes."""
    paths: dict[str, dict[str, Any]] = {}
    for area, routes in AREAS.items():
        for route in routes:
            paths.setdefault(route.path, {})[route.method.lower()] = _operation(area, route)
    bearer = {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "an access token of the sign-in",
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Regulars", "version": "1", "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "paths": paths,
        "components": {"schemas": dict(SCHEMAS), "securitySchemes": {"token": bearer}},
    }


def page(text: str) -> str:
    """Write the tables of routes and roles between the markers of a page."""
    for name, table in (("routes", _routes_table()), ("roles", _roles_table())):
        before, start, rest = text.partition(f"<!-- {name}: {MADE} -->")
        _, end, after = rest.partition(f"<!-- end of {name} -->")
        text = f"{before}{start}\n{table}\n{end}{after}"
    return text


def _operation(area: str, route: Route[Any]) -> dict[str, Any]:
    in_path = [
        Parameter(name=name, description=_PATH_WORDS[name], schema={"type": "string"}, required=True)
        for name in re.findall(r"\{(\w+)\}", route.path)
    ]
    headers = [_CASE] if route.leaves != "nothing" else []
    parameters = [
        *_parameters(in_path, "path"),
        *_parameters(route.query, "query"),
        *_parameters(headers, "header"),
    ]
    operation: dict[str, Any] = {"operationId": route.name, "tags": [area], "summary": route.summary}
    if route.description:
        operation["description"] = route.description
    if parameters:
        operation["parameters"] = parameters
    if route.body:
        operation["requestBody"] = {"required": True, "content": _content(route.body)}
    # An empty requirement says that anybody may ask; roles, not scopes of the token, grant what is asked for here.
    operation["security"] = [{"token": []}] if route.scope else [{}]
    if route.scope:
        operation["x-scope"] = route.scope
    operation["responses"] = _responses(route)
    return operation


def _parameters(parameters: Iterable[Parameter], place: str) -> list[dict[str, Any]]:
    return [
        {
            "name": parameter.name,
            "in": place,
            "required": parameter.required,
            "description": parameter.description,
            "schema": dict(parameter.schema),
        }
        for parameter in parameters
    ]


def _content(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _responses(route: Route[Any]) -> dict[str, Any]:
    kind = _FILES.get(route.returns) or _content(route.returns)
    responses: dict[str, Any] = {"200": {"description": "done", "content": kind}}
    codes: dict[int, list[str]] = {}
    for error in _errors(route):
        codes.setdefault(error.status, []).append(error.code)
    for status in sorted(codes):
        responses[str(status)] = {"description": ", ".join(sorted(set(codes[status]))), "content": _content("Error")}
    return responses


def _errors(route: Route[Any]) -> Iterable[type[RequestError]]:
    general: list[type[RequestError]] = [ThrottledError, UnavailableError]
    guarded: list[type[RequestError]] = [UnauthorizedError, ForbiddenError] if route.scope else []
    bodied: list[type[RequestError]] = [UnparseableError, InvalidRequestError, TooLargeError] if route.body else []
    asked: list[type[RequestError]] = [InvalidRequestError] if route.scope else []
    found: list[type[RequestError]] = [NotFoundError] if "{" in route.path or route.scope else []
    edited: list[type[RequestError]] = [DefinitionError, ConflictingEditError] if route.body in _EDITS else []
    drafted: list[type[RequestError]] = [DefinitionError] if route.body in _DRAFTS else []
    asked_of_lake: list[type[RequestError]] = [LakeTooLargeError] if route.name in _OF_LAKE else []
    begun: list[type[RequestError]] = [RebuildRunningError] if route.body == "RebuildWish" else []
    moving = route.method == "DELETE" or route.returns in ("MemberPage", *_REQUESTS)
    deleted: list[type[RequestError]] = [ConflictingEditError] if moving else []
    raced: list[type[RequestError]] = [ConflictingEditError] if route.body in _RACES else []
    keyed: list[type[RequestError]] = [UnauthorizedError] if route.returns in _KEYED else []
    lived = _of_lives(route)
    return chain(
        general, guarded, bodied, asked, found, edited, drafted, asked_of_lake, begun, deleted, raced, keyed, lived
    )


def _of_lives(route: Route[Any]) -> list[type[RequestError]]:
    """List the errors of deeds that depend on the state of a journey."""
    if route.body == "JourneyEntry":
        return [WrongStateError]
    return [WrongStateError, ConflictingEditError, DefinitionError] if route.returns in _PUBLICATIONS else []


def _routes_table() -> str:
    lines = ["| route | scope | what it does |", "|---|---|---|"]
    for route in chain.from_iterable(AREAS.values()):
        scope = f"`{route.scope}`" if route.scope else "none"
        lines.append(f"| `{route.method} {route.path}` | {scope} | {route.summary} |")
    return "\n".join(lines)


def _roles_table() -> str:
    lines = ["| group | scopes |", "|---|---|"]
    for role, scopes in ROLES.items():
        lines.append(f"| `{role}` | {', '.join(f'`{scope}`' for scope in SCOPES if scope in scopes)} |")
    return "\n".join(lines)


def text() -> str:
    """Write the description as JSON, as docs/openapi.json holds it."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def main(docs: Path) -> None:
    """Write docs/openapi.json, and the table in docs/http-api.md."""
    (docs / "openapi.json").write_text(text())
    people = docs / "http-api.md"
    people.write_text(page(people.read_text()))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
