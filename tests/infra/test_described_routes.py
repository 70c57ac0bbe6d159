"""What the gateway lets through and the API does not describe is answered with a refusal."""

from infra.templates import Templates
from regulars.adapters.openapi import AREAS
from tests.infra.test_http_api import chosen, function_of, routes
from tests.workspace import Workspace


def test_a_deployed_route_is_described_or_refused(deployed: Templates) -> None:
    described = {
        chosen(deployed, route.method, route.path.replace("{", "a").replace("}", "z"))
        for area in AREAS.values()
        for route in area
    }
    guarded = {
        key: each
        for key, each in routes(deployed).items()
        if function_of(deployed, each) in ("profile_api", "admin_api", "change_profile")
    }
    refused = {}
    for key in guarded.keys() - described:
        method, path = key.split(" ")
        refused[key] = Workspace().ask(method, path.replace("{proxy+}", "x/y/z")).status

    assert set(refused.values()) <= {404, 405}
    assert set(routes(deployed)) - described - set(refused) == {"POST /{proxy+}", "$default"}  # docs of ingest
