"""DuckDB over files of the lake: it may read them and nothing else, and stops when its time is over."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

import duckdb

from regulars.analytics import journey_counts
from regulars.analytics.journey_counts import Span
from regulars.analytics.previewing import (
    ENTERS,
    IS_MEMBER,
    LEAVES,
    SAMPLE,
    Difference,
    Draft,
    Preview,
    Sampled,
    reasons,
)
from regulars.domain.journey_reports import Counts
from regulars.domain.journeys import Journey
from regulars.domain.lake import TABLES
from regulars.domain.lake_sql import AS_OF, files_of, quoted, set_now, views
from regulars.errors import LakeTooLargeError

ASK_ATHENA = "ask Athena: `regulars segment sql ID --engine athena` writes the question"
_NEWEST = "SELECT epoch_us(max(arrival)) FROM events_files"
_COUNTS = f"count(*) FILTER ({IS_MEMBER} AND known), count(*) FILTER ({IS_MEMBER} AND NOT known)"
_RATES = (
    "CREATE OR REPLACE TEMP TABLE rates AS SELECT unnest($1::VARCHAR[]) AS currency, unnest($2::BIGINT[]) AS day,"
    " unnest($3::DECIMAL(24, 12)[]) AS rate"
)
_BY_LOT = "ORDER BY md5(person)"  # the same people whenever it is asked


class LakeEngine:
    """Answers what a segment would be."""

    def __init__(self, database: duckdb.DuckDBPyConnection) -> None:
        self._database = database

    def preview(self, draft: Draft, sample: int = SAMPLE) -> Preview:
        """Find out whom a segment would have, and who of them it has not, or has and would not have."""
        self._lay_rates(draft)
        self._database.execute(set_now(draft.setting.now))
        self._database.execute(f"CREATE OR REPLACE TEMP TABLE found AS {draft.question()}")
        known, anonymous = self._row(f"SELECT {_COUNTS} FROM found")
        (newest,) = self._row(_NEWEST)
        edited = draft.before is not None
        return Preview(
            now=draft.setting.now,
            newest=newest,
            known=known,
            anonymous=anonymous,
            sample=self._sample(draft, sample),
            enters=self._difference(ENTERS, sample) if edited else None,
            leaves=self._difference(LEAVES, sample) if edited else None,
        )

    def export(self, draft: Draft) -> Any:
        """Give everybody who is in a segment that was previewed, or was in it, as a reader of Arrow batches."""
        member = f"person AS profile_id, known, {IS_MEMBER} AS member"
        change = f", CASE WHEN {ENTERS} THEN 'enters' WHEN {LEAVES} THEN 'leaves' ELSE 'stays' END AS change"
        either = f"{IS_MEMBER} OR in_1" if draft.before else IS_MEMBER
        columns = f"{member}{change}" if draft.before else "person AS profile_id, known"
        return self._database.sql(f"SELECT {columns} FROM found WHERE {either} ORDER BY person").to_arrow_reader(1_000)

    def journey(self, span: Span, versions: Mapping[int, Journey], now: int) -> Counts:
        """Count what a journey has come to, as far as it was told; of passages entered within a time."""
        self._database.execute(set_now(now))
        self._database.execute(f"CREATE OR REPLACE TEMP TABLE stops ({journey_counts.COLUMNS})")
        if rows := list(journey_counts.stop_rows(versions)):
            columns = ", ".join(f"unnest(${number})" for number in range(1, len(rows[0]) + 1))
            self._database.execute(f"INSERT INTO stops SELECT {columns}", [*map(list, zip(*rows, strict=True))])
        for made in journey_counts.prepare(span):
            self._database.execute(made)
        goals = {version: one.goal.within for version, one in versions.items() if one.goal}
        trials = {number: self._rows(journey_counts.trials(number, within, now)) for number, within in goals.items()}
        return Counts(
            totals=self._rows(journey_counts.TOTALS),
            entrants=self._rows(journey_counts.ENTRANTS),
            endings=self._rows(journey_counts.ENDINGS),
            places=self._rows(journey_counts.PLACES),
            ways=self._rows(journey_counts.WAYS),
            messages=self._rows(journey_counts.MESSAGES),
            refused=self._rows(journey_counts.refusals(span)),
            trials=[(number, *row) for number, rows in trials.items() for row in rows],
            newest=self._row(journey_counts.NEWEST)[0],
        )

    def _lay_rates(self, draft: Draft) -> None:
        columns = [list(column) for column in zip(*draft.rates, strict=True)] or [[], [], []]
        self._database.execute(_RATES, columns)

    def _sample(self, draft: Draft, most: int) -> list[Sampled]:
        people = dict(self._rows(f"SELECT person, known FROM found WHERE {IS_MEMBER} {_BY_LOT} LIMIT {most}"))
        if not people:
            return []
        truths = {person: each for person, _, *each in self._rows(draft.reasons(list(people)))}
        return [
            Sampled(person, known, reasons(draft.segment, truths[person]) if person in truths else [])
            for person, known in people.items()
        ]

    def _difference(self, condition: str, most: int) -> Difference:
        (count,) = self._row(f"SELECT count(*) FROM found WHERE {condition}")
        people = self._rows(f"SELECT person FROM found WHERE {condition} {_BY_LOT} LIMIT {most}")
        return Difference(count, [person for (person,) in people])

    def _row(self, question: str) -> tuple[Any, ...]:
        (row,) = self._rows(question)
        return row

    def _rows(self, question: str) -> list[tuple[Any, ...]]:
        return self._database.execute(question).fetchall()


@contextmanager
def lake_engine(
    files: Mapping[str, Sequence[str]], folder: Path, *, memory: str, seconds: float | None = None
) -> Iterator[LakeEngine]:
    """
    Open the lake over files, by the name of their table, all of them in a folder.

    Raises LakeTooLargeError when memory or time is over.
    """
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "temp_directory": str(folder / "tmp"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,
    }
    with duckdb.connect(config=config) as database, _stopping(database, seconds):
        database.execute("SET TimeZone = 'UTC'")
        for table in TABLES.values():
            database.execute(f"CREATE VIEW {table.files} AS {files_of(table, files.get(table.name, ()))}")
        for name, view in views(AS_OF).items():
            database.execute(f"CREATE VIEW {name} AS {view}")
        database.execute(f"SET allowed_directories = [{quoted(str(folder))}]")
        database.execute("SET enable_external_access = false")
        database.execute("SET lock_configuration = true")
        yield LakeEngine(database)


@contextmanager
def _stopping(database: duckdb.DuckDBPyConnection, seconds: float | None) -> Iterator[None]:
    timer = Timer(seconds, database.interrupt) if seconds is not None else None
    if timer:
        timer.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise LakeTooLargeError(f"the lake took longer than {seconds:.0f} seconds: {ASK_ATHENA}") from error
    except duckdb.OutOfMemoryException as error:
        raise LakeTooLargeError(f"the lake needs more memory than there is: {ASK_ATHENA}") from error
    finally:
        if timer:
            timer.cancel()
