"""Which segments there are, what they say, and who is in them."""

from itertools import islice
from typing import Annotated

import typer
import yaml

from cli.output import counted, instant, table
from cli.session import Session, session_of


def show(
    context: typer.Context,
    id: Annotated[str, typer.Argument(help="The id of a segment.")],
    members: Annotated[int, typer.Option("--members", min=0, help="How many members to list.")] = 20,
) -> None:
    """
    Show a segment's definition and members.

    Examples:

        regulars segment big_spenders --members 100
    """
    _show(session_of(context), id, members)


def list_all(context: typer.Context) -> None:
    """
    List all segments.

    Examples:

        regulars segment list
    """
    session = session_of(context)
    found = list(session.http.pages("/v1/segments", "segments"))
    session.output.data({"segments": found})
    rows = (
        (
            one["id"],
            one["definition"].get("name", ""),
            "yes" if one["definition"].get("anonymous") else "no",
            one["origin"],
            one["version"],
            instant(one["changed_at"]),
        )
        for one in found
    )
    session.output.show(table(("id", "name", "anonymous people", "written by", "version", "changed"), rows))


def _show(session: Session, id: str, most: int) -> None:
    found = session.http.ask("GET", f"/v1/segments/{id}")
    pages = session.http.pages(f"/v1/segments/{id}/members", "members", limit=min(most + 1, 1_000))
    listed = list(islice(pages, most + 1)) if most else []
    session.output.data({**found, "members": listed[:most], "more_members": len(listed) > most})
    session.output.show(yaml.safe_dump(found["definition"], sort_keys=False, allow_unicode=True))
    if listed:
        rows = ((one["profile_id"], instant(one["since"])) for one in listed[:most])
        session.output.show(table(("member", "since"), rows))
    session.output.show(_end(len(listed), most))


def _end(listed: int, most: int) -> str:
    if listed > most:
        return f"the first {most:,}; there are more: --members {most * 10 or 100}"
    return counted(listed, "member") if most else "members are not listed"
