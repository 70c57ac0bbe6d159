"""Asking: everything that was accepted is in the lake, its files are here, and the engine answers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn
from rich.progress import Progress as Bar

from cli.lake.bucket import Bucket
from cli.lake.engine import Question, asked
from cli.lake.files import Days, Files
from cli.output import Output
from cli.session import Session
from regulars.domain.lake import LakeTable

SETTLE, WITHIN = "/_local/settle", 30
_EMPTY = "nothing is in the lake{days} yet: what is accepted comes within five minutes"
_BEHIND = "not all that was accepted is in the lake yet: ask again in a moment"


@dataclass(frozen=True, slots=True)
class Ask:
    """A question, where to ask it, and over which days."""

    question: Question
    bucket: Bucket
    days: Days
    may_be_large: bool = False


@contextmanager
def ask(session: Session, one: Ask) -> Iterator[Any]:
    """Answer a question as a reader of Arrow batches. Raises UserError."""
    if one.bucket.is_local and one.question.tables:
        settle(session)
    files = Files(one.bucket, session.place.home)
    paths = {}
    for table in one.question.tables:
        paths[table.name] = fetched(session.output, files, table, one.days, may_be_large=one.may_be_large)
    if one.question.tables and not any(paths.values()):
        session.output.say(_EMPTY.format(days="" if one.days == Days() else " of these days"), style="dim")
    with asked(one.question, paths, files.folder) as reader:
        yield reader


def fetched(output: Output, files: Files, table: LakeTable, days: Days, *, may_be_large: bool) -> list[Path]:
    """Have the files of some days of a table here, and show how far that is. Raises UserError."""
    with _bar(output, table.name) as progress:
        return files.of(table, days, may_be_large=may_be_large, progress=progress)


def settle(session: Session) -> None:
    """Let the platform of this machine write what gathers. Raises UserError."""
    counts = session.http.send("GET", SETTLE, params={"timeout": WITHIN}, timeout=WITHIN + 30)
    if not counts.get("settled"):
        session.output.say(_BEHIND, style="yellow")


@contextmanager
def _bar(output: Output, name: str) -> Iterator[Callable[[int, int], None]]:
    hidden = output.as_json or not output.aside.is_terminal
    columns = TextColumn(f"fetch {name}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    with Bar(*columns, console=output.aside, disable=hidden, transient=True) as shown:
        task = shown.add_task(name, total=None)
        yield lambda done, whole: shown.update(task, completed=done, total=whole)
