"""A journey gone through on the history in the lake: who would enter, and what would be sent to them when."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from cli.audit.bar import watched
from cli.errors import UserError
from cli.journeys.files import read_beside, read_journey
from cli.journeys.words import listed, share
from cli.lake.answers import Answer
from cli.lake.asking import Ask, ask
from cli.lake.bucket import find_bucket
from cli.lake.destination import opened
from cli.lake.engine import Question
from cli.lake.files import Days
from cli.output import Output, counted, instant, table
from cli.session import session_of
from regulars.domain.calendars import day_number
from regulars.domain.events import Event
from regulars.domain.instants import DAY, to_micros, to_text
from regulars.domain.journeys import Journey
from regulars.domain.lake_rows import event_of
from regulars.domain.simulation_reports import Report, in_order
from regulars.domain.simulation_stages import Passage, Stage
from regulars.domain.simulations import simulate

_ALL = """
SELECT coalesce(people.profile_id, 'p_' || events.owner) AS person, events.* REPLACE (
  epoch_us(happened) AS happened, epoch_us(arrival) AS arrival)
FROM events LEFT JOIN people USING (owner)
WHERE owner NOT LIKE 'nobody:%'
ORDER BY person, happened, moment
"""

_SUMS = ("people", "entered", "entrants", "held_out", "waiting", "converted", "held_out_converted", "transitions")


def simulate_journey(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A file such as catalog/journeys/welcome.yaml.")],
    since: Annotated[str | None, typer.Option("--since", help="From which day on people enter; default: all.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="The day before which all ends; default: now.")] = None,
    show: Annotated[int, typer.Option("--show", min=0, help="How many people to show on their way.")] = 3,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file for all passages, as JSON Lines.")
    ] = None,
    bucket: Annotated[
        str | None, typer.Option("--bucket", help="A lake in AWS; default: REGULARS_LAKE, else this machine's.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Fetch even more than 2 GB.")] = False,
) -> None:
    """
    Let everybody in the lake live through a journey, and send nothing.

    It decides as a live one would: by entries, lots, consent, caps and quiet hours (catalog/messaging.yaml), with the
    segments, purposes and settings of the catalog folder. A webhook is taken to answer.

    Examples:

        regulars journey simulate catalog/journeys/win_back.yaml

        regulars journey simulate catalog/journeys/win_back.yaml --since 2025-01-01 --until 2026-01-01 -o passages.jsonl
    """
    session = session_of(context)
    beside = read_beside(session.place.catalog)
    stage = Stage(journey=read_journey(file, beside), beside=beside.live, policy=beside.policy)
    span = _instant("--since", since, 0), _instant("--until", until, to_micros(datetime.now(UTC)))
    if span[0] >= span[1]:
        raise UserError("--until is not after --since", code=2)
    asking = Ask(Question(_ALL), find_bucket(session.place, bucket), Days(), may_be_large=yes)
    report, shown = Report(), list[Passage]()
    with ask(session, asking) as reader, _lines(output) as write:
        for person, events in watched(session, _people(Answer(reader)), "people"):
            passages, refused = simulate(stage, person, events, since=span[0], until=span[1])
            report.take(stage.journey, passages, refused)
            shown += passages[: show - len(shown)]
            for passage in passages:
                write(passage)
    session.output.data(to_data(stage, report, shown))
    _show(session.output, stage.journey, report, shown)


def to_data(stage: Stage, report: Report, shown: Iterable[Passage]) -> Mapping[str, Any]:
    """Write a simulation for programs."""
    sums = {name: getattr(report, name) for name in _SUMS}
    places = [{"place": place, "came": dict(came)} for place, came in in_order(stage.journey, report)]
    rest = {"refused": dict(report.refused), "endings": dict(report.endings), "dollars": round(report.dollars, 6)}
    return {"id": stage.journey.id, **sums, **rest, "places": places, "passages": [_passage(one) for one in shown]}


def _passage(one: Passage) -> Mapping[str, Any]:
    times = {"entered_at": one.at, "ended_at": one.ended, "converted_at": one.converted}
    steps = [{"at": to_text(step.at), "place": step.place, "came": step.came} for step in one.steps]
    told = {name: None if at is None else to_text(at) for name, at in times.items()}
    return {"profile_id": one.profile_id, "key": one.key, **told, "ending": one.ending, "steps": steps}


def _show(output: Output, journey: Journey, report: Report, shown: Iterable[Passage]) -> None:
    if not report.people:
        output.say("nothing is in the lake yet: what is accepted comes within five minutes", style="dim")
    head = f"{counted(report.entered, 'passage')}, of {report.entrants:,} of {counted(report.people, 'profile')}"
    output.show(Text(head, style="bold"))
    output.show(Text(f"not let in: {listed(report.refused)}", style="dim"))
    rows = [(place, listed(came)) for place, came in in_order(journey, report)]
    if rows:
        output.show(table(("step", "what came of it"), rows))
    output.show(f"{report.held_out:,} held out, {report.waiting:,} waiting; ended: {listed(report.endings)}")
    if journey.goal:
        output.show(f"goal: {share(report.converted, report.entered - report.held_out)} of those who went through")
    if journey.holdout:
        output.show(f"goal: {share(report.held_out_converted, report.held_out)} of those held out")
    output.show(
        f"{counted(report.transitions, 'transition')} and {counted(report.emails, 'e-mail')}: ${report.dollars:,.2f}"
    )
    for one in shown:
        way = [(instant(to_text(step.at)), step.place, step.came) for step in one.steps]
        output.show("", table(("at", "step", "came"), way, title=f"{one.profile_id} {one.key}"))


def _people(answer: Answer) -> Iterator[tuple[str, Iterator[Event]]]:
    rows = (dict(zip(answer.names, row, strict=True)) for row in answer.values())
    for person, own in groupby(rows, key=lambda row: str(row["person"])):
        yield person, map(event_of, own)


@contextmanager
def _lines(path: Path | None) -> Iterator[Callable[[Passage], None]]:
    """Open a file for passages, a line each; without one they go nowhere."""
    if path is None:
        yield lambda _passage: None
        return
    with opened(path) as file:

        def write(one: Passage) -> None:
            file.write(json.dumps(_passage(one), ensure_ascii=False).encode() + b"\n")

        yield write


def _instant(option: str, text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    try:
        return day_number(date.fromisoformat(text)) * DAY
    except ValueError:
        raise UserError(f"{option} {text} is no day", fix="say it as 2026-11-01", code=2) from None
