"""Write `docs/cli.md` from what `--help` says: `python -m cli.reference`."""

import io
from collections.abc import Iterator
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

In a checkout, `make install` puts it at `.venv/bin/regulars`; after `source .venv/bin/activate` it is `regulars`.

**Who you are.** Beside a running `make dev` the command finds address and tokens in `.regulars/local.json` and is the
admin of that platform. `--role marketer` makes it another role there: `admin`, `engineer`, `marketer`, `analyst`,
`service` or `privacy`. Any other platform takes `--url` (or `REGULARS_URL`) and a sign-in, `regulars login`; a program
says `--token` (or `REGULARS_TOKEN`). [access.md](access.md) has both. `import` sends with the write key of a source,
without a token.
"""


def reference() -> str:
    """Return the page."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    pages = [f"## {' '.join(names)}\n\n{_help(group, *names)}" for names in _names(group)]
    return "\n".join([HEAD, _help(group), *pages])


def _names(group: TyperGroup) -> Iterator[tuple[str, ...]]:
    """Name all commands, and those under them."""
    for name, command in group.commands.items():
        yield (name,)
        if isinstance(command, TyperGroup):
            yield from ((name, *inner) for inner in _names(command))


def _help(group: TyperGroup, *command: str) -> str:
    said = io.StringIO()
    with redirect_stdout(said):
        group.main([*command, "--help"], prog_name="regulars", standalone_mode=False, terminal_width=WIDTH)
    lines = (line.rstrip() for line in said.getvalue().splitlines())
    return "```\n" + "\n".join(lines).strip() + "\n```\n"


if __name__ == "__main__":
    PAGE.write_text(reference())
