"""Rows of a CSV file, however it was written; one broken quote costs its line and no other."""

import contextlib
import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from typing import IO

from cli.errors import UserError
from cli.importing.records import Record, Source, cut

LONGEST_LINE = 32 * 2**20
LONGEST_RECORD = 16 * 2**20
DELIMITERS = (",", ";", "\t", "|")
_UNCLOSED = "a quote is opened and not closed"
_REASONS = {"unexpected end of data": _UNCLOSED, "expected after": "text stands after a closing quote"}


class TooLongError(Exception):
    """A record runs on as only one with an unclosed quote does."""


class Lines:
    """Physical lines, of which those after the first of a broken record can be read again."""

    def __init__(self, text: IO[str], path: str) -> None:
        self._text, self._path = text, path
        self._again: deque[str] = deque()
        self.number = 0
        self.taken: list[str] = []
        self._length = 0

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._text.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) == LONGEST_LINE:
            raise UserError("a line is longer than 32 MB", where=f"{self._path}:{self.number}", fix="is this CSV?")
        self.taken.append(line)
        self._length += len(line)
        if self._length > LONGEST_RECORD:
            raise TooLongError
        return line

    def begin(self) -> int:
        """Begin a record; return the number of its first line."""
        self.taken, self._length = [], 0
        return self.number + 1

    def give_back(self) -> None:
        """Put all but the first line of the record back."""
        self._again.extendleft(reversed(self.taken[1:]))
        self.number -= max(0, len(self.taken) - 1)


def read_csv(source: Source, columns: Sequence[str], encoding: str) -> Iterator[Record]:
    """Read the rows below a header that has these columns. Raises UserError."""
    csv.field_size_limit(LONGEST_LINE)
    path = str(source.path)
    text = io.TextIOWrapper(source.content, source.encoding(encoding), errors="surrogateescape", newline="")
    try:
        lines = Lines(text, path)
        header, delimiter = _header(lines, columns, path)
        yield from _records(lines, header, delimiter)
    finally:
        with contextlib.suppress(ValueError):  # the source may be closed already
            text.detach()


def _records(lines: Lines, header: list[str], delimiter: str) -> Iterator[Record]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        first = lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (TooLongError, csv.Error) as error:
            yield Record(number=first, reason=_reason(error), raw=cut(lines.taken[0]))
            lines.give_back()
        else:
            yield _record(first, cells, header)


def _record(number: int, cells: list[str], header: list[str]) -> Record:
    if not cells:
        return Record(number=number)
    if len(cells) != len(header):
        reason = f"has {len(cells):,} cells where the header has {len(header):,}"
        return Record(number=number, reason=reason, raw=[cut(cell) for cell in cells[:100]])
    return Record(number=number, row=dict(zip(header, cells, strict=True)))


def _header(lines: Lines, columns: Sequence[str], path: str) -> tuple[list[str], str]:
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise UserError("is empty", where=path)
    headers = {delimiter: _split(first, delimiter) for delimiter in DELIMITERS}
    delimiter = min(headers, key=lambda one: len(set(columns) - set(headers[one])))
    header = headers[delimiter]
    where = f"{path}:{lines.number}"
    if missing := [name for name in columns if name not in header]:
        found = ", ".join(cut(name) for name in header[:50])
        fix = f"the mapping needs {', '.join(columns)}; the header has {found}"
        raise UserError(f"the header has no column {', '.join(missing)}", where=where, fix=fix)
    if twice := sorted({name for name in columns if header.count(name) > 1}):
        raise UserError(f"the header names {', '.join(twice)} twice", where=where)
    return header, delimiter


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return [name.strip() for name in next(csv.reader([line], delimiter=delimiter))]
    except csv.Error:
        return []


def _reason(error: Exception) -> str:
    if isinstance(error, TooLongError):
        return _UNCLOSED
    return next((said for part, said in _REASONS.items() if part in str(error)), f"is no CSV: {error}")
