"""What a journey has come to, in tables and in sentences."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.text import Text

from cli.journeys.words import bar, listed, share
from cli.output import Output, counted, instant, table
from cli.session import session_of
from regulars.domain.journey_trials import ENOUGH_GOALS, ENOUGH_PEOPLE

Json = Mapping[str, Any]
_PEEKING = (
    "p is of one look, at a time set beforehand: who looks every day and stops when it is small is fooled by chance"
)


def report_journey(
    context: typer.Context,
    id: Annotated[str, typer.Argument(help="The id of a journey.")],
    version: Annotated[int | None, typer.Option("--version", min=1, help="One version; default: all.")] = None,
    since: Annotated[str | None, typer.Option("--since", help="Entries from this day on (UTC); default: all.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Entries before this day (UTC); default: all.")] = None,
) -> None:
    """
    Say what a journey has come to: who entered, where they are, what was sent, and what difference it makes.

    Of the passages that were entered within a time, with all that became of them since. What happens is counted about
    five minutes later.

    Examples:

        regulars journey report welcome

        regulars journey report welcome --version 3 --since 2026-11-01
    """
    session = session_of(context)
    asked = {name: value for name, value in (("version", version), ("since", since), ("until", until)) if value}
    found = session.http.ask("GET", f"/v1/journeys/{quote(id, safe='')}/report", params=asked)
    session.output.data(found)
    for one in found["versions"]:
        _show(session.output, found["id"], one)
    if not found["versions"]:
        session.output.say("no version was published yet: `regulars journey simulate` shows what it would do", "dim")
    newest = found["newest_event"]
    session.output.say(f"as of {instant(newest)}" if newest else "nothing is in the lake yet", "dim")


def _show(output: Output, id: str, one: Json) -> None:
    ended = sum(one["endings"].values())
    head = f"{id}, version {one['version']}" + (f" ({one['state']})" if one["state"] else "")
    output.show(Text(head, style="bold"))
    sums = f"{one['held_out']:,} held out, {one['waiting']:,} waiting, {ended:,} ended"
    output.show(f"{counted(one['entered'], 'passage')} of {counted(one['entrants'], 'profile')}: {sums}")
    if one["refused"]:
        output.show(Text(f"not let in: {listed(one['refused'])}", style="dim"))
    if one["places"]:
        output.show(table(("step", "entered", "", "waiting", "what came of it", "messages", "goal"), _rows(one)))
    output.show(f"ended: {listed(one['endings'])}")
    gone = {place["place"]: place["waiting"] for place in one["places"] if place["in_draft"] is False}
    if any(gone.values()):
        output.show(Text(f"waiting at steps that the draft has no more: {listed(gone)}", style="yellow"))
    for trial in one["trials"]:
        output.show(*_trial(trial))
    if any(comparison["p"] is not None for trial in one["trials"] for comparison in trial["comparisons"]):
        output.show(Text(_PEEKING, style="dim"))
    output.show("")


def _rows(one: Json) -> Iterator[Sequence[object]]:
    most = max(place["entered"] for place in one["places"])
    for place in one["places"]:
        entered = place["entered"]
        came = {**place["came"], **{f"left: {ending}": number for ending, number in place["left"].items()}}
        not_sent = {f"not sent: {reason}": number for reason, number in place["not_sent"].items()}
        messages = {**place["messages"], **not_sent}
        goal = share(place["converted"], entered) if place["converted"] else ""
        yield (
            place["place"],
            f"{entered:,}",
            bar(entered, most),
            f"{place['waiting']:,}" if place["waiting"] else "",
            listed(came) if came else "",
            listed(messages) if messages else "",
            goal,
        )


def _trial(trial: Json) -> Iterator[str | Text]:
    if trial["kind"] == "split":
        yield f"{trial['step']}, by part:"
        for group in trial["groups"]:
            yield f"  {group['name']}: {_met(group)}"
        for comparison in trial["comparisons"]:
            yield f"  {comparison['one']} beside {comparison['other']}: {_difference(comparison)}"
        return
    treated, held_out = trial["groups"]
    of_all = ", of those meant to get a message" if trial["kind"] == "everything" else ""
    whom = "held out of all journeys" if trial["kind"] == "everything" else "held out"
    yield f"goal{of_all}: {_met(treated)} of those who went through, {_met(held_out)} of those {whom}"
    [comparison] = trial["comparisons"]
    yield (
        f"  the journey makes a difference of {_difference(comparison)}"
        if not comparison["not_said"]
        else Text(f"  {_difference(comparison)}", style="dim")
    )


def _met(group: Json) -> str:
    early = f", and {group['too_early']:,} whose time is not over" if group["too_early"] else ""
    return f"{group['rate']:.1%} ({group['converted']:,} of {group['people']:,}{early})"


def _difference(one: Json) -> str:
    if one["not_said"] == "too_few_people":
        return f"too few to tell: it takes {ENOUGH_PEOPLE} people in each group whose time is over"
    if one["not_said"]:
        return f"too few to tell: it takes {ENOUGH_GOALS} who met the goal, and as many who did not"
    apart, times = one["difference"], one["ratio"]
    said = f"{apart['value'] * 100:+.2f} points (95 %: {apart['low'] * 100:+.2f} to {apart['high'] * 100:+.2f})"
    if times:
        most = f"{times['high']:.2f}" if times["high"] is not None else "any"
        said += f", {times['value']:.2f} times (95 %: {times['low']:.2f} to {most})"
    together = f", {one['p_adjusted']:.2g} for all together" if one["p_adjusted"] != one["p"] else ""
    sure = "more than chance explains" if apart["low"] > 0 or apart["high"] < 0 else "chance alone may explain it"
    return f"{said}; p = {one['p']:.2g}{together}: {sure}"
