"""The lake in SQL: the views through which everybody reads it, the same words for DuckDB and for Athena."""

from collections.abc import Mapping, Sequence

from regulars.domain.lake import IDENTITY, OF_PEOPLE, REMAINS, Column, Kind, LakeTable

TYPES: Mapping[Kind, str] = {  # as DuckDB names them
    "text": "VARCHAR",
    "texts": "VARCHAR[]",
    "number": "BIGINT",
    "instant": "TIMESTAMP",
    "bytes": "BLOB",
    "sealed": "MAP(VARCHAR, BLOB)",
}
DAY = Column("day", "text", "the day of the file, such as 2026-01-31: ask for days, and only they are read")
NOW = "CAST(current_timestamp AT TIME ZONE 'UTC' AS timestamp(3))"  # as Athena says it
_VARIABLE = "as_of"
AS_OF = f"getvariable('{_VARIABLE}')"  # as DuckDB is told
_PEOPLE = (
    Column("owner", "text", "an identifier that belongs to a profile"),
    Column("profile_id", "text", "the profile that it belongs to now"),
)


def views(now: str = NOW) -> dict[str, str]:
    """Write all views, by name, over the files of the tables: what is past its period, as of `now`, is in none."""
    each = {table.name: f"{one_row_each(table, table.files)}{_within(table, now)}" for table in OF_PEOPLE.values()}
    return {**each, "people": _people(IDENTITY.files), REMAINS.name: _summed(now)}


def shown() -> dict[str, tuple[Column, ...]]:
    """Tell the columns of each view."""
    each = {table.name: (DAY, *table.columns, *table.derived) for table in OF_PEOPLE.values()}
    return {**each, "people": _PEOPLE, REMAINS.name: (DAY, *REMAINS.columns[1:])}


def one_row_each(table: LakeTable, files: str) -> str:
    """Write the view of a table: of the copies of a row, one."""
    derived = [f"{column.expression} AS {column.name}" for column in table.derived]
    names = ", ".join([DAY.name, *table.names, *derived])
    key = ", ".join([DAY.name, *table.key])  # with the day in it, a condition on days decides which files are read
    numbered = f"SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY {table.best}) AS nth FROM {files}"
    return f"SELECT {names} FROM ({numbered}) AS copies WHERE nth = 1"


def _people(files: str) -> str:
    newest = "row_number() OVER (PARTITION BY profile_id ORDER BY version DESC) AS nth"
    latest = f"SELECT profile_id, owners, change, {newest} FROM {files}"
    return (
        f"SELECT one.owner, latest.profile_id FROM ({latest}) AS latest CROSS JOIN UNNEST(latest.owners) AS one (owner)"
        " WHERE latest.nth = 1 AND latest.change <> 'tombstone'"
    )


def _summed(now: str) -> str:
    """Write the view of what remains of people who are gone: a row a group, whichever request they went by."""
    group = "day, type, name, source"
    sums = "CAST(sum(events) AS BIGINT) AS events, min(k) AS k"
    return f"SELECT {group}, {sums} FROM {REMAINS.files} WHERE {REMAINS.ends} > {now} GROUP BY {group}"


def _within(table: LakeTable, now: str) -> str:
    return f" AND {table.ends} > {now}" if table.ends else ""


def set_now(now: int) -> str:
    """Write what tells DuckDB as of when the views are read."""
    return f"SET VARIABLE {_VARIABLE} = make_timestamp({now})"


def files_of(table: LakeTable, paths: Sequence[str]) -> str:
    """Write what reads files in DuckDB; a column that an old file lacks is null, and no file at all is no row."""
    typed = ", ".join(f"NULL::{TYPES[column.kind]} AS {column.name}" for column in (DAY, *table.columns))
    if not paths:
        return f"SELECT {typed} WHERE false"
    listed = ", ".join(quoted(path) for path in paths)
    read = f"read_parquet([{listed}], union_by_name = true, hive_partitioning = true, hive_types = {{'day': VARCHAR}})"
    return f"SELECT * FROM (SELECT {typed} WHERE false) UNION ALL BY NAME SELECT * FROM {read}"


def quoted(text: str) -> str:
    """Write a text as a literal."""
    return "'" + text.replace("'", "''") + "'"
