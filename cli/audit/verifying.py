"""Verifying the audit trail on this machine, which trusts nobody's word: rows against their hashes and anchors."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.audit import asking
from cli.audit.asking import From, Period, To, period
from cli.audit.bar import watched
from cli.errors import UserError
from cli.output import counted, instant
from cli.session import Session, session_of
from regulars.domain import audit_verifying
from regulars.domain.audit import Place, Row, day_text, read_row
from regulars.domain.audit_anchors import Anchor, read_anchor
from regulars.domain.audit_verifying import Fault, Verified
from regulars.domain.instants import DAY, HOUR, day_of, to_text

_LATER = 2 * DAY  # until when a day is anchored last


class _UnreadableError(Exception):
    """A row or an anchor is none."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.words)
        self.fault = fault


def verify(
    context: typer.Context,
    begin: From = None,
    end: To = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="Rows from `regulars audit export`, a .jsonl file of whole days.")
    ] = None,
    anchors: Annotated[
        Path | None, typer.Option("--anchors", help="Anchors in a folder, copied from the bucket AnchorsBucket.")
    ] = None,
) -> None:
    """
    Verify that no row was edited, dropped, added or moved, of whole days.

    Ends with 1 and names the first row that is not as it was written. With --anchors and --file it needs no
    platform: whoever answers its requests need not be believed.

    Examples:

        regulars audit verify --from 2026-11-01 --to 2026-12-01

        aws s3 cp --recursive s3://ANCHORS_BUCKET/anchors/ anchors/ && regulars audit verify --anchors anchors/
    """
    session = session_of(context)
    days = period(begin, end).days
    found = _verified(session, days, file, anchors)
    fault = found.fault
    session.output.data(
        {
            "from": day_text(day_of(days.begin)),
            "to": day_text(day_of(days.end)),
            "rows": found.rows,
            "chains": found.chains,
            "anchored_until": None if found.anchored is None else to_text(found.anchored),
            "fault": fault
            and {"kind": fault.kind, "chain": fault.place.chain, "number": fault.place.number, "words": fault.words},
        }
    )
    session.output.show(f"{counted(found.rows, 'row')} in {counted(found.chains, 'chain')} looked at")
    if fault:
        session.output.show(f"NOT as it was written, first at {fault.place}: {fault.words} ({fault.kind})")
        session.output.say("do not mend it; see docs/operations.md, The audit trail", style="yellow")
        raise typer.Exit(1)
    session.output.show("all of it is as it was written")
    _say_how_far(session, found.anchored, days)


def _verified(session: Session, days: Period, file: Path | None, folder: Path | None) -> Verified:
    try:
        # First the anchors, then the rows: what is anchored must be there, and what comes meanwhile may be.
        after = Period(days.begin, days.end + _LATER)
        locked = [*_anchors(_files(folder, after) if folder else asking.anchors(session, after))]
        said = _lines(file) if file else asking.rows(session, days)
        first, last = day_text(day_of(days.begin)), day_text(day_of(days.end) - 1)
        return audit_verifying.verify(watched(session, _rows(said), "rows"), locked, first=first, last=last)
    except _UnreadableError as error:
        return Verified(0, 0, None, error.fault)


def _rows(said: Iterable[Any]) -> Iterator[Row]:
    for number, each in enumerate(said, 1):
        row = read_row(each)
        if row is None:
            chain = each.get("chain") if isinstance(each, dict) else None
            place = Place(
                str(chain or "row"), each["number"] if chain and isinstance(each.get("number"), int) else number
            )
            raise _UnreadableError(Fault("edited", place, "it is no row as they are written"))
        yield row


def _anchors(said: Iterable[Any]) -> Iterator[Anchor]:
    for number, each in enumerate(said):
        found = read_anchor(each)
        if found is None:
            raise _UnreadableError(Fault("anchor", Place("anchors", number), "it is no anchor as they are written"))
        yield found


def _lines(file: Path) -> Iterator[Any]:
    try:
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                yield _json(line)
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=str(file), fix="name another file") from error


def _files(folder: Path, days: Period) -> Iterator[Any]:
    names = sorted(path for path in folder.rglob("????-??-??T??-*.json") if path.is_file())
    if not names:
        raise UserError("there is no anchor in it", where=str(folder), fix="copy the folder anchors/ of the bucket")
    first, last = to_text(days.begin)[:10], to_text(days.end)[:10]
    for path in names:
        if first <= path.name[:10] <= last:
            yield _json(path.read_text(encoding="utf-8", errors="replace"))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _say_how_far(session: Session, anchored: int | None, days: Period) -> None:
    until = min(days.end, asking.now())
    if anchored is None:
        session.output.say("no anchor: that none is missing at the end, and none was written anew, is not proved")
    elif anchored < until - 2 * HOUR:
        session.output.say(f"rows after {instant(to_text(anchored))} are not anchored yet: only their chain holds them")
