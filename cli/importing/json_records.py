"""Rows of a file with one JSON object a line."""

import json
from collections.abc import Iterator
from typing import NoReturn

from cli.errors import UserError
from cli.importing.records import Record, Source, cut
from regulars.domain.payloads import Ambiguous, parse, values_in

LONGEST_LINE = 32 * 2**20


def read_json_lines(source: Source, encoding: str) -> Iterator[Record]:
    """Read one row a line. Raises UserError."""
    codec = source.encoding(encoding)
    if codec == "utf-16":
        raise UserError("is UTF-16, and JSON Lines are UTF-8", where=str(source.path), fix="iconv -f utf-16 -t utf-8")
    number = 0
    while line := source.content.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise UserError("a line is longer than 32 MB", where=f"{source.path}:{number}", fix="is this JSON Lines?")
        if number == 1 and line.lstrip(b"\xef\xbb\xbf \t").startswith(b"["):
            raise UserError(
                "is one JSON array, not one object a line",
                where=f"{source.path}:1",
                fix="jq -c '.[]' makes lines of it",
            )
        yield _record(number, line, codec if number == 1 or codec != "utf-8-sig" else "utf-8")
    if number == 0:
        raise UserError("is empty", where=str(source.path))


def _record(number: int, line: bytes, codec: str) -> Record:
    if not line.strip():
        return Record(number=number)
    text = line.decode(codec, "backslashreplace")
    try:
        row = parse(line.decode(codec), _refuse)
    except UnicodeDecodeError:
        reason = "is not in the encoding of the file: if all of it is Latin-1, the mapping says encoding: latin-1"
        return Record(number=number, reason=reason, raw=cut(text.strip()))
    except (ValueError, RecursionError) as error:
        what = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        return Record(number=number, reason=f"is no JSON: {what}", raw=cut(text.strip()))
    if not isinstance(row, dict):
        return Record(number=number, reason="is no object of columns", raw=cut(text.strip()))
    if any(isinstance(value, Ambiguous) for value in values_in(row)):
        return Record(number=number, reason="names a column twice", raw=cut(text.strip()))
    return Record(number=number, row=row)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")
