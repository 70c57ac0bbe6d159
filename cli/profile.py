"""`regulars profile`: everything about one person on one page."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.text import Text

from cli.errors import AnswerError, UserError
from cli.output import counted, instant, table
from cli.session import Session, session_of

REFERENCE = "a reference is a profile id (p_…) or kind:value, such as user_id:ann or email:ann@shop.example"
MASKED = Text("•••", style="dim")


def profile(
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
    session.output.show(_head(found), _identifiers(found), _traits(found), _memberships(found), _events(newest))


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
    orders = found["orders"]
    worth = f"{counted(orders['count'], 'order')}, {orders['revenue']:,.2f} net"
    kind = "known" if found["known"] else "anonymous"
    return Text.assemble((found["profile_id"], "bold"), f"  {kind}, {worth}\n")


def _identifiers(found: Mapping[str, Any]) -> Any:
    rows = ((one["kind"], _value(one), one["source"], instant(one["since"])) for one in found["identifiers"])
    more = " (the first)" if "identifiers" in found["incomplete"] else ""
    return _table(f"Identifiers{more}", ("kind", "value", "source", "since"), rows)


def _traits(found: Mapping[str, Any]) -> Any:
    rows = (
        (name, _value(one), one["source"], instant(one["time"]), one["message_id"])
        for name, one in sorted(found["traits"].items())
    )
    return _table("Traits", ("trait", "value", "source", "said at", "by message"), rows)


def _memberships(found: Mapping[str, Any]) -> Any:
    rows = (
        (one["name"], one["segment"], instant(one["since"]), instant(one["next_change_at"]) or "with the next event")
        for one in found["memberships"]
    )
    return _table("Segments", ("segment", "id", "since", "may change"), rows)


def _events(events: Iterable[Mapping[str, Any]]) -> Any:
    rows = (
        (instant(one["timestamp"]), one["type"], one["event"], one["source"], _properties(one["properties"]))
        for one in events
    )
    return _table("Newest events", ("at", "type", "event", "source", "properties"), rows)


def _table(title: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Any:
    listed = list(rows)
    return table(columns, listed, title=title) if listed else Text(f"{title}: none", style="dim")


def _value(one: Mapping[str, Any]) -> object:
    return MASKED if one.get("masked") else one.get("value")


def _properties(properties: Mapping[str, Any]) -> str:
    text = ", ".join(f"{name}: {value}" for name, value in properties.items())
    return text if len(text) <= 100 else f"{text[:100]}…"
