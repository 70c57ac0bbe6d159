"""Tables of rates as files: YAML, and CSV as banks publish them."""

from typing import Any

import pytest

from cli.orders import worth
from tests.cli.conftest import Regulars
from tests.cli.platform import token_of
from tests.cli.test_catalog import acts

# As in eurofxref-hist.csv of the European Central Bank: newest first, a comma at the end, N/A where there is none.
BANK = """Date,USD,JPY,ISK,
2026-01-02,1.0856,160.25,N/A,
2025-12-31,1.0812,161.0,144.5,
2025-12-30,1.0799,,,
"""


@pytest.fixture
def with_rates(regulars: Regulars) -> Regulars:
    regulars.write("catalog/rates/shop.yaml", "currency: SEK\n")
    regulars.write("catalog/rates/eur.csv", BANK)
    return regulars


def rates(changes: Any) -> dict[str, str]:
    """What happens to tables of rates."""
    return {id: act for id, act in acts(changes).items() if id.startswith("rates ")}


def test_a_file_of_a_bank_is_a_table_a_year(with_rates: Regulars) -> None:
    applied = with_rates.json("apply")
    again = with_rates.json("plan")

    assert rates(applied) == dict.fromkeys(["rates eur_2025", "rates eur_2026", "rates shop"], "create")
    assert set(rates(again).values()) == {"unchanged"}
    live = with_rates.platform.workspace.get("/v1/rates/eur_2025", "admin").content["definition"]
    assert live["base"] == "EUR"
    assert live["days"]["2025-12-31"] == {"USD": "1.0812", "JPY": "161.0", "ISK": "144.5"}
    assert live["days"]["2025-12-30"] == {"USD": "1.0799"}


def test_a_day_more_changes_its_year(with_rates: Regulars) -> None:
    with_rates("apply")
    with_rates.write("catalog/rates/eur.csv", BANK.replace("\n2026", "\n2026-01-05,1.0901,159.9,N/A,\n2026", 1))

    planned = with_rates("plan").out
    assert "~ change      rates eur_2026" in planned
    assert "2026-01-05':" in planned
    assert rates(with_rates.json("apply"))["rates eur_2025"] == "unchanged"


@pytest.mark.parametrize(
    ("file", "text", "where", "what"),
    [
        ("eur.csv", "Day,USD\n2026-01-02,1\n", "eur.csv:1", "does not begin with `Date`"),
        ("eur.csv", "", "eur.csv:1", "does not begin with `Date`"),
        ("eur.csv", "Date,USD,USD\n", "eur.csv:1", "says USD twice"),
        ("eur.csv", "Date,USD\n2026-01-02,1\n2026-01-02,2\n", "eur.csv:3", "says 2026-01-02 twice"),
        ("eur.csv", "Date,USD\n2.1.2026,1\n", "eur.csv:2", "2.1.2026 is no day"),
        ("eur.csv", "Date,USD\n2026-02-30,1\n", "eur.csv:2", "is no day"),
        ("eur.csv", "Date,USD\n2026-01-02,1\n2026-01-03,much\n", "eur.csv:3", "days.2026-01-03.USD: is a number"),
        ("eur.csv", "Date,USD\n2026-01-02,1,2\n", "eur.csv:2", "more cells than the first line"),
        ("eur.csv", "Date,EUR\n2026-01-02,1\n", "eur.csv:2", "is what the rates are told in"),
        ("euro.csv", BANK, "euro.csv", "has a name that is no currency"),
        ("eur.csv", b"Date,USD\n\xff\xfe\n", "eur.csv", "is no CSV that can be read"),
        ("eur_2026.yaml", "base: EUR\ndays: {2026-01-02: {USD: 1}}\n", "eur.csv", "tells of eur_2026"),
        ("other.yaml", "currency: EUR\n", "shop.yaml:1", "the workspace has one currency, and other says it"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    with_rates: Regulars, file: str, text: str | bytes, where: str, what: str
) -> None:
    path = with_rates.folder / "catalog/rates" / file
    path.write_bytes(text if isinstance(text, bytes) else text.encode())

    ended = with_rates("apply")
    said = " ".join(ended.err.split())
    assert (ended.code, f"catalog/rates/{where}" in said, what in said) == (1, True, True)
    assert {method for method, _ in with_rates.platform.asked} <= {"GET"}


def test_rates_into_no_currency_are_refused(with_rates: Regulars) -> None:
    (with_rates.folder / "catalog/rates/shop.yaml").unlink()

    ended = with_rates("apply")
    assert (ended.code, "no table of rates says the currency of the workspace" in ended.err) == (1, True)


def test_another_table_may_come_to_say_the_currency(with_rates: Regulars) -> None:
    with_rates("apply")
    (with_rates.folder / "catalog/rates/shop.yaml").write_text("base: EUR\ndays: {}\n")
    with_rates.write("catalog/rates/again.yaml", "currency: EUR\n")

    assert with_rates("apply").code == 0
    (with_rates.folder / "catalog/rates/again.yaml").unlink()
    with_rates.write("catalog/rates/zloty.yaml", "currency: PLN\n")
    assert with_rates("apply", "--prune", "--yes").code == 0


def test_a_role_that_may_not_read_rates_is_told_so(with_rates: Regulars) -> None:
    assert "rates: left out" not in with_rates("plan", token=token_of("marketer")).err
    assert "rates: left out, the role service may not read them" in with_rates("plan", token=token_of("service")).err


@pytest.mark.parametrize(
    ("orders", "line"),
    [
        ({}, "2 orders, 1,601.00 net"),
        ({"currency": "EUR"}, "2 orders, 1,601.00 EUR net"),
        ({"unconverted": {"JPY": 1}}, "2 orders, 1,601.00 net; left out for want of a rate of JPY: 1 order"),
        ({"mixed": ["EUR", "USD"]}, "2 orders, 1,601.00 net; added as if EUR, USD were one currency"),
    ],
)
def test_a_line_says_what_orders_come_to(orders: dict[str, Any], line: str) -> None:
    said = {"count": 2, "revenue": 1601, "currency": None, "unconverted": {}, "mixed": [], **orders}

    assert worth(said) == line
