"""Routes as values: one table says what there is, who may ask, and what comes back; requests and documents obey it."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Generic, TypeVar

from regulars.adapters.access import Access
from regulars.adapters.http import Request, Response, respond
from regulars.adapters.recording import Leaves, Recorder, Seen, case_of
from regulars.domain.roles import Caller, Scope
from regulars.domain.teams import EVERYTHING, Sight
from regulars.errors import ForbiddenError, InvalidRequestError, MethodNotAllowedError, NotFoundError, RequestError

Schema = Mapping[str, Any]
Api = TypeVar("Api")
NOBODY = Caller(subject="", roles=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter of the path or the query."""

    name: str
    description: str
    schema: Schema
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request on a route, by somebody who may make it; `values` are those of the path."""

    request: Request
    route: str
    caller: Caller = NOBODY
    values: Mapping[str, str] = field(default_factory=dict)
    seen: Seen = field(default_factory=Seen)
    sight: Sight = EVERYTHING

    @property
    def personal(self) -> bool:
        """Say whether personal fields may be opened for the caller; who asks has the answer written down."""
        may = self.caller.may("pii:read")
        self.seen.opened |= may
        return may

    def saw(self, *whom: str) -> None:
        """Note whom the answer tells about, by profile id, or by the id of a row; never by an identifier."""
        self.seen.whom.update(dict.fromkeys(whom))

    def counted(self, number: int) -> None:
        """Note how many rows or people it is about, where that is not how many are named."""
        self.seen.number = number

    def __getitem__(self, name: str) -> str:
        return self.values[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Generic[Api]):
    """
    One method of one path.

    `scope` is what a caller must hold, None where anybody may ask; `query` lists all parameters that the query takes.
    `audited` says what it leaves in the audit trail; None: a GET nothing, all else that a caller changed something.
    """

    name: str
    method: str
    path: str
    scope: Scope | None
    summary: str
    answer: Callable[[Api, Call], Mapping[str, Any]]
    returns: str
    description: str = ""
    query: Sequence[Parameter] = ()
    body: str | None = None
    audited: Leaves | None = None

    @property
    def is_of_segment(self) -> bool:
        """Say whether it is about the segment that its path names."""
        return "/segments/{id}" in self.path

    @property
    def leaves(self) -> Leaves:
        """What it leaves in the audit trail."""
        if self.scope is None:
            return "nothing"
        return self.audited or ("nothing" if self.method == "GET" else "changes")

    def match(self, path: str) -> Mapping[str, str] | None:
        """Read the values of a path that it answers; None for any other."""
        found = _pattern(self.path).fullmatch(path)
        return found.groupdict() if found else None


def answer(
    routes: Sequence[Route[Api]],
    api: Api,
    request: Request,
    recorder: Recorder | None,
    access: Access,
) -> Response:
    """
    Answer a request by the one route that fits, once the audit trail holds what is to be held.

    `access` says who asks, and what they see: no segment that they do not see is answered about.

    Raises RequestError; among them UnavailableError where the trail takes nothing: then nothing is answered.
    """
    # The gateway decodes every escape but that of the percent sign itself.
    path = request.path.replace("%25", "%")
    fitting = {route.method: (route, values) for route in routes if (values := route.match(path)) is not None}
    if not fitting:
        raise NotFoundError("there is nothing at this address")
    if request.method not in fitting:
        raise MethodNotAllowedError(fitting)
    route, values = fitting[request.method]
    caller = NOBODY if route.scope is None else access.caller(request)
    with _told_if_refused(recorder, request, route, caller, values):
        call = _admit(route, request, caller, values, access)
    if recorder is not None and route.leaves == "changes":
        return respond(_recorded(route, api, call, recorder))
    with _told_if_refused(recorder, request, route, caller, values):
        if recorder is None or route.leaves == "nothing":
            return respond(_unrecorded(route, api, call))
        return respond(_recorded(route, api, call, recorder))


def _admit(route: Route[Api], request: Request, caller: Caller, values: Mapping[str, str], access: Access) -> Call:
    """Let somebody in who may ask. Raises ForbiddenError, InvalidRequestError."""
    if route.scope is not None:
        caller.must(route.scope)
    if request.query.keys() - {parameter.name for parameter in route.query}:
        known = ", ".join(parameter.name for parameter in route.query)
        raise InvalidRequestError(f"the query takes {known or 'no parameters'}")
    call = Call(request=request, route=route.name, caller=caller, values=values, sight=access.sight(caller))
    if route.is_of_segment:
        call.sight.must_see(values["id"])
    return call


@contextmanager
def _told_if_refused(
    recorder: Recorder | None, request: Request, route: Route[Api], caller: Caller, values: Mapping[str, str]
) -> Iterator[None]:
    """Write down that somebody was refused who signed in; a change that was begun says so itself."""
    try:
        yield
    except ForbiddenError:
        if recorder is not None and caller is not NOBODY:
            recorder.refuse(request, caller, what=route.name, values=values)
        raise


def _unrecorded(route: Route[Api], api: Api, call: Call) -> Mapping[str, Any]:
    content = route.answer(api, call)
    if call.seen.opened or route.leaves != "nothing":
        raise RuntimeError(f"{route.name} must say what it leaves in the audit trail, and be given one to write to")
    return content


def _recorded(route: Route[Api], api: Api, call: Call, recorder: Recorder) -> Mapping[str, Any]:
    """Answer; a change leaves a row before it is made, too, so that none is made that nobody hears of."""
    case_of(call.request)
    changes = route.leaves == "changes"
    whom = recorder.name(call.values) if changes else ()

    def record(outcome: str, seen: Seen) -> None:
        if route.leaves != "nothing" and (route.leaves != "reads" or seen.opened or seen.whom):
            recorder.write(
                call.request, call.caller, kind=route.leaves, what=route.name, whom=whom, seen=seen, outcome=outcome
            )

    if changes:
        record("begun", Seen())
    try:
        content = route.answer(api, call)
    except RequestError as error:
        record(error.code, call.seen)
        raise
    record("done", call.seen)
    return content


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path)))
