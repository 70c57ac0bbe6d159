"""A tracking plan: what is planned is inherited, what does not follow it is named, kept, dropped or refused."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.judging import Judgement, Report, Unplanned
from regulars.domain.messages import Envelope, Message, read_message
from regulars.domain.plan_definitions import parse_plan
from regulars.domain.plans import Plan, check_engine, compile_plan
from regulars.domain.telling import Own
from regulars.domain.violations import Violation
from regulars.errors import DefinitionError, PlanError
from tests.messages import a_track_call, an_identify_call

PRODUCT: dict[str, Any] = {
    "properties": {
        "product_id": {"type": "string", "maxLength": 10},
        "price": {"type": "number", "minimum": 0},
        "tags": {"type": "array", "items": {"type": "string"}},
        "sizes": {"type": "array", "items": {"properties": {"eu": {"type": "integer"}}, "additionalProperties": False}},
    },
    "required": ["product_id"],
    "additionalProperties": False,
}
VIEWED: dict[str, Any] = {"event": "Product Viewed", "properties": PRODUCT}


def plan(*definitions: dict[str, Any], **named: dict[str, Any]) -> Plan:
    """A plan of definitions, some of which are named."""
    contents = {f"d{number}": content for number, content in enumerate(definitions)} | named
    return compile_plan([parse_plan(id, content) for id, content in contents.items()])


def a_message(**properties: Any) -> Message:
    return read_message(a_track_call(properties=properties), Envelope())


def judge(plan: Plan, message: Message, unplanned: Unplanned = "allow") -> Judgement:
    return plan.judge(message, Own.of(["visitor-1"]), unplanned)


def told(judgement: Judgement) -> list[str]:
    violations = judgement.report.violations if judgement.report else ()
    return [f"{violation.where} {violation.rule}" for violation in violations]


def dropped(judgement: Judgement) -> list[str]:
    return [violation.where for violation in judgement.report.dropped] if judgement.report else []


def test_what_follows_the_plan_has_no_violations() -> None:
    message = a_message(product_id="p", price=1.5, tags=["a"])

    assert judge(plan(VIEWED), message) == Judgement(message=message, declared=judge(plan(VIEWED), message).declared)


def test_names_every_violation_by_place_and_rule() -> None:
    message = a_message(price="9", tags=["a", 1, 2], sizes=[{"eu": 40}, {"eu": "x", "us": 9}], foo=1)

    assert told(judge(plan(VIEWED), message)) == [
        "properties.foo additionalProperties",
        "properties.price type",
        "properties.product_id required",
        "properties.sizes[].eu type",
        "properties.sizes[].us additionalProperties",
        "properties.tags[] type",
    ]


def test_warning_changes_nothing() -> None:
    message = a_message(price="9", foo=1)

    assert judge(plan(VIEWED), message).message == message


def test_quarantine_refuses_with_the_violations() -> None:
    with pytest.raises(PlanError) as refused:
        judge(plan({**VIEWED, "mode": "quarantine"}), a_message(price="secret"))

    assert refused.value.code == "plan_violation"
    assert str(refused.value).endswith("properties.price (type); properties.product_id (required)")
    assert refused.value.report == Report(
        event="Product Viewed",
        release="",
        violations=(Violation("properties.price", "type"), Violation("properties.product_id", "required")),
    )


def test_dropping_takes_out_what_is_wrong_and_names_it() -> None:
    dropping = plan({**VIEWED, "mode": "drop_property"})
    message = a_message(
        product_id="p", price="9", tags=["a", 1, "b"], sizes=[{"eu": 40, "us": 9}, 7], foo={"deep": [1]}
    )

    judged = judge(dropping, message)

    assert judged.message.properties == {"product_id": "p", "tags": ["a", "b"], "sizes": [{"eu": 40}, 7]}
    assert dropped(judged) == [
        "properties.foo",
        "properties.price",
        "properties.sizes[].us",
        "properties.tags[]",
    ]


def test_what_is_missing_is_not_dropped() -> None:
    judged = judge(plan({**VIEWED, "mode": "drop_property"}), a_message(price=1))

    assert told(judged) == ["properties.product_id required"]
    assert (dropped(judged), judged.message.properties) == ([], {"price": 1})


def test_a_draft_is_as_if_it_were_not_there() -> None:
    draft = plan({**VIEWED, "mode": "draft"})

    assert told(judge(draft, a_message(foo=1))) == []
    assert told(judge(draft, a_message(foo=1), "warn")) == ["event unplanned"]


@pytest.mark.parametrize(("unplanned", "found"), [("allow", []), ("warn", ["event unplanned"])])
def test_events_that_no_plan_names_are_taken_as_their_source_says(unplanned: Unplanned, found: list[str]) -> None:
    message = read_message(a_track_call(event="Cart Viewed"), Envelope())

    assert told(judge(plan(VIEWED), message, unplanned)) == found


def test_a_source_may_refuse_events_that_no_plan_names() -> None:
    with pytest.raises(PlanError, match="no tracking plan names it") as refused:
        judge(plan(VIEWED), read_message(a_track_call(event="Cart Viewed"), Envelope()), "quarantine")

    assert refused.value.code == "unplanned_event"


def test_only_track_calls_can_be_unplanned() -> None:
    assert told(judge(plan(VIEWED), read_message(an_identify_call(), Envelope()), "quarantine")) == []


def test_calls_of_other_types_have_plans_of_their_own() -> None:
    traits = plan({"type": "identify", "traits": {"properties": {"plan": {"enum": ["free", "pro"]}}}})

    assert told(judge(traits, read_message(an_identify_call(), Envelope()))) == ["traits.plan enum"]


def test_what_holds_of_all_events_holds_of_those_nobody_planned() -> None:
    base = {"all": True, "context": {"required": ["app"]}}

    assert told(judge(plan(base, VIEWED), a_message(product_id="p"))) == ["context.app required"]
    assert told(judge(plan(base), read_message(an_identify_call(), Envelope()))) == ["context.app required"]


def test_the_nearer_definition_wins_where_both_speak() -> None:
    base = {"all": True, "properties": {"properties": {"currency": {"type": "string"}, "price": {"type": "string"}}}}
    group = {"group": True, "properties": {"properties": {"price": {"type": "integer"}}, "required": ["currency"]}}
    event = {"event": "Product Viewed", "extends": ["priced"], "properties": {"additionalProperties": False}}

    inherited = plan(base, event, priced=group)

    assert told(judge(inherited, a_message(currency="EUR", price=1))) == []
    assert told(judge(inherited, a_message(price=1.5, foo=1))) == [
        "properties.currency required",
        "properties.foo additionalProperties",
        "properties.price type",
    ]


def test_conditions_of_all_ancestors_hold_together() -> None:
    group = {"group": True, "properties": {"minProperties": 2}}
    event = {"event": "Product Viewed", "extends": ["g"], "properties": {"maxProperties": 3}}

    assert told(judge(plan(event, g=group), a_message(a=1))) == ["properties minProperties"]
    assert told(judge(plan(event, g=group), a_message(a=1, b=2, c=3, d=4))) == ["properties maxProperties"]


def test_the_nearest_mode_holds() -> None:
    base = {"all": True, "mode": "quarantine"}

    with pytest.raises(PlanError):
        judge(plan(base, VIEWED), a_message())
    assert told(judge(plan(base, {**VIEWED, "mode": "warn"}), a_message())) == ["properties.product_id required"]


def test_a_drafted_ancestor_is_left_out() -> None:
    group = {"group": True, "mode": "draft", "properties": {"required": ["x"]}}

    assert told(judge(plan({**VIEWED, "extends": ["g"]}, g=group), a_message(product_id="p"))) == []


def test_names_that_tell_a_person_are_masked() -> None:
    message = a_message(product_id="p", **{"ann@shop.example": 1, "visitor-1": 2})

    assert told(judge(plan(VIEWED), message)) == ["properties.••• additionalProperties"]


def test_references_lead_within_a_schema() -> None:
    schema = {
        "properties": {"a": {"$ref": "#/$defs/money"}, "b": {"$ref": "#/$defs/money", "x-privacy": "personal"}},
        "$defs": {"money": {"type": "number", "minimum": 0}},
    }
    found = plan({"event": "Product Viewed", "properties": schema})

    assert told(judge(found, a_message(a=-1, b="x"))) == ["properties.a minimum", "properties.b type"]


@pytest.mark.parametrize(
    ("definition", "path"),
    [
        ({}, ""),
        ({"event": "A", "type": "identify"}, ""),
        ({"event": ""}, "event"),
        ({"event": 7}, "event"),
        ({"type": "track"}, "type"),
        ({"all": False}, "all"),
        ({"group": True, "extends": ["g"]}, "extends"),
        ({"event": "A", "extends": "g"}, "extends"),
        ({"event": "A", "extends": ["g", "g"]}, "extends"),
        ({"event": "A", "mode": "block"}, "mode"),
        ({"event": "A", "schema": {}}, ""),
        ({"event": "A", "properties": []}, "properties"),
        ({"event": "A", "properties": {"type": "array"}}, "properties.type"),
        ({"event": "A", "properties": {"propertyNames": {}}}, "properties.propertyNames"),
        ({"event": "A", "properties": {"$id": "https://x.example"}}, "properties.$id"),
        ({"event": "A", "properties": {"$dynamicRef": "#x"}}, "properties.$dynamicRef"),
        ({"event": "A", "properties": {"properties": {"a": 1}}}, "properties.properties.a"),
        ({"event": "A", "properties": {"properties": {"a": {"format": "magic"}}}}, "properties.properties.a.format"),
        (
            {"event": "A", "properties": {"properties": {"a": {"pattern": "a" * 501}}}},
            "properties.properties.a.pattern",
        ),
        ({"event": "A", "properties": {"enum": []}}, "properties.enum"),
        (
            {"event": "A", "properties": {"properties": {"a": {"$ref": "https://x.example/s"}}}},
            "properties.properties.a.$ref",
        ),
        (
            {"event": "A", "properties": {"properties": {"a": {"$ref": "file:///etc/passwd"}}}},
            "properties.properties.a.$ref",
        ),
        ({"event": "A", "properties": {"properties": {"a": {"$ref": "#"}}}}, "properties.properties.a.$ref"),
        (
            {"event": "A", "properties": {"properties": {"a": {"x-privacy": "secret"}}}},
            "properties.properties.a.x-privacy",
        ),
    ],
)
def test_refuses_a_definition_that_makes_no_sense(definition: dict[str, Any], path: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_plan("x", definition)

    assert refused.value.path == path


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ({"properties": {"a": {"type": "strin"}}}, "properties.properties.a.type"),
        ({"properties": {"a": {"minimum": "1"}}}, "properties.properties.a.minimum"),
        ({"required": "a"}, "properties.required"),
        ({"properties": {"a": {"pattern": "(?=a)b"}}}, "properties.properties.a.pattern"),
        ({"properties": {"a": {"pattern": r"(a)\1"}}}, "properties.properties.a.pattern"),
        ({"properties": {"a": {"pattern": "a{1000}{1000}"}}}, "properties.properties.a.pattern"),
        ({"patternProperties": {"(?!a)": {}}}, "properties.patternProperties"),
    ],
)
def test_refuses_what_the_engine_does_not_take(schema: dict[str, Any], path: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        check_engine(parse_plan("x", {"event": "A", "properties": schema}))

    assert refused.value.path.startswith(path)


def test_a_schema_that_leads_back_to_itself_is_refused() -> None:
    schema = {"properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"items": {"$ref": "#/$defs/a"}}}}

    with pytest.raises(DefinitionError, match="back to itself"):
        parse_plan("x", {"event": "A", "properties": schema})


def test_a_schema_that_grows_out_of_hand_is_refused() -> None:
    steps = {f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 6} for n in range(6)}
    schema = {"properties": {"a": {"$ref": "#/$defs/d0"}}, "$defs": {**steps, "d6": {"type": "null"}}}

    with pytest.raises(DefinitionError, match="in all"):
        parse_plan("x", {"event": "A", "properties": schema})


@pytest.mark.parametrize(
    ("definitions", "path"),
    [
        ({"a": {"event": "A"}, "b": {"event": "A"}}, "b.event"),
        ({"a": {"all": True}, "b": {"all": True}}, "b.all"),
        ({"a": {"event": "A", "extends": ["g"]}}, "a.extends"),
    ],
)
def test_definitions_that_contradict_each_other_are_refused(definitions: dict[str, Any], path: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        plan(**definitions)

    assert refused.value.path == path


def test_a_pattern_takes_no_longer_than_the_text_is() -> None:
    hostile = plan({"event": "Product Viewed", "properties": {"properties": {"a": {"pattern": "^(a+)+$"}}}})

    assert told(judge(hostile, a_message(a="a" * 50_000 + "!"))) == ["properties.a pattern"]


def shuffled(content: Any, dice: random.Random) -> Any:
    """The same content, its fields in another order."""
    if isinstance(content, dict):
        names = list(content)
        dice.shuffle(names)
        return {name: shuffled(content[name], dice) for name in names}
    return [shuffled(each, dice) for each in content] if isinstance(content, list) else content


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text("ab@.", max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["eu", "us", "a@b.c"]), inner, max_size=3)
    ),
    max_leaves=8,
)
contents = st.dictionaries(st.sampled_from(["product_id", "price", "tags", "sizes", "foo", "a@b.c"]), values)


@given(content=contents, seed=st.integers(0, 10**6))
def test_the_verdict_does_not_depend_on_the_order_of_fields(content: dict[str, Any], seed: int) -> None:
    other = shuffled(content, random.Random(seed))
    dropping = plan({**VIEWED, "mode": "drop_property"})
    one, two = judge(dropping, a_message(**content)), judge(dropping, a_message(**other))

    assert one.report == two.report
    assert one.message.properties == two.message.properties


@given(content=contents)
def test_what_is_left_after_dropping_lacks_only_what_is_required(content: dict[str, Any]) -> None:
    dropping = plan({**VIEWED, "mode": "drop_property"})
    first = judge(dropping, a_message(**content))
    second = judge(dropping, first.message)

    assert dropped(second) == []
    assert all(violation.endswith("required") for violation in told(second))
    assert second.message == first.message


@pytest.mark.parametrize(
    ("app", "release"),
    [
        ({"version": "2.4.1"}, "2.4.1"),
        ({"version": 7}, ""),
        ({}, ""),
        ("2.4", ""),
        ({"version": "9" * 41}, "(other)"),
        ({"version": "for ann@shop.example"}, "(other)"),
    ],
)
def test_names_the_release_that_sent_it(app: object, release: str) -> None:
    message = read_message(a_track_call(properties={}, context={"app": app}), Envelope())
    report = judge(plan(VIEWED), message).report

    assert report is not None
    assert report.release == release
