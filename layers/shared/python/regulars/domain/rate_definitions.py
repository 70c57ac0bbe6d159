"""Read tables of rates from their definitions, as in `catalog/rates/`."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from regulars.domain.numbers import half_even
from regulars.domain.order_amounts import UNKNOWN
from regulars.domain.rates import ONE, Rates, Row, unite
from regulars.errors import DefinitionError

FIELDS = ("id", "name", "description", "currency", "base", "days")
MAX_TABLE = 300_000  # bytes of one definition: an item holds 400 KB
MAX_TABLES = 4_000_000  # bytes of all: some three hundred thousand rates, which a process reads whole
_EPOCH = date(1970, 1, 1).toordinal()
_CODE = re.compile(r"[A-Z]{3}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,10}([.][0-9]{1,15})?")
_NONE = Decimal(0)
_LEAST, _MOST = Decimal("0.000000001"), Decimal(10**9)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTable:
    """One definition: perhaps the workspace's currency, and what one unit of the base buys on days."""

    id: str
    currency: str = ""
    base: str = ""
    days: Mapping[int, Mapping[str, int]]

    def rows(self) -> Iterable[Row]:
        """Give the days, each with the base."""
        return ((day, self.base, quotes) for day, quotes in sorted(self.days.items()))


def parse_rates(id: str, definition: Mapping[str, Any]) -> RateTable:
    """
    Read a table of rates.

    Raises DefinitionError, with the path of what is wrong.
    """
    if unknown := sorted(str(field) for field in definition if field not in FIELDS):
        raise DefinitionError("", f"does not know {', '.join(unknown)}; it takes {', '.join(FIELDS[1:])}")
    for field in ("name", "description"):
        _text(definition.get(field, id), field)
    currency = _code(definition["currency"], "currency") if "currency" in definition else ""
    base = _code(definition["base"], "base") if "base" in definition else currency
    if not currency and "days" not in definition:
        raise DefinitionError("", "says the currency of the workspace, or days with rates, or both")
    if "days" in definition and not base:
        raise DefinitionError("base", "is needed: what the rates are told in, such as EUR")
    days = _days(definition.get("days", {}), base)
    if _size(definition) > MAX_TABLE:
        raise DefinitionError("days", f"has at most {MAX_TABLE:,} bytes with all of the table: make it one a year")
    return RateTable(id=id, currency=currency, base=base, days=days)


def check_tables(definitions: Mapping[str, Mapping[str, Any]]) -> None:
    """
    Make sure that tables, by id, go together.

    Raises DefinitionError, with a path that begins with the id of a table.
    """
    stating = [id for id, content in definitions.items() if "currency" in content]
    if len(stating) > 1:
        what = f"the workspace has one currency, and {stating[0]} says it: `base` is what rates are told in"
        raise DefinitionError(f"{stating[1]}.currency", what)
    if sum(_size(content) for content in definitions.values()) > MAX_TABLES:
        what = f"all rates together have at most {MAX_TABLES:,} bytes: remove years that no order is of"
        raise DefinitionError(f"{[*definitions][-1]}.days", what)


def unite_tables(tables: Sequence[RateTable], version: int) -> Rates:
    """Make one of all tables; where two of them tell of the same day, the first by id counts."""
    currency = next((table.currency for table in tables if table.currency), "")
    if not currency:
        return Rates(version=version)
    rows = (row for table in sorted(tables, key=lambda table: table.id) for row in table.rows())
    return unite(currency, rows, version)


def _days(raw: object, base: str) -> dict[int, dict[str, int]]:
    if not isinstance(raw, Mapping):
        raise DefinitionError("days", "is an object of days, such as 2026-01-31, each with rates by currency")
    return {_day(day): _quotes(quotes, base, f"days.{day}") for day, quotes in raw.items()}


def _day(raw: object) -> int:
    try:
        if isinstance(raw, str) and _DAY.fullmatch(raw):
            return date.fromisoformat(raw).toordinal() - _EPOCH
    except ValueError:
        pass
    raise DefinitionError(f"days.{str(raw)[:20]}", "is no day, such as 2026-01-31")


def _quotes(raw: object, base: str, path: str) -> dict[str, int]:
    if not isinstance(raw, Mapping) or not raw:
        raise DefinitionError(path, f"is an object of rates by currency: what one {base} buys")
    if base in raw:
        raise DefinitionError(f"{path}.{base}", "is what the rates are told in; leave it out")
    return {_code(code, f"{path}.{code}"): _quote(quote, f"{path}.{code}") for code, quote in raw.items()}


def _quote(raw: object, path: str) -> int:
    is_one = _NUMBER.fullmatch(raw) if isinstance(raw, str) else isinstance(raw, int | float)
    number = Decimal(str(raw)) if is_one and not isinstance(raw, bool) else _NONE
    if not (number.is_finite() and _LEAST <= number <= _MOST):
        raise DefinitionError(path, "is a number from 0.000000001 to 1000000000")
    numerator, denominator = number.as_integer_ratio()
    return half_even(numerator * ONE, denominator)


def _code(raw: object, path: str) -> str:
    if not isinstance(raw, str) or not _CODE.fullmatch(raw) or raw == UNKNOWN:
        raise DefinitionError(path, "is the code of a currency, three capital letters such as EUR")
    return raw


def _text(raw: object, path: str) -> None:
    if not isinstance(raw, str) or not 0 < len(raw) <= 200:
        raise DefinitionError(path, "is a text of 1 to 200 characters")


def _size(definition: Mapping[str, Any]) -> int:
    return len(json.dumps(definition, ensure_ascii=False, separators=(",", ":")).encode())
