"""Calls of webhooks: signed, guarded, bounded; over sockets of this machine."""

import json
import socket
import ssl
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from hmac import digest
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.world.memory import MemoryDatabase
from local.world.wrapping import PlainWrapper
from regulars.adapters.sealing import KmsSealer
from regulars.adapters.webhooks import MAX_BYTES, TRIES, Resolve, Webhooks
from regulars.domain.instants import SECOND
from regulars.domain.outbound import choose, is_public
from regulars.domain.webhooks import key_of
from regulars.errors import NotAcceptedError, UnknownOutcomeError
from regulars.pipeline.webhook_secrets import SigningKeys, WebhookSecrets
from regulars.stores.definitions import Definition, DefinitionStore

Reply = Callable[[BaseHTTPRequestHandler], None]
AT = 1_767_225_600 * SECOND


class Keys:
    """Two secrets, of which the older ends soon."""

    def signing_secrets(self, webhook: str) -> Sequence[bytes]:
        """Give both."""
        return [b"new", b"old"] if webhook == "coupons" else []


@contextmanager
def served(reply: Reply) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """A server on this machine; what it was asked is listed."""
    heard: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
            reply(self)

        def log_message(self, format: str, *args: Any) -> None:
            del format, args

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/coupons?x=1", heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def says(status: int = 200, content: bytes = b"{}", **headers: str) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return reply


def webhooks(
    url: str, *, local: bool = True, found: Sequence[str] = ("8.8.8.8",), resolve: Resolve | None = None
) -> Webhooks:
    store = DefinitionStore(MemoryDatabase())
    store.put(Definition(kind="webhook", id="coupons", content={"url": url, "timeout": "1 second"}))
    store.put(Definition(kind="webhook", id="unsigned", content={"url": url}))
    return Webhooks(store, Keys(), local=local, resolve=resolve or (lambda _host, _port: found))


def call(hooks: Webhooks, webhook: str = "coupons") -> Any:
    return hooks.call(webhook, "id-1", AT, {"type": "journey.step", "data": {"name": "Jürgen"}})


def test_a_call_is_signed_by_each_secret_that_holds_and_its_answer_is_read() -> None:
    with served(says(content=b'{"code": "SPRING"}')) as (url, heard):
        assert call(webhooks(url)) == {"code": "SPRING"}

    [(headers, body)] = heard
    assert json.loads(body)["data"] == {"name": "Jürgen"}
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("id-1", "1767225600")
    signed = b"id-1.1767225600." + body
    found = [b64decode(each.removeprefix("v1,")) for each in headers["webhook-signature"].split(" ")]
    assert found == [digest(secret, signed, sha256) for secret in (b"new", b"old")]


@pytest.mark.parametrize("content", [b"", b" "], ids=["nothing", "blank"])
def test_an_answer_may_say_nothing(content: bytes) -> None:
    with served(says(204 if not content else 200, content)) as (url, _):
        assert call(webhooks(url)) is None


@pytest.mark.parametrize(
    ("reply", "reason", "asked"),
    [
        (says(404), "status_404", 1),
        (says(500), "status_500", 1),
        (says(429), "status_429", TRIES),
        (says(503), "status_503", TRIES),
        (says(302, location="http://169.254.169.254/"), "redirect", 1),
        (says(307, location="https://other.example/"), "redirect", 1),
        (says(content=b"<html>"), "answer", 1),
        (says(content=b"[" * 60_000), "answer", 1),
        (says(content=b" " * (MAX_BYTES + 1)), "answer", 1),
    ],
    ids=["404", "500", "429", "503", "302", "307", "html", "deep", "large"],
)
def test_an_answer_that_is_none_fails_and_only_who_is_busy_is_asked_again(
    reply: Reply, reason: str, asked: int
) -> None:
    with served(reply) as (url, heard), pytest.raises(NotAcceptedError, match=reason):
        call(webhooks(url))

    assert len(heard) == asked
    assert {headers["webhook-id"] for headers, _ in heard} == {"id-1"}


