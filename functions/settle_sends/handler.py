"""Woken by what SES tells of letters: write down what became of each, and whom not to write to any more."""

import json
import secrets
from collections.abc import Mapping
from functools import cache
from typing import Any

from regulars.adapters import clients
from regulars.adapters.clock import now
from regulars.adapters.feedback import read_feedback
from regulars.adapters.observability import journal, log_failure, observed
from regulars.adapters.parallel import Parallel
from regulars.adapters.sealing import sealer
from regulars.adapters.streams import Answer
from regulars.pipeline.decisions import DecisionRecorder
from regulars.pipeline.settling import Settler
from regulars.pipeline.telling_journeys import Teller


@observed
def handler(event: Mapping[str, Any], _context: object) -> Answer:
    """Settle each message; one that cannot be written down now comes again."""
    failed = [message["messageId"] for message in event["Records"] if not _is_done(message)]
    return {"batchItemFailures": [{"itemIdentifier": id} for id in failed]}


def _is_done(message: Mapping[str, Any]) -> bool:
    try:
        feedback = read_feedback(json.loads(message["body"]))
        if feedback is None or not _settler().hear(feedback):
            journal.count("feedback_of_nothing_known")
    except Exception as error:  # noqa: BLE001 (the other messages are of other letters: they go on)
        log_failure("feedback could not be taken", error, message_id=message["messageId"])
        return False
    return True


@cache
def _settler() -> Settler:
    database = clients.database()
    decisions = DecisionRecorder(database, sealer(), Parallel(), now, lambda: secrets.token_urlsafe(18))
    return Settler(database, decisions=decisions, tell=Teller(database, sealer(), now).tell, journal=journal, clock=now)
