"""`regulars recovery`: restore tables to an instant, and let nobody back in who was erased since; step by step."""

from typing import Annotated

import typer

from cli.output import counted, table
from cli.session import session_of

recovery = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Restore tables from a backup, without whom was erased since: close, restore, replay, carry, open.",
)
Stage = Annotated[str, typer.Option("--stage", help="The deployment, such as prod; with your credentials of AWS.")]
Tables = Annotated[list[str] | None, typer.Option("--table", help="Only this table; default: all.")]


@recovery.command()
def status(context: typer.Context, stage: Stage) -> None:
    """
    Say whether the workspace is closed, for which restore, and what is restored.

    Examples:

        regulars recovery status --stage prod
    """
    from cli.recovery import steps

    session = session_of(context)
    told = steps.status(stage)
    session.output.data(told)
    session.output.show(f"closed for a restore to {told['at']}" if told["closed"] else "open: nothing is restored")
    if told["restored"]:
        session.output.show(table(("table", "its copy"), sorted(told["restored"].items())))


@recovery.command()
def close(
    context: typer.Context,
    stage: Stage,
    at: Annotated[str, typer.Option("--at", help="The instant to which tables are restored: 2026-05-03T02:00:00Z.")],
) -> None:
    """
    Close the workspace: within a minute nothing is hashed, sealed or opened, and streams wait.

    Events that are sent meanwhile wait in their queue, for up to four days, or are answered 503 and sent again.

    Examples:

        regulars recovery close --stage prod --at 2026-05-03T02:00:00Z
    """
    from cli.recovery import steps

    session = session_of(context)
    told = steps.close(stage, at)
    session.output.data(told)
    session.output.show(f"closed; {counted(told['held'], 'source')} of changes held", _next("restore", stage))


@recovery.command()
def restore(
    context: typer.Context,
    stage: Stage,
    tables: Tables = None,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Watch until they are there.")] = True,
) -> None:
    """
    Restore tables to the instant for which the workspace is closed, under names that no function may read.

    It takes from minutes to hours and goes on by itself; the same command watches it again.

    Examples:

        regulars recovery restore --stage prod

        regulars recovery restore --stage prod --table events --table vault
    """
    from cli.recovery import steps

    session = session_of(context)
    told = steps.restore(stage, tables, wait=wait, say=lambda text: session.output.say(text, "dim"))
    session.output.data(told)
    session.output.show(table(("table", "its copy"), sorted(told.items())), _next("replay", stage))


@recovery.command()
def replay(context: typer.Context, stage: Stage) -> None:
    """
    Erase from what was restored whoever was erased since: rows, keys, and files of the lake.

    Examples:

        regulars recovery replay --stage prod
    """
    from cli.recovery import steps

    session = session_of(context)
    told = steps.replay(stage)
    session.output.data(told)
    session.output.show(f"{counted(told['erased'], 'identifier')} erased again", _next("carry", stage))


@recovery.command()
def carry(context: typer.Context, stage: Stage, tables: Tables = None) -> None:
    """
    Make the live tables say what the restored ones say; rows of since then go, evidence stays.

    Examples:

        regulars recovery carry --stage prod
    """
    from cli.recovery import steps
    from cli.recovery.watching import watched

    session = session_of(context)
    told = steps.carry(stage, tables, lambda name: watched(session, name))
    session.output.data(told)
    rows = [(name, each["looked"], each["put"], each["removed"]) for name, each in told.items()]
    session.output.show(table(("table", "rows", "put", "removed"), rows), _next("open", stage))


@recovery.command("open")
def open_again(context: typer.Context, stage: Stage) -> None:
    """
    Open the workspace, once nothing of the erased is there; it is refused before.

    Examples:

        regulars recovery open --stage prod
    """
    from cli.recovery import steps

    session = session_of(context)
    told = steps.open_again(stage)
    session.output.data(told)
    session.output.show(f"open; {counted(told['woken'], 'source')} of changes woken")
    if told["replay"]:
        session.output.show(f"next, in a minute: regulars privacy resume {told['replay']}, for the later rounds")


@recovery.command()
def refill(
    context: typer.Context,
    stage: Stage,
    since: Annotated[str, typer.Option("--since", help="The first day of arrival, such as 2026-05-03.")] = "",
) -> None:
    """
    Put back into the table of events what the lake has and it lacks; the pipeline then does all that follows.

    Before that it puts back who went through journeys, and what they were sent: so nobody is sent it again.

    Examples:

        regulars recovery refill --stage prod --since 2026-05-03
    """
    from cli.recovery import steps
    from cli.recovery.watching import watched

    session = session_of(context)
    told = steps.refill(stage, since, lambda name: watched(session, name))
    session.output.data(told)
    session.output.show(
        f"{counted(told['new'], 'event')} put back; {told['known']:,} were there, {told['erased']:,} are of the erased",
        f"of journeys {counted(told['passages'], 'passage')} and {counted(told['messages'], 'message')} put back",
    )


def _next(step: str, stage: str) -> str:
    return f"next: regulars recovery {step} --stage {stage}"
