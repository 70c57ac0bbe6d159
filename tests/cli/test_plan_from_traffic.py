"""What events say of a plan: what it would have done to them, and the plan that they follow already."""

from base64 import b64encode
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from cli.tracking_plan.inference import infer
from cli.tracking_plan.preview import Effect, effects
from cli.tracking_plan.traffic import Seen
from regulars.domain.events import Sealed
from regulars.domain.plan_definitions import parse_plan
from regulars.domain.plans import Plan, compile_plan
from tests.builders import an_event
from tests.cli.conftest import Regulars
from tests.cli.lakes import archive

VIEWED: dict[str, Any] = {
    "event": "Product Viewed",
    "properties": {
        "properties": {"price": {"type": "number"}, "email": {"type": "string"}},
        "required": ["price", "email"],
        "additionalProperties": False,
    },
}
NOTHING = compile_plan([])


def plan(**definitions: dict[str, Any]) -> Plan:
    return compile_plan([parse_plan(id, content) for id, content in definitions.items()])


def viewed(has_more: bool = False, **properties: Any) -> Seen:
    return Seen(type="track", name="Product Viewed", source="web", properties=properties, has_more=has_more)


def effect(after: Plan, *events: Seen, before: Plan = NOTHING) -> Effect:
    [found] = effects(before, after, events)
    return found


# what a plan would have done


def test_counts_what_would_have_become_of_events() -> None:
    found = effect(plan(v={**VIEWED, "mode": "quarantine"}), viewed(price=1, foo=2), viewed(price="x"), viewed(price=1))

    assert (found.seen, found.mode, found.broken) == (3, "quarantine", 2)
    assert {one.where: number for one, number in found.violations.items()} == {
        "properties.foo": 1,
        "properties.price": 1,
    }


def test_what_is_sealed_is_neither_missing_nor_wrong() -> None:
    found = effect(plan(v=VIEWED), viewed(price=1), viewed(has_more=True))

    assert (found.broken, found.unknown, found.following) == (0, 2, 0)


def test_a_plan_that_stays_the_same_is_not_tried() -> None:
    same = plan(v=VIEWED)

    assert effects(same, plan(v=VIEWED, other={"event": "Other"}), [viewed(foo=1)]) == []
    assert effect(plan(v={**VIEWED, "mode": "quarantine"}), viewed(foo=1), before=same).broken == 1


def test_a_group_that_changes_concerns_what_extends_it() -> None:
    before: dict[str, dict[str, Any]] = {"g": {"group": True}, "v": {"event": "Product Viewed", "extends": ["g"]}}
    after = {**before, "g": {"group": True, "properties": {"required": ["sku"]}}}

    assert effect(plan(**after), viewed(sku="s"), viewed(), before=plan(**before)).broken == 1


# what a plan would have to say


def test_reads_types_and_what_is_always_there() -> None:
    events = [viewed(price=number / 2, sku=f"s-{number}", on=True, n=number) for number in range(50)]
    events += [viewed(price=3, sku="s", n=None)]
    [definition] = infer(events, required=0.98).values()

    properties = definition["properties"]["properties"]
    assert (definition["event"], definition["mode"]) == ("Product Viewed", "draft")
    assert properties == {
        "n": {"type": ["integer", "null"]},
        "on": {"type": "boolean"},
        "price": {"type": "number"},
        "sku": {"type": "string"},
    }
    assert definition["properties"]["required"] == ["n", "on", "price", "sku"]


def test_reads_few_values_formats_and_what_is_nested() -> None:
    events = [
        viewed(size="SML"[n % 3], at="2026-01-01T00:00:00Z", items=[{"sku": "x", "n": n}, {"sku": f"y{n}"}])
        for n in range(40)
    ]
    properties = next(iter(infer(events).values()))["properties"]["properties"]

    assert properties["size"] == {"type": "string", "enum": ["L", "M", "S"]}
    assert properties["at"] == {"type": "string", "format": "date-time"}
    assert properties["items"]["items"]["required"] == ["sku"]
    assert properties["items"]["items"]["properties"]["n"] == {"type": "integer"}


