"""What the errors of a provider mean for a message: that it was surely not taken, or that nobody knows."""

from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectionError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ParamValidationError,
    ReadTimeoutError,
)

from regulars.errors import NotAcceptedError, UnknownOutcomeError

T = TypeVar("T")
_LATER = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "ExpiredToken",
        "ExpiredTokenException",
        "LimitExceededException",
        "SendingPausedException",
        "Throttled",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "UnrecognizedClientException",
    }
)
_BEFORE = (ConnectTimeoutError, EndpointConnectionError)  # nothing has left yet
_AFTER = (ReadTimeoutError, ConnectionClosedError, ConnectionError, HTTPClientError)


def asked(call: Callable[[], T]) -> T:
    """
    Ask a provider once.

    Raises NotAcceptedError when it surely did not take what it was asked for, UnknownOutcomeError when it may have.
    """
    try:
        return call()
    except ClientError as error:
        raise _refused(error) from None
    except ParamValidationError:
        raise NotAcceptedError("rejected", again=False) from None
    except _BEFORE:
        raise NotAcceptedError("unreachable", again=True) from None
    except _AFTER:
        raise UnknownOutcomeError("the provider did not answer") from None
    except BotoCoreError:
        raise NotAcceptedError("unreachable", again=True) from None  # no request could be made


def _refused(error: ClientError) -> NotAcceptedError | UnknownOutcomeError:
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    if code in _LATER or status == 429:
        return NotAcceptedError("throttled" if "ccess" not in code else "not_allowed", again=True)
    if status >= 500:
        return UnknownOutcomeError("the provider failed at it")
    return NotAcceptedError("rejected", again=False)
