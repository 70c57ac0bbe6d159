"""How an answer is written: a table for people; CSV, JSON or Parquet for programs."""

import csv
import json
import math
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any

from rich.table import Table

from cli.output import table
from regulars.domain.csv_cells import safe

Row = Sequence[Any]


class Answer:
    """Rows of an answer, `limit` at most; how many they were, and that there are more, is known afterwards."""

    def __init__(self, reader: Any, limit: int | None = None) -> None:
        self.schema = reader.schema
        self.names = _each_once(reader.schema.names)
        self.rows = 0
        self.has_more = False
        self._reader = reader
        self._limit = limit

    def batches(self) -> Iterator[Any]:
        """Give the rows in Arrow's batches."""
        for batch in self._reader:
            left = batch.num_rows if self._limit is None else min(batch.num_rows, self._limit - self.rows)
            self.rows += left
            self.has_more = left < batch.num_rows
            yield batch.slice(0, left)
            if self.has_more:
                return

    def values(self) -> Iterator[Row]:
        """Give the rows as values of Python."""
        for batch in self.batches():
            columns = [column.to_pylist(maps_as_pydicts="lossy") for column in batch.columns]
            yield from zip(*columns, strict=True)


def as_table(answer: Answer) -> Table:
    """Lay an answer out for people; of bytes, which are ciphertext nearly always, it shows how many there are."""
    return table(answer.names, [[_cell(value) for value in row] for row in answer.values()])


def write_csv(answer: Answer, file: IO[str]) -> None:
    """Write CSV in which no text is a formula; bytes are base64, what is nested is JSON."""
    writer = csv.writer(file)  # lines end as RFC 4180 says: so it quotes what a reader might take for an end
    writer.writerow(map(safe, answer.names))
    writer.writerows([safe(_scalar(value)) for value in row] for row in answer.values())


def write_json(answer: Answer, file: IO[str]) -> None:
    """Write one list of objects; bytes are base64."""
    separator = "["
    for row in answer.values():
        told = dict(zip(answer.names, map(_plain, row), strict=True))
        file.write(f"{separator}\n{json.dumps(told, ensure_ascii=False)}")
        separator = ","
    file.write("[]\n" if separator == "[" else "\n]\n")


def write_parquet(answer: Answer, file: IO[bytes]) -> None:
    """Write Parquet, with the types of the answer."""
    import pyarrow as arrow
    from pyarrow import parquet

    schema = arrow.schema([field.with_name(name) for name, field in zip(answer.names, answer.schema, strict=True)])
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in answer.batches():
            writer.write_batch(batch.rename_columns(answer.names))


def _each_once(names: Sequence[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        number = 2
        unique = name
        while unique in found:
            unique, number = f"{name}_{number}", number + 1
        found.append(unique)
    return found


def _cell(value: object) -> object:
    if isinstance(value, bytes):
        return f"••• {len(value)} bytes"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_cell(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(str(_cell(inner)) for inner in value)
    return value


def _scalar(value: object) -> object:
    plain = _plain(value)
    return json.dumps(plain, ensure_ascii=False) if isinstance(plain, dict | list) else plain


def _plain(value: object) -> object:
    """Write a value as JSON knows it."""
    match value:
        case bytes():
            return b64encode(value).decode()
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case float() if not math.isfinite(value):
            return None
        case dict():
            return {str(name): _plain(inner) for name, inner in value.items()}
        case list() | set():
            return [_plain(inner) for inner in value]
        case None | bool() | int() | float() | str():
            return value
    return str(value)
