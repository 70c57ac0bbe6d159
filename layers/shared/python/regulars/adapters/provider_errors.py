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
_BUSY = frozenset(
    "LimitExceededException TooManyRequestsException Throttled ThrottledException Throttling"
    " ThrottlingException".split()
)
# Faults of the account, not of the message: of what the function may do, of its keys, and of how SES is set up.
_ACCOUNT = frozenset(
    "AccessDenied AccessDeniedException AuthorizationError AuthorizationErrorException OptInRequired"
    " ExpiredToken ExpiredTokenException IncompleteSignature IncompleteSignatureException InvalidClientTokenId"
    " InvalidSignatureException MissingAuthenticationToken MissingAuthenticationTokenException RequestExpired"
    " SignatureDoesNotMatch UnrecognizedClientException"
    " AccountSuspendedException MailFromDomainNotVerifiedException NotFoundException SendingPausedException".split()
)
_UNVERIFIED = "not verified"  # what SES says of a sender that it does not know yet, as a rejected message
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
    said = error.response.get("Error", {})
    code = said.get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    if code in _BUSY or status == 429:
        return NotAcceptedError("throttled", again=True)
    if code in _ACCOUNT or (code == "MessageRejected" and _UNVERIFIED in said.get("Message", "")):
        return NotAcceptedError("not_allowed", again=True)
    if status >= 500:
        return UnknownOutcomeError("the provider failed at it")
    return NotAcceptedError("rejected", again=False)
