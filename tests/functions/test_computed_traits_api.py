"""Computed traits over HTTP: defined, shown on profiles, asked for by segments, and kept from breaking those."""

from typing import Any

import pytest

from regulars.domain.instants import DAY, HOUR, SECOND, to_text
from regulars.stores.backfills import BackfillStore
from regulars.stores.catalog import MAX_COMPUTED
from tests.functions.test_unmerge_api import apart
from tests.messages import a_track_call
from tests.workspace import Answer, Workspace

VIEWS = {"name": "Views", "event": "Product Viewed", "count": {}, "within": "1 days"}
REVENUE = {"name": "Lifetime revenue", "orders": "revenue"}
BIG = {"where": {"computed": "revenue", "at_least": 15}}


@pytest.fixture
def workspace() -> Workspace:
    return Workspace()


def put(workspace: Workspace, id: str, definition: dict[str, Any], role: str = "admin") -> Answer:
    return workspace.put(f"/v1/computed-traits/{id}", {"definition": definition}, role)


def delete(workspace: Workspace, id: str) -> Answer:
    return workspace.ask("DELETE", f"/v1/computed-traits/{id}")


def view(who: str = "ann", **fields: Any) -> dict[str, Any]:
    properties = {"category": "shoes", **fields.pop("properties", {})}
    return {"type": "track", "event": "Product Viewed", "userId": who, "properties": properties, **fields}


def order(number: int, revenue: float, **fields: Any) -> dict[str, Any]:
    properties = {"order_id": f"o-{number}", "revenue": revenue}
    said = {"userId": "ann", "event": "Order Completed", **fields}
    return a_track_call(messageId=f"m-{said['event']}-{number}", properties=properties, **said)


def computed(workspace: Workspace, ref: str = "user_id:ann", role: str = "marketer") -> Any:
    return workspace.get(f"/v1/profiles/{ref}", role).content["computed"]


def values(workspace: Workspace, ref: str = "user_id:ann") -> dict[str, Any]:
    return {id: each["value"] for id, each in computed(workspace, ref).items()}


def segments(workspace: Workspace, ref: str = "user_id:ann") -> set[str]:
    return {each["segment"] for each in workspace.get(f"/v1/profiles/{ref}").content["memberships"]}


def test_a_profile_tells_what_is_computed_of_it(workspace: Workspace) -> None:
    put(workspace, "revenue", REVENUE)
    put(workspace, "views", VIEWS)
    [_, viewed] = workspace.send(order(1, 149.5), view())

    now = to_text(workspace.world.clock.now)
    assert computed(workspace) == {
        "revenue": {
            "name": "Lifetime revenue",
            "type": "amount",
            "value": 149.5,
            "as_of": now,
            "next_change_at": None,
        },
        "views": {
            "name": "Views",
            "type": "number",
            "value": 1,
            "as_of": now,
            "next_change_at": to_text(viewed.at + 86_400 * SECOND),
        },
    }


def test_a_refund_and_a_cancellation_are_taken_off(workspace: Workspace) -> None:
    put(workspace, "revenue", REVENUE)
    workspace.send(order(1, 100), order(2, 50), order(1, 30, event="Order Refunded"))
    before = values(workspace)
    workspace.send(order(2, 50, event="Order Cancelled"))

    assert (before, values(workspace)) == ({"revenue": 120}, {"revenue": 70})


@pytest.mark.parametrize(
    ("definition", "type", "value"),
    [
        ({"orders": "count"}, "number", 1),
        ({"orders": "average"}, "amount", 10),
        ({"orders": "average", "within": "1 seconds"}, "amount", None),
        ({"event": "Product Viewed", "most_frequent": {"of": "category"}}, "value", "shoes"),
        ({"event": "Product Viewed", "last": {"of": "sold_out"}}, "value", False),
        ({"event": "Product Viewed", "values": {"of": "category"}}, "list", ["boots", "shoes"]),
        ({"event": "Nothing", "values": {"of": "category"}}, "list", []),
        ({"event": "Nothing", "first": {"of": "category"}}, "value", None),
        ({"event": "Nothing", "last_time": {}}, "time", None),
        ({"score": {"of": {"orders": "revenue"}, "steps": [5, 10.5]}}, "score", 2),
        ({"score": {"of": {"orders": "last_time"}, "steps": ["30 days"]}}, "score", 2),
    ],
)
def test_each_type_is_told_as_such(workspace: Workspace, definition: dict[str, Any], type: str, value: Any) -> None:
    put(workspace, "it", definition)
    boots = {"category": "boots", "sold_out": False}
    workspace.send(order(1, 10), view(), view(), view(properties=boots))

    [told] = computed(workspace).values()
    assert (told["type"], told["value"]) == (type, value)


