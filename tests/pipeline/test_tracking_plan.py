"""A tracking plan at the door: who it is and when it was stay as they are, whatever is dropped or refused."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.world.memory import MemoryDatabase
from regulars.domain.calls import Delivery, read
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.instants import SECOND
from regulars.domain.masking import MASK
from regulars.domain.plan_definitions import parse_plan
from regulars.domain.plans import Plan, compile_plan
from regulars.domain.sources import Source
from regulars.errors import PlanError, UnavailableError
from regulars.pipeline.opening import Opener
from regulars.pipeline.plans import PLAN_HELD
from regulars.pipeline.replays import Replays
from regulars.pipeline.sealing import open_rest
from regulars.pipeline.violations import PAUSE, ViolationCounter, Violations
from regulars.stores.database import TableName
from regulars.stores.definitions import Definition
from tests.messages import a_track_call, an_identify_call
from tests.pipeline.front_door import START, FrontDoor, outcomes

DAY = "2026-01-01"
PRICED = {"properties": {"product_id": {}, "price": {"type": "number"}}, "additionalProperties": False}
VIEWED: dict[str, Any] = {"event": "Product Viewed", "properties": PRICED}


def define(front_door: FrontDoor, id: str = "viewed", **content: Any) -> None:
    """Write a definition of the plan, and let the door look again."""
    standing = front_door.catalog.get("tracking_plan", id)
    version = standing.version if standing else 0
    front_door.catalog.put(
        Definition(kind="tracking_plan", id=id, content=content, version=version, changed=front_door.now)
    )
    front_door.now += PLAN_HELD


def counted(front_door: FrontDoor, source: str = "web") -> dict[tuple[str, str, str, str], int]:
    found = Violations(front_door.database).of(source, DAY)
    return {(one.event, one.where, one.rule, one.release): one.count for one in found}


def test_warns_and_stores_the_event_as_it_is(front_door: FrontDoor) -> None:
    define(front_door, **VIEWED)
    receipt = front_door.batch(a_track_call(properties={"price": "9"}, context={"app": {"version": "2.1"}}))

    assert outcomes(receipt) == ["accepted"]
    assert front_door.events()[0].properties == {"price": "9"}
    assert counted(front_door) == {("Product Viewed", "properties.price", "type", "2.1"): 1}
    assert front_door.journal.counts["plan_violations"] == 1


def test_quarantines_what_does_not_follow_and_names_no_value(front_door: FrontDoor) -> None:
    define(front_door, **VIEWED, mode="quarantine")
    receipt = front_door.batch(a_track_call(properties={"price": "c4n4ry"}), a_track_call(messageId="m-2"))

    [row] = front_door.quarantined()
    assert outcomes(receipt) == ["plan_violation", "accepted"]
    assert row.reason == "it does not follow its plan: properties.price (type)"
    assert counted(front_door) == {("Product Viewed", "properties.price", "type", ""): 1}


def test_what_was_refused_is_replayed_when_the_plan_has_changed(front_door: FrontDoor) -> None:
    define(front_door, **VIEWED, mode="quarantine")
    front_door.batch(a_track_call(properties={"price": "9"}))
    [row] = front_door.quarantined()
    replays = Replays(front_door.database, front_door.sealer, front_door.journal, lambda: front_door.now)

    first = replays.replay(row.id)
    define(front_door, **VIEWED, mode="warn")
    second = replays.replay(row.id)

    assert (first.outcome, second.outcome) == ("quarantined", "replayed")


def test_drops_what_does_not_follow_and_says_so_to_everybody(front_door: FrontDoor) -> None:
    define(front_door, **VIEWED, mode="drop_property")
    receipt = front_door.batch(a_track_call(properties={"product_id": "p", "price": "c4n4ry", "foo": "c4n4ry"}))

    [event] = front_door.events()
    assert [verdict.dropped for verdict in receipt.verdicts] == [("properties.foo", "properties.price")]
    assert event.properties == {"product_id": "p"}
    assert event.context["protocols"] == {"omitted": ["properties.foo", "properties.price"]}
    assert "c4n4ry" not in str(open_rest(event, front_door.sealer))
    assert front_door.journal.counts["properties_dropped"] == 2


def test_a_retry_after_the_plan_changed_is_a_duplicate(front_door: FrontDoor) -> None:
    call = a_track_call(properties={"product_id": "p", "foo": 1})
    front_door.batch(call)
    define(front_door, **VIEWED, mode="drop_property")

    assert outcomes(front_door.batch(call)) == ["duplicate"]
    assert counted(front_door) == {}


def test_a_source_says_what_becomes_of_events_that_no_plan_names(front_door: FrontDoor) -> None:
    define(front_door, **VIEWED)
    front_door.catalog.put(Definition(kind="source", id="web", content={"unplanned": "quarantine"}))
    receipt = front_door.batch(a_track_call(), a_track_call(messageId="m-2", event="Cart Viewed"), an_identify_call())

    assert outcomes(receipt) == ["accepted", "unplanned_event", "accepted"]
    assert counted(front_door) == {("Cart Viewed", "event", "unplanned", ""): 1}


def test_a_workspace_without_a_plan_pays_one_small_read_in_five_seconds(front_door: FrontDoor) -> None:
    front_door.batch(a_track_call(messageId="m-0"))
    asked: list[tuple[str, str]] = []
    front_door.database.hook = lambda operation, table: asked.append((operation, table))
    for number in range(4):
        front_door.batch(a_track_call(messageId=f"m-{number}"))

    assert [each for each in asked if each[1] in ("catalog", "tallies")] == []
    front_door.now += PLAN_HELD
    front_door.batch(a_track_call(messageId="m-9"))
    assert [each for each in asked if each[1] == "tallies"] == []
    assert ("query", "catalog") not in asked


def test_a_plan_is_compiled_once_for_each_of_its_versions(front_door: FrontDoor) -> None:
    define(front_door, **VIEWED)
    queries: list[str] = []
    front_door.database.hook = lambda operation, table: queries.append(f"{operation} {table}")
    for number in range(5):
        front_door.now += PLAN_HELD
        front_door.batch(a_track_call(messageId=f"m-{number}"))

    assert queries.count("query catalog") == 1


def test_a_deleted_plan_holds_no_more(front_door: FrontDoor) -> None:
    define(front_door, **VIEWED, mode="quarantine")
    standing = front_door.catalog.get("tracking_plan", "viewed")
    assert standing is not None
    front_door.catalog.delete(standing)
    front_door.now += PLAN_HELD

    assert outcomes(front_door.batch(a_track_call(properties={"foo": 1}))) == ["accepted"]


def test_a_plan_of_a_newer_release_lets_senders_wait(front_door: FrontDoor) -> None:
    define(front_door, **VIEWED, novelty=1)

    with pytest.raises(UnavailableError, match="tracking plan cannot be read"):
        front_door.batch(a_track_call())


def test_all_versions_of_a_definition_are_kept(front_door: FrontDoor) -> None:
    define(front_door, **VIEWED)
    define(front_door, **VIEWED, mode="quarantine")
    standing = front_door.catalog.get("tracking_plan", "viewed")
    assert standing is not None
    front_door.catalog.delete(standing)
    define(front_door, **VIEWED, mode="draft")

    kept = front_door.catalog.versions("tracking_plan", "viewed")
    assert [(one.version, one.content.get("mode")) for one in kept] == [(1, "draft"), (2, "quarantine"), (1, None)]


# privacy


def test_what_a_plan_calls_personal_is_sealed(front_door: FrontDoor) -> None:
    define(front_door, event="Product Viewed", properties={"properties": {"seat": {"x-privacy": "personal"}}})
    front_door.batch(a_track_call(properties={"seat": "12A", "price": 3}))

    [event] = front_door.events()
    assert event.properties == {"price": 3}
    assert open_rest(event, front_door.sealer)["properties"] == {"seat": "12A"}


def test_what_a_plan_calls_personal_within_a_field_seals_the_field(front_door: FrontDoor) -> None:
    inner = {"items": {"properties": {"engraving": {"x-privacy": "personal"}}}}
    define(front_door, event="Product Viewed", properties={"properties": {"products": inner}})
    front_door.batch(a_track_call(properties={"products": [{"sku": "s", "engraving": "For you"}]}))

    [event] = front_door.events()
    assert event.properties == {}
    assert open_rest(event, front_door.sealer)["properties"] == {"products": [{"sku": "s", "engraving": "For you"}]}


def test_free_text_that_a_plan_calls_harmless_stands_in_clear(front_door: FrontDoor) -> None:
    define(front_door, event="Product Viewed", properties={"properties": {"query": {"x-privacy": "none"}}})
    front_door.batch(
        a_track_call(properties={"query": "red shoes"}),
        a_track_call(messageId="m-2", properties={"query": "mail ann@shop.example"}),
        a_track_call(messageId="m-3", properties={"query": "visitor-1"}),
        a_track_call(messageId="m-4", properties={"query": {"text": "nested"}}),
    )

    assert sorted(str(event.properties) for event in front_door.events()) == [
        "{'query': 'red shoes'}",
        "{}",
        "{}",
        "{}",
    ]


def test_sensitive_fields_are_shown_to_fewer(front_door: FrontDoor) -> None:
    sensitive = {"x-privacy": "sensitive"}
    traits = {"properties": {"diagnosis": sensitive, "phone": {}}}
    define(front_door, type="identify", traits=traits, properties={"properties": {"ward": sensitive}})
    front_door.batch(an_identify_call(traits={"diagnosis": "c4n4ry", "phone": "1"}, properties={"ward": "c4n4ry-2"}))
    [event] = front_door.events()

    nobody = Opener(front_door.sealer, personal=False).event(event)
    some = Opener(front_door.sealer, personal=True).event(event)
    privacy = Opener(front_door.sealer, personal=True, sensitive=True).event(event)

    assert (nobody.traits, nobody.masked) == ({"diagnosis": MASK, "phone": MASK}, True)
    assert (some.traits, some.properties, some.masked) == ({"diagnosis": MASK, "phone": "1"}, {}, True)
    assert (privacy.traits, privacy.properties) == ({"diagnosis": "c4n4ry", "phone": "1"}, {"ward": "c4n4ry-2"})
    assert not privacy.masked


def test_sensitive_traits_are_sealed_under_another_name(front_door: FrontDoor) -> None:
    define(front_door, type="identify", traits={"properties": {"diagnosis": {"x-privacy": "sensitive"}}})
    front_door.batch(an_identify_call(traits={"diagnosis": "c4n4ry"}))
    [event] = front_door.events()
    sealed = event.traits["diagnosis"]
    forged = type(sealed)(sealed.owner, sealed.text.removeprefix("!"))

    assert Opener(front_door.sealer, personal=True).trait("diagnosis", forged).value is None


# counting


def test_two_processes_count_side_by_side(front_door: FrontDoor) -> None:
    define(front_door, **VIEWED)
    front_door.batch(a_track_call(properties={"foo": 1}))
    report = read(a_track_call(properties={"foo": 1}), delivery(plan=compile_plan([parse_plan("v", VIEWED)]))).report
    assert report is not None
    other = ViolationCounter(front_door.database, front_door.journal, lambda: front_door.now, "other")
    other.note("web", report)
    other.write()

    assert counted(front_door) == {("Product Viewed", "properties.foo", "additionalProperties", ""): 2}
    assert front_door.count("tallies") == 2


def test_counts_are_written_once_a_second_and_none_is_lost(front_door: FrontDoor) -> None:
    define(front_door, **VIEWED)
    writes: list[TableName] = []
    front_door.database.hook = lambda operation, table: writes.append(table) if operation == "put" else None
    for number in range(30):
        front_door.batch(a_track_call(messageId=f"m-{number}", properties={"foo": 1}))
        front_door.now += PAUSE // 10
    front_door.now += PAUSE
    front_door.batch(a_track_call(messageId="m-last", properties={"foo": 1}))

    assert writes.count("tallies") == 4
    assert sum(counted(front_door).values()) == 31


def test_counts_of_a_table_that_is_out_of_reach_are_written_later(front_door: FrontDoor) -> None:
    define(front_door, **VIEWED)

    def fail(_operation: str, table: str) -> None:
        if table == "tallies":
            raise UnavailableError("throttled")

    front_door.database.hook = fail
    receipt = front_door.batch(a_track_call(properties={"foo": 1}))
    front_door.database.hook = None
    front_door.batch(a_track_call(messageId="m-2", properties={"foo": 1}))

    assert outcomes(receipt) == ["accepted"]
    assert sum(counted(front_door).values()) == 2


def test_a_sender_of_countless_names_fills_no_table(front_door: FrontDoor) -> None:
    define(front_door, **VIEWED)
    front_door.batch(*(a_track_call(messageId=f"m-{n}", properties={f"foo{n}": 1}) for n in range(300)))

    found = counted(front_door)
    assert (len(found), sum(found.values())) == (101, 300)
    assert found["(other)", "", "", ""] == 200


# laws


def delivery(plan: Plan | None = None) -> Delivery:
    return Delivery(
        source=Source(id="web", name="web"), received=START, rules=DEFAULT_RULES, hash_key=bytes(32), plan=plan
    )


NAMES = ["email", "plan", "phone", "order_id", "price", "foo", "user_id", "name"]
leaves = st.none() | st.integers(-3, 3) | st.sampled_from(["a@b.example", "u-1", "text", "9"])
fields = st.dictionaries(st.sampled_from(NAMES), leaves | st.lists(leaves, max_size=2), max_size=5)
schemas = st.fixed_dictionaries(
    {
        "properties": st.dictionaries(
            st.sampled_from(NAMES),
            st.sampled_from([{"type": "string"}, {"type": "integer"}, {"enum": [1]}]),
            max_size=4,
        )
    },
    optional={"additionalProperties": st.just(False)},
)


@given(
    call=st.sampled_from([a_track_call(), an_identify_call(), a_track_call(messageId=None, timestamp=None)]),
    parts=st.fixed_dictionaries({"properties": fields, "traits": fields}),
    context=st.fixed_dictionaries({}, optional={"traits": fields, "device": st.just({"type": "ios", "id": "d-1"})}),
    sections=st.fixed_dictionaries({}, optional={"properties": schemas, "traits": schemas, "context": schemas}),
)
def test_dropping_changes_neither_who_it_is_nor_when_it_was(
    call: dict[str, Any], parts: dict[str, Any], context: dict[str, Any], sections: dict[str, Any]
) -> None:
    message = {**call, **parts, "context": context}
    plan = compile_plan([parse_plan("all", {"all": True, "mode": "drop_property", **sections})])
    without, dropped = read(message, delivery()), read(message, delivery(plan))

    one, other = without.event, dropped.event
    assert (one.owner, one.links, one.moment, one.at, one.arrival) == (
        *(other.owner, other.links, other.moment),
        *(other.at, other.arrival),
    )
    assert (one.fingerprint, without.personal.get("ids")) == (other.fingerprint, dropped.personal.get("ids"))
    assert bool(dropped.report and dropped.report.dropped) is (other.context.get("protocols") is not None)


@given(seed=st.integers(0, 10**6), content=fields)
def test_what_is_refused_does_not_depend_on_the_order_of_fields(seed: int, content: dict[str, Any]) -> None:
    plan = compile_plan([parse_plan("v", {**VIEWED, "mode": "quarantine"})])
    names = list(content)
    random.Random(seed).shuffle(names)

    def verdict(properties: dict[str, Any]) -> str:
        try:
            return str(read(a_track_call(properties=properties), delivery(plan)).event)
        except PlanError as error:
            return str(error)

    assert verdict(content) == verdict({name: content[name] for name in names})


def test_nothing_of_a_plan_is_asked_of_memory_alone() -> None:
    front_door = FrontDoor(MemoryDatabase())
    front_door.now += 60 * SECOND

    assert outcomes(front_door.batch(a_track_call())) == ["accepted"]


FACETED = {"type": "identify", "traits": {"properties": {"email": {"x-facets": ["hash", "domain"]}}}}


def test_keeps_the_facets_of_a_sealed_trait_in_clear_and_nothing_more_of_it(front_door: FrontDoor) -> None:
    define(front_door, "identify", **FACETED)
    front_door.batch(an_identify_call(traits={"email": "c4n4ry@shop.example"}))

    [event] = front_door.events()
    assert event.traits["email.domain"] == "shop.example"
    assert "c4n4ry" not in repr(front_door.database.all("events"))


def test_a_facet_that_a_sender_says_itself_is_set_aside_and_costs_no_other(front_door: FrontDoor) -> None:
    define(front_door, "identify", **FACETED)
    forged = an_identify_call(traits={"email": "a@shop.example", "email.domain": "c4n4ry.example"})

    receipt = front_door.batch(forged, an_identify_call(messageId="m-2"))

    assert outcomes(receipt) == ["reserved_trait", "accepted"]
    assert "c4n4ry" not in front_door.quarantined()[0].reason
