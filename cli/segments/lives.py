"""The life of a segment: publish a draft, pause, resume, archive, and watch what is coming go live."""

import time
from collections.abc import Collection, Mapping
from typing import Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from cli.errors import UserError
from cli.output import counted
from cli.segments.reading import Id, status_of
from cli.session import Session, session_of

EVERY = 1.0  # seconds
_COLUMNS = (TextColumn("looking at everybody"), BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn())


def publish(context: typer.Context, id: Id) -> None:
    """
    Let a draft go live; who is there already is looked at first, with all of their history.

    Examples:

        regulars segment publish big_spenders
    """
    _become(context, id, "live", {"draft"})


def pause(context: typer.Context, id: Id) -> None:
    """
    Pause a segment: who is in stays in, nobody enters or leaves, and nobody is told.

    Examples:

        regulars segment pause big_spenders
    """
    _become(context, id, "paused", {"live", "draft"})


def resume(context: typer.Context, id: Id) -> None:
    """
    Let a segment go on that was paused or archived; who moved meanwhile is told then, and marked.

    Examples:

        regulars segment resume big_spenders
    """
    _become(context, id, "live", {"paused", "archived"})


def archive(context: typer.Context, id: Id) -> None:
    """
    Archive a segment: nobody is in it any more, and nobody is told. Its definition and its versions stay.

    Examples:

        regulars segment archive big_spenders
    """
    _become(context, id, "archived", {"live", "draft", "paused"})


def watch(context: typer.Context, id: Id) -> None:
    """
    Watch what is coming of a segment until it is live; what came to a halt goes on.

    Examples:

        regulars segment watch big_spenders
    """
    session = session_of(context)
    found = session.http.ask("GET", f"/v1/segments/{id}")
    if found["coming"] and (found["coming"]["backfill"] or {"state": "stalled"})["state"] == "stalled":
        _put(session, found, found["definition"])  # the same again wakes it
    wait_for(session, [id])
    found = session.http.ask("GET", f"/v1/segments/{id}")
    session.output.data(found)
    session.output.show(f"{status_of(found)}; {counted(found['size'], 'member')}")


def wait_for(session: Session, ids: Collection[str]) -> None:
    """Wait until nothing of these segments is coming any more, with a bar. Raises UserError where it came to a halt."""
    hidden = session.output.as_json
    with Progress(*_COLUMNS, console=session.output.aside, disable=hidden, transient=True) as shown:
        task = shown.add_task("", total=None)
        while coming := [one for one in map(session.http.ask, ["GET"] * len(ids), map(_path, ids)) if one["coming"]]:
            backfill = next((one["coming"]["backfill"] for one in coming if one["coming"]["backfill"]), None)
            if backfill and backfill["state"] == "stalled":
                raise UserError(
                    f"the backfill {backfill['id']} came to a halt",
                    fix=f"look at the log of the function backfill, then: regulars segment watch {coming[0]['id']}",
                )
            if backfill:
                words = f"{counted(backfill['people'], 'person')}; {counted(len(coming), 'segment')} coming"
                shown.update(task, completed=backfill["people"], total=backfill["people_expected"], description=words)
            else:
                shown.update(task, description="waiting for the backfill before it")
            time.sleep(EVERY)


def _become(context: typer.Context, id: str, status: str, before: Collection[str]) -> None:
    session = session_of(context)
    found = session.http.ask("GET", _path(id))
    if found["status"] not in before:
        raise UserError(
            f"the segment is {found['status']}, and not {' or '.join(sorted(before))}",
            fix=f"look at it: regulars segment show {id}",
        )
    rest = {name: value for name, value in found["definition"].items() if name != "status"}
    answer = _put(session, found, rest if status == "live" else {**rest, "status": status})
    session.output.data(answer)
    session.output.show(f"{id}: {answer['effective']}")
    if found["origin"] == "file":
        session.output.say("it came from a file: write `status` there too, or the next apply undoes this", "dim")
    if answer["coming"]:
        session.output.say(f"watch it: regulars segment watch {id}", "dim")


def _put(session: Session, found: Mapping[str, Any], content: Mapping[str, Any]) -> Mapping[str, Any]:
    body = {"definition": content, "version": found["version"]}
    answer: Mapping[str, Any] = session.http.ask("PUT", _path(found["id"]), json=body)
    return answer


def _path(id: str) -> str:
    return f"/v1/segments/{id}"
