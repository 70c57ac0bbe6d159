"""What the APIs answer is what their description says."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from regulars.adapters.openapi import document
from regulars.adapters.routes import Route
from regulars.domain.exports import Export
from regulars.domain.passages import Passage
from regulars.stores.catalog import CatalogStore
from regulars.stores.exports import ExportStore
from regulars.stores.journeys import JourneyStore
from regulars.stores.privacy_requests import RequestStore
from tests.canaries import EXPORT, ROUTES, a_workspace_with_canaries, ask
from tests.workspace import Answer, Workspace


@pytest.fixture
def workspace() -> Workspace:
    return a_workspace_with_canaries()


def check(name: str, content: object) -> None:
    """Hold an answer against the schema of its name."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": document()["components"]}
    Draft202012Validator(schema).validate(content)


BODIES: dict[str, Any] = {
    "put_segment": {"where": {"event": "x"}},
    "put_computed_trait": {"orders": "revenue"},
    "put_source": {"name": "Shop"},
    "put_identity": {"identifiers": [{"kind": "user_id", "from": ["userId"], "limit": 1, "known": True}]},
    "put_list": {"name": "Very important"},
    "put_workspace": {"zone": "Europe/Berlin"},
    "put_consent": {"purposes": {"newsletter": {}}},
    "put_teams": {"teams": {"dach": {"segments": "all", "traits": ["plan"]}}},
    "put_retention": {"events": {"Product Viewed": "90 days"}},
    "put_tracking_plan": {"event": "Feedback Given", "mode": "draft"},
    "put_rates": {"currency": "EUR", "days": {"2026-01-01": {"USD": 1.25}}},
    "put_journey": {"enter": {"event": "Signed Up"}, "steps": [{"wait": "1 day"}]},
    "put_messaging": {"caps": [{"most": 3, "days": 7}]},
    "put_template": {"channel": "sms", "text": "Hello {{traits.firstName}}"},
    "put_webhook": {"url": "https://api.shop.example/hook"},
    "put_import": {"source": "s", "key": ["id"], "calls": [{"type": "identify", "userId": "{id}"}]},
}


STANDING: dict[str, dict[str, Any]] = {  # how the request is when it is asked for
    "verify_privacy_request": {"identifiers": 1},
    "list_privacy_profiles": {"kind": "access", "state": "verified"},
    "complete_privacy_request": {"kind": "access", "state": "verified"},
    "resume_privacy_request": {"state": "verified"},
    "repeat_privacy_request": {"state": "done"},
    "get_certificate": {"state": "done"},
}


SAID: dict[str, Any] = {
    "mint_key": {"label": "default"},
    "rotate_key": {"label": "default"},
}


def role_for(route: Route[Any], role: str) -> str:
    """Choose who may: engineers correct nobody, decide for nobody, handle no requests, and take nobody out."""
    if route.scope == "audit:read":
        return "privacy"
    if role == "engineer" and route.name in (
        "correct_traits",
        "record_decision",
        "make_preference_link",
        "make_inbox_token",
        "list_suppressions",
        "lift_suppressions",
    ):
        return "service"
    apart = "/exports" in route.path or route.scope in ("privacy:write", "privacy:erase")
    return "privacy" if role == "engineer" and apart else role


def said_by(route: Route[Any], export: Export) -> dict[str, Any]:
    """Give the body of a request, if it is not the same for all routes that take one of its kind."""
    if route.name == "approve_export":
        return {"body": {"print": export.print}}
    if route.name in SAID:
        return {"body": SAID[route.name]}
    return {"body": {"definition": BODIES[route.name]}} if route.name in BODIES else {}


def that_waits(workspace: Workspace) -> Export:
    """Let the export wait, and be that of somebody else, for those who agree to it."""
    segment = CatalogStore(workspace.world.database).live().shown["web"]
    standing = replace(EXPORT, edition=segment.edition, definition=segment.version)
    export = replace(standing, version=1, state="waiting", by="s-2")
    return ExportStore(workspace.world.database).save(export)


