"""Amounts as whole millionths: floats do not add in every order to the same sum, integers do."""

from decimal import Decimal, DecimalException

MICRO = 1_000_000
_DIGITS = 15
_LARGEST = Decimal(10) ** _DIGITS


def to_amount(value: object) -> int | None:
    """Read a number, or text that is one, as millionths; None for anything else or beyond ±10^15."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value).strip())
        if not number.is_finite() or number.adjusted() > _DIGITS or abs(number) > _LARGEST:
            return None
        return int((number * MICRO).to_integral_value())
    except (DecimalException, ValueError):
        return None


def from_amount(amount: int) -> float:
    """Give millionths back as a plain number, for people and JSON."""
    return amount / MICRO


def half_even(number: int, by: int) -> int:
    """Divide by a positive number and round to a whole one, halves to the even."""
    whole, rest = divmod(number, by)
    return whole + (2 * rest > by or (2 * rest == by and whole % 2))
