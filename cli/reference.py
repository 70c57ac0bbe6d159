"""Write `docs/cli.md` from what `--help` says: `python -m cli.reference`."""

import io
from contextlib import redirect_stdout
from pathlib import Path

import typer
from typer.core import TyperGroup

from cli.main import app

PAGE = Path(__file__).parents[1] / "docs" / "cli.md"
WIDTH = 100
HEAD = """# The `regulars` command

Written by `python -m cli.reference` from what `--help` says. Importing files has a page of its own,
[import.md](import.md); so have definitions, [catalog.md](catalog.md).
"""


def reference() -> str:
    """Return the page."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    pages = [f"## {name}\n\n{_help(group, name)}" for name in group.commands]
    return "\n".join([HEAD, _help(group), *pages])


def _help(group: TyperGroup, *command: str) -> str:
    said = io.StringIO()
    with redirect_stdout(said):
        group.main([*command, "--help"], prog_name="regulars", standalone_mode=False, terminal_width=WIDTH)
    lines = (line.rstrip() for line in said.getvalue().splitlines())
    return "```\n" + "\n".join(lines).strip() + "\n```\n"


if __name__ == "__main__":
    PAGE.write_text(reference())
