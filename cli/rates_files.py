"""Tables of rates as CSV, in the layout of the European Central Bank: a row a day, a column a currency."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from cli.errors import UserError
from cli.yaml_files import Document, shown

_BASE = re.compile(r"[a-z]{3}")
_YEAR = re.compile(r"([0-9]{4})-[0-9]{2}-[0-9]{2}")
_NONE = frozenset({"", "N/A"})  # what stands where there is no rate
_LARGEST = 20_000_000  # bytes: the bank's whole history has three million
_FIX = "the name of the file is what rates are told in, such as eur.csv, and its first line `Date,USD,JPY`"


class _Year:
    """The days of a year, with the line of each, so that an error can say where."""

    def __init__(self, base: str) -> None:
        self.days: dict[str, dict[str, str]] = {}
        self.base = base
        self._nodes: list[tuple[yaml.Node, yaml.Node]] = []

    def add(self, day: str, quotes: dict[str, str], line: int) -> None:
        """Add a day."""
        mark = _mark(line)
        self.days[day] = quotes
        self._nodes.append((yaml.ScalarNode("", day, mark), yaml.MappingNode("", [], mark)))

    def document(self, path: Path) -> Document:
        """Give the year as a definition."""
        start = _mark(1)
        days = (yaml.ScalarNode("", "days", start), yaml.MappingNode("", self._nodes, start))
        content = {"base": self.base, "days": self.days}
        return Document(path=path, content=content, node=yaml.MappingNode("", [days], start))


def _mark(line: int) -> yaml.Mark:
    return yaml.Mark("", 0, line - 1, 0, None, 0)


def read_rates(path: Path) -> Iterator[tuple[str, Document]]:
    """Read a file as definitions, one for each year: `eur.csv` makes `eur_2026`. Raises UserError."""
    name = path.stem
    if not _BASE.fullmatch(name):
        raise UserError("has a name that is no currency", where=shown(path), fix=_FIX)
    years: dict[str, _Year] = {}
    for line, day, quotes in _rows(path):
        where = f"{shown(path)}:{line}"
        found = _YEAR.fullmatch(day)
        if not found:
            raise UserError(f"{day[:20]} is no day, such as 2026-01-31", where=where)
        year = years.setdefault(found[1], _Year(name.upper()))
        if day in year.days:
            raise UserError(f"says {day} twice", where=where)
        if quotes:
            year.add(day, quotes, line)
    return ((f"{name}_{number}", year.document(path)) for number, year in sorted(years.items()) if year.days)


def _rows(path: Path) -> Iterator[tuple[int, str, dict[str, str]]]:
    """Give the line, the day and the rates of each row."""
    try:
        if path.stat().st_size > _LARGEST:
            raise UserError("is larger than a table of rates may be", where=shown(path))
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.reader(file)
            header = [name.strip() for name in next(rows, [])]
            _check_header(header, path)
            for row in rows:
                if len(row) > len(header):
                    raise UserError("has more cells than the first line", where=f"{shown(path)}:{rows.line_num}")
                cells = [cell.strip() for cell in row]
                named = zip(header[1:], cells[1:], strict=False)  # a row may end early
                if any(cells):
                    yield rows.line_num, cells[0], {code: cell for code, cell in named if code and cell not in _NONE}
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError("is no CSV that can be read", where=shown(path)) from error
    except OSError as error:
        raise UserError(error.strerror or "cannot be read", where=shown(path)) from error


def _check_header(header: list[str], path: Path) -> None:
    codes = [code for code in header[1:] if code]
    if header[:1] != ["Date"] or not codes:
        raise UserError("does not begin with `Date` and currencies", where=f"{shown(path)}:1", fix=_FIX)
    if repeated := next((code for code in codes if codes.count(code) > 1), None):
        raise UserError(f"says {repeated} twice", where=f"{shown(path)}:1")
