"""The ledger in SQL, against the ledger and against brute force over the raw events."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.domain.events import Event
from regulars.domain.instants import DAY
from regulars.domain.numbers import MICRO
from regulars.domain.orders import MAX_ORDERS, MAX_REFUNDS, Order, combine, entry, net, stands
from regulars.domain.orders_sql import orders_sql, utc_day
from regulars.domain.rates import NO_RATES, ONE, Rates
from tests.builders import START, an_order
from tests.oracle import OracleRates, net_orders, standing_orders
from tests.order_histories import oracle_rates, order_histories
from tests.rates import some_rates

ENGINE = duckdb.connect(config={"threads": 1})
ENGINE.execute("PRAGMA disable_optimizer")  # it takes longer than the few rows that are asked for
Row = tuple[int, str, int | None, bool]  # instant, currency, net, stands


def ask(events: Iterable[Event], rates: Rates = NO_RATES) -> dict[str, Row]:
    """Ask DuckDB for the orders of one person."""
    return ask_all([events], rates).get(0, {})


def ask_all(people: Iterable[Iterable[Event]], rates: Rates) -> dict[int, dict[str, Row]]:
    """Ask DuckDB for the orders of people, each by their place; the first event of each lies there twice."""
    engine = ENGINE
    engine.execute('CREATE OR REPLACE TABLE events (person INT, name TEXT, "at" BIGINT, moment TEXT, properties TEXT)')
    engine.execute("CREATE OR REPLACE TABLE rates (currency TEXT, day BIGINT, rate DECIMAL(24, 12))")
    for place, events in enumerate(people):
        told = [(place, each.name, each.at, each.moment, json.dumps(each.properties)) for each in events]
        fill(engine, "events", [*told, told[0]])
    fill(engine, "rates", list(rates.rows()))
    found: dict[int, dict[str, Row]] = defaultdict(dict)
    for person, order_id, instant, currency, remains, is_standing in engine.execute(
        orders_sql(rates.currency)
    ).fetchall():
        micros = None if remains is None else int(remains * MICRO)
        found[person][order_id] = (instant, currency, micros, is_standing)
    return found


def fill(engine: duckdb.DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert rows, all at once."""
    if rows:
        places = ", ".join(f"({', '.join('?' * len(row))})" for row in rows)
        engine.execute(f"INSERT INTO {table} VALUES {places}", [value for row in rows for value in row])


def by_ledger(events: Iterable[Event], rates: Rates = NO_RATES) -> dict[str, Row]:
    """Ask the ledger, without its limits of orders."""
    ledger: dict[str, Order] = {}
    for event in events:
        ledger = {**combine(ledger, entry(event))}
    found = {}
    for id, order in ledger.items():
        remains = net(order, rates)
        if order.instant is not None:
            found[id] = (order.instant, order.in_currency, remains, remains is not None and stands(order, remains))
    return found


@settings(max_examples=30)
@given(st.lists(order_histories(15), min_size=1, max_size=6), oracle_rates)
def test_sql_and_ledger_and_brute_force_say_the_same(people: list[list[Event]], table: OracleRates) -> None:
    for rates, oracle in ((NO_RATES, None), (some_rates(table), table)):
        found = ask_all(people, rates)

        for place, events in enumerate(people):
            rows, expected = found.get(place, {}), net_orders(events, oracle)
            assert rows == by_ledger(events, rates)
            assert {id: row[2] for id, row in rows.items()} == {
                id: None if remains is None else int(remains * MICRO) for id, remains in expected.items()
            }
            assert {id for id, row in rows.items() if row[3]} == standing_orders(events, oracle).keys()


@pytest.mark.parametrize(
    "amount", ["0.0000005", "0.0000015", "-0.0000025", 1e-05, 5e-07, 1e12, 1e12 + 1, 10**15, "1e3", "+7.", ".5", "7,5"]
)
def test_sql_reads_amounts_as_the_ledger_does(amount: float | str) -> None:
    events = [an_order(1, amount)]

    assert ask(events) == by_ledger(events)


@pytest.mark.parametrize("id", ["x", 7, "7", "", None, True, 1.5, ["x"], {"x": 1}, "é" * 200, '"x"', -3])
def test_sql_reads_ids_as_the_ledger_does(id: object) -> None:
    events = [an_order(1, properties={"order_id": id, "orderId": "other"})]

    assert ask(events) == by_ledger(events)


def test_sql_cuts_refunds_as_the_ledger_does() -> None:
    back = [
        an_order(1, 1, name="Order Refunded", message_id=f"{number}", properties={"currency": code})
        for number in range(MAX_REFUNDS + 5)
        for code in ("EUR", None)
    ]
    events = [an_order(1, 1000), *back]

    assert ask(events) == by_ledger(events)
    assert ask(events)["o-1"][2] == (1000 - MAX_REFUNDS) * MICRO


def test_sql_knows_no_limit_of_orders() -> None:
    assert len(ask(an_order(number) for number in range(20 * MAX_ORDERS))) == 20 * MAX_ORDERS


def test_no_amounts_are_too_large_to_be_converted_and_added() -> None:
    rates = some_rates(OracleRates("EUR", "EUR", {START // DAY: {"USD": "0.0000010001"}}))
    order = an_order(1, 10**12, properties={"currency": "USD"})
    back = [
        an_order(1, 10**12, name="Order Refunded", message_id=f"{number}", properties={"currency": "USD"})
        for number in range(MAX_REFUNDS)
    ]

    for events in ([order], [order, *back]):
        assert ask(events, rates) == by_ledger(events, rates)


@pytest.mark.parametrize("instant", [0, 1, DAY - 1, DAY, -1, -DAY, -DAY - 1, START, START - 1])
def test_sql_numbers_days_as_the_ledger_does(instant: int) -> None:
    found = ENGINE.execute(f"SELECT {utc_day(f'({instant})')}").fetchall()

    assert found == [(instant // DAY,)]


def test_rates_are_told_to_sql_as_they_are() -> None:
    rates = some_rates(OracleRates("EUR", "EUR", {1: {"USD": "3"}}))

    assert list(rates.rows()) == [("USD", 1, Decimal("0.333333333333"))]
    assert rates.rate("USD", 1) == ONE // 3
