"""`regulars identity`: which claims were refused, and so why two people are not one."""

from datetime import timedelta
from itertools import islice
from typing import Annotated, Any

import typer

from cli.output import counted, instant, table
from cli.session import session_of
from cli.tracking_plan.violations import today


def refused(
    context: typer.Context,
    days: Annotated[int, typer.Option("--days", min=1, max=31, help="How many days, today included.")] = 7,
    limit: Annotated[
        str | None,
        typer.Option("--limit", help="Only of this limit: a kind, merges, identifiers, cut, never, held, unproven."),
    ] = None,
    rows: Annotated[int, typer.Option("--rows", min=1, help="How many rows at most.")] = 50,
) -> None:
    """
    List identifiers that were kept from joining a person: which, of whose event, by which limit.

    Of each identifier and limit the first event of a day is kept. Values are masked, unless your role may read them.

    Examples:

        regulars identity refused

        regulars identity refused --limit unproven --days 1
    """
    session = session_of(context)
    last = today()
    asked = {"from": (last - timedelta(days=days - 1)).isoformat(), "to": last.isoformat()}
    pages = session.http.pages("/v1/identity/refused", "claims", asked=asked)
    found = list(islice((one for one in pages if limit in (None, one["limit"])), rows + 1))
    session.output.data({"claims": found[:rows], "more": len(found) > rows})
    shown = [
        (instant(one["at"]), _named(one["refused"]), _named(one["from"]), one["limit"], one["source"])
        for one in found[:rows]
    ]
    session.output.show(table(("when", "refused", "from", "limit", "source"), shown))
    more = f"the first {rows:,}; there are more: --rows {rows * 10}"
    session.output.show(more if len(found) > rows else counted(len(found), "refused claim"))


def _named(one: dict[str, Any]) -> str:
    return f"{one['kind']} {one['value'] or 'gone'}"
