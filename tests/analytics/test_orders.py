"""Conditions on orders are asked of the ledger that a query computes."""

import pytest

from regulars.analytics.compiling import Scope, as_text, compile
from regulars.analytics.setting import Setting
from regulars.domain.calendars import Calendar
from regulars.domain.checks import Before, Check, Compares, Exists, IsIn, Recent
from regulars.domain.dates import Dated
from regulars.domain.events import Event
from regulars.domain.instants import DAY, SECOND
from regulars.domain.segments import Measured, Node, Not, OrdersMeasure, Rolling, Segment
from regulars.errors import DefinitionError
from tests.builders import START, an_event, an_order
from tests.crowds import Crowd, Somebody
from tests.segment_sql import loaded

# Each order stands, at what it said.
LEDGER = """
WITH told AS (SELECT *, CAST(json_extract_string(properties, '$.revenue') AS DECIMAL(22, 6)) AS net FROM order_events)
SELECT person, json_extract_string(properties, '$.order_id') AS order_id, "at" AS instant, net, net > 0 AS stands
FROM told
"""
NOW = START + 10 * DAY
ANN = [an_order(1, 10.0), an_order(2, 0.000001), an_order(3, 0.0)]
BOB = [an_order(9 * 86_400, 30.0)]


@pytest.fixture
def shop() -> Crowd:
    """Ann with two orders that stand, one of them for next to nothing; bob with a new one; cat with none."""

    def somebody(name: str, events: list[Event]) -> Somebody:
        owner = f"user_id:{name}"
        return Somebody(profile_id=f"p_{owner}", owners=[owner], events=[_of(owner, event) for event in events])

    people = [somebody("ann", ANN), somebody("bob", BOB), somebody("cat", [an_event(1)])]
    return Crowd(people=people, now=NOW, calendar=Calendar())


def _of(owner: str, event: Event) -> Event:
    return Event(**{**{name: getattr(event, name) for name in event.__dataclass_fields__}, "owner": owner})


def members(crowd: Crowd, node: Node, ledger: str | None = LEDGER) -> set[str]:
    setting = Setting(now=crowd.now)
    scope = Scope(known_kinds=frozenset({"user_id"}), orders=ledger)
    question = as_text(compile([Segment(id="s", name="s", where=node)], setting, scope), setting)
    with loaded(crowd) as database:
        rows = database.execute(question).fetchall()
    return {person.removeprefix("p_user_id:") for person, _, member in rows if member}


@pytest.mark.parametrize(
    ("measure", "check", "expected"),
    [
        (OrdersMeasure("count"), Compares("at_least", 2), {"ann"}),
        (OrdersMeasure("count"), Compares("equals", 0), {"cat"}),
        (OrdersMeasure("count", Rolling(2 * DAY)), Compares("at_least", 1), {"bob"}),
        (OrdersMeasure("revenue"), Compares("more_than", 10), {"ann", "bob"}),
        (OrdersMeasure("revenue"), Compares("at_most", 10.000001), {"ann", "cat"}),
        (OrdersMeasure("revenue"), IsIn((0, 30)), {"bob", "cat"}),
        # 5.0000005, and a half goes to the even millionth
        (OrdersMeasure("average"), Compares("equals", 5), {"ann"}),
        (OrdersMeasure("average"), Compares("more_than", 5), {"bob"}),
        (OrdersMeasure("average"), Compares("at_most", 5), {"ann"}),
        (OrdersMeasure("average"), Compares("less_than", 5), set()),
        (OrdersMeasure("average"), IsIn((30, 7)), {"bob"}),
        (OrdersMeasure("average"), Exists(False), {"cat"}),
        (OrdersMeasure("first_time"), Before(Dated(START + 5 * SECOND)), {"ann"}),
        (OrdersMeasure("last_time"), Recent("within_last", 2 * DAY), {"bob"}),
        (OrdersMeasure("last_time"), Exists(True), {"ann", "bob"}),
    ],
)
def test_orders_are_measured(shop: Crowd, measure: OrdersMeasure, check: Check, expected: set[str]) -> None:
    assert members(shop, Measured(measure, check)) == expected


def test_who_has_no_order_is_found_where_that_is_asked(shop: Crowd) -> None:
    assert members(shop, Not(Measured(OrdersMeasure("count"), Compares("at_least", 1)))) == {"cat"}


def test_without_a_ledger_orders_are_refused(shop: Crowd) -> None:
    with pytest.raises(DefinitionError, match="cannot be asked in SQL"):
        members(shop, Measured(OrdersMeasure("count"), Compares("at_least", 1)), ledger=None)
