"""What one event says of an order's money: an amount, and in which currency."""

import re
from collections.abc import Mapping
from typing import Any

from regulars.domain.numbers import MICRO, half_even, to_amount

STATED = ("revenue", "total", "value")  # the first of them that is a number; else the sum of the lines
LARGEST = 10**12  # units of a currency: a larger amount is a mistake, and with it sums fit a DECIMAL(38)
NUMBER = r"^ *([+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?) *$"  # SQL reads amounts by the same words
CODE = r"^ *([A-Za-z]{3}) *$"
UNKNOWN = "XXX"  # ISO 4217's own code for no currency: no table has a rate for it
_NUMBER = re.compile(NUMBER)
_CODE = re.compile(CODE)


def amount_of(properties: Mapping[str, Any]) -> int | None:
    """Read the amount that is stated, in millionths: revenue, else total, else value, else the sum of the lines."""
    stated = (_amount(properties.get(name)) for name in STATED)
    return next((amount for amount in stated if amount is not None), _sum(properties.get("products")))


def currency_of(properties: Mapping[str, Any]) -> str:
    """Read the currency that is stated; empty where none is, `XXX` where it is no code of three letters."""
    raw = properties.get("currency")
    if raw is None or (isinstance(raw, str) and not raw.strip(" ")):
        return ""
    found = _CODE.fullmatch(raw) if isinstance(raw, str) else None
    return found[1].upper() if found else UNKNOWN


def _sum(products: object) -> int | None:
    """Add up lines; one that says no price leaves the sum unsaid."""
    if not isinstance(products, list) or not products:
        return None
    total = 0
    for each in products:
        line = _line(each)
        if line is None:
            return None
        total += line
    return _within(total)


def _line(raw: object) -> int | None:
    if not isinstance(raw, Mapping):
        return None
    price, quantity = _amount(raw.get("price")), raw.get("quantity")
    times = MICRO if quantity is None else _amount(quantity)
    return None if price is None or times is None else _within(half_even(price * times, MICRO))


def _amount(raw: object) -> int | None:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str) or not _NUMBER.fullmatch(str(raw)):
        return None
    amount = to_amount(raw)
    return None if amount is None else _within(amount)


def _within(amount: int) -> int | None:
    return amount if abs(amount) <= LARGEST * MICRO else None
