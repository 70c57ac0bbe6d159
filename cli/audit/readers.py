"""The breach kit: who has read personal fields between two instants, whose, and who could have."""

from collections.abc import Sequence
from itertools import chain

import typer

from cli.audit.asking import From, Period, To, Whom, period, rows
from cli.audit.bar import watched
from cli.errors import UserError
from cli.output import counted, instant, table
from cli.session import Session, session_of
from regulars.domain import audit_readers
from regulars.domain.audit import Row, read_row
from regulars.domain.audit_readers import TOKEN, Reader
from regulars.domain.instants import to_text

_FILES = ("who", "export", "segment", "people")
_COLUMNS = ("who", "roles", "requests", "people", "exports", "tokens", "first", "last", "cases")


def readers(
    context: typer.Context,
    begin: From = None,
    end: To = None,
    whom: Whom = None,
) -> None:
    """
    Tell who has read personal fields, whose, and who could have: whoever held a token in a role that may.

    With --whom only reads of that person count, and no files of exports, which name nobody; who could have read them is
    everybody who could read anybody. Verify the same days first: what it tells is worth as much as the trail.

    Examples:

        regulars audit readers --from 2026-11-20T08:00:00Z --to 2026-11-21T12:00:00Z

        regulars audit readers --from 2026-11-01 --whom email:ann@shop.example --json
    """
    session = session_of(context)
    when = period(begin, end)
    logins = rows(session, Period(when.begin - TOKEN, when.end), kind="logins")
    deeds = (row for row in rows(session, when, whom=whom) if row["kind"] != "logins")
    found = audit_readers.readers(
        (_row(each) for each in watched(session, chain(logins, deeds), "rows")), begin=when.begin, end=when.end
    )
    did, could = [one for one in found if one.has_read], [one for one in found if not one.has_read]
    session.output.data(
        {
            "from": to_text(when.begin),
            "to": to_text(when.end),
            "whom": whom,
            "read": [_json(one) for one in did],
            "could_have_read": [_json(one) for one in could],
        }
    )
    of = f" of {whom}" if whom else ""
    span = f"from {instant(to_text(when.begin))} to {instant(to_text(when.end))}"
    _show(session, did, f"read personal fields{of} {span}")
    _show(session, could, "could have, and did not, or took out lists of ids only")
    if files := [(one.who, id, segment, f"{people:,}") for one in found for id, (segment, people) in one.files.items()]:
        session.output.show("Files of exports, whose people are not named each:", table(_FILES, files))


def _show(session: Session, found: Sequence[Reader], what: str) -> None:
    if not found:
        session.output.show(f"Nobody {what}.")
        return
    session.output.show(f"{counted(len(found), 'subject')} {what}:", table(_COLUMNS, map(_cells, found)))


def _row(said: object) -> Row:
    row = read_row(said)
    if row is None:
        raise UserError("a row of the trail cannot be read: somebody has edited it", fix="regulars audit verify")
    return row


def _cells(one: Reader) -> list[object]:
    counts = [f"{number:,}" for number in (one.reads, len(one.people), one.exports, one.tokens)]
    times = [instant(to_text(one.first)), instant(to_text(one.last))]
    return [one.who, " ".join(sorted(one.roles)), *counts, *times, " ".join(sorted(one.cases))]


def _json(one: Reader) -> dict[str, object]:
    return {
        "who": one.who,
        "roles": sorted(one.roles),
        "requests": one.reads,
        "exports": one.exports,
        "tokens": one.tokens,
        "first": to_text(one.first),
        "last": to_text(one.last),
        "cases": sorted(one.cases),
        "people": sorted(one.people),
        "files": [{"export": id, "segment": segment, "people": n} for id, (segment, n) in sorted(one.files.items())],
    }
