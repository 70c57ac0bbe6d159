"""Woken by what is known of a person, by who belongs to them, or by an instant: bring their memberships up to date."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from regulars.adapters import clients, settings
from regulars.adapters.clock import now
from regulars.adapters.observability import journal, log_failure, observed
from regulars.adapters.parallel import Parallel
from regulars.adapters.pause import pause
from regulars.adapters.queue import SqsEvaluationQueue, timer_of
from regulars.adapters.streams import Answer, Record, apply_in_order, records_of
from regulars.domain.profiles import alone
from regulars.pipeline import wakeups
from regulars.pipeline.evaluate import Evaluator


@observed
def handler(event: Mapping[str, Any], _context: object) -> Answer:
    """Evaluate each person of the batch once."""
    _evaluator().start_batch()
    if event["Records"][0]["eventSource"] == "aws:sqs":
        return _wake(event["Records"])
    return apply_in_order(records_of(event), _person, _evaluate)


def _person(record: Record) -> str:
    survivor = record.body.get("NewImage", {}).get("merged_into", {}).get("S")
    return str(survivor or record.keys[0]) if _is_profile(record) else alone(record.keys[0])


def _evaluate(_person: str, records: Sequence[Record]) -> None:
    evaluator = _evaluator()
    found = (
        wakeups.of_profile(record.change) if _is_profile(record) else wakeups.of_identity(record.change, evaluator.live)
        for record in records
    )
    for wakeup in wakeups.together(found).values():
        evaluator.evaluate(wakeup.profile_id, absorbed=wakeup.absorbed, changed=wakeup.changed)


def _wake(messages: Sequence[Mapping[str, Any]]) -> Answer:
    failed = []
    for message in messages:
        try:
            _evaluator().wake(timer_of(message))
        except Exception as error:  # noqa: BLE001 (the other messages are other people: they go on)
            log_failure("a timer failed", error, message_id=message["messageId"])
            failed.append({"itemIdentifier": str(message["messageId"])})
    return {"batchItemFailures": failed}


def _is_profile(record: Record) -> bool:
    return record.table == settings.table("profiles")


@cache
def _evaluator() -> Evaluator:
    queue = SqsEvaluationQueue(clients.sqs(), settings.evaluations_queue())
    return Evaluator(clients.database(), queue, journal, now, pause, Parallel())
