"""Rows of a Parquet file."""

from collections.abc import Iterator, Sequence
from typing import Any

from cli.errors import UserError
from cli.importing.records import Record, Source

ROWS_AT_ONCE = 2_000


def read_parquet(source: Source, columns: Sequence[str]) -> Iterator[Record]:
    """Read the rows of a file that has these columns. Raises UserError."""
    import pyarrow as arrow  # half a second to load, which other commands need not wait for
    from pyarrow import parquet

    if source.is_packed:
        raise UserError("is packed with gzip, and Parquet packs itself", where=str(source.path), fix="gunzip it")
    try:
        file = parquet.ParquetFile(source.content)
        names = _check(file.schema_arrow.names, columns, str(source.path))
        number = 0
        for batch in file.iter_batches(batch_size=ROWS_AT_ONCE, columns=names):
            yield from _records(_in_microseconds(batch, arrow), number)
            number += batch.num_rows
    except arrow.ArrowException as error:
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"is no Parquet that can be read: {what}", where=str(source.path)) from error


def _check(found: Sequence[str], columns: Sequence[str], path: str) -> list[str]:
    heads = [name if name in found else name.split(".")[0] for name in columns]
    if missing := [name for name in heads if name not in found]:
        fix = f"the mapping needs {', '.join(columns)}; the file has {', '.join(found[:50])}"
        raise UserError(f"the file has no column {', '.join(missing)}", where=path, fix=fix)
    return list(dict.fromkeys(heads))


def _in_microseconds(batch: Any, arrow: Any) -> Any:
    """Cut nanoseconds, which Python's instants do not have."""
    for index, field in enumerate(batch.schema):
        if arrow.types.is_timestamp(field.type) and field.type.unit == "ns":
            column = batch.column(index).cast(arrow.timestamp("us", field.type.tz), safe=False)
            batch = batch.set_column(index, field.name, column)
    return batch


def _records(batch: Any, before: int) -> Iterator[Record]:
    try:
        for index, row in enumerate(batch.to_pylist(), start=1):
            yield Record(number=before + index, row=row)
    except (ValueError, OverflowError):
        yield from (_record(batch.slice(index, 1), before + index + 1) for index in range(batch.num_rows))


def _record(one: Any, number: int) -> Record:
    try:
        return Record(number=number, row=one.to_pylist()[0])
    except (ValueError, OverflowError) as error:
        return Record(number=number, reason=f"holds what cannot be read: {error}", raw="")
