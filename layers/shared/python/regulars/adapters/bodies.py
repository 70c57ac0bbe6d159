"""Read what callers of the API send: a small JSON object that means one thing, and whole numbers in the query."""

import json
from collections.abc import Mapping
from typing import Any

from regulars.adapters.http import Request
from regulars.domain.payloads import Ambiguous, LongNumber, read_object, values_in
from regulars.errors import InvalidRequestError, TooLargeError

MAX_BODY = 100_000


def read_body(request: Request, most: int = MAX_BODY) -> dict[str, Any]:
    """Read the JSON object in a body. Raises UnparseableError, TooLargeError, InvalidRequestError."""
    if len(request.body) > most:
        raise TooLargeError(f"the body has at most {most} bytes")
    content = read_object(request.body)
    try:
        json.dumps(content, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise InvalidRequestError(
            "the body holds what cannot be stored: a number that is none, half a character, or nesting without end"
        ) from None
    for value in values_in(content):
        if isinstance(value, Ambiguous):
            raise InvalidRequestError("the body names a field twice in one object")
        if isinstance(value, LongNumber):
            raise InvalidRequestError("the body holds a number of thousands of digits: send it as text")
    return content


def only(body: Mapping[str, Any], allowed: set[str]) -> None:
    """Refuse fields that have no meaning. Raises InvalidRequestError."""
    if body.keys() - allowed:
        raise InvalidRequestError(f"the body takes {', '.join(sorted(allowed))}, and nothing else")


def whole_number(text: str, name: str, least: int, most: int) -> int:
    """Read a whole number. Raises InvalidRequestError."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
        raise InvalidRequestError(f"{name} is a whole number from {least} to {most}")
    return int(text)
