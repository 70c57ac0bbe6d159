"""Set events of a request aside, into quarantine; imported when the first one is, for most requests set none aside."""

from regulars.domain.judging import Report
from regulars.domain.quotas import Excess
from regulars.errors import InvalidEventError, PlanError
from regulars.pipeline.ports import Many, Sealer
from regulars.pipeline.posts import Post
from regulars.pipeline.refusals import Refusal, body_of, quarantine, refuse
from regulars.stores.database import Database
from regulars.stores.quarantine import QuarantineStore


def refuse_message(post: Post, index: int, error: InvalidEventError) -> None:
    """Set a message aside that could not be read, and note what its tracking plan says of it."""
    post.refusals[index] = refuse(post.messages[index], post.type, error, post.delivery)
    if isinstance(error, PlanError) and isinstance(error.report, Report):
        post.reports[index] = error.report


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


def keep(post: Post, database: Database, sealer: Sealer, many: Many) -> None:
    """Store what was set aside, each once. Raises TooLargeError for one alone that is too large to be kept."""
    store = QuarantineStore(database)
    alone = len(post.messages) == 1
    rows = [
        quarantine(refusal, post.delivery, sealer, alone=alone, turn=index) for index, refusal in post.refusals.items()
    ]
    known = many(store.is_of_the_day_before, rows)
    if new := [row for row, is_known in zip(rows, known, strict=True) if not is_known]:
        store.add(*new)