def slowly(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("content-length", "100")
    handler.end_headers()
    for _ in range(20):
        try:
            handler.wfile.write(b" ")
            handler.wfile.flush()
        except OSError:
            return
        time.sleep(0.1)


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.close()


def breaks_off(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{"code": 1}')
    handler.close_connection = True


def silent(_handler: BaseHTTPRequestHandler) -> None:
    time.sleep(1.3)


def drips(*pieces: bytes) -> Reply:
    """Say something again and again, each time soon enough."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        with suppress(OSError):
            handler.wfile.write(pieces[0])
            for _ in range(20):
                handler.wfile.write(pieces[1])
                handler.wfile.flush()
                time.sleep(0.1)

    return reply


@pytest.mark.parametrize(
    "reply",
    [
        slowly,
        hangs_up,
        breaks_off,
        silent,
        drips(b"HTTP/1.1 200 OK\r\n", b"x-more: a\r\n"),
        drips(b"HTTP/1.1 429 Busy\r\n", b"x-more: a\r\n"),
        drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        drips(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", b" "),
        drips(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    ],
    ids=["slow", "hangs up", "breaks off", "silent", "headers", "busy headers", "continue", "to the end", "chunks"],
)
def test_who_does_not_answer_in_time_is_not_known_and_not_asked_again(reply: Reply) -> None:
    with served(reply) as (url, heard):
        begun = time.monotonic()
        with pytest.raises(UnknownOutcomeError):
            call(webhooks(url))
        assert time.monotonic() - begun < 1.4  # its timeout is a second

    assert len(heard) == 1


def test_a_name_that_nobody_looks_up_in_time_is_surely_not_called() -> None:
    def resolve(_host: str, _port: int) -> Sequence[str]:
        time.sleep(5)
        return []

    hooks = webhooks("https://shop.example/", local=False, resolve=resolve)
    begun = time.monotonic()
    with pytest.raises(NotAcceptedError, match="unreachable"):
        call(hooks)
    assert time.monotonic() - begun < TRIES * 1.3


def test_a_handshake_that_never_ends_is_surely_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    server, real = socket.create_server(("127.0.0.1", 0)), socket.create_connection
    port = server.getsockname()[1]
    monkeypatch.setattr(socket, "create_connection", lambda _place, timeout: real(("127.0.0.1", port), timeout=timeout))
    begun = time.monotonic()
    with pytest.raises(NotAcceptedError, match="unreachable"):
        call(webhooks("https://shop.example/", local=False))
    server.close()
    assert time.monotonic() - begun < TRIES * 1.3


def test_nobody_there_is_surely_not_called() -> None:
    with pytest.raises(NotAcceptedError, match="unreachable"):
        call(webhooks("http://127.0.0.1:1/"))


def test_a_webhook_that_is_none_or_has_no_secret_is_not_called() -> None:
    hooks = webhooks("https://shop.example/")

    for name, reason in (("other", "no_webhook"), ("unsigned", "no_secret")):
        with pytest.raises(NotAcceptedError, match=reason):
            call(hooks, name)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://localhost:9/"])
def test_this_machine_is_called_only_where_everything_is_on_it(url: str) -> None:
    with pytest.raises(NotAcceptedError, match="forbidden_address"):
        call(webhooks(url, local=False, found=["127.0.0.1"]))


NEAR = [
    "127.0.0.1",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "169.254.170.2",
    "100.64.0.1",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2001:0:1::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "127.1",
    "0x7f000001",
    "2130706433",
    "",
    "x",
]


@pytest.mark.parametrize("address", NEAR)
def test_what_is_near_is_never_called(address: str) -> None:
    assert not is_public(address)
    assert choose(["8.8.8.8", address]) is None
    with pytest.raises(NotAcceptedError, match="forbidden_address"):
        call(webhooks("https://rebind.example/", local=False, found=[address, "8.8.8.8"]))


@given(st.ip_addresses(network="10.0.0.0/8") | st.ip_addresses(network="fc00::/7") | st.ip_addresses(network="::/8"))
def test_no_address_of_a_private_network_is_public(address: object) -> None:
    assert not is_public(str(address))


def test_the_address_that_was_looked_at_is_the_one_that_is_called() -> None:
    assert choose(["2606:4700::1111", "9.9.9.9", "8.8.8.8"]) == "8.8.8.8"
    assert choose([]) is None


def test_a_certificate_of_somebody_else_is_no_way_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(_place: tuple[str, int], timeout: float) -> Any:
        return real((url_host, port), timeout=timeout)

    with served(says()) as (url, heard):
        url_host, port = "127.0.0.1", int(url.split(":")[2].split("/")[0])
        real = socket.create_connection
        monkeypatch.setattr(socket, "create_connection", connect)
        with pytest.raises(NotAcceptedError, match="unreachable"):
            call(webhooks("https://shop.example/", local=False))
    assert heard == []
    assert ssl.create_default_context().check_hostname


def test_a_webhook_of_the_catalog_is_called_with_the_secret_that_was_shown_once() -> None:
    database = MemoryDatabase()
    sealer, store = KmsSealer(database, PlainWrapper()), DefinitionStore(database)
    with served(says(content=b'{"code": 7}')) as (url, heard):
        store.put(Definition(kind="webhook", id="coupons", content={"url": url}))
        minted = WebhookSecrets(database, lambda: AT, lambda: "r" * 24, sealer).provide("coupons")
        assert minted is not None
        assert call(Webhooks(store, SigningKeys(database, sealer, lambda: AT), local=True)) == {"code": 7}

    [(headers, body)] = heard
    signed = f"id-1.{headers['webhook-timestamp']}.".encode() + body
    assert headers["webhook-signature"] == f"v1,{b64encode(digest(key_of(minted.text), signed, sha256)).decode()}"
