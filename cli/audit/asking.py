"""Asking for rows of the audit trail: from when to when, page by page, a month at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from cli.errors import UserError
from cli.session import Session
from regulars.domain.instants import DAY, to_micros, to_text
from regulars.domain.timestamps import parse

SPAN = 31 * DAY  # that one request is about
From = Annotated[str | None, typer.Option("--from", help="A day or an instant, in UTC; default: seven days ago.")]
To = Annotated[str | None, typer.Option("--to", help="Another one, which is no longer in it; default: now.")]
Whom = Annotated[
    str | None, typer.Option("--whom", help="A profile id (p_…), or any identifier such as email:ann@shop.example.")
]
Who = Annotated[str | None, typer.Option("--who", help="The subject of a token.")]
What = Annotated[str | None, typer.Option("--what", help="The name of a route, such as get_profile.")]
Kind = Annotated[str | None, typer.Option("--kind", help="reads, changes, exports, logins or refusals.")]
OfCase = Annotated[str | None, typer.Option("--of-case", help="The number of a case that was given with --case.")]


@dataclass(frozen=True, slots=True)
class Period:
    """From an instant to another, in microseconds."""

    begin: int
    end: int

    @property
    def days(self) -> "Period":
        """The whole days that it touches."""
        return Period(self.begin // DAY * DAY, -(-self.end // DAY) * DAY)


def now() -> int:
    """Give the present instant."""
    return to_micros(datetime.now(UTC))


def period(begin: str | None, end: str | None) -> Period:
    """Read when. Raises UserError."""
    last = _instant(end, "--to") if end is not None else now()
    first = _instant(begin, "--from") if begin is not None else last // DAY * DAY - 6 * DAY
    if first >= last:
        raise UserError("--from is not before --to", fix="say a day such as 2026-11-21, or an instant")
    return Period(first, last)


def rows(session: Session, when: Period, **asked: str | None) -> Iterator[Any]:
    """Read rows as the platform writes them: day by day, each chain in its order."""
    said = {name: value for name, value in asked.items() if value is not None}
    for span in _spans(when):
        yield from session.http.pages("/v1/audit", "rows", asked={**span, **said})


def anchors(session: Session, when: Period) -> Iterator[Any]:
    """Read anchors in their order."""
    for span in _spans(when):
        yield from session.http.pages("/v1/audit/anchors", "anchors", limit=100, asked=span)


def _spans(when: Period) -> Iterator[Mapping[str, str]]:
    for begin in range(when.begin, when.end, SPAN):
        yield {"from": to_text(begin), "to": to_text(min(begin + SPAN, when.end))}


def _instant(text: str, name: str) -> int:
    found = parse(text)
    if found is None:
        raise UserError(
            f"{name} is no instant", where=text, fix="say a day such as 2026-11-21, or 2026-11-21T12:00:00Z"
        )
    return found
