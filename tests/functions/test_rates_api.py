"""Rates over HTTP, and what they do to what is told of people."""

from typing import Any

import pytest

from regulars.domain.rate_definitions import MAX_TABLE
from regulars.stores.database import Item, TableName
from tests.messages import a_track_call
from tests.rates import a_table
from tests.workspace import Workspace

IN_DOLLARS = {"orders": "revenue", "at_least": 5}


@pytest.fixture
def workspace() -> Workspace:
    return Workspace()


def order(number: int, revenue: float, currency: str | None = None, **fields: Any) -> dict[str, Any]:
    """An order of one customer."""
    properties = {"order_id": f"o-{number}", "revenue": revenue, **({"currency": currency} if currency else {})}
    return a_track_call(messageId=f"m-{number}", userId="ann", event="Order Completed", properties=properties, **fields)


def orders_of(workspace: Workspace, who: str = "user_id:ann") -> Any:
    """Read what somebody's orders come to."""
    return workspace.ask("POST", "/v1/profiles/lookup", body={"ref": who}).content["orders"]


def queries(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note which keys are queried from now on."""
    noted: list[str] = []
    query = workspace.world.database.query

    def noting(table: TableName, key: str, **more: Any) -> list[Item]:
        noted.append(key)
        return query(table, key, **more)

    monkeypatch.setattr(workspace.world.database, "query", noting)
    return noted


def put(workspace: Workspace, id: str = "shop", **fields: Any) -> int:
    """Write a table of rates."""
    return workspace.put(f"/v1/rates/{id}", {"definition": a_table(**fields)}).status


def test_without_rates_amounts_are_added_as_they_are_and_told_to_be_mixed(workspace: Workspace) -> None:
    workspace.send(order(1, 10, "USD"), order(2, 5, "EUR"))

    assert orders_of(workspace) == {
        "count": 2,
        "revenue": 15,
        "currency": None,
        "unconverted": {},
        "mixed": ["EUR", "USD"],
    }


def test_rates_hold_for_what_is_read_from_then_on(workspace: Workspace) -> None:
    workspace.send(order(1, 10, "USD"), order(2, 5, "EUR"), order(3, 1), order(4, 7, "JPY"))
    put(workspace)

    told = orders_of(workspace)
    assert told == {"count": 3, "revenue": 14, "currency": "EUR", "unconverted": {"JPY": 1}, "mixed": []}
    put(workspace, days={"2026-01-01": {"USD": 2, "JPY": 7}})
    assert orders_of(workspace) == {**told, "count": 4, "revenue": 12, "unconverted": {}}


def test_a_segment_is_decided_in_the_currency_of_the_workspace(workspace: Workspace) -> None:
    workspace.put("/v1/segments/spenders", {"definition": {"where": IN_DOLLARS}})
    put(workspace, days={"2026-01-01": {"USD": "4"}})
    workspace.send(order(1, 16, "USD"))
    before = workspace.get("/v1/profiles/user_id:ann/memberships").content["memberships"]
    workspace.send(order(2, 4, "USD"))
    after = workspace.get("/v1/profiles/user_id:ann/memberships").content["memberships"]

    assert ([one["segment"] for one in before], [one["segment"] for one in after]) == ([], ["spenders"])


def test_an_order_that_a_segment_leaves_out_is_counted(workspace: Workspace) -> None:
    workspace.put("/v1/segments/spenders", {"definition": {"where": IN_DOLLARS}})
    workspace.send(order(1, 10, "EUR"), order(2, 10, "JPY"))
    assert workspace.world.journal.counts["mixed_currencies"] > 0
    assert not workspace.world.journal.counts["orders_without_rate"]

    put(workspace)
    workspace.send(order(3, 10, "USD"))
    assert workspace.world.journal.counts["orders_without_rate"] > 0


def test_one_table_says_the_currency_of_the_workspace(workspace: Workspace) -> None:
    put(workspace)
    again = workspace.put("/v1/rates/other", {"definition": a_table()})

    assert (again.status, again.content["code"]) == (400, "invalid_definition")
    assert again.content["message"].startswith("currency: the workspace has one currency, and shop says it")
    assert workspace.put("/v1/rates/other", {"definition": {"base": "USD", "days": {}}}).status == 200


def test_a_table_that_would_not_fit_an_item_is_refused(workspace: Workspace) -> None:
    days = {f"{year}-01-{day:02}": {"USD": "1.0"} for year in range(1600, 2026) for day in range(1, 32)}

    assert put(workspace, days=dict([*days.items()][:10_000])) == 200
    answer = workspace.put("/v1/rates/shop", {"definition": a_table(days=days)})
    assert (answer.status, f"{MAX_TABLE:,} bytes" in answer.content["message"]) == (400, True)


def test_tables_are_listed_by_id(workspace: Workspace) -> None:
    for id in ("eur_2026", "eur_2025"):
        workspace.put(f"/v1/rates/{id}", {"definition": {"base": "EUR", "days": {"2026-01-01": {"USD": 1}}}})

    assert [one["id"] for one in workspace.get("/v1/rates", "analyst").content["rates"]] == ["eur_2025", "eur_2026"]


@pytest.mark.parametrize(("role", "status"), [("engineer", 200), ("marketer", 403), ("analyst", 403), ("privacy", 403)])
def test_admins_and_engineers_write_rates(workspace: Workspace, role: str, status: int) -> None:
    assert workspace.put("/v1/rates/shop", {"definition": a_table()}, role).status == status


@pytest.mark.parametrize(("role", "status"), [("marketer", 200), ("analyst", 200), ("service", 403)])
def test_who_reads_sums_reads_the_rates_behind_them(workspace: Workspace, role: str, status: int) -> None:
    put(workspace)

    assert workspace.get("/v1/rates/shop", role).status == status


def test_rates_are_read_again_only_when_they_changed(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.put("/v1/segments/spenders", {"definition": {"where": IN_DOLLARS}})
    put(workspace)
    workspace.send(order(1, 10))
    read = queries(workspace, monkeypatch)

    workspace.put("/v1/segments/spenders", {"definition": {"name": "Spenders", "where": IN_DOLLARS}})
    workspace.send(order(2, 10))
    assert "rates" not in read
    put(workspace, days={"2026-01-01": {"USD": 2}})
    workspace.send(order(3, 10))
    assert "rates" in read


def test_a_workspace_whose_segments_ask_for_no_orders_reads_no_rates(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(workspace)
    workspace.put("/v1/segments/some", {"definition": {"where": {"event": "Order Completed"}}})
    read = queries(workspace, monkeypatch)
    workspace.send(order(1, 10))

    assert "rates" not in read
