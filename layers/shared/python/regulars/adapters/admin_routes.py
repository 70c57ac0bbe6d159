"""The routes of the admin API."""

from collections.abc import Callable, Sequence
from functools import partial

from regulars.adapters import identity_api
from regulars.adapters.admin_api import AdminApi, Answer
from regulars.adapters.computed_trait_routes import COMPUTED_TRAIT_ROUTES
from regulars.adapters.days import DAYS
from regulars.adapters.journey_routes import DRAFT_ROUTES
from regulars.adapters.key_routes import KEY_ROUTES
from regulars.adapters.list_routes import LIST_ROUTES
from regulars.adapters.pages import PAGED
from regulars.adapters.quarantine_routes import QUARANTINE_ROUTES
from regulars.adapters.rate_routes import RATE_ROUTES
from regulars.adapters.rebuild_routes import REBUILD_ROUTES
from regulars.adapters.recording import Leaves
from regulars.adapters.routes import Call, Parameter, Route
from regulars.adapters.segment_routes import SEGMENT_ROUTES
from regulars.adapters.template_routes import TEMPLATE_ROUTES
from regulars.adapters.tracking_plan_routes import TRACKING_PLAN_ROUTES
from regulars.adapters.webhook_routes import WEBHOOK_ROUTES
from regulars.domain.roles import Scope
from regulars.stores.definitions import Kind

_VERSIONS = (
    "With If-Match or `version` it writes only over that version, else 409. An equal definition changes nothing."
)
_Answer = Callable[[AdminApi, Call], Answer]


def _route(
    method: str,
    path: str,
    scope: Scope,
    name: str,
    summary: str,
    answer: _Answer,
    *,
    returns: str,
    description: str = "",
    query: Sequence[Parameter] = (),
    audited: Leaves | None = None,
) -> Route[AdminApi]:
    return Route(
        name=name,
        method=method,
        path=path,
        scope=scope,
        summary=summary,
        description=description,
        answer=answer,
        returns=returns,
        query=query,
        body="Edit" if method == "PUT" else None,
        audited=audited,
    )


def _list(path: str, scope: Scope, kind: Kind) -> Route[AdminApi]:
    return _route(
        "GET",
        path,
        scope,
        f"list_{kind}s",
        f"List the {kind}s, by id",
        partial(AdminApi.list_definitions, kind=kind),
        returns=f"{kind.capitalize()}Page",
        query=PAGED,
    )


def _get(path: str, scope: Scope, name: str, summary: str, kind: Kind) -> Route[AdminApi]:
    answer = partial(AdminApi.get_definition, kind=kind)
    return _route("GET", path, scope, name, summary, answer, returns="Definition")


def _put(path: str, scope: Scope, name: str, summary: str, kind: Kind) -> Route[AdminApi]:
    answer = partial(AdminApi.put_definition, kind=kind)
    return _route("PUT", path, scope, name, summary, answer, returns="Edited", description=_VERSIONS)


def _delete(path: str, scope: Scope, kind: Kind) -> Route[AdminApi]:
    answer = partial(AdminApi.delete_definition, kind=kind)
    return _route("DELETE", path, scope, f"delete_{kind}", f"Delete this {kind}", answer, returns="Deleted")


_SOURCES = (
    _list("/v1/sources", "sources:read", "source"),
    _get("/v1/sources/{id}", "sources:read", "get_source", "Read a source", "source"),
    _route(
        "PUT",
        "/v1/sources/{id}",
        "sources:write",
        "put_source",
        "Write a source",
        AdminApi.put_source,
        returns="EditedSource",
        description=f"{_VERSIONS} `keys` are those that it lists and had not: a secret is told this once.",
    ),
    _route(
        "DELETE",
        "/v1/sources/{id}",
        "sources:write",
        "delete_source",
        "Delete a source, and revoke its write keys",
        AdminApi.delete_source,
        returns="Deleted",
    ),
    *KEY_ROUTES,
)
_IDENTITY = (
    _get("/v1/identity", "identity:read", "get_identity", "Read the identity rules", "identity"),
    _put("/v1/identity", "identity:write", "put_identity", "Write the identity rules", "identity"),
    _route(
        "GET",
        "/v1/identity/refused",
        "identity:read",
        "list_refused",
        "List which identifiers were kept from joining a person, and by which limit, by day",
        identity_api.list_refused,
        returns="RefusedClaimPage",
        description="Of each identifier and limit the first event of the day; kept for 90 days, in the lake for ever.",
        query=(*DAYS, *PAGED),
        audited="reads",
    ),
    _route(
        "GET",
        "/v1/identity/held",
        "identity:read",
        "list_held",
        "List identifiers that tied too many together within an hour, and tie nobody since",
        identity_api.list_held,
        returns="HeldPage",
        description="Each with what to do: block it and heal, or let it go.",
        query=PAGED,
        audited="reads",
    ),
)
_WORKSPACE = (
    _get("/v1/workspace", "workspace:read", "get_workspace", "Read the settings of the workspace", "workspace"),
    _put("/v1/workspace", "workspace:write", "put_workspace", "Write the settings of the workspace", "workspace"),
)
_TEAMS = (
    _get("/v1/teams", "teams:read", "get_teams", "Read which team sees which segments and traits", "teams"),
    _put("/v1/teams", "teams:write", "put_teams", "Write which team sees which segments and traits", "teams"),
)
_RETENTION = (
    _get("/v1/retention", "retention:read", "get_retention", "Read for how long what is kept", "retention"),
    _put("/v1/retention", "retention:write", "put_retention", "Write for how long what is kept", "retention"),
)
_CONSENT = (
    _get("/v1/consent", "purposes:read", "get_consent", "Read for what people are asked for consent", "consent"),
    _put("/v1/consent", "purposes:write", "put_consent", "Write for what people are asked for consent", "consent"),
)
_IMPORTS = (
    _list("/v1/imports", "imports:read", "import"),
    _get("/v1/imports/{id}", "imports:read", "get_import", "Read an import mapping", "import"),
    _put("/v1/imports/{id}", "imports:write", "put_import", "Write an import mapping", "import"),
    _delete("/v1/imports/{id}", "imports:write", "import"),
)
_DOCUMENT: Route[AdminApi] = Route(
    name="get_document",
    method="GET",
    path="/v1/openapi.json",
    scope=None,
    summary="Read this description of the API",
    answer=AdminApi.get_document,
    returns="Document",
)
_SIGN_IN: Route[AdminApi] = Route(
    name="get_sign_in",
    method="GET",
    path="/v1/sign-in",
    scope=None,
    summary="Read where people sign in",
    description="The region of the user pool and its client, which `regulars login` needs: neither is a secret.",
    answer=AdminApi.get_sign_in,
    returns="SignIn",
)
ADMIN_ROUTES: Sequence[Route[AdminApi]] = (
    *SEGMENT_ROUTES,
    *_SOURCES,
    *_IDENTITY,
    *_WORKSPACE,
    *_TEAMS,
    *_RETENTION,
    *_CONSENT,
    *_IMPORTS,
    *COMPUTED_TRAIT_ROUTES,
    *RATE_ROUTES,
    *LIST_ROUTES,
    *DRAFT_ROUTES,
    *QUARANTINE_ROUTES,
    *TRACKING_PLAN_ROUTES,
    *TEMPLATE_ROUTES,
    *WEBHOOK_ROUTES,
    *REBUILD_ROUTES,
    _DOCUMENT,
    _SIGN_IN,
)
