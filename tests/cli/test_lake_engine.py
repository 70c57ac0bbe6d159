"""The engine answers one SELECT over the files of the lake, and reaches nothing else."""

import csv
import io
import json
from pathlib import Path

import pytest

from cli.errors import UserError
from cli.lake.answers import Answer, write_csv, write_json
from cli.lake.engine import Question, asked
from regulars.adapters.parquet import Parquet
from regulars.domain.lake import EVENTS
from regulars.domain.lake_rows import event_row
from tests.builders import an_event

STATEMENTS = """
COPY (SELECT 1) TO 'x.csv'
ATTACH 'x.db'
INSTALL httpfs
LOAD httpfs
PRAGMA database_list
SET enable_external_access = true
CREATE TABLE x (a INT)
EXPLAIN ANALYZE SELECT 1
EXPORT DATABASE 'x'
SELECT 1; DROP VIEW events
CALL pragma_version()
PREPARE p AS SELECT 1
USE memory
VACUUM
DELETE FROM events
BEGIN
CHECKPOINT
-- nothing
""".strip().splitlines()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one file of the lake, and beside it one that is nobody's business."""
    folder = tmp_path_factory.mktemp("here")
    file = folder / "lake" / "events" / "day=2026-01-01" / "1.parquet"
    file.parent.mkdir(parents=True)
    file.write_bytes(Parquet().write(EVENTS, [event_row(an_event(1))]))
    (folder / "secret.csv").write_text("a\nsesame\n")
    return folder


def answer(folder: Path, sql: str) -> str:
    """Ask, and write the answer as JSON."""
    files = {"events": list(folder.rglob("*.parquet"))}
    with asked(Question(sql), files, folder / "lake") as reader:
        told = io.StringIO()
        write_json(Answer(reader), told)
    return told.getvalue()


@pytest.mark.parametrize("sql", STATEMENTS)
def test_takes_one_select_and_nothing_else(sql: str) -> None:
    with pytest.raises(UserError, match="not one SELECT") as error:
        Question(sql)
    assert "ask with one SELECT" in error.value.fix


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('{folder}/secret.csv')",
        "SELECT * FROM '{folder}/secret.csv'",
        "SELECT * FROM read_csv('{folder}/*.csv')",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM read_json('https://example.com/x.json')",
        "SELECT getenv('HOME')",
        "SELECT * FROM folder",
        "WITH gone AS (INSERT INTO events_files SELECT * FROM events_files RETURNING 1) SELECT 1",
    ],
)
def test_reads_no_file_but_those_of_the_lake(folder: Path, sql: str) -> None:
    with pytest.raises(UserError) as error:
        answer(folder, sql.format(folder=folder))
    assert "sesame" not in str(error.value)


def test_may_not_read_elsewhere_even_where_the_question_was_found_sound(folder: Path) -> None:
    sound = Question("SELECT 1")
    object.__setattr__(sound, "text", f"SELECT * FROM read_text('{folder}/secret.csv')")

    with pytest.raises(UserError, match="disabled by configuration"), asked(sound, {}, folder / "lake"):
        pass


@pytest.mark.parametrize(
    ("sql", "complaint", "fix"),
    [
        ("SELECT * FROM event", "event does not exist", "there are events, identity, people"),
        ("SELECT nam FROM events", "nam", "shows all tables with their columns"),
        ("SELECT * FRM events", "syntax error", "duckdb.org"),
        ("SELECT CAST(name AS INTEGER) FROM events", "Could not convert", "duckdb.org"),
    ],
)
def test_says_what_is_wrong_with_a_question(folder: Path, sql: str, complaint: str, fix: str) -> None:
    with pytest.raises(UserError, match=complaint) as error:
        answer(folder, sql)
    assert fix in error.value.fix
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT 1", []),
        ("SELECT * FROM events JOIN people ON people.owner = events.owner", ["events", "identity"]),
        (
            "SELECT * FROM events JOIN people USING (owner)",
            ["events", "identity", "refused", "remains"],
        ),  # it cannot tell
        ("WITH events AS (SELECT 1) SELECT * FROM events", []),
        ('SELECT * FROM "Events_Files"', ["events"]),
        ("SUMMARIZE identity", ["identity"]),
    ],
)
def test_knows_which_tables_a_question_reads(sql: str, tables: list[str]) -> None:
    assert [table.name for table in Question(sql).tables] == tables


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1.50::DECIMAL(9, 2)", 1.5),
        ("sum(7::BIGINT) OVER ()", 7),
        ("'nan'::DOUBLE", None),
        ("TIMESTAMP '2026-01-01 10:00:00'", "2026-01-01T10:00:00"),
        ("DATE '2026-01-01'", "2026-01-01"),
        ("[true, null]", [True, None]),
        ("{'a': 'x'::BLOB}", {"a": "eA=="}),
        ("MAP {'a': DATE '2026-01-01'}", {"a": "2026-01-01"}),
    ],
)
def test_writes_values_as_json_knows_them(folder: Path, expression: str, expected: object) -> None:
    assert json.loads(answer(folder, f"SELECT {expression} AS it")) == [{"it": expected}]


def test_two_columns_of_one_name_are_told_apart(folder: Path) -> None:
    assert json.loads(answer(folder, "SELECT 1 AS a, 2 AS a")) == [{"a": 1, "a_2": 2}]


def test_no_row_is_an_empty_list(folder: Path) -> None:
    assert json.loads(answer(folder, "SELECT 1 WHERE false")) == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_text_is_a_formula(folder: Path, text: str) -> None:
    escaped = "".join(f"chr({ord(letter)}) || " for letter in text)
    with asked(Question(f"SELECT {escaped}'' AS t, -1 AS n, ['{text[-1]}'] AS l"), {}, folder / "lake") as reader:
        told = io.StringIO()
        write_csv(Answer(reader), told)

    _, row = csv.reader(io.StringIO(told.getvalue(), newline=""))
    assert row == [f"'{text}", "-1", f'["{text[-1]}"]']
