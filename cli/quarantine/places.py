"""Where in the quarantine to look: sources, the days on which rows are kept, and how many there are."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from cli.errors import AnswerError, UserError
from cli.session import Session

KEPT = 30


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """The rows of one source, day and code, and how many of them are open and replayed."""

    source: str
    day: str
    code: str
    open: int
    replayed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What somebody asked for: one source or all, one day or all that are kept, one code or all."""

    source: str | None = None
    day: str | None = None
    code: str | None = None


def places(session: Session, choice: Choice) -> list[Place]:
    """Count what there is, by source, day and code."""
    first, last = _days(choice.day)
    found: Counter[tuple[str, str, str, str]] = Counter()
    for source in [choice.source] if choice.source else sources_of(session):
        asked = {"source": source, "from": first, "to": last}
        for one in session.http.pages("/v1/quarantine/counts", "counts", asked=asked):
            for state in ("open", "replayed"):
                found[one["source"], one["day"], one["code"], state] += one[state]
    keys = sorted({key[:3] for key in found if choice.code in (None, key[2])})
    return [Place(*key, found[*key, "open"], found[*key, "replayed"]) for key in keys]


def open_places(session: Session, choice: Choice) -> Sequence[Place]:
    """Count what is still open."""
    return [place for place in places(session, choice) if place.open]


def _days(day: str | None) -> tuple[str, str]:
    if day is None:
        today = datetime.now(UTC).date()
        return (today - timedelta(days=KEPT)).isoformat(), today.isoformat()
    try:
        return date.fromisoformat(day).isoformat(), date.fromisoformat(day).isoformat()
    except ValueError:
        raise UserError(f"{day} is no day", fix="say one such as --day 2026-11-21, in UTC") from None


def sources_of(session: Session) -> Iterator[str]:
    """List the ids of all sources, if the role may."""
    try:
        yield from [one["id"] for one in session.http.pages("/v1/sources", "sources")]
    except AnswerError as error:
        if error.status == 403:
            error.fix = "your role may not list sources: name one with --source"
        raise
