"""`regulars list upload`: the identifiers of a file join a list, leave it, or replace all who are in it."""

import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Annotated, get_args

import typer

from cli.errors import UserError
from cli.importing.bar import bar
from cli.importing.batches import gather
from cli.importing.checkpoint import Checkpoint, Counts
from cli.importing.command import format_said
from cli.importing.records import Format, Source, print_of
from cli.importing.rehearsal import INCOMPLETE
from cli.importing.run import Run, records_of
from cli.lists.begun import Begun, BegunFile
from cli.lists.rows import RowSender, read_identifiers
from cli.output import table
from cli.session import Session, session_of
from regulars.domain.lists import Mode

_MODES: tuple[Mode, ...] = get_args(Mode)


def upload(
    context: typer.Context,
    id: Annotated[str, typer.Argument(help="The id of a list.")],
    file: Annotated[Path, typer.Argument(help="CSV, JSON Lines or Parquet; CSV and JSON Lines also as .gz.")],
    mode: Annotated[str, typer.Option("--mode", help="add, remove or replace.")] = "add",
    kind: Annotated[str, typer.Option("--kind", help="What the file names people by: email, user_id, …")] = "email",
    column: Annotated[str | None, typer.Option("--column", help="Where it stands; default: as the kind.")] = None,
    encoding: Annotated[str, typer.Option("--encoding", help="Of the file: utf-8, latin-1, cp1252, …")] = "utf-8",
    format: Annotated[str | None, typer.Option("--format", help="csv, jsonl or parquet; default: by name")] = None,
    rejected: Annotated[
        Path | None, typer.Option("--rejected", help="Where refused rows go; default: FILE.rejected.csv")
    ] = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="Replace although rows were refused: whom they name leaves.")
    ] = False,
    anew: Annotated[bool, typer.Option("--anew", help="Forget an upload of this file that ended early.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Replace without asking.")] = False,
) -> None:
    """
    Upload a file of identifiers to a list.

    With --mode add they join, with remove they leave, with replace whoever the file does not name leaves. A command
    that ended early goes on where it was when it is repeated. Nobody's identifier is kept in clear. Identifiers that
    nobody has are kept, too: they count as soon as somebody turns up with them.

    Exit codes: 0 all went in, 3 some rows are listed as refused, 1 it could not be finished.

    Examples:

        regulars list upload vip customers.csv

        regulars list upload vip customers.csv --mode replace --kind user_id --column customer_id
    """
    session = session_of(context)
    chosen = next((one for one in _MODES if one == mode), None)
    if chosen is None:
        raise UserError(f"--mode {mode} is not known", fix=f"say one of {', '.join(_MODES)}")
    what = [print_of(file), id, mode, kind, column or kind, session.http.url]
    begun, checkpoint = BegunFile(session.place.home, *what), Checkpoint(session.place.home, "list", *what)
    if anew:
        begun.clear()
        checkpoint.clear()
    standing = begun.read()
    if chosen == "replace" and standing is None:
        _agree(session, id, yes=yes)
    standing = standing or _begin(session, begun, id, chosen, kind)
    path, listed = f"/v1/lists/{id}/uploads/{standing.upload}", rejected or file.with_name(f"{file.name}.rejected.csv")
    start = time.monotonic()
    counts = standing.sent
    if counts is None:
        counts = _send(session, file, format_said(file, format), column or kind, encoding, path, checkpoint, listed)
        begun.write(replace(standing, sent=counts))
    refused = counts.rejected + counts.quarantined
    if chosen == "replace" and refused and not partial:
        what_now = f"{refused:,} rows were refused, listed in {listed}: whom they name would leave"
        raise UserError(what_now, fix="mend them and upload the file again, or repeat the command with --partial")
    left = _end(session, path)
    begun.clear()
    _tell(session, counts, chosen, left, refused, listed, round(time.monotonic() - start, 1))


def _agree(session: Session, id: str, *, yes: bool) -> None:
    if yes:
        return
    if not session.is_interactive:
        raise UserError(f"would replace all who are in {id}", fix="say --yes to replace without being asked")
    if not typer.confirm(f"Replace all who are in {id}? Whoever the file does not name leaves.", err=True):
        raise UserError("nothing was changed", fix="--mode add lets people join")


def _begin(session: Session, file: BegunFile, id: str, mode: Mode, kind: str) -> Begun:
    answer = session.http.ask("POST", f"/v1/lists/{id}/uploads", json={"mode": mode, "kind": kind})
    begun = Begun(answer["id"])
    file.write(begun)
    return begun


def _send(
    session: Session,
    file: Path,
    kind: Format,
    column: str,
    encoding: str,
    path: str,
    checkpoint: Checkpoint,
    listed: Path,
) -> Counts:
    with closing(Source(file)) as source, bar(session.output, source) as on_progress:
        run = Run(RowSender(session.http, path), checkpoint, listed, on_progress)
        before = run.progress.line
        if before:
            session.output.say(f"going on after line {before:,}")
        reads = read_identifiers(records_of(source, kind, [column], encoding), column)
        return run(gather(reads, after=before))


def _end(session: Session, path: str) -> int:
    return sum(page["left"] for page in session.http.posts(f"{path}/end", {}, {}))


def _tell(session: Session, counts: Counts, mode: Mode, left: int, refused: int, listed: Path, seconds: float) -> None:
    stored = counts.accepted + counts.duplicates
    numbers = {
        "read": counts.read,
        "blank": counts.blank + counts.skipped,
        "refused": refused,
        "stored": stored,
        "repeated": counts.duplicates,
        "known": counts.known,
        "left": left,
    }
    session.output.show(table(("rows", ""), [(name, f"{number:,}") for name, number in numbers.items()]))
    verb = "left" if mode == "remove" else "joined"
    session.output.show(f"in {seconds} s; {counts.known:,} of those who {verb} are known already")
    session.output.data({**numbers, "seconds": seconds, "rejected_file": str(listed) if refused else None})
    if refused:
        session.output.show(f"{refused:,} refused, listed in {listed}")
        raise typer.Exit(INCOMPLETE)
