"""`regulars rebuild`: fold what is known of one person, or of everybody, anew from the stored events."""

import time
from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from cli.errors import AnswerError, UserError
from cli.output import counted
from cli.profile import look_up
from cli.session import Session, session_of

RUNS = "/v1/rebuilds"
FOUND = ("identifiers", "parts", "changed", "outdated", "awaited", "linked")
EVERY = 2.0  # seconds
_COLUMNS = (TextColumn("rebuilding"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))


def rebuild(
    context: typer.Context,
    ref: Annotated[
        str | None, typer.Argument(help="A profile id (p_…), or an identifier such as email:ann@shop.example.")
    ] = None,
    everybody: Annotated[bool, typer.Option("--all", help="Rebuild everybody.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would change, and change nothing.")] = False,
) -> None:
    """
    Fold what is known of a person anew from their events, and resolve these again.

    What is right is not written: 0 changed is the proof. With --all the platform does it by itself and goes on when
    this command ends; the same command watches it again, or goes on with one that was left.

    Examples:

        regulars rebuild email:ann@shop.example

        regulars rebuild --all --dry-run
    """
    session = session_of(context)
    if everybody == (ref is not None):
        raise UserError("whom?", fix="say one person, or --all")
    found = _everybody(session, dry_run=dry_run) if ref is None else rebuild_one(session, ref, dry_run=dry_run)
    session.output.show(in_words(found))
    session.output.data(found)
    if found.get("failed"):
        raise UserError(
            f"{counted(found['failed'], 'identifier')} could not be rebuilt",
            fix="the log of the function rebuild says which and why",
        )


def rebuild_one(session: Session, ref: str, *, dry_run: bool = False) -> dict[str, Any]:
    """Rebuild one person, page by page. Raises AnswerError, UserError."""
    profile_id = look_up(session, ref)["profile_id"]
    path = f"/v1/profiles/{quote(profile_id, safe=':')}/rebuild"
    sums: Counter[str] = Counter(dict.fromkeys(FOUND, 0))
    for page in session.http.posts(path, {}, {"dry_run": str(dry_run).lower()}):
        sums.update({name: page[name] for name in FOUND})
    return {"profile_id": profile_id, "dry_run": dry_run, **sums}


def in_words(found: Mapping[str, Any]) -> str:
    """Write what a rebuild found."""
    verb = "would change" if found.get("dry_run") else "changed"
    more = {
        "outdated": "were not kept yet for what is live",
        "awaited": "lacked events of the last minute",
        "linked": "links were missing",
    }
    also = [f"{found[name]:,} {words}" for name, words in more.items() if found[name]]
    read = f"{counted(found['identifiers'], 'identifier')}, {counted(found['parts'], 'part')} folded anew"
    return f"{read}: " + "; ".join([f"{found['changed']:,} {verb}", *also])


def _everybody(session: Session, *, dry_run: bool) -> dict[str, Any]:
    try:
        run: dict[str, Any] = session.http.ask("POST", RUNS, json={"dry_run": dry_run})
    except AnswerError as error:
        if error.reason != "rebuild_running":
            raise
        run = session.http.ask("GET", RUNS, params={"limit": 1})["rebuilds"][0]
        if run["dry_run"] != dry_run:
            raise
        session.output.say(f"{run['id']} is under way since {run['started_at']}: watching it", "dim")
    with Progress(*_COLUMNS, console=session.output.aside, disable=session.output.as_json) as shown:
        task = shown.add_task("", total=run["segments"])
        while run["state"] == "running":
            shown.update(task, completed=run["segments_done"], description=counted(run["identifiers"], "identifier"))
            time.sleep(EVERY)
            run = session.http.ask("GET", f"{RUNS}/{run['id']}")
        shown.update(task, completed=run["segments_done"])
    if run["state"] == "stalled":
        raise UserError(
            f"{run['id']} came to a halt after {run['segments_done']} of {run['segments']} segments",
            fix="look at the log of the function rebuild, then repeat the command: it goes on where that one was left",
        )
    return run
