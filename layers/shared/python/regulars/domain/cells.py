"""Reading one cell of a file as text, a number, a date or a boolean; what cannot be read so says why."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from regulars.errors import CellError, DefinitionError

CellType = Literal["text", "number", "date", "boolean"]
LONGEST_TEXT = 8_192
_LARGEST = 10**15
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_GROUPED = {
    ".": re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII),
    ",": re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d*)?", re.ASCII),
}
_EPOCH = re.compile(r"\d{10}(\d{3})?(\.\d+)?", re.ASCII)
_COMPACT = re.compile(r"\d{8}", re.ASCII)
_ISO = re.compile(r"\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_TRUE = frozenset("true yes y t 1".split())
_FALSE = frozenset("false no n f 0".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFormat:
    """
    How cells of a column are written.

    `decimal` is the sign before the fraction, `date_format` a strptime format where dates are not ISO 8601, `at` the
    time of a date that has none, `zone` where a time without an offset was read off the clock.
    """

    type: CellType = "text"
    decimal: str = "."
    date_format: str | None = None
    at: time = time(0)
    zone: tzinfo = UTC


def zone_of(name: str, path: str) -> tzinfo:
    """Find a time zone by its name. Raises DefinitionError."""
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise DefinitionError(path, "is a time zone such as UTC or Europe/Berlin") from error


def is_empty(cell: object) -> bool:
    """Say whether a cell holds nothing; 0 and false are something."""
    return cell is None or (isinstance(cell, str) and not cell.strip()) or (isinstance(cell, float) and cell != cell)


def read_cell(cell: object, how: CellFormat) -> str | int | float | bool:
    """Read a cell that is not empty; a date as ISO 8601 in UTC. Raises CellError."""
    match how.type:
        case "text":
            return read_text(cell)
        case "number":
            return _number(cell, how.decimal)
        case "boolean":
            return _boolean(cell)
        case "date":
            return _date(cell, how)


def read_text(cell: object) -> str:
    """Read a cell as text without the space around it. Raises CellError."""
    text = _written(cell).strip()
    if len(text) > LONGEST_TEXT:
        raise CellError(f"holds {len(text):,} characters; the most is {LONGEST_TEXT:,}")
    if "\0" in text:
        raise CellError("holds a NUL character")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise CellError(
            "is not in the encoding of the file: if all of it is Latin-1, the mapping says encoding: latin-1"
        )
    return text


def _written(cell: object) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if not isinstance(cell, str | int | float | Decimal):
        raise CellError(f"holds a {type(cell).__name__}, not a plain value")
    try:
        return str(cell)
    except ValueError as error:  # Python writes no whole number of more than 4,300 digits
        raise CellError("is larger than a number may be (10 to the 15th)") from error


def _number(cell: object, decimal: str) -> int | float:
    text = read_text(cell)
    plain = text if isinstance(cell, int | float | Decimal) else _plain_number(text, decimal)
    if isinstance(cell, bool) or not plain:
        raise CellError(f"{_shown(text)} is not a number")
    try:
        number = Decimal(plain)
    except InvalidOperation as error:
        raise CellError(f"{_shown(text)} is not a number") from error
    if not number.is_finite() or abs(number) > _LARGEST:
        raise CellError(f"{_shown(text)} is larger than a number may be (10 to the 15th)")
    return int(number) if number == number.to_integral_value() else float(number)


def _plain_number(text: str, decimal: str) -> str | None:
    thousands = "," if decimal == "." else "."
    if _GROUPED[decimal].fullmatch(text):
        text = text.replace(thousands, "")
    if decimal == ",":
        text = "?" if "." in text else text.replace(",", ".")
    return text if _NUMBER.fullmatch(text) else None


def _boolean(cell: object) -> bool:
    text = read_text(cell)
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise CellError(f"{_shown(text)} is neither true nor false (yes, no, 1, 0)")


def _date(cell: object, how: CellFormat) -> str:
    try:
        moment = _moment(cell, how)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=how.zone)
        text = aware.astimezone(UTC).isoformat(timespec="microseconds")
    except (ValueError, OverflowError, OSError) as error:
        expected = f"of the form {how.date_format}" if how.date_format else "such as 2026-11-21 or 2026-11-21T12:00:00Z"
        raise CellError(f"{_shown(read_text(cell))} is not a date {expected}") from error
    return text.removesuffix("+00:00").removesuffix("000").removesuffix(".000") + "Z"


def _moment(cell: object, how: CellFormat) -> datetime:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, how.at)
    text = read_text(cell)
    if how.date_format is not None:
        read = datetime.strptime(text, how.date_format)  # noqa: DTZ007 - the zone is put on by the caller
        return read if "%H" in how.date_format or "%I" in how.date_format else datetime.combine(read, how.at)
    if _EPOCH.fullmatch(text):
        whole = Decimal(text) / (1_000 if len(text.partition(".")[0]) == 13 else 1)
        return datetime.fromtimestamp(float(whole), UTC)
    if _COMPACT.fullmatch(text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if not _ISO.fullmatch(text):
        raise ValueError(text)
    read = datetime.fromisoformat(text.replace(",", ".").upper())
    return read if ":" in text else datetime.combine(read, how.at)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}…")
