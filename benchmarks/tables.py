"""How figures are printed."""

import sys

from rich.console import Console
from rich.table import Table

console = Console(width=None if sys.stdout.isatty() else 150)


def table(title: str, *columns: str) -> Table:
    """Begin a table."""
    begun = Table(title=title, title_justify="left", title_style="bold")
    for column in columns:
        begun.add_column(column, overflow="fold")
    return begun


def against(value: float, goal: float | None) -> tuple[str, str, str]:
    """Show a value beside its goal, and their ratio."""
    return (f"{value:.2f}", f"{goal:g}", f"{value / goal:.2f}") if goal else (f"{value:.2f}", "", "")
