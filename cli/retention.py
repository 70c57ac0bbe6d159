"""`regulars retention`: for how long what is kept, and when the last sweep ended."""

from collections.abc import Iterator, Mapping
from typing import Any

import typer

from cli.output import counted, instant, table
from cli.session import session_of

retention = typer.Typer(no_args_is_help=True, help="See for how long what is kept.")
_SAID = {"default": "any other event", "anonymous": "somebody unknown, without a second signal", "profiles": "anybody"}
_BY = {
    "event": "events named",
    "type": "calls of the type",
    "source": "events of the source",
    "field": "of any event, its fields of the class",
}
_FROM = {"default": "its arrival", "anonymous": "their first event", "profiles": "their last event"}


@retention.command()
def show(context: typer.Context) -> None:
    """
    Show for how long what is kept, and what the last sweep did.

    Examples:

        regulars retention show
    """
    session = session_of(context)
    found = session.http.ask("GET", "/v1/privacy/retention")
    session.output.show(table(("what", "kept for", "counted from"), list(_rows(found))))
    session.output.show(_swept(found["sweep"], found["deleted_after_days"]))
    session.output.data(found)


def _rows(found: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for rule in found["rules"]:
        yield f"{_BY[rule['by']]} {rule['name']}", counted(rule["days"], "day"), _FROM["default"]
    for name, what in _SAID.items():
        yield what, counted(found[f"{name}_days"], "day"), _FROM[name]


def _swept(sweep: Mapping[str, Any], days: int) -> str:
    if sweep["ended_at"] is None:
        return "no sweep has ended yet: one begins within the hour, and then each week"
    did = ", ".join(f"{number:,} {name}" for name, number in sweep["found"].items() if number) or "nothing to do"
    late = "; the next one is OVERDUE: see retention_overdue in docs/operations.md" if sweep["overdue"] else ""
    return f"the last sweep ended {instant(sweep['ended_at'])}: {did}{late}; tables delete {days} days after an end"
