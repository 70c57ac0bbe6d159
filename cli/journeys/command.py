"""The commands under `regulars journey`."""

import typer

from cli.journeys import lives, looking, reporting, simulating

journey = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Journeys: whether they hold together, what they would do, their life, what they have come to.",
)
journey.command("check")(looking.check)
journey.command("draw")(looking.picture)
journey.command("simulate")(simulating.simulate_journey)
journey.command("list")(lives.list_journeys)
journey.command("show")(lives.show_journey)
for command in (lives.publish, lives.pause, lives.resume, lives.drain, lives.stop, lives.archive, lives.enter):
    journey.command()(command)
journey.command("report")(reporting.report_journey)
