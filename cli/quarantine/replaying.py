"""`regulars quarantine replay`: read rows again as the door reads, and store the events they become."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import typer

from cli.errors import UserError
from cli.output import table
from cli.quarantine.bar import bar
from cli.quarantine.listing import Code, Day, SourceName, reason
from cli.quarantine.places import Choice, Place, open_places
from cli.session import Session, session_of

PARTLY = 3
AT_ONCE = 100
SHOWN = 20
WORDS: Mapping[str, str] = {
    "replayed": "replayed",
    "replayed_before": "replayed before",
    "duplicate": "sent again meanwhile",
    "quarantined": "refused again",
    "suppressed": "not agreed to",
    "gone": "gone",
}


def replay(
    context: typer.Context,
    ids: Annotated[list[str] | None, typer.Argument(help="Ids of rows; else all open rows that are chosen.")] = None,
    source: SourceName = None,
    day: Day = None,
    code: Code = None,
) -> None:
    """
    Replay rows: each becomes the event that it should have been, as of its first arrival, once.

    What is refused again stays, with the new reason. A replay that was cut short goes on where it stopped: what became
    an event is no longer open. Exit code 3 says that some were refused again.

    Examples:

        regulars quarantine replay web.2026-11-21.invalid_event_name.6wmdvyv2q4hjs2hi

        regulars quarantine replay --source web --code plan_violation
    """
    session = session_of(context)
    if ids and (source or day or code):
        raise UserError("say either ids, or what to choose rows by")
    if ids:
        results = _named(session, ids)
    else:
        results = _chosen(session, open_places(session, Choice(source=source, day=day, code=code)))
    outcomes: Counter[str] = Counter()
    refused: list[Mapping[str, Any]] = []
    for one in results:
        outcomes[one["outcome"]] += 1
        if one["outcome"] == "quarantined" and len(refused) < SHOWN:
            refused.append(one["row"])
    session.output.data({"outcomes": {name: outcomes[name] for name in WORDS}, "refused": refused})
    if refused:
        session.output.show(table(("row", "refused again because"), ((one["id"], reason(one)) for one in refused)))
    told = [f"{outcomes[name]:,} {word}" for name, word in WORDS.items() if outcomes[name]]
    session.output.show("; ".join(told) or "nothing waits to be replayed there")
    if outcomes["quarantined"]:
        raise typer.Exit(PARTLY)


def _named(session: Session, ids: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    with bar(session.output, "replay", len(ids)) as move:
        for start in range(0, len(ids), AT_ONCE):
            some = list(ids[start : start + AT_ONCE])
            yield from session.http.ask("POST", "/v1/quarantine/replay", json={"ids": some})["results"]
            move(len(some))


def _chosen(session: Session, chosen: Sequence[Place]) -> Iterator[Mapping[str, Any]]:
    with bar(session.output, "replay", sum(place.open for place in chosen)) as move:
        for place in chosen:
            body = {"source": place.source, "day": place.day, "code": place.code}
            for page in session.http.posts("/v1/quarantine/replay", body, {"limit": AT_ONCE}):
                yield from page["results"]
                move(len(page["results"]))
