"""The commands under `regulars audit`."""

import typer

from cli.audit.exporting import export
from cli.audit.readers import readers
from cli.audit.searching import search
from cli.audit.verifying import verify

audit = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The audit trail, for the role privacy: search it, verify it, and tell who could read whom.",
)
audit.command()(search)
audit.command()(verify)
audit.command()(export)
audit.command()(readers)