LIVES: dict[str, Sequence[str]] = {  # of a journey, when the route is asked for; what is live of it where none is named
    "publish_journey": (),
    "delete_journey": (),
    "put_journey": (),
    "resume_journey": ("publish", "pause"),
    "archive_journey": ("publish", "drain"),
}


def live_a_while(workspace: Workspace, route: Route[Any]) -> None:
    """Lead a journey some way through its life, and somebody through it, for those who are asked about journeys."""
    if "journey" not in route.name and route.name != "list_passages":
        return
    for deed in LIVES.get(route.name, ("publish",)):
        assert workspace.ask("POST", f"/v1/journeys/web/{deed}", body={"draft": 1}).status == 200
    owner = workspace.owner("user_id", "c4n4ry-user")
    passage = Passage(owner=owner, journey="web", number=1, id="1", key="", at=1, since=1, place="wait_1", until=9)
    JourneyStore(workspace.world.database).save(passage)


NEEDS_A_CUT_OR_A_STORM = ("release", "heal", "let_go")  # which their own tests make


def revoke(workspace: Workspace, route: Route[Any], role: str) -> Answer:
    """Take away the only key of a source, or the only secret of a webhook."""
    of, what = ("sources", "keys") if route.name == "revoke_key" else ("webhooks", "secrets")
    [one] = workspace.get(f"/v1/{of}/web/{what}", "admin").content[what]
    return workspace.ask("DELETE", f"/v1/{of}/web/{what}/{one['print']}", role)


@pytest.mark.parametrize("role", ["admin", "engineer"])
@pytest.mark.parametrize(
    "route", [one for one in ROUTES if one.name not in NEEDS_A_CUT_OR_A_STORM], ids=lambda route: route.name
)
def test_an_answer_has_the_described_form(workspace: Workspace, route: Route[Any], role: str) -> None:
    workspace.put("/v1/imports/web", {"definition": BODIES["put_import"]})
    workspace.put("/v1/identity", {"definition": BODIES["put_identity"]})
    workspace.put("/v1/workspace", {"definition": BODIES["put_workspace"]})
    workspace.put("/v1/teams", {"definition": BODIES["put_teams"]})
    workspace.put("/v1/retention", {"definition": BODIES["put_retention"]})
    workspace.put("/v1/computed-traits/web", {"definition": BODIES["put_computed_trait"]})
    workspace.put("/v1/rates/web", {"definition": BODIES["put_rates"]})
    workspace.put("/v1/consent", {"definition": BODIES["put_consent"]})
    if route.scope == "audit:read":
        workspace.anchor()
    role = role_for(route, role)
    live_a_while(workspace, route)
    export = that_waits(workspace) if route.scope == "exports:approve" else EXPORT
    requests = RequestStore(workspace.world.database)
    if (standing := requests.get("web")) and route.name in STANDING:
        requests.save(replace(standing, **STANDING[route.name]))
    changes = {"headers": {}, **said_by(route, export)}
    if route.name in ("revoke_key", "revoke_webhook_secret"):
        answer = revoke(workspace, route, role)
    else:
        answer = ask(workspace, route, role, **changes)

    assert answer.status == 200
    check(route.returns, answer.content)


@pytest.mark.parametrize("path", ["/v1/profiles/nobody", "/v1/segments/none", "/v1/nothing"])
def test_an_error_has_the_described_form(workspace: Workspace, path: str) -> None:
    check("Error", workspace.get(path).content)


def test_the_described_examples_of_bodies_are_what_is_taken(workspace: Workspace) -> None:
    for body in ({"ref": "user_id:c4n4ry-user"}, {"kind": "user_id", "value": "c4n4ry-user"}):
        check("Lookup", body)

        assert workspace.ask("POST", "/v1/profiles/lookup", body=body).status == 200
