"""`regulars segment`: which segments there are, who is in them, and whom an edit would let in and put out."""

from typing import Any

import typer
from typer.core import TyperGroup

from cli.segments.previewing import preview, sql
from cli.segments.showing import list_all, show


class Commands(TyperGroup):
    """Takes an id in the place of a command: which segment is named is shown."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `show` before an id."""
        is_command = not args or args[0] in self.commands or args[0] in ctx.help_option_names
        return super().parse_args(ctx, args if is_command else ["show", *args])


segment = typer.Typer(cls=Commands, no_args_is_help=True, help="Show segments, and who would be in one.")
segment.command()(show)
segment.command("list")(list_all)
segment.command()(preview)
segment.command()(sql)
