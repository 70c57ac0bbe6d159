"""A segment is previewed over HTTP before it is live, and nothing of that is unbounded."""

from collections.abc import Sequence
from functools import cache

import pytest
import sqlglot

from regulars.adapters import lake_files
from regulars.adapters.parquet import Parquet
from regulars.domain.events import Event
from regulars.domain.lake import EVENTS
from regulars.domain.lake_files import batch_key
from regulars.domain.lake_rows import event_row
from tests.builders import an_event, an_order
from tests.workspace import Answer, Workspace

BUYERS = {"where": {"event": "Order Completed", "count": {"at_least": 1}}}
TWICE = {"where": {"event": "Order Completed", "count": {"at_least": 2}}}
ANN, BOB = (f"user_id:{letter * 26}" for letter in "ab")


@cache
def parquet() -> Parquet:
    return Parquet()


def archive(workspace: Workspace, events: Sequence[Event]) -> None:
    content = parquet().write(EVENTS, [event_row(event) for event in events])
    workspace.lake.put(batch_key(EVENTS, "2026-01-01", "1", content), content)


@pytest.fixture
def shop() -> Workspace:
    """A lake with an order of ann, two of bob, and a visit of nobody known."""
    workspace = Workspace()
    orders = [an_order(1, links=(ANN,)), an_order(2, links=(BOB,)), an_order(3, links=(BOB,))]
    archive(workspace, [*orders, an_event(4)])
    return workspace


def preview(workspace: Workspace, body: object, role: str = "marketer") -> Answer:
    return workspace.ask("POST", "/v1/segments/preview", role, body=body)


def test_counts_and_samples_whom_a_definition_would_have(shop: Workspace) -> None:
    answer = preview(shop, {"definition": BUYERS})

    assert answer.status == 200, answer.text
    assert (answer.content["count"], answer.content["known"], answer.content["enters"]) == (2, 2, None)
    assert {one["profile_id"] for one in answer.content["sample"]} == {f"p_{ANN}", f"p_{BOB}"}
    assert answer.content["sample"][0]["reasons"] == [
        {"path": "where", "condition": "the number of Order Completed is at least 1", "truth": True}
    ]


def test_compares_a_definition_with_the_live_one(shop: Workspace) -> None:
    shop.world.define("segment", "buyers", BUYERS)

    answer = preview(shop, {"id": "buyers", "definition": TWICE}).content

    assert answer["against"] == 1
    assert answer["leaves"] == {"count": 1, "sample": [f"p_{ANN}"]}
    assert answer["enters"] == {"count": 0, "sample": []}


def test_a_computed_trait_is_asked_for_what_it_computes(shop: Workspace) -> None:
    shop.world.define("computed_trait", "orders", {"event": "Order Completed", "count": {}})
    definition = {"where": {"computed": "orders", "at_least": 2}}

    answer = preview(shop, {"definition": definition}).content
    assert [one["profile_id"] for one in answer["sample"]] == [f"p_{BOB}"]
    unknown = preview(shop, {"definition": {"where": {"computed": "none", "at_least": 2}}})
    assert (unknown.status, unknown.content["code"]) == (400, "invalid_definition")


def test_previews_a_live_segment_by_its_id(shop: Workspace) -> None:
    shop.world.define("segment", "buyers", BUYERS)

    assert preview(shop, {"id": "buyers"}).content["count"] == 2


def test_orders_are_asked_of_the_ledger_net_of_refunds(shop: Workspace) -> None:
    archive(shop, [an_order(1, links=(ANN,), name="Order Refunded", at=an_order(9).at)])

    answer = preview(shop, {"definition": {"where": {"orders": "revenue", "at_least": 5}}})

    assert {one["profile_id"] for one in answer.content["sample"]} == {f"p_{BOB}"}


def test_an_empty_lake_has_nobody() -> None:
    answer = preview(Workspace(), {"definition": BUYERS})

    assert (answer.status, answer.content["count"], answer.content["newest_event"]) == (200, 0, None)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "invalid_request"),
        ({"id": "nobody"}, 404, "not_found"),
        ({"id": 3}, 400, "invalid_request"),
        ({"definition": []}, 400, "invalid_request"),
        ({"definition": {"where": {}}}, 400, "invalid_definition"),
        ({"definition": {"where": {"trait": "plan", "matches": r"\pL"}}}, 400, "invalid_definition"),
        ({"id": "a", "definition": {"where": {"not": {"segment": "b"}}}, "other": 1}, 400, "invalid_request"),
    ],
)
def test_what_cannot_be_asked_is_refused(shop: Workspace, body: object, status: int, code: str) -> None:
    answer = preview(shop, body)

    assert (answer.status, answer.content["code"]) == (status, code)


def test_segments_that_name_each_other_in_a_circle_are_refused(shop: Workspace) -> None:
    shop.world.define("segment", "one", BUYERS)
    shop.world.define("segment", "two", {"where": {"segment": "one"}})

    answer = preview(shop, {"id": "one", "definition": {"where": {"segment": "two"}}})

    assert (answer.status, answer.content["code"]) == (400, "invalid_definition")


def test_a_lake_that_is_too_large_is_refused_and_athena_named(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lake_files.LakeFiles.__init__, "__defaults__", (10,))

    answer = preview(shop, {"definition": BUYERS})

    assert (answer.status, answer.content["code"]) == (422, "lake_too_large")
    assert "Athena" in answer.content["message"]


@pytest.mark.parametrize("engine", ["athena", "duckdb"])
def test_writes_the_sql_to_ask_elsewhere(shop: Workspace, engine: str) -> None:
    answer = shop.ask("POST", "/v1/segments/sql", "analyst", body={"definition": BUYERS, "engine": engine})

    assert answer.status == 200, answer.text
    assert sqlglot.parse_one(answer.content["sql"], read=engine).find(sqlglot.exp.Select)
    assert "EPOCH_US" in answer.content["sql"] or engine == "athena"


def test_who_may_not_read_segments_previews_none(shop: Workspace) -> None:
    assert preview(shop, {"definition": BUYERS}, role="nobody").status == 403
