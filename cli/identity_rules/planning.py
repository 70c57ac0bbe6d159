"""The part of `regulars plan` that looks at events: what changed identity rules would have joined or refused."""

from collections.abc import Sequence
from typing import Any

from rich.text import Text

from cli.changes import Change
from cli.errors import UserError
from cli.identity_rules.preview import describe, preview, reads_otherwise, to_data
from cli.lake.answers import Answer
from cli.lake.asking import Ask, ask
from cli.lake.bucket import find_bucket
from cli.lake.engine import Question
from cli.lake.files import Days
from cli.output import visible
from cli.session import Session
from cli.tracking_plan import traffic
from regulars.domain.identity_definitions import parse_rules
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.rehearsal import Claim

DAYS = 30
SEALED = "what other places, conditions and blocked values would read is sealed, and not told"


def look_back(session: Session, changes: Sequence[Change], most: int) -> dict[str, Any] | None:
    """Say what identity rules, if they change, would have done; None where they do not, or nobody asked."""
    changed = next((change for change in changes if change.kind == "identity" and change.is_one), None)
    if not most or changed is None or changed.wanted is None:
        return None
    before = parse_rules(changed.live.content) if changed.live else DEFAULT_RULES
    after = parse_rules(changed.wanted.content)
    if before == after:
        return None
    try:
        claims = newest(session, most)
    except UserError as error:
        session.output.show(Text(f"what the identity rules would have joined is not known: {error}", style="dim"))
        return {"events": 0, "unknown": str(error)}
    found = preview(before, after, claims)
    sealed = reads_otherwise(before, after)
    session.output.show(Text(_head(len(claims), bool(found.differences)), style="bold"))
    session.output.show(*(visible(line) for line in describe(found) if claims))
    if sealed:
        session.output.show(Text(SEALED, style="dim"))
    return {**to_data(found), "sealed": sealed}


def newest(session: Session, most: int) -> list[Claim]:
    """Read what the newest events say of who is one person, the oldest first. Raises UserError."""
    question = Question(
        "SELECT links, epoch_us(happened), epoch_us(arrival), coalesce(proven, 0), event FROM events"
        f" WHERE len(links) > 1 ORDER BY arrival DESC LIMIT {most}"
    )
    asking = Ask(question, find_bucket(session.place, None), Days(since=traffic.since(DAYS)))
    with ask(session, asking) as reader:
        rows = list(Answer(reader).values())
    return [
        Claim(links=links, at=at, arrival=arrival, proven=bool(proven), event=event)
        for links, at, arrival, proven, event in reversed(rows)
    ]


def _head(number: int, is_any: bool) -> str:
    if not number:
        return f"no event of the last {DAYS} days in the lake ties identifiers together: the rules are tried on none"
    what = f"the newest {number:,} events that tie identifiers together, had nobody been known before"
    return f"what the changed identity rules would have done to {what}" if is_any else f"no difference to {what}"
