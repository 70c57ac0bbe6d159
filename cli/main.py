"""The `regulars` command."""

import sys
from collections.abc import Sequence
from importlib.metadata import version as version_of
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from cli.audit.command import audit
from cli.catalog import apply, plan
from cli.consent import consent, decide, link, suppressions
from cli.errors import UserError
from cli.exports.command import exports
from cli.identity import identity
from cli.importing.command import import_file
from cli.journeys.command import journey
from cli.keys import source
from cli.legal_holds import hold, holds, release_hold
from cli.lists.command import lists
from cli.output import Output
from cli.place import find_place
from cli.platform import dev, doctor
from cli.privacy import privacy
from cli.profile import profile
from cli.quarantine.command import quarantine
from cli.query import query
from cli.rebuild import rebuild
from cli.recovery.command import recovery
from cli.recovery.vault import vault
from cli.redrive import redrive
from cli.retention import retention
from cli.segments.command import segment
from cli.session import Session
from cli.sign_in.command import login, logout
from cli.templates import template
from cli.tracking_plan.command import tracking_plan
from cli.webhooks import webhook

_EVERYWHERE = {
    "--url": True,
    "--token": True,
    "--role": True,
    "--case": True,
    "--json": False,
}  # whether a value follows


class Commands(TyperGroup):
    """Takes the common options before and after a command, and ends a failing one with a sentence."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Move the common options to the front."""
        return super().parse_args(ctx, _to_front(args))

    def invoke(self, ctx: Any) -> Any:
        """Run the command; no traceback for what a person can mend."""
        try:
            return super().invoke(ctx)
        except UserError as error:
            output = ctx.obj.output if isinstance(ctx.obj, Session) else Output(as_json="--json" in sys.argv)
            output.complain(error)
            raise typer.Exit(error.code) from None


def _to_front(args: Sequence[str]) -> list[str]:
    front: list[str] = []
    rest: list[str] = []
    waiting = iter(args)
    for arg in waiting:
        name, _, value = arg.partition("=")
        if arg == "--":
            return [*front, *rest, arg, *waiting]
        if name not in _EVERYWHERE:
            rest.append(arg)
        elif _EVERYWHERE[name] and not value:
            front += [arg, *[value for value in [next(waiting, None)] if value is not None]]
        else:
            front.append(arg)
    return [*front, *rest]


app = typer.Typer(
    cls=Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"regulars {version_of('regulars')}")
        raise typer.Exit


@app.callback()
def main(
    context: typer.Context,
    url: Annotated[
        str | None, typer.Option("--url", help="The platform; default: REGULARS_URL, else .regulars/local.json")
    ] = None,
    token: Annotated[
        str | None,
        typer.Option("--token", help="An access token; default: REGULARS_TOKEN, else that of `regulars login`"),
    ] = None,
    role: Annotated[
        str | None,
        typer.Option("--role", help="A role on the platform of this machine, such as marketer; default: admin"),
    ] = None,
    case: Annotated[
        str | None,
        typer.Option("--case", help="The number of the case for which you ask: it stands in the audit trail."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON document instead of words.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    """
    Work with a Regulars workspace: its catalog, its data, its people.

    --url, --token, --role, --case and --json may stand before or after a command. Without --token and --role you are
    the admin of the platform on this machine. Exit codes: 0 done, 1 could not be done, 2 used wrongly (or, of plan
    --check, something would change), 3 done except for listed rows.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    session = Session(place=find_place(url, token, role=role), output=Output(as_json=as_json), case=case)
    context.obj = session
    context.call_on_close(session.close)


app.command()(login)
app.command()(logout)
app.command()(plan)
app.command()(apply)
app.command("import")(import_file)
for command in (consent, decide, link, suppressions):
    profile.command()(command)
app.add_typer(profile, name="profile")
app.add_typer(segment, name="segment")
app.add_typer(journey, name="journey")
app.add_typer(template, name="template")
app.add_typer(webhook, name="webhook")
app.add_typer(lists, name="list")
app.command()(query)
app.add_typer(source, name="source")
app.add_typer(identity, name="identity")
app.add_typer(quarantine, name="quarantine")
app.add_typer(tracking_plan, name="tracking-plan")
app.add_typer(audit, name="audit")
privacy.command()(hold)
privacy.command()(holds)
privacy.command()(release_hold)
app.add_typer(privacy, name="privacy")
app.add_typer(exports, name="exports")
app.add_typer(recovery, name="recovery")
app.add_typer(vault, name="vault")
app.add_typer(retention, name="retention")
app.command()(rebuild)
app.command()(redrive)
app.command()(dev)
app.command()(doctor)

if __name__ == "__main__":
    app()
