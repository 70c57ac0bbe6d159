"""`regulars profile`: everything about one person on one page, and corrections of it."""

import json
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.text import Text
from typer.core import TyperGroup

from cli.errors import AnswerError, UserError
from cli.orders import worth
from cli.output import instant, table
from cli.session import Session, session_of
from regulars.domain.journey_deeds import JOURNEYS

REFERENCE = "a reference is a profile id (p_…) or kind:value, such as user_id:ann or email:ann@shop.example"
MASKED = Text("•••", style="dim")
_OF_A_JOURNEY = ("reason", "came", "ending", "journey", "version", "place", "channel", "template", "held_out")


class Commands(TyperGroup):
    """Takes a reference in the place of a command: who is named is shown."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `show` before a reference."""
        is_command = not args or args[0] in self.commands or args[0] in ctx.help_option_names
        return super().parse_args(ctx, args if is_command else ["show", *args])


profile = typer.Typer(cls=Commands, no_args_is_help=True, help="Show a person, or correct what is known of them.")


@profile.command()
def show(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="A profile id (p_…), or an identifier such as email:ann@shop.example.")],
    events: Annotated[int, typer.Option("--events", min=0, max=1_000, help="How many of the newest events.")] = 10,
) -> None:
    """
    Show a person: identifiers, traits and where they come from, segments, orders, newest events.

    What is personal is shown to roles that may read it, and masked for others.

    Examples:

        regulars profile user_id:cdnow-00001

        regulars profile email:ann@shop.example --events 50
    """
    session = session_of(context)
    found = look_up(session, ref)
    newest: list[Any] = []
    if events:
        path = f"/v1/profiles/{quote(found['profile_id'], safe=':')}/events"
        newest = list(islice(session.http.pages(path, "events", limit=events), events))
    session.output.data({**found, "events": newest})
    session.output.show(
        _head(found), _identifiers(found), _traits(found), _computed(found), _memberships(found), _events(newest)
    )


@profile.command()
def correct(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="A profile id (p_…), or an identifier such as email:ann@shop.example.")],
    changes: Annotated[
        list[str], typer.Argument(help="name=text, name:=JSON for anything else; name:=null removes a trait.")
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why, in a sentence; kept sealed, with your user id.")],
    message_id: Annotated[
        str | None, typer.Option("--message-id", help="An id of the case: repeated with it, it counts once.")
    ] = None,
) -> None:
    """
    Correct traits of a person, and say why.

    Older data does not undo it, however late it comes. The roles admin, privacy and service may.

    Examples:

        regulars profile correct email:ann@shop.example city=Bern --reason "she moved, by letter of 3 May"

        regulars profile correct user_id:ann age:=31 nickname:=null --reason "asked on the phone"
    """
    session = session_of(context)
    body: dict[str, Any] = {"traits": dict(map(change, changes)), "reason": reason}
    if message_id is not None:
        body["messageId"] = message_id
    path = f"/v1/profiles/{quote(look_up(session, ref)['profile_id'], safe=':')}/traits"
    found = session.http.ask("PATCH", path, json=body)
    session.output.data(found)
    again = ", as it was before" if found["duplicate"] else ""
    session.output.show(_traits(found), f"corrected by {found['messageId']}{again}")


@profile.command()
def why(
    context: typer.Context,
    ref: Annotated[str, typer.Argument(help="A profile id (p_…), or an identifier such as email:ann@shop.example.")],
    segment: Annotated[str, typer.Argument(help="The id of a segment.")],
) -> None:
    """
    Explain why a person is in a segment, or is not: each condition, what was found, and when it turns.

    Examples:

        regulars profile why user_id:cdnow-00001 lapsed
    """
    session = session_of(context)
    profile_id = quote(look_up(session, ref)["profile_id"], safe=":")
    found = session.http.ask("GET", f"/v1/profiles/{profile_id}/segments/{quote(segment)}/why")
    session.output.data(found)
    session.output.show(Text("\n".join(found["words"])), *_causes(found["why"]))


def _causes(reason: Mapping[str, Any]) -> Iterable[Any]:
    """Show the events behind each condition."""
    if reason["events"]:
        rows = [
            [instant(one["timestamp"]), one["event"] or "", one["source"], one["message_id"]]
            for one in reason["events"]
        ]
        yield table(("time", "event", "source", "message id"), rows, reason["condition"])
    for below in reason["below"]:
        yield from _causes(below)


