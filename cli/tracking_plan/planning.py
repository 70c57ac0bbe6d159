"""The part of `regulars plan` that looks at events: what a changed tracking plan would have done to the newest."""

from collections.abc import Sequence
from typing import Any

from rich.text import Text

from cli.changes import Change
from cli.errors import UserError
from cli.output import visible
from cli.session import Session
from cli.tracking_plan.traffic import Wanted, newest

DAYS = 30


def look_back(session: Session, changes: Sequence[Change], most: int) -> dict[str, Any] | None:
    """Say what the tracking plan, if it changes, would have done; None where it does not, or nobody asked."""
    plans = [change for change in changes if change.kind == "tracking_plan"]
    if not most or not any(change.is_one for change in plans):
        return None
    from cli.tracking_plan.preview import describe, effects, to_data  # the engine of schemas: seldom needed
    from regulars.domain.plan_definitions import parse_plan
    from regulars.domain.plans import compile_plan

    before = compile_plan([parse_plan(change.id, change.live.content) for change in plans if change.live])
    kept = [change.wanted or change.live for change in plans if change.act != "prune"]
    after = compile_plan([parse_plan(one.id, one.content) for one in kept if one])
    try:
        seen = list(newest(session, Wanted(most=most, days=DAYS)))
    except UserError as error:
        session.output.show(Text(f"what it would have done to events is not known: {error}", style="dim"))
        return {"events": 0, "effects": [], "unknown": str(error)}
    found = effects(before, after, seen)
    session.output.show(Text(_head(len(seen), bool(found)), style="bold"))
    session.output.show(*(visible(describe(effect)) for effect in found))
    return {"events": len(seen), "effects": [to_data(effect) for effect in found]}


def _head(number: int, is_any: bool) -> str:
    if not number:
        return f"no events of the last {DAYS} days are in the lake: what the tracking plan would have done is not known"
    if not is_any:
        return f"of the newest {number:,} events, the changed tracking plan concerns none"
    return f"what the changed tracking plan would have done to the newest {number:,} events"
