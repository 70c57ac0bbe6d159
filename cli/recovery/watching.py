"""Progress over the rows of a table whose number nobody knows yet."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.session import Session

_COLUMNS = (SpinnerColumn(), TextColumn("{task.completed:,} rows of {task.description}"), TimeElapsedColumn())


@contextmanager
def watched(session: Session, name: str) -> Iterator[Callable[[int], None]]:
    """Give what is told how many rows went by; it is shown on a terminal."""
    hidden = session.output.as_json or not session.output.aside.is_terminal
    with Progress(*_COLUMNS, console=session.output.aside, disable=hidden, transient=True) as shown:
        task = shown.add_task(name, total=None)
        yield lambda rows: shown.advance(task, rows)
