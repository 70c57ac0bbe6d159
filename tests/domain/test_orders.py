"""The order ledger, against brute force over the raw events."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import reduce
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.events import Event
from regulars.domain.instants import DAY, SECOND
from regulars.domain.numbers import MICRO
from regulars.domain.order_measures import Measure, Totals, measure, totals
from regulars.domain.orders import Ledger, combine, cut, drawer_of, entry, net
from regulars.domain.parts import Part, fold
from regulars.domain.rates import NO_RATES, Rates
from regulars.domain.watches import Watches
from regulars.stores.identities import part_from_item, part_to_item
from tests.builders import START, an_order
from tests.cuts import Cut, cuts
from tests.oracle import OracleRates, net_orders, standing_orders
from tests.order_histories import oracle_rates, order_histories
from tests.rates import some_rates

NOTHING = Watches(by_event={})


def ledger_of(*events: Event) -> Ledger:
    """Add up what events say, drawer by drawer as parts do."""
    drawers: dict[str, Ledger] = {}
    for event in events:
        if drawer := drawer_of(event):
            drawers[drawer] = cut(combine(drawers.get(drawer, {}), entry(event)))
    return reduce(combine, drawers.values(), {})


def to_micros(amount: Decimal | None) -> int | None:
    return None if amount is None else int(amount * MICRO)


def refund(order: int = 1, number: int = 2, **properties: Any) -> Event:
    """A refund of an order, a second after it."""
    return an_order(number, name="Order Refunded", properties={"order_id": f"o-{order}", "revenue": None, **properties})


def worth(*events: Event, rates: Rates = NO_RATES) -> float | None:
    """What remains of the one order that is told of."""
    [order] = ledger_of(*events).values()
    remains = net(order, rates)
    return None if remains is None else remains / MICRO


@given(order_histories(), oracle_rates, cuts)
def test_what_remains_is_that_of_brute_force(events: list[Event], table: OracleRates, cut: Cut) -> None:
    with cut():
        for rates, expected in ((NO_RATES, None), (some_rates(table), table)):
            found = {id: net(order, rates) for id, order in ledger_of(*events).items() if order.instant is not None}

            assert found == {id: to_micros(remains) for id, remains in net_orders(events, expected).items()}


@given(order_histories(), oracle_rates, st.integers(-5, 90), st.sampled_from([None, 1, 7, 30]))
def test_measures_are_those_of_brute_force(
    events: list[Event], table: OracleRates, day: int, length: int | None
) -> None:
    now = START + day * DAY
    window = None if length is None else (now - length * DAY, now)
    standing = [
        (instant, Decimal(remains) * MICRO)
        for instant, remains in standing_orders(events, table).values()
        if window is None or window[0] < instant <= window[1]
    ]
    revenue = sum((remains for _, remains in standing), Decimal(0))
    expected: dict[Measure, object] = {
        "count": len(standing),
        "revenue": revenue,
        "average": round(revenue / len(standing)) if standing else None,
        "first": min((instant for instant, _ in standing), default=None),
        "last": max((instant for instant, _ in standing), default=None),
    }

    assert {of: measure(ledger_of(*events), of, some_rates(table), window) for of in expected} == expected


@given(order_histories(), st.randoms(use_true_random=False), st.integers(1, 5), cuts)
def test_no_order_of_arrival_batch_or_repetition_can_be_seen(
    events: list[Event], random: Random, size: int, cut: Cut
) -> None:
    shuffled = random.sample(events, len(events)) + random.sample(events, len(events) // 2)
    batches = [shuffled[start : start + size] for start in range(0, len(shuffled), size)]

    with cut():
        assert added(ledger_of(*batch) for batch in batches) == added([ledger_of(*events)])


def added(ledgers: Iterable[Ledger]) -> Ledger:
    """Add whole ledgers, and cut each drawer anew."""
    drawers: dict[str | None, Ledger] = {}
    for ledger in ledgers:
        for id, order in ledger.items():
            drawer = drawer_of(an_order(properties={"order_id": id}))
            drawers[drawer] = cut(combine(drawers.get(drawer, {}), {id: order}))
    return reduce(combine, drawers.values(), {})


@given(order_histories(), cuts)
def test_two_identifiers_that_tell_of_one_order_are_the_sum_and_part_exactly(events: list[Event], cut: Cut) -> None:
    mine, yours = ([each for each in events if each.owner == owner] for owner in ("user_id:u", "user_id:v"))

    with cut():
        before = ledger_of(*mine)
        merged = added([before, ledger_of(*yours)])
        assert merged == ledger_of(*events) == added([ledger_of(*yours), before])
        assert ledger_of(*mine) == before  # each side is its own sum again, once they are parted


@given(order_histories())
def test_a_stored_part_is_read_as_it_was_written(events: list[Event]) -> None:
    for name in {f"orders#{drawer_of(event)}" for event in events}:
        part: Part = fold("user_id:u", name, events, NOTHING, version=0, read=0)

        assert part_from_item(part_to_item(part)).state == part.state


def test_revenue_goes_before_total_and_value_and_the_sum_of_lines() -> None:
    lines = [{"product_id": "B-1", "price": 2, "quantity": 3}, {"sku": "B-2", "price": "0.5"}]
    said: dict[str, Any] = {"revenue": 1, "total": 2, "value": 3, "products": lines}
    found = []
    for name in said:
        found.append(worth(an_order(properties={**dict.fromkeys(said), **said})))
        said = {**said, name: None}

    assert found == [1, 2, 3, 6.5]


def test_an_update_that_states_no_amount_leaves_the_worth_as_it_was() -> None:
    update = an_order(2, name="Order Updated", properties={"order_id": "o-1", "revenue": None})

    assert worth(an_order(1, 10), update) == 10


def test_an_update_of_the_very_instant_of_its_order_counts() -> None:
    events = [an_order(1, 10, at=START, message_id=id) for id in "abc"]
    update = an_order(1, 12, at=START, name="Order Updated", message_id="d")

    assert worth(*events, update) == worth(update, *events) == 12


def test_a_refund_by_line_takes_price_times_quantity_one_unless_told() -> None:
    lines = [{"product_id": "B-1", "price": 2, "quantity": 2}, {"sku": "B-2", "price": 1.5}]

    assert worth(an_order(1, 10), refund(products=lines)) == 4.5


@pytest.mark.parametrize(
    "said", [{}, {"products": []}, {"products": [{"product_id": "B-1", "quantity": 1}]}, {"total": "much"}]
)
def test_a_refund_that_states_no_amount_gives_back_the_whole(said: dict[str, Any]) -> None:
    assert worth(an_order(1, 10), refund(**said)) == 0


def test_a_refund_that_is_told_as_a_negative_amount_is_one() -> None:
    assert worth(an_order(1, 10), refund(total=-4)) == 6


def test_refunds_add_up_and_one_that_is_told_twice_counts_once() -> None:
    one, other = refund(total=1), refund(number=3, total=2)

    assert worth(one, an_order(1, 10), other, one) == 7


def test_the_instant_is_that_of_the_earliest_completion_whenever_it_is_heard_of() -> None:
    update = an_order(1, 10, at=START, name="Order Updated")
    later, earlier = (an_order(1, 10, at=START + step * SECOND, message_id=f"{step}") for step in (9, 5))
    instants = [[order.instant for order in ledger_of(*some).values()] for some in ([update], [update, later, earlier])]

    assert instants == [[START], [START + 5 * SECOND]]


def test_an_order_that_nobody_completed_is_none() -> None:
    assert totals(ledger_of(refund(total=4), an_order(3, name="Order Cancelled"))) == Totals()


EUROS = Rates(currency="EUR")
TABLE = OracleRates("EUR", "EUR", {START // DAY: {"USD": "1.25", "JPY": "160"}, START // DAY + 1: {"USD": "2"}})


def test_an_amount_without_a_currency_is_in_the_currency_of_the_order_else_of_the_workspace() -> None:
    rates = some_rates(TABLE)
    order = an_order(1, 10, properties={"currency": "USD"})
    update = an_order(2, 20, name="Order Updated", properties={"order_id": "o-1"})

    assert [worth(order, rates=rates), worth(order, update, rates=rates)] == [8, 16]
    assert worth(order, refund(total=5), rates=rates) == 4
    assert worth(an_order(1, 10), rates=rates) == 10


def test_a_refund_in_another_currency_is_converted_at_the_rate_of_the_day_of_its_order() -> None:
    order = an_order(1, 10, properties={"currency": "USD"})
    back = refund(number=86_400, total=160, currency="JPY")

    assert worth(order, back, rates=some_rates(TABLE)) == 7


def test_a_day_without_a_rate_takes_the_latest_of_ten_days_before() -> None:
    found = [
        worth(an_order(1, 10, at=START + day * DAY, properties={"currency": "USD"}), rates=some_rates(TABLE))
        for day in (-1, 0, 1, 2, 11, 12)
    ]

    assert found == [None, 8, 5, 5, 5, None]


def test_the_day_of_an_order_is_an_argument() -> None:
    [order] = ledger_of(an_order(1, 10, at=START + DAY, properties={"currency": "USD"})).values()

    assert net(order, some_rates(TABLE), lambda instant: instant // DAY - 1) == 8 * MICRO


def test_an_order_without_a_rate_is_left_out_and_told() -> None:
    ledger = ledger_of(an_order(1, 10), an_order(2, 10, properties={"currency": "USD"}))

    assert totals(ledger, EUROS) == Totals(count=1, revenue=10 * MICRO, currency="EUR", unconverted={"USD": 1})


def test_a_cancelled_order_needs_no_rate() -> None:
    cancelled = an_order(2, name="Order Cancelled", properties={"order_id": "o-1"})
    order = an_order(1, 10, properties={"currency": "USD"})

    assert totals(ledger_of(order, cancelled), EUROS) == Totals(currency="EUR")


def test_what_is_no_currency_is_in_none_that_has_a_rate() -> None:
    ledger = ledger_of(an_order(1, 10, properties={"currency": "$"}))

    assert totals(ledger, some_rates(TABLE)).unconverted == {"XXX": 1}


def test_without_a_currency_of_the_workspace_amounts_are_added_as_they_are_and_a_second_currency_is_told() -> None:
    orders = [an_order(number, 10, properties={"currency": code}) for number, code in enumerate(["EUR", "USD", None])]

    assert totals(ledger_of(*orders[1:])) == Totals(count=2, revenue=20 * MICRO)
    assert totals(ledger_of(*orders)) == Totals(count=3, revenue=30 * MICRO, mixed=frozenset({"EUR", "USD"}))


@pytest.mark.parametrize(("amount", "millionths"), [("0.000001", 0), ("0.000003", 2), ("0.000004", 2)])
def test_what_an_order_comes_to_is_rounded_once_halves_to_the_even(amount: str, millionths: int) -> None:
    halves = OracleRates("EUR", "EUR", {START // DAY: {"USD": "2"}})
    orders = ledger_of(an_order(1, amount, properties={"currency": "USD"}))

    assert [net(order, some_rates(halves)) for order in orders.values()] == [millionths]


def test_windows_are_half_open() -> None:
    ledger = ledger_of(an_order(1, at=START))
    windows: Sequence[tuple[int, int]] = [(START - 1, START), (START, START + 1), (START - 2, START - 1)]

    assert [measure(ledger, "count", NO_RATES, window) for window in windows] == [1, 0, 0]


def test_an_order_alone_is_small() -> None:
    event = an_order(1, properties={"currency": "USD"})
    part = fold("user_id:u", f"orders#{drawer_of(event)}", [event], NOTHING, version=0, read=0)

    assert len(str(part_to_item(part)["state"])) < 80
