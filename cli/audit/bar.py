"""Progress of reading a trail whose length nobody knows yet."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from cli.session import Session

T = TypeVar("T")
_COLUMNS = (SpinnerColumn(), TextColumn("{task.completed:,} {task.description}"), TimeElapsedColumn())


def watched(session: Session, each: Iterable[T], noun: str) -> Iterator[T]:
    """Count what goes by, on a terminal."""
    hidden = session.output.as_json or not session.output.aside.is_terminal
    with Progress(*_COLUMNS, console=session.output.aside, disable=hidden, transient=True) as shown:
        task = shown.add_task(noun, total=None)
        for one in each:
            shown.advance(task)
            yield one
