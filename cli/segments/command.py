"""The commands under `regulars segment`."""

from typing import Any

import typer
from typer.core import TyperGroup

from cli.segments import exporting, lives, previewing, reading

SHOW = "show"


class Commands(TyperGroup):
    """Shows the segment that is named where no command is: `regulars segment big_spenders`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `show` before an id."""
        named = bool(args) and not args[0].startswith("-") and args[0] not in self.commands
        return super().parse_args(ctx, [SHOW, *args] if named else args)


segment = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Segments: which there are, who is in them or would be, and their life.",
)
segment.command("list")(reading.list_all)
segment.command(SHOW)(reading.show)
segment.command("versions")(reading.versions)
segment.command("watch")(lives.watch)
segment.command("publish")(lives.publish)
segment.command("pause")(lives.pause)
segment.command("resume")(lives.resume)
segment.command("archive")(lives.archive)
segment.command("export")(exporting.export)
segment.command("preview")(previewing.preview)
segment.command("sql")(previewing.sql)
