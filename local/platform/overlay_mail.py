"""Mail in the emulator: what a letter carries besides its text is kept too, so that it can be looked at.

The stock emulator drops the headers and the tags of a letter that is sent by SES v2, and when a text was sent. It
writes into its log to whom both went, and texts to the disk: here they are in memory alone, until the platform ends.
"""

import json
import logging
import time
from typing import Any

from ministack import app
from ministack.services import ses, ses_v2, sns

_SHOWN = ("MessageId", "Source", "To", "Subject", "BodyText", "BodyHtml", "Timestamp", "Headers", "Tags")


def apply() -> None:
    """Put the cure in place."""
    handle, tell = ses_v2.handle_request, app._handle_ses_messages_request

    async def handle_request(method: str, path: str, headers: Any, body: Any, query_params: Any) -> Any:
        before = len(ses._sent_emails_list())
        answer = await handle(method, path, headers, body, query_params)
        for record in ses._sent_emails_list()[before:]:
            record.update(_carried(body))
        return answer

    async def tell_messages(method: str, path: str, headers: Any, query_params: Any) -> Any:
        answer = await tell(method, path, headers, query_params)
        if answer is None or answer[0] != 200:
            return answer
        kept = [record for entries in ses._sent_emails.to_dict().values() for record in entries]
        told = [{name: record.get(name) for name in _SHOWN} for record in kept]
        return 200, {"Content-Type": "application/json"}, json.dumps({"messages": told}).encode()

    log_for = sns._sms_log_for
    sns._sms_log_for = lambda number: _Stamping(log_for(number))
    for service in (ses_v2, sns):
        service.logger.setLevel(logging.WARNING)  # below that it says whom it wrote to
    state_of_sns = sns.get_state
    sns.get_state = lambda: state_of_sns() | {"sms_messages": {}}
    ses_v2.handle_request = handle_request
    app._handle_ses_messages_request = tell_messages


class _Stamping:
    """Notes when each text was sent."""

    def __init__(self, records: list[dict[str, Any]]) -> None:
        self._records = records

    def append(self, record: dict[str, Any]) -> None:
        """Keep a text."""
        self._records.append(record | {"Timestamp": time.time()})


def _carried(body: Any) -> dict[str, Any]:
    """Read headers and tags of a letter from a request to send it."""
    try:
        said = json.loads(body or b"{}")
    except ValueError:
        return {}
    simple = said.get("Content", {}).get("Simple", {})
    return {"Headers": simple.get("Headers", []), "Tags": said.get("EmailTags", [])}
