import json
import re
from typing import cast

import pytest

from infra.permissions import functions, identity, paths
from infra.templates import Template, Templates, resources
from regulars.adapters.http import serve
from regulars.adapters.ingest_api import IngestApi
from regulars.adapters.openapi import AREAS
from regulars.pipeline.ingest import Door

# What the SDKs in the wild ask for in a preflight, each seen on the wire.
PREFLIGHTS = {
    "analytics-next": "authorization x-retry-count content-type",
    "rudderstack": "anonymousid authorization content-type sentat",
    "rudderstack, again": "rsa-recovered rsa-retry-attempt rsa-retry-reason rsa-since-first-attempt "
    "rsa-since-last-attempt",
    "jitsu": "content-type x-write-key x-ip-policy",
}
PUBLIC = {
    "POST /v1/{call}": "ingest",
    "POST /{proxy+}": "ingest",
    "GET /v1/projects/{key}/settings": "ingest",
    "GET /v1/pixel/{call}": "ingest",
    "GET /sourceConfig": "ingest",
    "$default": "ingest",
    "GET /v1/openapi.json": "admin_api",
    "GET /v1/sign-in": "admin_api",
    "GET /v1/preferences": "preferences",
    "POST /v1/preferences": "preferences",
    "GET /v1/unsubscribe": "preferences",
    "POST /v1/unsubscribe": "preferences",
    "GET /v1/inbox": "inbox_api",
    "POST /v1/inbox/{id}/read": "inbox_api",
    "GET /analytics.js/v1/{key}/analytics.min.js": "serve_analytics",
    "GET /analytics-next/bundles/{file}": "serve_analytics",
}


def routes(templates: Templates) -> dict[str, Template]:
    return {each["RouteKey"]: each for each in resources(templates.platform, "ApiGatewayV2::Route").values()}


def function_of(templates: Templates, route: Template) -> str:
    integrations = resources(templates.platform, "ApiGatewayV2::Integration")
    integration = integrations[identity(route["Target"]["Fn::Join"][1][1])]
    return paths(templates)[identity(integration["IntegrationUri"])].split("/")[1]


def cors(templates: Templates) -> Template:
    [api] = resources(templates.platform, "ApiGatewayV2::Api").values()
    return dict(api["CorsConfiguration"])


def stage(templates: Templates) -> Template:
    [only] = resources(templates.platform, "ApiGatewayV2::Stage").values()
    return only


def test_a_browser_may_send_every_header_of_every_sdk(deployed: Templates) -> None:
    asked = {header for headers in PREFLIGHTS.values() for header in headers.split()}

    assert set(cors(deployed)["AllowHeaders"]) == asked | {"authorization", "if-none-match"}


def test_a_browser_anywhere_may_call_and_see_when_to_retry(deployed: Templates) -> None:
    rules = cors(deployed)

    assert rules["AllowOrigins"] == ["*"]
    assert not rules.get("AllowCredentials")
    assert rules["ExposeHeaders"] == ["etag", "retry-after"]
    assert rules["MaxAge"] == 86_400


def test_the_gateway_answers_preflights_itself(deployed: Templates) -> None:
    assert not [key for key in routes(deployed) if key.startswith(("OPTIONS", "ANY"))]


def test_exactly_these_routes_need_no_token(deployed: Templates) -> None:
    public = {
        key: function_of(deployed, each)
        for key, each in routes(deployed).items()
        if each["AuthorizationType"] == "NONE"
    }

    assert public == PUBLIC


def test_all_other_routes_need_a_token_of_the_pool(deployed: Templates) -> None:
    guarded = {key: each for key, each in routes(deployed).items() if key not in PUBLIC}
    [authorizer] = resources(deployed.platform, "ApiGatewayV2::Authorizer")

    assert guarded
    assert {(each["AuthorizationType"], identity(each["AuthorizerId"])) for each in guarded.values()} == {
        ("JWT", authorizer)
    }


def test_a_token_must_be_made_for_this_client(deployed: Templates) -> None:
    [authorizer] = resources(deployed.platform, "ApiGatewayV2::Authorizer").values()
    [audience] = authorizer["JwtConfiguration"]["Audience"]

    assert paths(deployed)[identity(audience)] == "people/pool/client"


def specificity(key: str) -> tuple[bool, int]:
    """Rank routes as the gateway does: whole matches first, then those with more words of their own."""
    return "+}" not in key, sum("{" not in segment for segment in key.split("/"))


def chosen(templates: Templates, method: str, path: str) -> str:
    """Return the route that a request takes."""
    fitting = [key for key in routes(templates) if re.fullmatch(pattern(key), f"{method} {path}")]
    return max(fitting, key=specificity, default="$default")