def test_names_that_occur_seldom_are_left_out() -> None:
    assert infer([viewed(a=1)] * 19) == {}
    assert list(infer([viewed(a=1)] * 20)) == ["product_viewed"]


def test_of_what_is_personal_only_names_are_written() -> None:
    identify = Seen(type="identify", name=None, traits={"plan": "x"}, sealed_traits=frozenset({"email", "a@b.example"}))
    [definition] = infer([identify] * 30).values()

    assert definition["traits"]["properties"]["email"] == {"x-privacy": "personal"}
    assert "a@b.example" not in str(definition)


numbers = st.integers(-9, 10**12) | st.floats(allow_nan=False, allow_infinity=False)
leaves = st.none() | st.booleans() | numbers | st.text(max_size=4)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=5,
)


@given(contents=st.lists(st.dictionaries(st.sampled_from(["p", "q", "r"]), values, max_size=3), min_size=1, max_size=6))
def test_events_follow_the_plan_that_was_inferred_from_them(contents: list[dict[str, Any]]) -> None:
    events = [viewed(**content) for content in contents] * 5
    found = infer(events, required=1, least=1)
    inferred = plan(**{id: {**definition, "mode": "warn"} for id, definition in found.items()})

    assert [one.broken for one in effects(NOTHING, inferred, events)] == [0]


# both, over a lake


def test_plan_says_what_a_changed_plan_would_have_done(lake: Regulars) -> None:
    events = [an_event(n, properties={"product_id": "p", "price": n}) for n in range(1, 40)]
    archive(*events, an_event(50, properties={"product_id": "p", "price": "x"}))
    lake.write(
        "catalog/tracking-plan/product_viewed.yaml", "event: Product Viewed\nextends: [product]\nmode: quarantine\n"
    )

    ended, found = lake("plan"), lake.json("plan")["tracking_plan"]

    assert "to the newest 40 events" in ended.out
    assert "Product Viewed: of 40, 39 follow, 1 would go to quarantine" in ended.out
    assert found["effects"][0]["violations"] == [{"where": "properties.price", "rule": "type", "events": 1}]


def test_plan_says_that_there_is_nothing_to_try_it_on(lake: Regulars) -> None:
    lake.write("catalog/tracking-plan/new.yaml", "event: New\n")

    assert "no events of the last 30 days are in the lake" in lake("plan").out


def test_plan_says_that_there_is_no_lake(applied: Regulars) -> None:
    applied.write("catalog/tracking-plan/new.yaml", "event: New\n")

    ended = applied("plan")

    assert ended.code == 0
    assert "what it would have done to events is not known: no lake to ask" in ended.out
    assert "not known" not in applied("plan", "--events", "0").out


def test_plan_looks_at_no_event_where_the_plan_stays(applied: Regulars) -> None:
    assert "tracking_plan" not in applied.json("plan")


def test_infer_writes_files_that_hold_together_and_leaves_others_alone(lake: Regulars) -> None:
    sealed = Sealed("anonymous_id:a", b64encode(b"\x00c4n4ry").decode())
    archive(
        *(an_event(n, name="Seat Chosen", properties={"row": n}, sealed=b"c4n4ry") for n in range(1, 30)),
        *(an_event(n, type="identify", name=None, traits={"email": sealed}) for n in range(30, 60)),
    )
    first = lake("tracking-plan", "infer", "--into", "catalog/tracking-plan")
    again = lake("tracking-plan", "infer", "--into", "catalog/tracking-plan")

    written = yaml.safe_load((lake.folder / "catalog/tracking-plan/seat_chosen.yaml").read_text())
    assert "+ written     catalog/tracking-plan/seat_chosen.yaml" in first.out
    assert "= left alone  catalog/tracking-plan/identify.yaml" in first.out
    assert "+ written" not in again.out
    assert written["properties"] == {"properties": {"row": {"type": "integer"}}, "required": ["row"]}
    assert lake("plan", "--events", "0").code == 0
    assert "c4n4ry" not in lake("tracking-plan", "infer").out


def test_infer_takes_no_sql_for_a_source(lake: Regulars) -> None:
    assert "is no id of a source" in lake("tracking-plan", "infer", "--source", "web' OR 1=1 --").err
