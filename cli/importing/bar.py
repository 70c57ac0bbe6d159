"""The bar that shows how far an import has come: rows, rate, and how long it will still take."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from cli.importing.checkpoint import Progress
from cli.importing.records import Source
from cli.output import Output

_COLUMNS = (
    TextColumn("{task.fields[rows]} rows"),
    BarColumn(),
    TaskProgressColumn(),
    TextColumn("{task.fields[rate]} rows/s"),
    TimeRemainingColumn(),
)


@contextmanager
def bar(output: Output, source: Source) -> Iterator[Callable[[Progress], None]]:
    """Show a bar to people at a terminal; give the function that moves it."""
    hidden = output.as_json or not output.aside.is_terminal
    start = time.monotonic()
    with Bar(*_COLUMNS, console=output.aside, disable=hidden) as shown:
        task = shown.add_task("import", total=source.size, rows="0", rate="…")
        before: int | None = None

        def move(progress: Progress) -> None:
            nonlocal before
            rows = progress.counts.read
            before = rows if before is None else before  # what an earlier attempt sent is not this one's speed
            rate = (rows - before) / max(time.monotonic() - start, 0.001)
            shown.update(task, completed=source.position, rows=f"{rows:,}", rate=f"{rate:,.0f}")

        yield move
