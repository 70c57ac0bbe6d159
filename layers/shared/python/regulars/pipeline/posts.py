"""One request while it is worked on at the door, and what becomes of each of its messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from regulars.domain.calls import Call, Delivery
from regulars.domain.events import EventType
from regulars.domain.judging import Report
from regulars.domain.proofs import UNPROVEN
from regulars.domain.quotas import OVER, Excess
from regulars.errors import InvalidEventError
from regulars.pipeline.receipts import Outcome, Verdict
from regulars.pipeline.refusals import Refusal, body_of
from regulars.stores.database import Item, text

Key = tuple[str, str]  # owner, moment


@dataclass(frozen=True, slots=True)
class Post:
    """One request while it is worked on; what is known of each message stands under its index."""

    messages: Sequence[object]
    type: EventType | None
    delivery: Delivery
    calls: dict[int, Call] = field(default_factory=dict)
    items: dict[int, Item] = field(default_factory=dict)
    refusals: dict[int, Refusal] = field(default_factory=dict)
    suppressed: dict[int, str] = field(default_factory=dict)
    reports: dict[int, Report] = field(default_factory=dict)
    accepted: set[int] = field(default_factory=set)


def given_id(message: object) -> str:
    """Give the id that a sender gave a message, empty if it gave none."""
    id = message.get("messageId") if isinstance(message, Mapping) else None
    return id if isinstance(id, str) else ""


def key_of(item: Item) -> Key:
    """Tell the key under which an event is stored."""
    return text(item, "owner"), text(item, "moment")


def refuse_call(post: Post, index: int, error: InvalidEventError, message_id: str | None = None) -> None:
    """Set an event aside."""
    event = post.calls[index].event
    post.refusals[index] = Refusal(
        owner=event.owner,
        message_id=message_id or event.message_id,
        code=error.code,
        reason=str(error),
        body=body_of(post.messages[index], post.type, post.delivery),
    )


def refuse_repeat(post: Post, index: int) -> None:
    """Set aside an event whose key another one has; its print tells it from further ones under the same key."""
    event = post.calls[index].event
    error = InvalidEventError("duplicate_with_other_body", "another event was stored under this messageId and time")
    refuse_call(post, index, error, f"{event.message_id} {event.fingerprint.hex()}")


def put_off(post: Post, excess: Excess) -> int:
    """Set aside all events that could be stored, until somebody replays them; say how many."""
    error = InvalidEventError("over_quota", f"more came than {excess.quota} allows: replay it if it is wanted")
    for index in post.calls:
        refuse_call(post, index, error)
    number = len(post.calls)
    post.calls.clear()
    return number


def verdict(post: Post, index: int) -> Verdict:
    """Say what became of a message."""
    if refusal := post.refusals.get(index):
        outcome: Outcome = "deferred" if refusal.code == OVER else "quarantined"
        return Verdict(index=index, message_id=refusal.message_id, outcome=outcome, code=refusal.code)
    if (message_id := post.suppressed.get(index)) is not None:
        return Verdict(index=index, message_id=message_id, outcome="suppressed", code="consent_denied")
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
