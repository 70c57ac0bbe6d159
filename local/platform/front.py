"""The address of the local platform: the deployed API, and `/_local` beside it."""

import asyncio
import json
import logging
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from yarl import URL

from local.platform import ports
from local.platform.emulator import HOST
from local.platform.guard import SELF, guard, refusal
from local.platform.mail import Mail
from local.platform.pulse import Pulse
from local.platform.settle import Settler

LARGEST = 10 * 2**20  # an HTTP API takes no more
AT_ONCE = 4  # more at once only makes workers wait for each other
HOP_BY_HOP = {
    "connection", "content-length", "host", "keep-alive", "proxy-authenticate",
    "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade",
}  # fmt: skip
HOME = """<!doctype html><title>Regulars</title>
<p>This is the local platform. A small shop to try it: <a href="/_local/shop/">/_local/shop/</a></p>
<p>The letters and texts that it sends: <a href="/_local/mail">/_local/mail</a></p>
"""
READS = {"GET", "HEAD", "OPTIONS"}
LONGEST_WAIT = 600.0

logger = logging.getLogger("regulars.front")


class Front:
    """Hands everything to the deployed API, and answers for the platform itself under `/_local`."""

    def __init__(
        self,
        api: str,
        settler: Settler,
        pulse: Pulse,
        shop: Path,
        sign: Path | None = None,
        mail: Mail | None = None,
    ) -> None:
        self._api, self._settler, self._pulse = api, settler, pulse
        self._shop, self._sign, self._mail = shop, sign, mail
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._session: aiohttp.ClientSession | None = None

    def application(self) -> web.Application:
        """Return the routes."""
        application = web.Application(client_max_size=LARGEST, middlewares=[guard])
        application.cleanup_ctx.append(self._client)
        routes = application.router
        routes.add_get("/_local/health", self._health)
        routes.add_get("/_local/settle", self._settle)
        routes.add_get("/_local/on-failure", self._on_failure)
        routes.add_post("/_local/redrive", self._redrive)
        routes.add_get("/_local/config", self._config)
        routes.add_get("/_local/shop", self._open_shop)
        if self._mail:
            self._mail.add_to(routes)
        if self._shop.is_dir():
            routes.add_get("/_local/shop/", self._index)
            routes.add_static("/_local/shop/", self._shop)
        routes.add_route("*", "/_local/{rest:.*}", self._unknown)
        routes.add_get("/", self._home)
        routes.add_route("*", "/{path:.*}", self._proxy)
        return application

    async def _client(self, _application: web.Application) -> Any:
        connector = aiohttp.TCPConnector(limit=AT_ONCE * 2)
        timeout = aiohttp.ClientTimeout(total=35)  # the API itself gives up after 30
        self._session = aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=False)
        yield
        await self._session.close()

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _settle(self, request: web.Request) -> web.Response:
        within = _seconds(request.query.get("timeout", "60"))
        if within is None:
            return refusal(400, "invalid_timeout", f"timeout is a number of seconds from 0 to {LONGEST_WAIT:.0f}")
        counts = await asyncio.to_thread(self._settler.settle, within)
        return web.json_response(counts.as_dict())

    async def _on_failure(self, _request: web.Request) -> web.Response:
        found = await asyncio.to_thread(self._settler.given_up)
        return web.json_response({"objects": found})

    async def _redrive(self, _request: web.Request) -> web.Response:
        return web.json_response(await asyncio.to_thread(self._settler.redrive))

    async def _config(self, _request: web.Request) -> web.Response:
        """Tell the shop's page what it needs."""
        ready = json.loads(self._sign.read_text()) if self._sign and self._sign.exists() else {}
        if not ready.get("write_key"):
            return refusal(503, "unavailable", "the platform is starting, or has no source `web` yet")
        told = {"write_key": ready["write_key"], "tokens": {"service": ready["tokens"]["service"]}}
        return web.json_response(told, headers={"Cache-Control": "no-store"})

    async def _home(self, _request: web.Request) -> web.Response:
        return web.Response(text=HOME, content_type="text/html")

    async def _open_shop(self, _request: web.Request) -> web.Response:
        raise web.HTTPFound("/_local/shop/")

    async def _index(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(self._shop / "index.html")

    async def _unknown(self, _request: web.Request) -> web.Response:
        return refusal(404, "not_found", "there is no such page of the local platform")

    async def _proxy(self, request: web.Request) -> web.Response:
        if request.method in READS:
            return await self._pass_on(request)
        with self._settler.requests.one():
            answer = await self._pass_on(request)
            self._pulse.beat()
            return answer

    async def _pass_on(self, request: web.Request) -> web.Response:
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return web.json_response({"message": "Request Entity Too Large"}, status=413)
        try:
            async with self._slots:
                return await self._forward(request, body)
        except (aiohttp.ClientError, TimeoutError) as error:
            logger.warning("a %s was not answered: %r", request.method, error)  # a path may name a person
            return web.json_response({"message": "Service Unavailable"}, status=503)

    async def _forward(self, request: web.Request, body: bytes) -> web.Response:
        assert self._session is not None
        headers = _without_hops(request.headers)
        headers["X-Forwarded-For"] = request.remote or HOST
        headers["X-Forwarded-Host"] = request.host
        headers["X-Forwarded-Proto"] = request.scheme
        if request.url.host in SELF:
            headers["Host"] = request.host  # as an API does, whose settings tell SDKs where to call
        url = URL(self._api + request.raw_path, encoded=True)
        async with self._session.request(
            request.method, url, data=body or None, headers=headers, allow_redirects=False
        ) as answer:
            content = await answer.read()
            kept = _without_hops(answer.headers)
            return web.Response(status=answer.status, body=content, headers=kept)


def _without_hops(headers: Any) -> Any:
    kept = headers.copy()
    for name in list(kept):
        if name.lower() in HOP_BY_HOP:
            kept.popall(name, None)
    return kept


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds <= LONGEST_WAIT else None  # NaN is no number of seconds


class FrontThread:
    """Runs the front on an event loop of its own."""

    def __init__(self, make: Callable[[], Front], port: int) -> None:
        self._make, self._port = make, port
        self.url = f"http://{HOST}:{port}"
        self._started = threading.Event()
        self._end: Callable[[], object] = lambda: None
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True, name="front")

    def start(self) -> None:
        """Start and return when it listens.

        Raises:
            PlatformError: the port is taken.
        """
        self._thread.start()
        self._started.wait(10)
        if self._error:
            raise ports.taken(self._port, self._error)

    def stop(self) -> None:
        """Finish what is under way and stop listening."""
        self._end()
        self._thread.join(timeout=10)

    def _serve(self) -> None:
        try:
            asyncio.run(self._run())
        finally:
            self._started.set()

    async def _run(self) -> None:
        ended = asyncio.Event()
        self._end = partial(asyncio.get_running_loop().call_soon_threadsafe, ended.set)
        # A function gets the body as it was sent, gzip included.
        runner = web.AppRunner(self._make().application(), access_log=None, shutdown_timeout=5, auto_decompress=False)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, self._port).start()
        except OSError as error:
            self._error = error
        self._started.set()
        if not self._error:
            await ended.wait()
        await runner.cleanup()
        self._end = lambda: None
