"""The commands under `regulars journey`."""

import typer

from cli.journeys import looking

journey = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Journeys: whether they hold together, and how they look.",
)
journey.command("check")(looking.check)
journey.command("draw")(looking.picture)
