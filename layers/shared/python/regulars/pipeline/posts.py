"""One request while it is worked on at the door, and what becomes of each of its messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regulars.domain.calls import Call, Delivery
from regulars.domain.events import EventType
from regulars.domain.judging import Report
from regulars.domain.proofs import UNPROVEN
from regulars.domain.quotas import OVER
from regulars.pipeline.receipts import Outcome, Verdict
from regulars.stores.database import Item, text

if TYPE_CHECKING:
    from regulars.pipeline.refusals import Refusal

Key = tuple[str, str]  # owner, moment


@dataclass(frozen=True, slots=True)
class Post:
    """One request while it is worked on; what is known of each message stands under its index."""

    messages: Sequence[object]
    type: EventType | None
    delivery: Delivery
    calls: dict[int, Call] = field(default_factory=dict)
    items: dict[int, Item] = field(default_factory=dict)
    refusals: "dict[int, Refusal]" = field(default_factory=dict)
    suppressed: dict[int, tuple[str, str]] = field(default_factory=dict)  # the id that the sender gave, and why
    reports: dict[int, Report] = field(default_factory=dict)
    accepted: set[int] = field(default_factory=set)


def given_id(message: object) -> str:
    """Give the id that a sender gave a message, empty if it gave none."""
    id = message.get("messageId") if isinstance(message, Mapping) else None
    return id if isinstance(id, str) else ""


def key_of(item: Item) -> Key:
    """Tell the key under which an event is stored."""
    return text(item, "owner"), text(item, "moment")


def verdict(post: Post, index: int) -> Verdict:
    """Say what became of a message."""
    if refusal := post.refusals.get(index):
        outcome: Outcome = "deferred" if refusal.code == OVER else "quarantined"
        return Verdict(index=index, message_id=refusal.message_id, outcome=outcome, code=refusal.code)
    if index in post.suppressed:
        message_id, code = post.suppressed[index]
        return Verdict(index=index, message_id=message_id, outcome="suppressed", code=code)
    call = post.calls[index]
    outcome = "accepted" if index in post.accepted else "duplicate"
    dropped = [violation.where for violation in call.report.dropped] if call.report and outcome == "accepted" else []
    return Verdict(
        index=index,
        message_id=call.event.message_id,
        outcome=outcome,
        dropped=tuple(dropped),
        warning=UNPROVEN if call.unproven else None,
    )
