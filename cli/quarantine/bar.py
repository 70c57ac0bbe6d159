"""The bar that shows how many rows of the quarantine are done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.output import Output

_COLUMNS = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())


@contextmanager
def bar(output: Output, what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar to people at a terminal; give the function that moves it."""
    hidden = output.as_json or not output.aside.is_terminal
    with Progress(*_COLUMNS, console=output.aside, disable=hidden) as shown:
        task = shown.add_task(what, total=total)
        yield lambda number: shown.advance(task, number)