def pattern(key: str) -> str:
    return re.sub(r"\\\{\w+\\\}", "[^/]+", re.sub(r"\\\{\w+\\\+\\\}", ".+", re.escape(key)))


DESCRIBED = [(area, route.method, route.path, route.scope) for area, described in AREAS.items() for route in described]


@pytest.mark.parametrize(("function", "method", "path", "scope"), DESCRIBED)
def test_a_described_route_is_open_to_whom_it_says(
    deployed: Templates, function: str, method: str, path: str, scope: str | None
) -> None:
    route = routes(deployed)[chosen(deployed, method, path.replace("{", "a").replace("}", "z"))]

    assert function_of(deployed, route) == function
    assert route["AuthorizationType"] == ("JWT" if scope else "NONE")


@pytest.mark.parametrize("path", ["/v1/track/", "/v1/batch/", "/beacon/v1/batch", "/api/s/track"])
def test_other_paths_of_sdks_lead_to_ingest(deployed: Templates, path: str) -> None:
    assert chosen(deployed, "POST", path) == "POST /{proxy+}"


def test_settings_are_told_with_a_slash_at_the_end_too(deployed: Templates) -> None:
    route = routes(deployed)[chosen(deployed, "GET", "/sourceConfig/")]

    assert (function_of(deployed, route), route["AuthorizationType"]) == ("ingest", "NONE")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/profiles/lookup"),
        ("GET", "/v1/profiles/p_1"),
        ("GET", "/v1/profiles/p_1/events"),
        ("GET", "/v1/profiles/p_1/graph"),
        ("POST", "/v1/profiles/p_1/unmerge"),
        ("GET", "/v1/quarantine"),
        ("PUT", "/v1/quarantine/web.2026-11-21.invalid_event.aaaaaaaaaaaaaaaa"),
        ("POST", "/v1/quarantine/replay"),
        ("GET", "/v1/sources"),
        ("PATCH", "/v1/profiles/p_1/traits"),
        ("POST", "/v1/profiles/p_1/rebuild"),
        ("POST", "/v1/rebuilds"),
        ("POST", "/v1/segments/preview"),
        ("POST", "/v1/templates/welcome/preview"),
        ("PUT", "/v1/templates/welcome"),
        ("POST", "/v1/webhooks/coupons/secrets"),
        ("POST", "/v1/profiles/p_1/inbox-token"),
    ],
)
def test_what_is_personal_stays_guarded(deployed: Templates, method: str, path: str) -> None:
    route = routes(deployed)[chosen(deployed, method, path)]

    assert route["AuthorizationType"] == "JWT"
    assert function_of(deployed, route) in {"profile_api", "change_profile", "unmerge", "admin_api", "preview_segment"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "not_found"),
        ("GET", "/v1/nothing", 404, "not_found"),
        ("GET", "/v1/track", 405, "method_not_allowed"),
        ("PATCH", "/v1/profiles/p_1", 405, "method_not_allowed"),
        ("GET", "/v1/profiles", 404, "not_found"),
        ("GET", "/v1/segments/", 404, "not_found"),
        ("DELETE", "/anything", 404, "not_found"),
    ],
)
def test_all_else_is_refused_in_json_with_a_code(
    deployed: Templates, method: str, path: str, status: int, code: str
) -> None:
    assert chosen(deployed, method, path) == "$default"

    answer = refused_by_ingest(method, path)

    assert answer["statusCode"] == status
    assert json.loads(answer["body"]).keys() == {"code", "message", "docs"}
    assert json.loads(answer["body"])["code"] == code


def refused_by_ingest(method: str, path: str) -> Template:
    api = IngestApi(cast("Door", None))  # a refusal comes before anything is stored
    event = {"rawPath": path, "requestContext": {"http": {"method": method}}}
    return serve(event, api.answer, lambda _error: None)


def test_the_api_is_throttled(deployed: Templates, in_production: Templates) -> None:
    for templates, rate in ((deployed, 500), (in_production, 5_000)):
        limits = stage(templates)["DefaultRouteSettings"]

        assert (limits["ThrottlingRateLimit"], limits["ThrottlingBurstLimit"]) == (rate, rate)


def test_access_logs_name_nobody(deployed: Templates) -> None:
    fields = json.loads(stage(deployed)["AccessLogSettings"]["Format"])

    assert set(fields.values()) == {
        "$context.requestId",
        "$context.responseLatency",
        "$context.responseLength",
        "$context.routeKey",
        "$context.status",
    }


def test_one_permission_a_function_is_enough_for_all_its_routes(deployed: Templates) -> None:
    callers = [
        each["FunctionName"]
        for each in resources(deployed.platform, "Lambda::Permission").values()
        if each["Principal"] == "apigateway.amazonaws.com"
    ]

    assert len(callers) == len({identity(each) for each in callers}) < len(functions(deployed))
