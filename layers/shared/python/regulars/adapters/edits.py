"""What an edit of a definition says: the definition, over which version, and whether a file or a person wrote it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from regulars.adapters.bodies import MAX_BODY, only, read_body, whole_number
from regulars.adapters.routes import Call
from regulars.errors import ForbiddenError, InvalidRequestError
from regulars.stores.definitions import Origin

MAX_VERSION = 999_999_999
_FILE_ROLES = frozenset({"admin", "engineer"})
_ETAG = re.compile(r'("?)([0-9]{1,9})\1')


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An edit as somebody wishes it."""

    definition: Mapping[str, Any]
    origin: Origin
    expected: int | None


def read_wish(call: Call, most: int = MAX_BODY) -> Wish:
    """Read the body of a PUT, which has at most so many bytes. Raises RequestError."""
    body = read_body(call.request, most)
    only(body, {"definition", "version", "origin"})
    definition = body.get("definition")
    if not isinstance(definition, dict):
        raise InvalidRequestError('the body is {"definition": {…}}, with version and origin if you like')
    return Wish(
        definition=definition,
        origin=_origin(body.get("origin", "api"), call),
        expected=_expected(body.get("version"), if_match(call)),
    )


def if_match(call: Call) -> int | None:
    """Read the version in If-Match; None without one. Raises InvalidRequestError."""
    header = call.request.headers.get("if-match")
    if header is None:
        return None
    found = _ETAG.fullmatch(header.strip())
    if found is None:
        raise InvalidRequestError("If-Match is the version that was read, such as 3")
    return whole_number(found[2], "If-Match", 0, MAX_VERSION)


def _origin(raw: object, call: Call) -> Origin:
    if raw == "api":
        return "api"
    if raw != "file":
        raise InvalidRequestError("origin is file or api")
    if not call.caller.roles & _FILE_ROLES:
        raise ForbiddenError("definitions from files are applied by the roles admin and engineer")
    return "file"


def _expected(version: object, header: int | None) -> int | None:
    if version is None:
        return header
    if isinstance(version, bool) or not isinstance(version, int) or not 0 <= version <= MAX_VERSION:
        raise InvalidRequestError("version is the one that was read, a whole number; 0 for a new definition")
    if header not in (None, version):
        raise InvalidRequestError("If-Match and version name two versions: send one")
    return version
