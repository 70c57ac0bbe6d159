"""Asked by the sign-in for each token that it hands out: write down who gets one, and in which roles."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from regulars.adapters.logins import deed_of
from regulars.adapters.observability import log_failure, observed
from regulars.adapters.recording import trail
from regulars.errors import UnavailableError
from regulars.pipeline.audit import AuditTrail


@observed
def handler(event: Mapping[str, Any], context: object) -> Mapping[str, Any]:
    """Give the event back as it came: the token is as it would be. Who is not written down gets none."""
    try:
        _trail().write(deed_of(event, request=str(getattr(context, "aws_request_id", ""))))
    except Exception as error:  # noqa: BLE001 (whatever it is: nobody gets a token that is not written down)
        log_failure("a sign-in could not be written down, and is refused", error)
        # The words are told to whoever signs in.
        raise UnavailableError("sign-in is not possible now: try again in a moment") from None
    return event


@cache
def _trail() -> AuditTrail:
    return trail()
