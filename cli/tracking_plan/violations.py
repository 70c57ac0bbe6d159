"""`regulars tracking-plan violations`: what did not follow the plan, and since which release."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

import typer

from cli.output import counted, table
from cli.quarantine.places import sources_of
from cli.session import session_of

_MOST_DAYS = 31


def today() -> date:
    """Tell the day that it is, in UTC."""
    return datetime.now(UTC).date()


def violations(
    context: typer.Context,
    source: Annotated[str | None, typer.Option("--source", help="The id of a source; default: all.")] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=_MOST_DAYS, help="How many days, today included.")] = 7,
    event: Annotated[str | None, typer.Option("--event", help="The name of an event, or a type of calls.")] = None,
    rows: Annotated[int, typer.Option("--rows", min=1, help="How many rows at most.")] = 50,
) -> None:
    """
    Count what did not follow the tracking plan: by source, event, place, rule and release.

    Examples:

        regulars tracking-plan violations

        regulars tracking-plan violations --source web --event "Order Completed" --days 1
    """
    session = session_of(context)
    last = today()
    asked = {"from": (last - timedelta(days=days - 1)).isoformat(), "to": last.isoformat()}
    total: Counter[tuple[Any, ...]] = Counter()
    for each in [source] if source else sources_of(session):
        for one in session.http.pages("/v1/tracking-plan/violations", "violations", asked={"source": each, **asked}):
            if event in (None, one["event"]):
                total[one["source"], one["event"], one["where"], one["rule"], one["release"]] += one["count"]
    names = ("source", "event", "where", "rule", "release")
    found = sorted(total.items(), key=lambda one: (-one[1], one[0]))
    session.output.data({"violations": [{**dict(zip(names, key, strict=True)), "count": n} for key, n in found]})
    session.output.show(table((*names, "events"), [(*key, f"{number:,}") for key, number in found[:rows]]))
    if len(found) > rows:
        session.output.show(f"the {rows} most frequent of {len(found):,}: --rows {len(found)}")
    session.output.show(counted(sum(total.values()), "violation") if found else "everything followed the plan")
