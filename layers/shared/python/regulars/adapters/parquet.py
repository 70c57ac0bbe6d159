"""Parquet by DuckDB: rows become a file, and files become one."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any
from weakref import finalize

import duckdb

from regulars.domain.lake import EVENTS, REFUSED, VERSION, Kind, LakeTable, Row
from regulars.domain.lake_forgetting import GONE, goes, left, names
from regulars.domain.lake_retention import HELD, emptied, end_of, is_over, past_of
from regulars.domain.lake_sql import files_of, one_row_each, quoted
from regulars.domain.remains import Going
from regulars.domain.retention import Retention
from regulars.pipeline.lake import Forgotten, Merged, Retired

_VALUES: Mapping[Kind, str] = {
    "text": "unnest(${0}::VARCHAR[])",
    "texts": "unnest(${0}::VARCHAR[][])",
    "number": "unnest(${0}::BIGINT[])",
    "instant": "make_timestamp(unnest(${0}::BIGINT[]))",
    "bytes": "unnest(${0}::BLOB[])",
    "sealed": "map(unnest(${0}_names::VARCHAR[][]), unnest(${0}_values::BLOB[][]))",
}


class Parquet:
    """Reads and writes the files of the lake; `memory` is for sorting, and what needs more goes to disk."""

    def __init__(self, memory: str = "1GB") -> None:
        self._memory = memory
        self._database = _connect(memory)
        self._folder = Path(mkdtemp())  # one for the whole process
        finalize(self, rmtree, self._folder, ignore_errors=True)

    def write(self, table: LakeTable, rows: Sequence[Row]) -> bytes:
        """Write rows as a file; the same rows make the same bytes."""
        values = ", ".join(f"{_VALUES[one.kind].format(one.name)} AS {one.name}" for one in table.columns)
        try:
            return _copy(self._database, table, f"SELECT {values}", self._folder, _by_column(table, rows))
        finally:  # a process lives for hours, and whoever is in the file may be erased meanwhile
            (self._folder / _MADE).unlink(missing_ok=True)

    def forget(self, table: LakeTable, content: bytes, gone: Sequence[str]) -> Forgotten | None:
        """
        Take people out of a file; None where it says nothing of them.

        Raises ValueError for a file that newer code wrote.
        """
        with self.bench(table) as bench:
            bench.add(content)
            return bench.forget(gone)

    def rows(self, table: LakeTable, content: bytes) -> list[Row]:
        """
        Give the rows of a file, as they were written.

        Raises ValueError for a file that newer code wrote.
        """
        with self.bench(table) as bench:
            bench.add(content)
            return bench.rows()

    def going(self, content: bytes, gone: Sequence[str], now: int) -> list[Going]:
        """
        List the events of people in a file of events, but of what is past its period.

        Raises ValueError for a file that newer code wrote.
        """
        with self.bench(EVENTS) as bench:
            bench.add(content)
            return bench.going(gone, now)

    def retire(
        self, table: LakeTable, content: bytes, rules: Retention, held: Sequence[str], now: int
    ) -> Retired | None:
        """
        Take out of a file what is past its period, but of whom is held, and stamp the rest by the rules.

        Fields that are past theirs go from rows that stay. None where nothing changes. Raises ValueError for a file
        that newer code wrote.
        """
        with self.bench(table) as bench:
            bench.add(content)
            return bench.retire(rules, held, now)

    @contextmanager
    def bench(self, table: LakeTable) -> Iterator["ParquetBench"]:
        """Make room for merging files of a table."""
        with TemporaryDirectory() as folder, _connect(self._memory, folder) as database:
            yield ParquetBench(database, table, Path(folder))


class ParquetBench:
    """Where files are merged: a folder."""

    def __init__(self, database: duckdb.DuckDBPyConnection, table: LakeTable, folder: Path) -> None:
        self._database = database
        self._table = table
        self._folder = folder
        self._files: list[str] = []

    def add(self, content: bytes) -> None:
        """
        Lay down a file.

        Raises ValueError for one that newer code wrote: it holds what this code would leave out.
        """
        file = self._folder / _ANY_DAY / f"{len(self._files)}.parquet"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
        described = self._database.execute(
            f"DESCRIBE FROM read_parquet({quoted(str(file))}, hive_partitioning = false)"
        ).fetchall()
        if unknown := {name for name, *_ in described} - set(self._table.names):
            raise ValueError(f"a file of {self._table.name} has columns that are not known here: {sorted(unknown)}")
        self._files.append(str(file))

    def rows(self) -> list[Row]:
        """Give the rows of all that was laid down; instants are microseconds."""
        asked = ", ".join(_ASKED.get(one.kind, "{0}").format(one.name) for one in self._table.columns)
        answer = self._database.execute(f"SELECT {asked} FROM ({files_of(self._table, self._files)}) AS files")
        found: list[Row] = []
        while page := answer.fetchmany(_PAGE):
            found += [dict(zip(self._table.names, values, strict=True)) for values in page]
        return found

    def merge(self) -> Merged:
        """
        Make one file of all that was laid down: each row once, in order.

        Raises ValueError if a row was lost on the way.
        """
        files = f"({files_of(self._table, self._files)}) AS files"
        names, order, key = (", ".join(each) for each in (self._table.names, self._table.order, self._table.key))
        sorted_rows = f"SELECT {names} FROM ({one_row_each(self._table, files)}) AS rows ORDER BY {order}"
        content = _copy(self._database, self._table, sorted_rows, self._folder)
        laid, keys = self._count(files), self._count(f"(SELECT DISTINCT {key} FROM {files})")
        kept = self._count(f"read_parquet({quoted(str(self._folder / _MADE))})")
        if kept != keys:
            raise ValueError(f"{keys} rows of {self._table.name} were to be merged, and {kept} are there")
        return Merged(content, rows=kept, copies=laid - kept)

    def forget(self, gone: Sequence[str]) -> Forgotten | None:
        """Make one file of all that was laid down, without people who are gone; None where it says nothing of them."""
        self._database.execute(f"CREATE TEMP TABLE {GONE} AS SELECT unnest($1::VARCHAR[]) AS owner", [list(gone)])
        self._database.execute(f"SET VARIABLE {GONE} = (SELECT list(owner) FROM {GONE})")
        files = f"({files_of(self._table, self._files)}) AS files"
        rows, named = self._count(f"{files} WHERE {goes(self._table)}"), self._named(files)
        if not rows and not named:
            return None
        stays = f"{files} WHERE NOT ({goes(self._table)})"
        if not self._count(stays):
            return Forgotten(None, rows)
        order = ", ".join(self._table.order)
        kept = f"SELECT {left(self._table)} FROM {stays} ORDER BY {order}"
        keys = [] if self._table is REFUSED else [(str(one), str(other)) for one, other in named]
        return Forgotten(_copy(self._database, self._table, kept, self._folder), rows, keys)

    def going(self, gone: Sequence[str], now: int) -> list[Going]:
        """List the events of people in all that was laid down, but of what is past its period."""
        self._database.execute(f"CREATE TEMP TABLE {GONE} AS SELECT unnest($1::VARCHAR[]) AS owner", [list(gone)])
        files = f"({files_of(self._table, self._files)}) AS files"
        condition = f"{goes(self._table)} AND {self._table.ends} > make_timestamp({now})"
        asked = f"SELECT DISTINCT owner, moment, type, name, source FROM {files} WHERE {condition}"
        return self._database.execute(asked).fetchall()

    def retire(self, rules: Retention, held: Sequence[str], now: int) -> Retired | None:
        """Make one file of all that was laid down that has not ended; None where nothing of it changes."""
        self._database.execute(f"CREATE TEMP TABLE {HELD} AS SELECT unnest($1::VARCHAR[]) AS owner", [list(held)])
        over, end = is_over(self._table, now), end_of(self._table, rules, now)
        files = f"({files_of(self._table, self._files)}) AS files"
        stays = f"{files} WHERE NOT ({over})"
        gone = self._count(f"{files} WHERE {over}")
        restamped = self._count(f"{stays} AND kept_until IS DISTINCT FROM ({end})") if end else 0
        past = past_of(self._table, rules, now)
        fields = self._count(f"{stays} AND ({' OR '.join(past.values())})") if past else 0
        if not gone and not restamped and not fields:
            return None
        if not self._count(stays):
            return Retired(None, gone)
        new = {"kept_until": f"({end}) AS kept_until"} if end else {}
        new |= {name: f"CASE WHEN {when} THEN {emptied(name)} ELSE {name} END AS {name}" for name, when in past.items()}
        columns = ", ".join(new.get(name, name) for name in self._table.names)
        kept = f"SELECT {columns} FROM {stays} ORDER BY {', '.join(self._table.order)}"
        return Retired(_copy(self._database, self._table, kept, self._folder), gone, restamped, fields)

    def _named(self, files: str) -> list[tuple[object, ...]]:
        key = ", ".join(self._table.key)
        condition = f"NOT ({goes(self._table)}) AND ({names(self._table)})"
        return self._database.execute(f"SELECT DISTINCT {key} FROM {files} WHERE {condition}").fetchall()

    def _count(self, rows: str) -> int:
        ((number,),) = self._database.execute(f"SELECT count(*) FROM {rows}").fetchall()
        return int(number)


_ANY_DAY = "day=any"  # all files here are of one day, and which it is does not matter
_MADE = "made"
_PAGE = 1_000
_ASKED: Mapping[Kind, str] = {"instant": "epoch_us({0})"}


def _connect(memory: str, folder: str = "") -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "temp_directory": folder,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    return duckdb.connect(config=config)


def _copy(
    database: duckdb.DuckDBPyConnection,
    table: LakeTable,
    rows: str,
    folder: Path,
    values: Mapping[str, Any] | None = None,
) -> bytes:
    file = folder / _MADE
    stated = f"KV_METADATA {{lake_table: {quoted(table.name)}, lake_version: '{VERSION}'}}"
    database.execute(f"COPY ({rows}) TO {quoted(str(file))} (FORMAT parquet, COMPRESSION zstd, {stated})", values)
    return file.read_bytes()


def _by_column(table: LakeTable, rows: Sequence[Row]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {}
    for column in table.columns:
        values = [row[column.name] for row in rows]
        if column.kind == "sealed":
            columns[f"{column.name}_names"] = [list(value) for value in values]
            columns[f"{column.name}_values"] = [list(value.values()) for value in values]
        else:
            columns[column.name] = [list(value) if isinstance(value, tuple) else value for value in values]
    return columns
