"""A year of real customers goes through win-back on the simulated clock: equal to arithmetic, customer by customer."""

from collections import defaultdict
from datetime import UTC, datetime

from regulars.domain.catalog import Live
from regulars.domain.events import Event
from regulars.domain.instants import DAY, to_micros
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.numbers import to_amount
from regulars.domain.purpose_definitions import parse_purposes
from regulars.domain.simulation_reports import Report
from regulars.domain.simulation_stages import Stage
from regulars.domain.simulations import simulate
from tests.world.cdnow import purchases

SINCE, UNTIL = (to_micros(datetime(year, 7, 1, tzinfo=UTC)) for year in (1997, 1998))
RICH = 100
PURPOSES = parse_purposes({"purposes": {"orders": {"name": "o", "basis": "contract", "channels": ["email"]}}})
JOURNEY = parse_journey(
    "win_back",
    {
        "purpose": "orders",
        "enter": {"event": "Order Completed", "when": {"orders": "revenue", "at_least": RICH}},
        "goal": {"event": "Order Completed", "within": "60 days", "exit": False},
        "steps": [
            {"hold": {"at_most": "14 days", "until": [{"event": "Order Completed", "restart": True}]}},
            {"send": {"channel": "email", "template": "we_miss_you"}},
        ],
    },
)


def missed(orders: list[Event]) -> list[int]:
    """
    When somebody is missed: two weeks after an order with no other one in between.

    The first order of such a run at which all of them came to enough counts as the entry, if it lies in the year.
    """
    sent, spent, entered = [], 0, False
    days = sorted({order.at for order in orders})
    for index, at in enumerate(days):
        spent += sum(to_amount(order.properties["revenue"]) or 0 for order in orders if order.at == at)
        entered = entered or (SINCE <= at < UNTIL and spent >= RICH * 1_000_000)
        is_last = index + 1 == len(days) or days[index + 1] > at + 14 * DAY
        if entered and is_last:
            if at + 14 * DAY < UNTIL:
                sent.append(at + 14 * DAY)
            entered = False
    return sent


def test_a_year_of_win_back_is_what_arithmetic_says() -> None:
    stage = Stage(journey=JOURNEY, beside=Live(purposes=PURPOSES))
    report = Report()
    people: dict[str, list[Event]] = defaultdict(list)
    for order in purchases():
        people[order.owner].append(order)
    for owner, orders in people.items():
        passages, refused = simulate(
            stage, f"p_{owner}", sorted(orders, key=lambda one: one.at), since=SINCE, until=UNTIL
        )
        report.take(JOURNEY, passages, refused)

        sent = [step.at for passage in passages for step in passage.steps if step.came == "sent"]
        assert sent == missed(orders)

    assert report.people == 23_570
    assert report.emails == sum(map(len, map(missed, people.values())))
