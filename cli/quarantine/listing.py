"""`regulars quarantine list` and `show`: how much there is, which rows, and what was sent."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from cli.errors import UserError
from cli.output import counted, instant, table, visible
from cli.place import write_json
from cli.quarantine.places import Choice, places
from cli.session import session_of

SourceName = Annotated[str | None, typer.Option("--source", help="The id of a source; default: all.")]
Day = Annotated[str | None, typer.Option("--day", help="The day of arrival, in UTC; default: all that are kept.")]
Code = Annotated[str | None, typer.Option("--code", help="The code of the reason, such as invalid_event_name.")]
RowId = Annotated[str, typer.Argument(help="The id of a row, as `list` shows it.")]


def list_rows(
    context: typer.Context,
    source: SourceName = None,
    day: Day = None,
    code: Code = None,
    rows: Annotated[int, typer.Option("--rows", min=0, help="How many rows to list of one source and day.")] = 20,
    everything: Annotated[bool, typer.Option("--all", help="Also list rows that were replayed.")] = False,
) -> None:
    """
    Count what was not accepted, by source, day and code; of one source and day also list the rows.

    Examples:

        regulars quarantine list

        regulars quarantine list --source web --day 2026-11-21 --code invalid_event_name
    """
    session = session_of(context)
    found = places(session, Choice(source=source, day=day, code=code))
    listed: list[Mapping[str, Any]] = []
    if source and day:
        asked = {"source": source, "day": day, "state": "all" if everything else "open"}
        asked |= {"code": code} if code else {}
        pages = session.http.pages("/v1/quarantine", "events", limit=min(rows + 1, 1_000), asked=asked)
        listed = list(islice(pages, rows)) if rows else []
    counts = [asdict(one) for one in found]
    session.output.data({"counts": counts, "events": listed})
    session.output.show(table(("source", "day", "code", "open", "replayed"), [tuple(one.values()) for one in counts]))
    if listed:
        session.output.show(Text(), table(("row", "received", "state", "reason"), map(_row, listed)))
    still = sum(one.open for one in found)
    session.output.show(f"{counted(still, 'row')} to mend" if still else "nothing waits to be mended")


def show_row(
    context: typer.Context,
    id: RowId,
    message: Annotated[
        Path | None, typer.Option("--message", help="Write the message into this file, to be edited.")
    ] = None,
) -> None:
    """
    Show why a row was refused, what became of it, and what was sent.

    What is personal stands as ••• for roles that may not read it. A message that is edited in this form comes back
    whole: ••• is put back as it was sent.

    Examples:

        regulars quarantine show web.2026-11-21.invalid_event_name.6wmdvyv2q4hjs2hi

        regulars quarantine show ID --message mended.json
    """
    session = session_of(context)
    found = session.http.ask("GET", f"/v1/quarantine/{id}")
    body = json.loads(found["body"]) if found["body"] else None
    sent = json.loads(found["sent"]) if found["sent"] else None
    if message:
        _write(message, body)
    session.output.data({**found, "body": body, "sent": sent})
    session.output.show(_head(found))
    session.output.show(*(_content(title, content) for title, content in (("now", body), ("as sent", sent)) if content))
    if body is None:
        session.output.show("what was sent is gone: the person was erased, or it was too large to be kept")


def _write(path: Path, body: Mapping[str, Any] | None) -> None:
    if body is None:
        raise UserError("there is no message to write: what was sent is gone")
    if path.exists():
        raise UserError("is there already", where=str(path), fix="name another file, or remove this one")
    write_json(path, body.get("message"), secret=True)


def _row(one: Mapping[str, Any]) -> tuple[object, ...]:
    return one["id"], instant(one["received_at"]), state(one), reason(one)


def state(one: Mapping[str, Any]) -> str:
    """Say how far a row has come."""
    if one["event"]:
        return "replayed"
    if one["last_try"]:
        return "failed again"
    return "mended" if one["mended"] else "open"


def reason(one: Mapping[str, Any]) -> str:
    """Give the newest reason of a row."""
    return str((one["last_try"] or one)["reason"])


def _head(found: Mapping[str, Any]) -> Text:
    text = Text.assemble((found["id"], "bold"), f"  {state(found)}\n")
    lines = [f"message   {found['message_id']}, received {instant(found['received_at'])}"]
    lines.append(f"refused   {found['code']}: {found['reason']}")
    if tried := found["last_try"]:
        lines.append(f"again     {tried['code']}: {tried['reason']} ({instant(tried['at'])})")
    if event := found["event"]:
        lines.append(
            f"became    message {event['message_id']} of {event['profile_id']} ({instant(event['replayed_at'])})"
        )
    return text.append("\n".join(map(visible, lines)) + "\n")


def _content(title: str, content: object) -> Text:
    return Text.assemble((f"{title}\n", "bold"), visible(json.dumps(content, indent=2, ensure_ascii=False)))
