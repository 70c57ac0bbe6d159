"""The commands under `regulars journey`."""

import typer

from cli.journeys import looking, simulating

journey = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Journeys: whether they hold together, how they look, and what they would do.",
)
journey.command("check")(looking.check)
journey.command("draw")(looking.picture)
journey.command("simulate")(simulating.simulate_journey)
