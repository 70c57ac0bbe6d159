"""Who may ask the platform about itself: programs of this machine, and pages of its own address."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from local.platform.emulator import HOST

SELF = {HOST, "localhost"}
OWN_PAGES = {"same-origin", "none"}  # `none`: typed into the address bar
OURS, OPEN = "/_local", "/_local/shop"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let no page of another origin, or of another name that leads here, act on the platform or learn of it."""
    if _is_guarded(request.path) and not _is_ours(request):
        return refusal(403, "forbidden", "this is for programs of this machine and pages of the local platform itself")
    return await handler(request)


def refusal(status: int, code: str, message: str) -> web.Response:
    """Answer with an error, as the API does."""
    return web.json_response({"code": code, "message": message}, status=status)


def _is_guarded(path: str) -> bool:
    """Say whether a path tells or acts; the pages of the shop are for links from anywhere."""
    return _is_in(path, OURS) and not _is_in(path, OPEN)


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def _is_ours(request: web.Request) -> bool:
    own = f"{request.scheme}://{request.host}"
    return (
        request.url.host in SELF
        and request.headers.get("Sec-Fetch-Site", "same-origin") in OWN_PAGES
        and request.headers.get("Origin", own) == own
    )
