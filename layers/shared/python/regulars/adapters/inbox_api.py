"""The inbox over HTTP: for apps and sites, with the token of the person who is signed in there."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Self

from regulars.adapters.bodies import whole_number
from regulars.adapters.http import Request, Response, respond, serve
from regulars.domain.inbox import InboxMessage
from regulars.domain.instants import to_text
from regulars.errors import InvalidRequestError, MethodNotAllowedError, NotFoundError, UnauthorizedError
from regulars.pipeline.inbox import Inbox, Place
from regulars.pipeline.ports import Clock, Many, Sealer
from regulars.stores.database import Database

USUAL, MOST = 20, 100
PATH = "/v1/inbox"
_ID = re.compile(r"([0-9]{1,19})\.([0-9a-f]{1,64})", re.ASCII)
_READ = re.compile(rf"{PATH}/([^/]+)/read")
_PRIVATE = {"cache-control": "private, no-cache", "vary": "authorization"}


@dataclass(frozen=True, slots=True)
class InboxApi:
    """What the routes need."""

    inbox: Inbox

    @classmethod
    def over(cls, database: Database, sealer: Sealer, many: Many, clock: Clock) -> Self:
        """Answer from a database."""
        return cls(Inbox(database, sealer, many, clock))

    def serve(self, event: Mapping[str, object], report: Callable[[Exception], None]) -> Response:
        """Answer an event of the gateway."""
        return serve(event, self._answer, report)

    def _answer(self, request: Request) -> Response:
        path = request.path.rstrip("/")
        if path == PATH:
            return self._list(request) if request.method == "GET" else _not_allowed("GET")
        if found := _READ.fullmatch(path):
            return self._mark(request, found[1]) if request.method == "POST" else _not_allowed("POST")
        raise NotFoundError("there is nothing at this address")

    def _list(self, request: Request) -> Response:
        token = _token(request)
        if request.query.keys() - {"limit", "before"}:
            raise InvalidRequestError("the query takes limit, before")
        limit = whole_number(request.query.get("limit", str(USUAL)), "limit", 1, MOST)
        before = _place(request.query["before"], "before") if "before" in request.query else None
        page = self.inbox.page(token, before=before, limit=limit)
        content = {
            "messages": [_json(message) for message in page.messages],
            "unread": page.unread,
            "next": _id(*page.next) if page.next else None,
        }
        answer = respond(content)
        tag = f'"{blake2b(answer["body"].encode(), digest_size=12).hexdigest()}"'
        headers = {**answer["headers"], **_PRIVATE, "etag": tag}
        if request.headers.get("if-none-match", "").removeprefix("W/") == tag:
            return {"statusCode": 304, "headers": {**_PRIVATE, "etag": tag}, "body": ""}
        return {**answer, "headers": headers}

    def _mark(self, request: Request, id: str) -> Response:
        message, changed = self.inbox.read(_token(request), _place(id, "id"))
        return respond({"id": id, "read_at": to_text(message.read or 0), "changed": changed})


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise UnauthorizedError("the header Authorization is Bearer and the token that your server had made")
    return token.strip()


def _place(raw: str, name: str) -> Place:
    found = _ID.fullmatch(raw)
    if found is None:
        raise InvalidRequestError(f"{name} is the id of a message, as the inbox tells it")
    return int(found[1]), found[2]


def _id(at: int, id: str) -> str:
    return f"{at}.{id}"


def _json(message: InboxMessage) -> dict[str, Any]:
    return {
        "id": _id(message.at, message.id),
        "sent_at": to_text(message.at),
        "read_at": None if message.read is None else to_text(message.read),
        "title": message.title,
        "text": message.text,
        "link": message.link or None,
        "journey": message.journey,
        "template": message.template,
    }


def _not_allowed(method: str) -> Response:
    raise MethodNotAllowedError([method])
