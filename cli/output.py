"""The two voices of every command: words and tables for people, one JSON document for programs."""

import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from cli.errors import UserError

WIDE = 200  # of what is read by programs such as grep and less


class Output:
    """Writes for people, or with `as_json` for programs; messages and progress go to stderr, results to stdout."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        wide = None if sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit() else WIDE
        self.people = Console(file=sys.stdout, highlight=False, soft_wrap=True, width=wide)
        self.aside = Console(file=sys.stderr, highlight=False, soft_wrap=True)

    def show(self, *parts: RenderableType) -> None:
        """Write results for people."""
        if not self.as_json:
            for part in parts:
                self.people.print(part, markup=False) if isinstance(part, str) else self.people.print(part)

    def data(self, content: Any) -> None:
        """Write the one document for programs."""
        if self.as_json:
            sys.stdout.write(json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n")
            sys.stdout.flush()

    def say(self, text: str, style: str = "") -> None:
        """Write a remark beside the results."""
        self.aside.print(Text(text, style=style))

    def complain(self, error: UserError) -> None:
        """Write an error: what, where, what to do."""
        if self.as_json:
            content = {"error": {"message": str(error), "where": error.where, "fix": error.fix}}
            sys.stderr.write(json.dumps(content, ensure_ascii=False) + "\n")
            return
        self.aside.print(Text.assemble(("error: ", "bold red"), str(error)))
        for label, text in (("where", error.where), ("to fix", error.fix)):
            if text:
                self.aside.print(Text.assemble((f"  {label}: ", "dim"), text))


def counted(number: int, noun: str) -> str:
    """Write a number of things, one or several."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def instant(text: str | None) -> str:
    """Cut an instant to milliseconds, or to seconds where those are zero."""
    if not text:
        return ""
    fraction = text[19:].removeprefix(".").rstrip("Z")[:3]
    return f"{text[:19]}.{fraction}Z" if fraction.strip("0") else f"{text[:19]}Z"


def visible(cell: object) -> str:
    """Write what somebody else may have sent so that a terminal shows it, and does not obey it."""
    text = "" if cell is None else str(cell)
    return "".join(letter if _is_shown(letter) else f"\\u{ord(letter):04x}" for letter in text)


def _is_shown(letter: str) -> bool:
    return letter in "\n\t\u200d" or unicodedata.category(letter) not in ("Cc", "Cf", "Cs")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> Table:
    """Lay out rows; text of the platform is never read as markup."""
    made = Table(title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0))
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(visible(cell)) for cell in row))
    return made
