"""`regulars vault`: turn the key that wraps the keys of everybody."""

from typing import Annotated

import typer

from cli.output import counted
from cli.recovery.command import Stage
from cli.session import session_of

vault = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="The keys under which personal fields are sealed: turn them."
)


@vault.command()
def rotate(
    context: typer.Context,
    stage: Stage,
    go_on: Annotated[bool, typer.Option("--go-on", help="Turn nothing; only go on with what was begun.")] = False,
) -> None:
    """
    Turn the workspace's key, or go on with it: wrap the keys of everybody anew, and end the old key when it is time.

    Nothing that is sealed changes, and nobody is kept waiting. Run it again when it says; who is interrupted, too.

    Examples:

        regulars vault rotate --stage prod

        regulars vault rotate --stage prod --go-on
    """
    from cli.recovery import rotating
    from cli.recovery.watching import watched

    session = session_of(context)
    told = rotating.rotate(stage, lambda name: watched(session, name), turn=not go_on)
    session.output.data(told)
    session.output.show(f"generation {told['generation']}; {counted(told['rewrapped'], 'key')} wrapped anew")
    if told["unreadable"]:
        session.output.show(f"{counted(told['unreadable'], 'key')} did not open, and stay: docs/recovery.md")
    if told["next"]:
        session.output.show(f"{told['state']}: do this again after {told['next']}, with --go-on")
    else:
        session.output.show("whole: no older key is left")