def change(text: str) -> tuple[str, Any]:
    """Read a trait and its value as they are written on the command line. Raises UserError."""
    name, separator, value = text.partition("=")
    if not separator or not name.removesuffix(":"):
        raise UserError(f"{text} changes nothing", fix="write name=text, or name:=JSON such as age:=31 and city:=null")
    if not name.endswith(":"):
        return name, value
    try:
        return name.removesuffix(":"), json.loads(value)
    except ValueError as error:
        raise UserError(
            f"{value} is no JSON", where=text, fix="write a text as name=text, without the colon"
        ) from error


def look_up(session: Session, ref: str) -> Mapping[str, Any]:
    """Read a profile without telling an identifier in a path. Raises UserError, AnswerError."""
    if not ref.startswith("p_") and ":" not in ref:
        raise UserError(f"{ref} says not of which kind it is", fix=REFERENCE)
    try:
        found: Mapping[str, Any] = session.http.ask("POST", "/v1/profiles/lookup", json={"ref": ref})
    except AnswerError as error:
        if error.status == 404:
            error.fix = "is it spelled as it was sent? The kinds are those of catalog/identity.yaml"
        raise
    return found


def _head(found: Mapping[str, Any]) -> Text:
    kind = "known" if found["known"] else "anonymous"
    return Text.assemble((found["profile_id"], "bold"), f"  {kind}, {worth(found['orders'])}\n")


def _identifiers(found: Mapping[str, Any]) -> Any:
    rows = ((one["kind"], _value(one), one["source"], instant(one["since"])) for one in found["identifiers"])
    more = " (the first)" if "identifiers" in found["incomplete"] else ""
    return _table(f"Identifiers{more}", ("kind", "value", "source", "since"), rows)


def _traits(found: Mapping[str, Any]) -> Any:
    traits = sorted(found["traits"].items())
    rows = (
        (name, _value(one), one["source"], instant(one["time"]), one["message_id"], *_why(one)) for name, one in traits
    )
    columns = ("trait", "value", "source", "said at", "by message")
    return _table("Traits", (*columns, "because", "said by"), rows)


def _computed(found: Mapping[str, Any]) -> Any:
    rows = (
        (one["name"], id, _worth(one), instant(one["next_change_at"]) or "with the next event")
        for id, one in sorted(found["computed"].items())
    )
    more = " (the first)" if "computed" in found["incomplete"] else ""
    return _table(f"Computed traits{more}", ("trait", "id", "value", "may change"), rows)


def _worth(one: Mapping[str, Any]) -> object:
    value = one["value"]
    match one["type"]:
        case _ if value is None:
            return Text("none", style="dim")
        case "amount":
            return f"{value:,.2f}"
        case "time":
            return instant(value)
        case "list":
            more = f", and {one['count'] - len(value):,} more" if one["count"] > len(value) else ""
            return ", ".join(map(str, value)) + more
        case _:
            return value


def _why(trait: Mapping[str, Any]) -> tuple[object, ...]:
    if not (correction := trait.get("correction")):
        return "", ""
    return MASKED if correction["masked"] else correction["reason"], correction["by"]


def _memberships(found: Mapping[str, Any]) -> Any:
    rows = (
        (one["name"], one["segment"], instant(one["since"]), instant(one["next_change_at"]) or "with the next event")
        for one in found["memberships"]
    )
    return _table("Segments", ("segment", "id", "since", "may change"), rows)


def _events(events: Iterable[Mapping[str, Any]]) -> Any:
    rows = ((instant(one["timestamp"]), one["type"], one["event"], one["source"], _properties(one)) for one in events)
    return _table("Newest events", ("at", "type", "event", "source", "properties"), rows)


def _table(title: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Any:
    listed = list(rows)
    return table(columns, listed, title=title) if listed else Text(f"{title}: none", style="dim")


def _value(one: Mapping[str, Any]) -> object:
    return MASKED if one.get("masked") else one.get("value")


def _properties(event: Mapping[str, Any]) -> str:
    said = _of_a_journey(event["properties"]) if event["source"] == JOURNEYS else event["properties"]
    text = ", ".join(f"{name}: {value}" for name, value in said.items())
    return text if len(text) <= 100 else f"{text[:100]}…"


def _of_a_journey(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give what became of somebody and why, then where: ids are for programs."""
    return {name: said[name] for name in _OF_A_JOURNEY if name in said}
