"""Reading segments: which there are, what one says and who is in it, and which versions it had."""

from collections.abc import Mapping
from itertools import islice
from typing import Annotated, Any

import typer
import yaml

from cli.output import counted, instant, table
from cli.session import session_of

Id = Annotated[str, typer.Argument(help="The id of a segment.")]


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
            status_of(one),
            "yes" if one["definition"].get("anonymous") else "no",
            one["origin"],
            instant(one["changed_at"]),
        )
        for one in found
    )
    names = ("id", "name", "status", "anonymous", "by", "changed")
    session.output.show(table(names, rows))


def show(
    context: typer.Context,
    id: Id,
    members: Annotated[int, typer.Option("--members", min=0, help="How many members to list.")] = 20,
) -> None:
    """
    Show a segment: what it says, what is live of it, and who is in it.

    Examples:

        regulars segment show big_spenders

        regulars segment big_spenders --members 100
    """
    session = session_of(context)
    found = session.http.ask("GET", f"/v1/segments/{id}")
    pages = session.http.pages(f"/v1/segments/{id}/members", "members", limit=min(members + 1, 1_000))
    listed = list(islice(pages, members + 1)) if members else []
    session.output.data({**found, "members": listed[:members], "more_members": len(listed) > members})
    session.output.show(yaml.safe_dump(found["definition"], sort_keys=False, allow_unicode=True))
    if listed:
        rows = ((one["profile_id"], instant(one["since"])) for one in listed[:members])
        session.output.show(table(("member", "since"), rows))
    if len(listed) > members > 0:
        session.output.show(f"the first {members:,}; there are more: --members {members * 10}")
    session.output.show(f"{status_of(found)}; {counted(found['size'], 'member')}")


def versions(context: typer.Context, id: Id) -> None:
    """
    List the versions that a segment had, the newest first; --json tells what each said.

    Examples:

        regulars segment versions big_spenders
    """
    session = session_of(context)
    found = list(session.http.pages(f"/v1/segments/{id}/versions", "versions"))
    session.output.data({"versions": found})
    rows = (
        (one["version"], one["definition"].get("status", "live"), one["origin"], instant(one["changed_at"]))
        for one in found
    )
    session.output.show(table(("version", "status", "written by", "written"), rows))


def status_of(found: Mapping[str, Any]) -> str:
    """Say what is live of a segment, and what is coming."""
    live, coming = found["live"], found["coming"]
    standing = found["status"] if live is None else "paused" if live["paused"] else f"version {live['version']} is live"
    if live is None and found["status"] == "live":
        standing = "not live yet"
    return f"{standing}, version {coming['version']} is coming" if coming else standing
