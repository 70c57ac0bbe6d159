"""The emulator's web server: its application behind a parser in C, a third cheaper than the stock one.

Every step of the pipeline is some requests to the emulator, so its price is most of the time that anything takes.
"""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from functools import partial
from typing import Any
from urllib.parse import unquote

from aiohttp import web
from multidict import CIMultiDict

from local.platform.overlay_saving import Saver, changes

Message = MutableMapping[str, Any]
Application = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]
KEEP_ALIVE = 75.0
HTTP_API = "/_aws/execute-api/"
LONGEST_LINE = 65_536


async def serve(application: Application, saver: Saver, host: str, port: int) -> None:
    """Serve an ASGI application until a signal says to stop; it saves after the last request."""
    stopped = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, stopped.set)
    async with _lifespan(application):
        server = web.Server(
            partial(_answer, application, saver),
            access_log=None,
            auto_decompress=False,
            keepalive_timeout=KEEP_ALIVE,
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_LINE,
        )
        runner = web.ServerRunner(server, shutdown_timeout=3)
        await runner.setup()
        saver.start()
        await web.TCPSite(runner, host, port).start()
        await stopped.wait()
        await runner.cleanup()
        saver.end()
    saver.finish()


@contextlib.asynccontextmanager
async def _lifespan(application: Application) -> AsyncIterator[None]:
    """Tell the application when serving starts and when it has ended."""
    told: asyncio.Queue[Message] = asyncio.Queue()
    said: asyncio.Queue[Message] = asyncio.Queue()
    life = asyncio.ensure_future(application({"type": "lifespan"}, told.get, said.put))
    await told.put({"type": "lifespan.startup"})
    await said.get()
    yield
    await told.put({"type": "lifespan.shutdown"})
    await said.get()
    await life


def _is_foreign(request: web.BaseRequest) -> bool:
    """
    Say whether a web page asks, of whatever origin or under whatever host name that leads here.

    The HTTP API is for pages; everything else here would run what it is given as the user who started us.
    """
    if request.path.startswith(HTTP_API):
        return False
    host = request.host.rsplit(":", 1)[0]
    is_page = "Origin" in request.headers or request.headers.get("Sec-Fetch-Site", "none") != "none"
    return is_page or not (host in {"127.0.0.1", "localhost"} or host.endswith(".localhost"))


async def _answer(application: Application, saver: Saver, request: web.BaseRequest) -> web.StreamResponse:
    if "100-continue" in request.headers.get("Expect", "").lower():
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0
    asked = iter([{"type": "http.request", "body": await request.content.read(), "more_body": False}])
    said: list[Message] = []

    async def receive() -> Message:
        return next(asked, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        said.append(message)

    if _is_foreign(request):
        return web.json_response({"message": "only programs of this machine may ask here"}, status=403)
    await application(_scope(request), receive, send)
    if changes(request.method, request.path, request.headers):
        saver.changed()
    return _response(said)


def _scope(request: web.BaseRequest) -> Message:
    path, _, query = request.raw_path.partition("?")
    return {
        "type": "http",
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode("ascii", errors="replace"),
        "query_string": query.encode("ascii", errors="replace"),
        "headers": [(name.lower(), value) for name, value in request.raw_headers],
        "client": (request.remote or "127.0.0.1", 0),
    }


def _response(said: list[Message]) -> web.Response:
    start, *rest = said
    headers: CIMultiDict[str] = CIMultiDict()
    for name, value in start.get("headers", []):
        headers.add(name.decode("latin-1"), value.decode("latin-1"))
    body = b"".join(message.get("body", b"") for message in rest)
    return web.Response(status=start["status"], headers=headers, body=body or None)
