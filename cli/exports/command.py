"""`regulars exports`: files of the members of segments, asked for, agreed to by somebody else, and taken."""

from typing import Annotated, Any

import typer

from cli.errors import UserError
from cli.exports.downloading import download
from cli.output import counted, instant, table, visible
from cli.session import Session, session_of
from regulars.domain.exports import FORMATS

EXPORTS = "/v1/exports"
Id = Annotated[str, typer.Argument(help="The id of an export, such as x1767225600000000.")]
exports = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Files of the members of segments: ask for one, agree to that of somebody else, take your own.",
)
exports.command("download")(download)


@exports.command("create")
def create(
    context: typer.Context,
    segment: Annotated[str, typer.Argument(help="The id of a segment.")],
    reason: Annotated[str, typer.Option("--reason", help="What it is for, in a line; it names no customer.")],
    purpose: Annotated[
        str | None, typer.Option("--purpose", help="For what the traits are: who does not consent to it is left out.")
    ] = None,
    channel: Annotated[
        str | None, typer.Option("--channel", help="A channel of the purpose; left out, all that it has.")
    ] = None,
    traits: Annotated[list[str] | None, typer.Option("--trait", help="A trait, as often as needed.")] = None,
    computed: Annotated[
        list[str] | None, typer.Option("--computed", help="The id of a computed trait, as often as needed.")
    ] = None,
    format: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "jsonl",
) -> None:
    """
    Ask for a file of the members of a segment, with traits or their ids alone.

    Of few people it is made at once. Of more it waits for a day until somebody else agrees to it, who holds the scope
    exports:approve.

    Examples:

        regulars exports create lapsed --reason "the letter of May" --purpose newsletter --trait email --format csv
    """
    session = session_of(context)
    wish: dict[str, Any] = {"segment": segment, "reason": reason, "traits": traits or [], "format": format}
    wish["computed"] = computed or []
    wish |= {name: value for name, value in (("purpose", purpose), ("channel", channel)) if value is not None}
    asked = session.http.ask("POST", EXPORTS, json=wish)
    _show(session, asked)
    if asked["state"] == "waiting":
        session.output.say(f"somebody else agrees to it: regulars exports approve {asked['id']}", "dim")
    else:
        session.output.say(f"to take it: regulars exports download {asked['id']} -o FILE", "dim")


@exports.command("list")
def list_exports(
    context: typer.Context,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000, help="How many to look at, at most.")] = 50,
) -> None:
    """
    List exports, newest first: your own, or all if you may agree to them.

    Examples:

        regulars exports list

        regulars exports list --limit 200 --json
    """
    session = session_of(context)
    found = session.http.ask("GET", EXPORTS, params={"limit": limit})["exports"]
    rows = [
        (
            *(one["id"], one["state"], one["segment"], one["purpose"] or "", f"{one['rows'] or one['expected']:,}"),
            *(one["by"], instant(one["asked_at"]), visible(one["reason"])),
        )
        for one in found
    ]
    session.output.show(table(("id", "state", "segment", "purpose", "people", "by", "asked", "reason"), rows))
    session.output.data(found)


@exports.command("show")
def show(context: typer.Context, id: Id) -> None:
    """
    Show how an export stands, and who or what was left out of it.

    Examples:

        regulars exports show x1767225600000000
    """
    session = session_of(context)
    _show(session, session.http.ask("GET", f"{EXPORTS}/{id}"))


@exports.command("approve")
def approve(
    context: typer.Context,
    id: Id,
    yes: Annotated[bool, typer.Option("--yes", help="Agree without being asked.")] = False,
) -> None:
    """
    Agree to an export of somebody else, as it is shown: it is made at once. Nobody agrees to one of their own.

    Examples:

        regulars exports approve x1767225600000000
    """
    session = session_of(context)
    asked = session.http.ask("GET", f"{EXPORTS}/{id}")
    if not yes:
        session.output.show(_lines(asked))
        if session.output.as_json or not typer.confirm(f"Let {asked['by']} take out {_people(asked)}?", err=True):
            raise UserError("nothing was changed", fix="say --yes to do it without being asked")
    body = {"print": asked["print"]}  # what was shown is what is agreed to
    _show(session, session.http.ask("POST", f"{EXPORTS}/{id}/approve", json=body))


@exports.command("reject")
def reject(context: typer.Context, id: Id) -> None:
    """
    Refuse an export of somebody else that waits.

    Examples:

        regulars exports reject x1767225600000000
    """
    session = session_of(context)
    _show(session, session.http.ask("POST", f"{EXPORTS}/{id}/reject"))


@exports.command("cancel")
def cancel(context: typer.Context, id: Id) -> None:
    """
    Take an export back: its file and all links to it end at once.

    Examples:

        regulars exports cancel x1767225600000000
    """
    session = session_of(context)
    _show(session, session.http.ask("POST", f"{EXPORTS}/{id}/cancel"))


def _show(session: Session, export: dict[str, Any]) -> None:
    session.output.show(_lines(export))
    session.output.data(export)


def _people(export: dict[str, Any]) -> str:
    if export["state"] in ("waiting", "running", "lapsed"):
        return f"about {counted(export['expected'], 'member')} of {export['segment']}"
    return f"{counted(export['rows'], 'member')} of {export['segment']}"


def _lines(export: dict[str, Any]) -> str:
    traits = ", ".join(map(visible, [*export["traits"], *export["computed"]])) or "ids alone"
    opened = ", personal ones opened" if export["personal"] else ""
    purpose = export["purpose"] or "none"
    purpose += f" by {export['channel']}" if export["channel"] else ""
    lines = [
        f"{export['id']}: {export['state']}, {_people(export)}",
        f"  traits: {traits}{opened}; purpose: {purpose}; format: {export['format']}",
        f"  asked by {export['by']} at {instant(export['asked_at'])}: {visible(export['reason'])}",
    ]
    if export["decided_by"]:
        lines.append(f"  decided by {export['decided_by']} at {instant(export['decided_at'])}")
    if export["held_back"]:
        held = ", ".join(f"{number:,} {reason}" for reason, number in export["held_back"].items())
        lines.append(f"  held back: {held}")
    if export["why"]:
        lines.append(f"  why: {export['why']}")
    for name, until in (("waits", export["lapses_at"]), ("kept", export["kept_until"])):
        if until:
            lines.append(f"  {name} until {instant(until)}")
    return "\n".join(lines)