def test_a_time_is_told_as_an_instant(workspace: Workspace) -> None:
    put(workspace, "last_view", {"event": "Product Viewed", "last_time": {}})
    [event] = workspace.send(view())

    assert values(workspace) == {"last_view": to_text(event.at)}


def test_of_a_long_list_the_first_values_are_told_and_how_many_there_are(workspace: Workspace) -> None:
    put(workspace, "products", {"event": "Product Viewed", "values": {"of": "sku"}})
    workspace.send(*(view(properties={"sku": f"s-{number:03}"}) for number in range(120)))

    [told] = computed(workspace).values()
    assert (told["value"], told["count"]) == ([f"s-{number:03}" for number in range(100)], 120)


def test_what_happened_before_a_definition_counts(workspace: Workspace) -> None:
    workspace.send(view(), view(), order(1, 10))
    put(workspace, "views", VIEWS)
    put(workspace, "categories", {"event": "Product Viewed", "distinct": {"of": "category"}})
    put(workspace, "revenue", REVENUE)

    assert values(workspace) == {"categories": 1, "revenue": 10, "views": 2}


def test_who_merges_has_the_sum_and_who_is_taken_apart_their_own(workspace: Workspace) -> None:
    put(workspace, "views", VIEWS)
    put(workspace, "revenue", REVENUE)
    device = {"type": "track", "event": "Product Viewed", "anonymousId": "b-1"}
    bob = {"type": "identify", "anonymousId": "b-1", "traits": {"email": "bob@shop.example"}}
    workspace.send(view(), order(1, 10), device, device, bob)
    workspace.send({"type": "track", "event": "Signed In", "userId": "ann", "anonymousId": "b-1"})
    merged = values(workspace)
    done = apart(workspace, edge=["user_id:ann", "anonymous_id:b-1"])

    assert (merged, done.status) == ({"revenue": 10, "views": 3}, 200)
    assert values(workspace) == {"revenue": 10, "views": 1}
    assert values(workspace, "email:bob@shop.example") == {"revenue": 0, "views": 2}


def test_values_move_with_the_clock_and_nothing_is_stored(workspace: Workspace) -> None:
    put(workspace, "views", VIEWS)
    [viewed] = workspace.send(view())
    due = viewed.at + 86_400 * SECOND
    workspace.world.advance(due - 1)
    before = values(workspace)
    workspace.world.advance(due)

    assert (before, values(workspace)) == ({"views": 1}, {"views": 0})


def test_pages_list_them_by_id(workspace: Workspace) -> None:
    for id in ("c", "a", "b"):
        put(workspace, id, REVENUE)
    workspace.send(view())
    first = workspace.get("/v1/profiles/user_id:ann/computed", "marketer", limit="2").content
    rest = workspace.get("/v1/profiles/user_id:ann/computed", "marketer", limit="2", cursor=first["next"]).content

    assert ([*first["computed"]], [*rest["computed"]], rest["next"]) == (["a", "b"], ["c"], None)


def test_a_segment_asks_for_a_computed_trait(workspace: Workspace) -> None:
    put(workspace, "revenue", REVENUE)
    workspace.put("/v1/segments/big", {"definition": BIG})
    workspace.send(order(1, 10))
    before = segments(workspace)
    workspace.send(order(2, 5))

    assert (before, segments(workspace)) == (set(), {"big"})


def test_a_changed_computed_trait_changes_the_segments_that_read_it(workspace: Workspace) -> None:
    put(workspace, "revenue", REVENUE)
    workspace.put("/v1/segments/big", {"definition": BIG})
    workspace.send(order(1, 20))
    before = segments(workspace)
    put(workspace, "revenue", {"orders": "average"})
    workspace.send(order(2, 4))

    assert (before, segments(workspace)) == ({"big"}, set())


def test_what_a_segment_reads_is_not_deleted(workspace: Workspace) -> None:
    put(workspace, "revenue", REVENUE)
    workspace.put("/v1/segments/big", {"definition": BIG})
    refused = delete(workspace, "revenue")
    workspace.ask("DELETE", "/v1/segments/big")

    assert (refused.status, refused.content["code"]) == (400, "invalid_definition")
    assert "segment big reads it" in refused.content["message"]
    assert delete(workspace, "revenue").status == 200


def test_what_another_computed_trait_reads_is_not_deleted(workspace: Workspace) -> None:
    put(workspace, "revenue", REVENUE)
    put(workspace, "worth", {"score": {"of": "revenue", "steps": [10]}})

    assert "computed trait worth reads it" in delete(workspace, "revenue").content["message"]


