"""Rates for tests, made of the same tables that the oracle looks up."""

from typing import Any

from regulars.domain.instants import DAY, to_text
from regulars.domain.rate_definitions import parse_rates, unite_tables
from regulars.domain.rates import Rates
from tests.oracle import OracleRates


def a_table(**fields: Any) -> dict[str, Any]:
    """A definition of rates of one day, told in euros, which are the workspace's currency."""
    return {"currency": "EUR", "days": {"2026-01-01": {"USD": "1.25"}}, **fields}


def some_rates(table: OracleRates) -> Rates:
    """Read the table of the oracle as a definition, and make rates of it."""
    days = {to_text(day * DAY)[:10]: row for day, row in table.days.items()}
    definition = {"currency": table.currency, "base": table.base, "days": days}
    return unite_tables([parse_rates("shop", definition)], version=1)
