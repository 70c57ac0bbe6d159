"""Real history through the in-memory world, customer by customer against plain arithmetic."""

from collections import defaultdict
from decimal import Decimal

from local.world.world import World
from regulars.domain.numbers import MICRO
from regulars.domain.order_measures import totals
from regulars.stores.identities import IdentityStore
from tests.world.cdnow import purchases, rows

SEGMENT = {"where": {"event": "Order Completed", "sum": {"of": "revenue", "at_least": 1000}}}


def test_all_purchases_of_all_customers_add_up() -> None:
    world = World()
    world.define("segment", "big_spenders", SEGMENT)
    events = list(purchases())
    for start in range(0, len(events), 5_000):
        assert all(world.store(*events[start : start + 5_000]))
        assert not any(world.store(*events[start : start + 50]))  # a file that is sent twice
        world.settle()

    expected: dict[str, list[Decimal]] = defaultdict(list)
    for row in rows():
        expected[row["customer_id"]].append(Decimal(row["dollars"]))
    identities = IdentityStore(world.database)
    for customer, amounts in expected.items():
        parts = {part.name: part.state for part in identities.read(f"user_id:{customer}").parts}
        orders = parts["event#Order Completed"]
        assert orders.count == len(amounts)
        assert [kept[:2] for kept in orders.kept.values()] == [(len(amounts), sum(amounts) * MICRO)]
        ledgers = [state.orders for name, state in parts.items() if name.startswith("orders#")]
        assert sum(totals(ledger).revenue for ledger in ledgers) == sum(amounts) * MICRO
    spenders = {f"p_user_id:{customer}" for customer, amounts in expected.items() if sum(amounts) >= 1000}
    assert {one.profile_id for one in world.announced if one.entered} == spenders
    assert (len(events), len(expected), len(world.announced)) == (69_659, 23_570, len(spenders))
