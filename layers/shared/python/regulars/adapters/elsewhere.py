"""What to say to a request that no function waits for: the routes of the whole API know which addresses there are."""

from regulars.adapters.http import Request
from regulars.adapters.openapi import AREAS
from regulars.errors import MethodNotAllowedError, NotFoundError, RequestError


def refusal(request: Request) -> RequestError:
    """Say that nothing is at the address, or by which methods it is reached."""
    path = request.path.rstrip("/")
    allowed = {route.method for area in AREAS.values() for route in area if route.match(path) is not None}
    if allowed and request.method not in allowed:
        return MethodNotAllowedError(allowed)
    if allowed:  # the gateway leads it elsewhere, but for the slash
        return NotFoundError("there is nothing at this address with a slash at its end: leave out the slash")
    return NotFoundError("there is nothing at this address: GET /v1/openapi.json describes those that there are")
