"""Take the file of an export: wait for it, load it, and keep it only if it is the one that was made."""

import os
import time
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import httpx
import typer
from rich.progress import BarColumn, DownloadColumn, TextColumn
from rich.progress import Progress as Bar

from cli.errors import UserError
from cli.output import counted
from cli.session import Session, session_of

LONGEST_WAIT = 600.0  # seconds
EVERY = 2.0
_COLUMNS = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
Answer = dict[str, Any]


def download(
    context: typer.Context,
    id: Annotated[str, typer.Argument(help="The id of an export of yours.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file; default: the name that the platform gives it.")
    ] = None,
    wait: Annotated[float, typer.Option("--wait", min=0, help="How many seconds to wait until it is made.")] = 600,
) -> None:
    """
    Take the file of an export of yours, for you only to read; it is kept if its size and hash are those that were made.

    Examples:

        regulars exports download x1767225600000000 -o lapsed.csv
    """
    session = session_of(context)
    export = _made(session, id, time.monotonic() + min(wait, LONGEST_WAIT))
    linked = session.http.ask("POST", f"/v1/exports/{id}/link")
    file = output or Path(Path(linked["name"]).name)
    partial = file.with_name(f"{file.name}.part")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as content:
            _load(session, linked, content)
        partial.replace(file)
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror}", where=str(file), fix="name another file") from error
    finally:
        partial.unlink(missing_ok=True)
    session.output.show(f"{counted(export['rows'], 'member')} in {file}")
    session.output.say("what it holds was told to the audit trail; delete it when you are done", "dim")
    session.output.data({"export": id, "rows": export["rows"], "file": str(file), "sha256": linked["sha256"]})


def _made(session: Session, id: str, until: float) -> Answer:
    """Wait until the file is there. Raises UserError where it will not be."""
    while True:
        export: Answer = session.http.ask("GET", f"/v1/exports/{id}")
        if export["state"] == "done":
            return export
        if export["state"] != "running":
            why = f": {export['why']}" if export["why"] else ""
            raise UserError(f"the export is {export['state']}{why}", fix=f"look at it: regulars exports show {id}")
        if time.monotonic() >= until:
            raise UserError("the file is not made yet", fix="take it later, or wait longer with --wait")
        session.output.say("it is being made …", "dim")
        time.sleep(EVERY)


def _load(session: Session, linked: Answer, content: BinaryIO) -> None:
    """Load the file without the token: the address is all that it takes. Raises UserError."""
    print, size = sha256(), 0
    hidden = session.output.as_json or not session.output.aside.is_terminal
    try:
        with (
            Bar(*_COLUMNS, console=session.output.aside, disable=hidden, transient=True) as shown,
            httpx.stream("GET", linked["url"], timeout=httpx.Timeout(60, connect=5)) as answer,
        ):
            task = shown.add_task("taking", total=linked["size"])
            if not answer.is_success:
                raise UserError(
                    f"the file was not given: {answer.status_code}", fix="repeat the command: it asks for a new link"
                )
            for chunk in answer.iter_bytes():
                size += len(chunk)
                if size > linked["size"]:
                    break
                content.write(chunk)
                print.update(chunk)
                shown.advance(task, len(chunk))
    except httpx.HTTPError as error:
        raise UserError(f"the file could not be taken: {error}", fix="repeat the command") from error
    if (size, print.hexdigest()) != (linked["size"], linked["sha256"]):
        raise UserError("what came is not the file that was made", fix="repeat the command; tell the privacy officer")
