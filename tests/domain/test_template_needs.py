"""What journeys must give to the templates that they send, checked before anybody enters."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from regulars.domain.journey_definitions import parse_journey
from regulars.domain.plan_definitions import parse_plan
from regulars.domain.template_needs import Planned, bound_names, check_sends, planned_properties, sensitive_traits
from regulars.domain.templates import Template, parse_template
from regulars.errors import DefinitionError

SEND = {"send": {"channel": "email", "template": "hello", "class": "transactional"}}
COUPON = {"webhook": {"to": "coupons", "answers": {"coupon": "code"}, "failed": "exit"}}
LOOSE = {"webhook": {"to": "coupons", "answers": {"coupon": "code"}}}
BY_EVENT = {"event": "Order Completed", "key": "order_id"}


def a_template(text: str, **fields: Any) -> Template:
    """Build a template of an e-mail."""
    return parse_template("hello", {"channel": "email", "subject": "Hi", "text": text, **fields})


def check(
    text: str,
    steps: Sequence[Mapping[str, Any]],
    *,
    enter: Mapping[str, Any] = BY_EVENT,
    properties: frozenset[str] | None = None,
    **fields: Any,
) -> None:
    """Check a journey that sends one template."""
    journey = parse_journey("x", {"purpose": "orders", "enter": enter, "steps": steps})
    planned = Planned(properties=properties, sensitive={"health"})
    check_sends(journey, {"hello": a_template(text, **fields)}, planned)


@pytest.mark.parametrize(
    "steps",
    [
        [COUPON, SEND],
        [
            {
                "split": [
                    {"name": "a", "percent": 50, "steps": [COUPON]},
                    {"name": "b", "percent": 50, "steps": [COUPON]},
                ]
            },
            SEND,
        ],
        [
            {
                "split": [
                    {"name": "a", "percent": 50, "steps": ["exit"]},
                    {"name": "b", "percent": 50, "steps": [COUPON]},
                ]
            },
            SEND,
        ],
        [{"branch": [{"when": {"event": "X"}, "steps": [COUPON, SEND]}, {"otherwise": []}]}],
        [{"repeat": {"times": 2, "steps": [COUPON]}}, SEND],
        [COUPON, {"hold": {"at_most": "1 day", "until": [{"event": "X", "restart": True}], "otherwise": [SEND]}}],
    ],
    ids=range(6),
)
def test_an_answer_is_there_whichever_way_was_taken(steps: list[dict[str, Any]]) -> None:
    check("{{answers.coupon}}", steps)


@pytest.mark.parametrize(
    "steps",
    [
        [LOOSE, SEND],
        [SEND, COUPON],
        [{"split": [{"name": "a", "percent": 50, "steps": [COUPON]}, {"name": "b", "percent": 50, "steps": []}]}, SEND],
        [{"split": [{"name": "a", "percent": 50, "steps": [COUPON]}]}, SEND],
        [{"branch": [{"when": {"event": "X"}, "steps": [COUPON]}, {"otherwise": []}]}, SEND],
        [{"hold": {"at_most": "1 day", "until": [{"event": "X", "steps": [COUPON]}]}}, SEND],
    ],
    ids=range(6),
)
def test_an_answer_that_some_come_without_is_refused_and_may_be_left_out(steps: list[dict[str, Any]]) -> None:
    with pytest.raises(DefinitionError, match="some come here without"):
        check("{{answers.coupon}}", steps)
    check("{{#answers.coupon}}{{answers.coupon}}{{/answers.coupon}}", steps)


def test_an_answer_that_no_webhook_keeps_is_refused() -> None:
    with pytest.raises(DefinitionError, match="no webhook"):
        check("{{#answers.code}}{{.}}{{/answers.code}}", [COUPON, SEND])


@pytest.mark.parametrize(
    ("enter", "properties", "said"),
    [
        (BY_EVENT, frozenset({"order_id"}), "does not know"),
        ({"segment": "vip"}, None, "brings no properties"),
        ({"schedule": "x"}, None, None),
    ],
    ids=["plan", "segment", "none"],
)
def test_a_property_that_no_entry_brings_is_refused(
    enter: dict[str, Any], properties: frozenset[str] | None, said: str | None
) -> None:
    if said is None:
        check("{{entry.revenue}}", [SEND])  # nothing is planned: nobody knows
        check("{{entry.revenue}}", [SEND], enter={"api": True})
        check("{{entry.revenue}}", [SEND], properties=frozenset({"revenue"}))
        return
    with pytest.raises(DefinitionError, match=said):
        check("{{#entry.revenue}}{{.}}{{/entry.revenue}}", [SEND], enter=enter, properties=properties)


@pytest.mark.parametrize("name", ["email", "city", "shipping.city", "email.domain"])
def test_a_property_that_is_kept_sealed_is_refused(name: str) -> None:
    with pytest.raises(DefinitionError, match="kept sealed"):
        check(f"{{{{entry.{name}}}}}", [SEND])


@pytest.mark.parametrize("text", ["{{traits.health}}", "{{#traits.health}}x{{/traits.health}}", "{{traits.health.of}}"])
def test_a_trait_that_is_sensitive_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError, match=r"traits\.health, which the tracking plan calls sensitive"):
        check(text, [SEND])
    check("{{traits.healthy}} {{traits.first_name}}", [SEND])


def test_what_a_plan_calls_sensitive_is_inherited_too() -> None:
    def traits(name: str) -> dict[str, Any]:
        return {"traits": {"properties": {name: {"type": "string", "x-privacy": "sensitive"}}}}

    plans = [
        parse_plan("body", {"group": True, **traits("health")}),
        parse_plan("who", {"type": "identify", "extends": ["body"], **traits("belief")}),
        parse_plan("unused", {"group": True, **traits("union")}),
        parse_plan("draft", {"event": "A", "mode": "draft", **traits("votes")}),
    ]

    assert sensitive_traits(plans) == {"health", "belief"}


def test_marketing_by_mail_can_be_unsubscribed_from_in_each_part() -> None:
    marketing = {"send": {"channel": "email", "template": "hello"}}
    with pytest.raises(DefinitionError, match="into its text"):
        check("hello", [marketing])
    with pytest.raises(DefinitionError, match="into its text"):
        check("{{#traits.x}}{{links.unsubscribe}}{{/traits.x}}", [marketing])
    with pytest.raises(DefinitionError, match="into its html"):
        check("{{links.unsubscribe}}", [marketing], html="<p>hello</p>")
    check("{{links.unsubscribe}}", [marketing], html='<a href="{{links.unsubscribe}}">no more</a>')


def test_a_template_is_there_and_of_the_channel() -> None:
    journey = parse_journey("x", {"purpose": "orders", "enter": BY_EVENT, "steps": [SEND]})
    with pytest.raises(DefinitionError, match=r"write catalog/templates/hello\.yaml"):
        check_sends(journey, {})
    with pytest.raises(DefinitionError, match="is a template for sms"):
        check_sends(journey, {"hello": parse_template("hello", {"channel": "sms", "text": "x"})})


def test_a_passage_keeps_what_its_journey_and_its_templates_read() -> None:
    steps = [
        {"hold": {"at_most": "1 day", "until": [{"event": "X", "same": {"mine": "cart_id"}, "restart": True}]}},
        {"branch": [{"entry": {"value": {"at_least": 1}}, "steps": []}, {"otherwise": ["exit"]}]},
        SEND,
    ]
    journey = parse_journey("x", {"purpose": "orders", "enter": BY_EVENT, "steps": steps})

    kept = bound_names(journey, {"hello": a_template("{{entry.revenue}}{{#entry.a.b}}{{/entry.a.b}}{{traits.x}}")})
    assert kept == {"order_id", "cart_id", "value", "revenue", "a.b"}


def test_what_a_plan_knows_of_an_event_is_inherited_too() -> None:
    plans = [
        parse_plan("order", {"group": True, "properties": {"properties": {"order_id": {"type": "string"}}}}),
        parse_plan("done", {"event": "Done", "extends": ["order"], "properties": {"properties": {"revenue": {}}}}),
        parse_plan("empty", {"event": "Empty"}),
        parse_plan("draft", {"event": "Draft", "mode": "draft", "properties": {"properties": {"x": {}}}}),
    ]

    assert planned_properties("Done", plans) == frozenset({"order_id", "revenue"})
    assert [planned_properties(name, plans) for name in ("Empty", "Draft", "Other")] == [None] * 3
