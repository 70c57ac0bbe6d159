"""Amounts as whole millionths: floats do not add in every order to the same sum, integers do."""

import re
from decimal import ROUND_HALF_UP, Decimal, DecimalException

MICRO = 1_000_000
_LARGEST = 10**15 * MICRO
_MILLIONTH = Decimal("0.000001")
_NUMBER = re.compile(r"[ \t\n\r\f\v]*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?[ \t\n\r\f\v]*", re.ASCII)


def to_amount(value: object) -> int | None:
    """
    Read a number, or text that is one, as millionths; None for anything else or beyond ±10^15.

    What is finer is rounded as databases do it: a half goes away from zero.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    if isinstance(value, int):
        amount = value * MICRO
    else:
        said = str(value)
        if not _NUMBER.fullmatch(said):
            return None
        try:
            amount = int(Decimal(said.strip()).quantize(_MILLIONTH, ROUND_HALF_UP).scaleb(6))
        except (DecimalException, ValueError):
            return None
    return amount if abs(amount) <= _LARGEST else None


def from_amount(amount: int) -> float:
    """Give millionths back as a plain number, for people and JSON."""
    return amount / MICRO


def half_even(number: int, by: int) -> int:
    """Divide by a positive number and round to a whole one, halves to the even."""
    whole, rest = divmod(number, by)
    return whole + (2 * rest > by or (2 * rest == by and whole % 2))
