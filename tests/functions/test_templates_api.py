"""Templates by the API: written, kept as long as a journey sends them, and shown as one person would get them."""

import json
from typing import Any

import pytest

from regulars.domain.journey_definitions import parse_journey
from regulars.domain.masking import MASK
from regulars.errors import DefinitionError
from regulars.pipeline.templates import has_templates
from regulars.stores.catalog import CatalogStore
from tests.workspace import Answer, Workspace

SMS = {"channel": "sms", "text": "Hello {{traits.first_name}}, {{entry.order_id}} of {{workspace.zone}}"}
ANN = {"type": "identify", "userId": "ann", "traits": {"first_name": "Ann", "plan": "gold"}}
JOURNEY = {
    "purpose": "orders",
    "enter": {"event": "Order Completed", "key": "order_id"},
    "steps": [{"send": {"channel": "sms", "template": "late", "class": "transactional"}}],
}


@pytest.fixture
def workspace() -> Workspace:
    workspace = Workspace()
    workspace.send(ANN)
    return workspace


def define(workspace: Workspace, role: str = "admin", **fields: Any) -> Answer:
    """Write the template `late`."""
    return workspace.put("/v1/templates/late", {"definition": {**SMS, **fields}}, role)


def preview(workspace: Workspace, role: str = "privacy", profile: object = "user_id:ann", **fields: Any) -> Answer:
    """Ask how a message would look."""
    return workspace.ask("POST", "/v1/templates/late/preview", role, body={"profile": profile, **fields})


def publish(workspace: Workspace, state: str = "live") -> None:
    """Lay down a version as it is published."""
    content = {"definition": JOURNEY, "state": state, "machine": "m", "published": 1}
    workspace.world.define("journey_version", "delivery#000001", content)


def test_a_message_is_shown_as_its_person_would_get_it(workspace: Workspace) -> None:
    define(workspace)
    shown = preview(workspace, entry={"order_id": "o-7"}).content

    assert (shown["text"], shown["missing"], shown["masked"]) == ("Hello Ann, o-7 of UTC", None, False)
    assert shown["sms"] == {"alphabet": "GSM-7", "signs": 21, "parts": 1}
    assert preview(workspace).content["text"] == "Hello Ann, [entry.order_id] of UTC"


def test_who_may_not_see_traits_sees_none(workspace: Workspace) -> None:
    define(workspace)
    shown = preview(workspace, "marketer")

    assert "Ann" not in shown.text
    assert (MASK in shown.content["text"], shown.content["masked"]) == (True, True)


def test_a_look_at_somebody_is_written_down(workspace: Workspace) -> None:
    define(workspace)
    preview(workspace)

    assert workspace.audited == [("s-1", "preview_template", f"p_{workspace.owner('user_id', 'ann')}")]


def test_a_preview_says_what_is_missing(workspace: Workspace) -> None:
    define(workspace, text="{{traits.last_name}}")

    assert preview(workspace).content | {"masked": False} == {
        "channel": "sms",
        "missing": "traits.last_name",
        **dict.fromkeys(["subject", "html", "text", "link", "sms"]),
        "masked": False,
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"profile": "user_id:nobody"}, 404),
        ({"profile": ""}, 400),
        ({"profile": 1}, 400),
        ({}, 400),
        ({"profile": "user_id:ann", "entry": []}, 400),
        ({"profile": "user_id:ann", "answers": "x"}, 400),
        ({"profile": "user_id:ann", "traits": {}}, 400),
        ({"profile": "user_id:ann", "entry": {"order_id": {"a": ["{{"] * 9}}}, 200),
        ([], 400),
    ],
    ids=range(9),
)
def test_what_a_preview_is_asked(workspace: Workspace, body: object, status: int) -> None:
    define(workspace)

    assert workspace.ask("POST", "/v1/templates/late/preview", "privacy", body=body).status == status
    assert workspace.ask("POST", "/v1/templates/none/preview", "privacy", body={"profile": "user_id:ann"}).status == 404


