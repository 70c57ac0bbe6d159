"""Routes as values: one table says what there is, who may ask, and what comes back; requests and documents obey it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Generic, TypeVar

from regulars.adapters.http import Request, Response, respond
from regulars.domain.roles import Caller, Scope, read_caller
from regulars.errors import InvalidRequestError, MethodNotAllowedError, NotFoundError

Schema = Mapping[str, Any]
Audit = Callable[[str, str, str], None]  # told who (a subject) read personal fields, by which route, and of whom
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

    def __getitem__(self, name: str) -> str:
        return self.values[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Generic[Api]):
    """
    One method of one path.

    `scope` is what a caller must hold, None where anybody may ask; `query` lists all parameters that the query takes.
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

    def match(self, path: str) -> Mapping[str, str] | None:
        """Read the values of a path that it answers; None for any other."""
        found = _pattern(self.path).fullmatch(path)
        return found.groupdict() if found else None


def answer(routes: Sequence[Route[Api]], api: Api, request: Request) -> Response:
    """Answer a request by the one route that fits. Raises RequestError."""
    # The gateway decodes every escape but that of the percent sign itself.
    path = request.path.replace("%25", "%")
    fitting = {route.method: (route, values) for route in routes if (values := route.match(path)) is not None}
    if not fitting:
        raise NotFoundError("there is nothing at this address")
    if request.method not in fitting:
        raise MethodNotAllowedError(fitting)
    route, values = fitting[request.method]
    caller = NOBODY
    if route.scope is not None:
        caller = read_caller(request.claims)
        caller.must(route.scope)
    if request.query.keys() - {parameter.name for parameter in route.query}:
        known = ", ".join(parameter.name for parameter in route.query)
        raise InvalidRequestError(f"the query takes {known or 'no parameters'}")
    return respond(route.answer(api, Call(request=request, route=route.name, caller=caller, values=values)))


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path)))
