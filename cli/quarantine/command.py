"""The commands under `regulars quarantine`."""

import typer

from cli.quarantine.listing import list_rows, show_row
from cli.quarantine.repairing import repair
from cli.quarantine.replaying import replay

quarantine = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="What was not accepted: list it, mend it, and replay it as the events it should have been.",
)
quarantine.command("list")(list_rows)
quarantine.command("show")(show_row)
quarantine.command("repair")(repair)
quarantine.command("replay")(replay)
