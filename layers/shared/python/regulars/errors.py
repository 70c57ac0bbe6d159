"""
Everything that can go wrong on purpose, on one page. Codes are stable; `docs/errors.md` explains each.

RegularsError
  RequestError                 answered over HTTP as {code, message, docs}
    UnparseableError     400   the body is not the JSON that was asked for
    InvalidRequestError  400   a parameter or field has no meaning here
    DefinitionError      400   a definition of the catalog does not hold together
    UnauthorizedError    401   no known write key or token
    ForbiddenError       403   the role may not do this
      OriginForbiddenError     the write key is not for this web page
      ExposedKeyError          a server key came where anybody can read it
    NotFoundError        404   nothing has this id
    MethodNotAllowedError 405  the address is right, the method is not; carries Allow
    InvalidLinkError     400   a preference link was not made here, or not all of it is there
    EndedLinkError       410   a preference link has ended
    ConflictingEditError 409   somebody else changed the definition first
    WrongStateError      409   a journey is in a state in which this cannot be done
    RebuildRunningError  409   everybody is being rebuilt already
    TooLargeError        413   the body is larger than the limit
    LakeTooLargeError    422   the lake is too large to be asked here
    ThrottledError       429   over the quota; carries Retry-After
    UnavailableError     503   it could not be stored; carries Retry-After
  InvalidEventError            one event of a request goes to quarantine, with this code
    SuppressedError            it is not stored at all: the person did not agree to it
      ErasedError              it is not stored at all: the person was erased
    PlanError                  it does not follow its tracking plan; says in what
  NotAcceptedError             a provider surely did not take a message; says whether to try again
  UnknownOutcomeError          a provider may have taken a message: it is never sent again
  MissingVariableError         a template needs a variable that has no value
  CellError                    a cell of a file cannot be read as its column says
  RowError                     a row of a file makes no call; says in which column and why
  FunctionFailedError          a function failed; says by which error, and none of its words
  AuditFaultError              the audit trail is not as it was written
  ConflictError                a conditional write lost a race: read again
  StaleCatalogError            this process holds an older catalog than the data: reload
"""

from collections.abc import Iterable
from typing import ClassVar


class RegularsError(Exception):
    """Base of every error raised on purpose."""


class RequestError(RegularsError):
    """A request is refused, with a status and a stable code."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "invalid_request"
    retry_after: int | None = None


class UnparseableError(RequestError):
    """The body is not the JSON that was asked for."""

    code = "unparseable"


class InvalidRequestError(RequestError):
    """A parameter or field has no meaning here."""


class DefinitionError(RequestError):
    """A definition of the catalog does not hold together; `path` says where."""

    code = "invalid_definition"

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message


class InvalidLinkError(RequestError):
    """A preference link was not made here, or not all of it is there."""

    code = "invalid_link"


class EndedLinkError(RequestError):
    """A preference link has ended, or nothing is known any more of whom it was made for."""

    status = 410
    code = "link_ended"


class UnauthorizedError(RequestError):
    """No known write key or token came with the request."""

    status = 401
    code = "unauthorized"


class ForbiddenError(RequestError):
    """The role may not do this."""

    status = 403
    code = "forbidden"


class OriginForbiddenError(ForbiddenError):
    """The write key is not for the web page that sent with it."""

    code = "origin_forbidden"


class ExposedKeyError(ForbiddenError):
    """A server key came where anybody can read it."""

    code = "server_key_exposed"


class NotFoundError(RequestError):
    """Nothing has this id."""

    status = 404
    code = "not_found"


class MethodNotAllowedError(RequestError):
    """The address is right, the method is not."""

    status = 405
    code = "method_not_allowed"

    def __init__(self, allowed: Iterable[str]) -> None:
        self.allowed = ", ".join(sorted(allowed))
        super().__init__(f"this address takes {self.allowed}")


class ConflictingEditError(RequestError):
    """Somebody else changed the definition first."""

    status = 409
    code = "conflicting_edit"


class WrongStateError(RequestError):
    """A journey is in a state in which this cannot be done; the message says what to do first."""

    status = 409
    code = "wrong_state"


class RebuildRunningError(RequestError):
    """Everybody is being rebuilt already."""

    status = 409
    code = "rebuild_running"


class TooLargeError(RequestError):
    """The body is larger than the limit."""

    status = 413
    code = "too_large"


class LakeTooLargeError(RequestError):
    """The lake is too large to be asked here; Athena can."""

    status = 422
    code = "lake_too_large"


class ThrottledError(RequestError):
    """Over the quota."""

    status = 429
    code = "throttled"

    def __init__(self, message: str, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class UnavailableError(RequestError):
    """It could not be stored; the sender keeps it and tries again."""

    status = 503
    code = "unavailable"
    retry_after = 2


class InvalidEventError(RegularsError):
    """One event cannot be processed; it is quarantined under this code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class SuppressedError(InvalidEventError):
    """One event is not stored, nor quarantined: the person did not agree to it."""

    def __init__(self, message: str, code: str = "consent_denied") -> None:
        super().__init__(code, message)


class ErasedError(SuppressedError):
    """One event is not stored, nor quarantined: a person that it names was erased."""

    def __init__(self) -> None:
        super().__init__("the person was erased; nothing of it is stored again", "suppressed")


class PlanError(InvalidEventError):
    """One event does not follow its tracking plan, as its `report` says, and is quarantined for it."""

    def __init__(self, error: InvalidEventError, report: object) -> None:
        super().__init__(error.code, str(error))
        self.report = report


class NotAcceptedError(RegularsError):
    """A provider surely did not take a message; `reason` is a word for it, `again` says whether a later try helps."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again


class UnknownOutcomeError(RegularsError):
    """A provider may have taken a message, or not: it is never sent again."""


class FunctionFailedError(RegularsError):
    """A function failed: named by the class of the error, for its words may quote what it failed on."""


class MissingVariableError(RegularsError):
    """A template needs a variable that has no value; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} has no value")
        self.name = name


class CellError(RegularsError):
    """A cell of a file cannot be read as its column says."""


class RowError(RegularsError):
    """A row of a file makes no call; says in which column and why."""


class AuditFaultError(RegularsError):
    """The audit trail is not as it was written: somebody edited, dropped or added rows."""


class ConflictError(RegularsError):
    """A conditional write lost a race; what was read has changed."""


class StaleCatalogError(RegularsError):
    """The data was folded with a newer catalog than this process holds."""