@pytest.mark.parametrize(("role", "status"), [("marketer", 200), ("admin", 200), ("analyst", 403), ("service", 403)])
def test_who_writes_templates(workspace: Workspace, role: str, status: int) -> None:
    assert define(workspace, role).status == status


def test_what_is_wrong_is_told_with_its_place(workspace: Workspace) -> None:
    answer = define(workspace, text="{{{traits.first_name}}}")

    assert answer.status == 400
    assert "text" in answer.content["message"]
    assert "{{{…}}}" in answer.content["message"]


@pytest.mark.parametrize("nested", [0, 1])
def test_a_template_that_a_journey_sends_is_not_deleted(workspace: Workspace, nested: int) -> None:
    define(workspace)
    steps = [{"repeat": {"times": 2, "steps": JOURNEY["steps"]}}] if nested else JOURNEY["steps"]
    workspace.world.define("journey", "delivery", {**JOURNEY, "steps": steps})
    refused = workspace.ask("DELETE", "/v1/templates/late")

    assert (refused.status, "the journey delivery names it" in refused.text) == (400, True)


def test_a_template_that_people_will_get_is_not_deleted_and_still_fits_them(workspace: Workspace) -> None:
    define(workspace)
    publish(workspace)
    refused = workspace.ask("DELETE", "/v1/templates/late")
    wrong = define(workspace, text="{{answers.coupon}}")

    assert (refused.status, "version 1 of the journey delivery" in refused.text) == (400, True)
    assert (wrong.status, "does not fit the journey delivery, version 1" in wrong.text) == (400, True)
    assert define(workspace, text="Late: {{entry.revenue}}").status == 200


def test_one_that_nobody_will_get_any_more_is_deleted(workspace: Workspace) -> None:
    define(workspace)
    publish(workspace, "stopped")

    assert workspace.ask("DELETE", "/v1/templates/late").status == 200


def test_a_journey_has_its_templates_and_webhooks(workspace: Workspace) -> None:
    store = CatalogStore(workspace.world.database)
    calling = parse_journey("x", {**JOURNEY, "steps": [{"webhook": {"to": "desk"}}, *JOURNEY["steps"]]})
    with pytest.raises(DefinitionError, match=r"catalog/webhooks/desk\.yaml"):
        has_templates(store, calling)
    workspace.put("/v1/webhooks/desk", {"definition": {"url": "https://desk.shop.example/"}})
    with pytest.raises(DefinitionError, match=r"catalog/templates/late\.yaml"):
        has_templates(store, calling)
    define(workspace)
    assert set(has_templates(store, calling)) == {"late"}
    plan = {"event": "Order Completed", "properties": {"properties": {"revenue": {"type": "number"}}}}
    workspace.put("/v1/tracking-plan/order", {"definition": plan})
    with pytest.raises(DefinitionError, match="the tracking plan does not know"):
        has_templates(store, calling)


def test_no_template_of_a_journey_says_what_is_sensitive(workspace: Workspace) -> None:
    define(workspace, text="{{traits.health}} {{entry.revenue}}")
    plan = {"type": "identify", "traits": {"properties": {"health": {"type": "string", "x-privacy": "sensitive"}}}}
    assert workspace.put("/v1/tracking-plan/identify", {"definition": plan}).status == 200
    with pytest.raises(DefinitionError, match=r"asks for traits\.health, which the tracking plan calls sensitive"):
        has_templates(CatalogStore(workspace.world.database), parse_journey("x", JOURNEY))
    publish(workspace)

    wrong = define(workspace, text="{{#traits.health}}Be well{{/traits.health}}")
    assert (wrong.status, "calls sensitive" in wrong.text) == (400, True)


def test_a_large_template_is_kept(workspace: Workspace) -> None:
    html = "<p>" + "x" * 79_000 + "</p>"
    mail = {"channel": "email", "subject": "x", "text": "x", "html": html}

    assert workspace.put("/v1/templates/mail", {"definition": mail}).status == 200
    assert json.loads(workspace.get("/v1/templates/mail").text)["definition"]["html"] == html
