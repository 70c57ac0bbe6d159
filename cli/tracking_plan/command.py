"""The commands under `regulars tracking-plan`."""

import typer

from cli.tracking_plan.inferring import infer_plan
from cli.tracking_plan.violations import violations

tracking_plan = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="What events are planned to carry, and what they do carry; definitions are applied with `regulars apply`.",
)
tracking_plan.command("infer")(infer_plan)
tracking_plan.command()(violations)