def test_a_change_that_would_break_a_segment_is_refused_with_its_name(workspace: Workspace) -> None:
    put(workspace, "revenue", REVENUE)
    workspace.put("/v1/segments/big", {"definition": BIG})
    refused = put(workspace, "revenue", {"orders": "last_time"})

    assert (refused.status, refused.content["code"]) == (400, "invalid_definition")
    assert "segment big reads it, and would be wrong (where: compares a date)" in refused.content["message"]
    assert workspace.get("/v1/computed-traits/revenue", "admin").content["definition"] == REVENUE


def test_a_segment_that_asks_for_what_there_is_not_is_refused(workspace: Workspace) -> None:
    answer = workspace.put("/v1/segments/big", {"definition": BIG})

    assert answer.status == 400
    assert answer.content["message"] == "where.computed: there is no computed trait revenue"
    assert workspace.get("/v1/segments/big").status == 404


def test_a_definition_names_others_that_are_there(workspace: Workspace) -> None:
    score = {"score": {"of": "revenue", "steps": [10]}}
    before = put(workspace, "worth", score)
    put(workspace, "revenue", REVENUE)

    assert (before.status, put(workspace, "worth", score).status) == (400, 200)


def test_an_answer_says_what_it_keeps_and_from_when_on_it_holds(workspace: Workspace) -> None:
    answer = put(workspace, "views", VIEWS).content

    assert answer["keeps"].startswith("keeps the newest 101 of `Product Viewed`")
    assert answer["effective"].startswith("now for everybody")


def test_a_workspace_has_room_for_so_many(workspace: Workspace) -> None:
    for number in range(MAX_COMPUTED):
        assert put(workspace, f"t{number}", REVENUE).status == 200

    assert "at most 100 computed traits" in put(workspace, "more", REVENUE).content["message"]
    assert put(workspace, "t1", {"orders": "count"}).status == 200


@pytest.mark.parametrize(
    ("role", "status"), [("marketer", 200), ("engineer", 200), ("analyst", 403), ("service", 403), ("privacy", 403)]
)
def test_who_writes_segments_writes_computed_traits(workspace: Workspace, role: str, status: int) -> None:
    assert put(workspace, "revenue", REVENUE, role).status == status


def test_why_explains_what_is_computed(workspace: Workspace) -> None:
    put(workspace, "revenue", REVENUE)
    workspace.put("/v1/segments/big", {"definition": BIG})
    workspace.send(order(1, 20))

    why = workspace.get("/v1/profiles/user_id:ann/segments/big/why").content
    assert why["member"]
    assert any("20" in line for line in why["words"])


def test_what_a_paused_segment_reads_is_not_deleted(workspace: Workspace) -> None:
    put(workspace, "revenue", REVENUE)
    workspace.put("/v1/segments/big", {"definition": BIG})
    workspace.put("/v1/segments/big", {"definition": {**BIG, "status": "paused"}})

    assert "segment big reads it" in delete(workspace, "revenue").content["message"]
    workspace.put("/v1/segments/big", {"definition": {**BIG, "status": "archived"}})
    assert delete(workspace, "revenue").status == 200
    workspace.send(order(1, 20))
    assert segments(workspace) == set()


def test_everybody_is_looked_at_when_what_a_segment_asks_for_changes(workspace: Workspace) -> None:
    put(workspace, "revenue", REVENUE)
    workspace.put("/v1/segments/big", {"definition": {"where": {"computed": "revenue", "at_least": 2}}})
    workspace.send(order(1, 1), order(2, 0.5))
    assert segments(workspace) == set()

    put(workspace, "revenue", {"name": "Orders", "orders": "count"})
    workspace.world.settle()

    [entered] = workspace.world.announced
    assert (entered.entered, entered.backfill) == (True, True)
    assert segments(workspace) == {"big"}


def test_nobody_is_looked_at_when_no_segment_asks_for_it(workspace: Workspace) -> None:
    put(workspace, "revenue", REVENUE)
    workspace.put("/v1/segments/views", {"definition": {"where": {"event": "Product Viewed"}}})
    workspace.send(order(1, 10))
    begun = BackfillStore(workspace.world.database).newest()

    put(workspace, "revenue", {**REVENUE, "within": "1 days"})

    assert BackfillStore(workspace.world.database).newest() == begun


def test_everybody_is_looked_at_when_days_begin_elsewhere(workspace: Workspace) -> None:
    definition = {"where": {"event": "Product Viewed", "days": {"at_least": 2}, "calendar_days": 7}}
    workspace.put("/v1/segments/two_days", {"definition": definition})
    midnight = (workspace.world.clock.now // DAY + 1) * DAY
    workspace.world.advance(midnight - 3 * HOUR)
    workspace.send(view())
    workspace.world.advance(midnight - HOUR)
    workspace.send(view())
    assert segments(workspace) == set()

    workspace.put("/v1/workspace", {"definition": {"zone": "Europe/Berlin"}})

    assert segments(workspace) == {"two_days"}
