"""The examples of docs/orders.md are true."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from regulars.domain.events import Event
from regulars.domain.instants import DAY
from regulars.domain.numbers import MICRO
from regulars.domain.order_measures import totals
from regulars.domain.orders import ORDER_EVENTS, Ledger, combine, entry
from regulars.domain.rate_definitions import parse_rates, unite_tables
from regulars.domain.rates import NO_RATES, Rates
from tests.builders import an_order

PAGE = (Path(__file__).parents[1] / "docs/orders.md").read_text()
FIRST = 20_777 * DAY  # 2026-11-20
NAMES = {name.removeprefix("Order ").lower(): name for name in ORDER_EVENTS}


def examples(name: str) -> list[tuple[str, str]]:
    """List the rows of a table of examples."""
    section = PAGE.split(f"<!-- {name}: ")[1].split(f"<!-- end of {name} -->")[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", section, re.MULTILINE)
    return rows[1:]


def told(words: str) -> list[Event]:
    """Make the events that an example tells in words, a day each."""
    return [_event(number, said) for number, said in enumerate(words.split("; "))]


def _event(number: int, words: str) -> Event:
    verb, *said = words.split(", ")
    properties: dict[str, Any] = {"order_id": "o", "revenue": None}
    for each in said:
        name, _, value = each.partition(" ")
        if name == "products":
            properties[name] = [{"quantity": int(q), "price": int(p)} for q, p in re.findall(r"(\d+) × (\d+)", value)]
        else:
            properties[name], _, properties["currency"] = value.partition(" ")
    return an_order(name=NAMES[verb], at=FIRST + number * DAY, message_id=f"{number}", properties=properties)


def result(events: list[Event], rates: Rates) -> str:
    """Say what the ledger makes of events, in the words of the page."""
    ledger: Ledger = {}
    for event in events:
        ledger = combine(ledger, entry(event))
    found = totals(ledger, rates)
    left_out = "".join(f", left out: {currency} {number}" for currency, number in found.unconverted.items())
    number = "1 order" if found.count == 1 else f"{found.count} orders"
    return f"{number}, {found.revenue / MICRO:.10g}{left_out}"


def rates_of_the_page() -> Rates:
    """Read the table that the page shows."""
    text = PAGE.split("# catalog/rates/shop.yaml\n")[1].split("```")[0]
    return unite_tables([parse_rates("shop", yaml.load(text, yaml.BaseLoader))], 1)


@pytest.mark.parametrize(("words", "expected"), examples("examples"))
def test_what_the_page_says_of_orders_is_true(words: str, expected: str) -> None:
    assert result(told(words), NO_RATES) == expected


@pytest.mark.parametrize(("words", "expected"), examples("currencies"))
def test_what_the_page_says_of_currencies_is_true(words: str, expected: str) -> None:
    assert result(told(words), rates_of_the_page()) == expected


def test_both_tables_have_examples() -> None:
    assert (len(examples("examples")), len(examples("currencies"))) == (14, 10)
