"""
Calls of webhooks over HTTPS, guarded: the host is looked up once, and the call goes to the address that was looked at.

No redirect is followed, nothing near to us is reached, and of an answer at most 64 KB of JSON are read. One deadline is
over all of it: the look-up, the connection, and every byte of the answer.
"""

import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol
from urllib.parse import SplitResult, urlsplit

from regulars.domain.instants import SECOND
from regulars.domain.outbound import choose
from regulars.domain.webhook_signatures import signed
from regulars.domain.webhooks import LOCAL, WebhookDefinition, parse_webhook
from regulars.errors import NotAcceptedError, UnknownOutcomeError
from regulars.stores.definitions import DefinitionStore

MAX_BYTES = 64 * 1024
TRIES = 3  # of a call that surely did nothing
_CONNECT = 3.0  # seconds
_SHORTEST = 0.001  # seconds: of none, a socket would not wait for anything
Resolve = Callable[[str, int], Sequence[str]]


class Keys(Protocol):
    """What calls are signed with."""

    def signing_secrets(self, webhook: str) -> Sequence[bytes]:
        """Give the secrets of a webhook that hold now, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call as it goes out: to one address of a host, and over at `ends`, whatever came by then (`time.monotonic`)."""

    url: SplitResult
    address: str
    port: int
    headers: Mapping[str, str]
    body: bytes
    ends: float


class Webhooks:
    """
    Calls the webhooks of the catalog; `local` says whether this machine may be called, as only a local platform may.

    A call that surely did nothing is tried three times, under the same id.
    """

    def __init__(
        self,
        definitions: DefinitionStore,
        keys: Keys,
        *,
        local: bool = False,
        resolve: Resolve | None = None,
        pause: Callable[[int], None] = lambda _tries: None,
    ) -> None:
        self._definitions = definitions
        self._keys = keys
        self._local = local
        self._resolve = resolve or addresses_of
        self._pause = pause

    def call(self, webhook: str, id: str, at: int, content: Mapping[str, Any]) -> Any:
        """Call a webhook; give its answer. Raises NotAcceptedError, UnknownOutcomeError."""
        found = self._definitions.get("webhook", webhook)
        if found is None:
            raise NotAcceptedError("no_webhook", again=False)
        definition, body = parse_webhook(webhook, found.content), json.dumps(content, ensure_ascii=False).encode()
        secrets = self._keys.signing_secrets(webhook)
        if not secrets:
            raise NotAcceptedError("no_secret", again=False)
        headers = signed(id, at // SECOND, body, secrets)
        for tries in range(TRIES):
            try:
                return self._try(definition, headers, body)
            except NotAcceptedError as error:
                if not error.again or tries == TRIES - 1:
                    raise
                self._pause(tries)
        raise AssertionError("the last try gives an answer or an error")

    def _try(self, definition: WebhookDefinition, headers: Mapping[str, str], body: bytes) -> Any:
        url, ends = urlsplit(definition.url), time.monotonic() + definition.timeout / SECOND
        host, is_local = url.hostname or "", self._local and url.hostname in LOCAL
        port = url.port or (443 if url.scheme == "https" else 80)
        if not is_local and (url.scheme != "https" or port != 443):
            raise NotAcceptedError("forbidden_address", again=False)
        address = "127.0.0.1" if is_local else self._address(host, port, ends)
        return ask(
            Call(
                url=url,
                address=address,
                port=port,
                headers={**headers, "content-type": "application/json", "accept": "application/json"},
                body=body,
                ends=ends,
            )
        )

    def _address(self, host: str, port: int, ends: float) -> str:
        address = choose(self._found(host, port, min(_CONNECT, _left(ends))))
        if address is None:
            raise NotAcceptedError("forbidden_address", again=False)
        return address

    def _found(self, host: str, port: int, seconds: float) -> Sequence[str]:
        """Look a host up beside us: the resolver has no limit of its own, and whoever is too slow is left behind."""
        found: list[Sequence[str]] = []

        def look() -> None:
            with suppress(OSError, UnicodeError):
                found.append(self._resolve(host, port))

        looking = threading.Thread(target=look, daemon=True)
        looking.start()
        looking.join(seconds)
        if not found:
            raise NotAcceptedError("unreachable", again=True)
        return found[0]


def addresses_of(host: str, port: int) -> Sequence[str]:
    """Look up all addresses of a host. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)]


def ask(call: Call) -> Any:
    """Make a call, and read its answer. Raises NotAcceptedError, UnknownOutcomeError."""
    connection = http.client.HTTPConnection(call.url.hostname or "", call.port)
    with closing(connection), _until(call.ends, _connected(call, connection)):
        _shake_hands(connection)
        return _asked(call, connection)


def _asked(call: Call, connection: http.client.HTTPConnection) -> Any:
    try:
        path = (call.url.path or "/") + (f"?{call.url.query}" if call.url.query else "")
        connection.request("POST", path, body=call.body, headers=dict(call.headers))
        response = connection.getresponse()
        content = response.read(MAX_BYTES + 1)
    except (OSError, http.client.HTTPException):
        raise UnknownOutcomeError("the webhook did not answer") from None
    if not _left(call.ends) or (response.length and len(content) <= MAX_BYTES):
        raise UnknownOutcomeError("what looks like an answer of the webhook is what came of one")
    _check(response.status)
    return _read(content)


@contextmanager
def _until(ends: float, connected: socket.socket) -> Iterator[None]:
    """Let a connection live until then: no server keeps it longer, by however little it says at a time."""

    def cut() -> None:
        with suppress(OSError):  # it is closed already
            socket.socket.shutdown(connected, socket.SHUT_RDWR)  # past TLS, which may be read from meanwhile

    watchdog = threading.Timer(_left(ends), cut)
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()


def _left(ends: float) -> float:
    return max(ends - time.monotonic(), 0.0)


def _connected(call: Call, connection: http.client.HTTPConnection) -> socket.socket:
    """Connect to the address that was looked at; the certificate is that of the host that was named."""
    try:
        place, seconds = (call.address, call.port), min(_CONNECT, _left(call.ends))
        plain = socket.create_connection(place, timeout=max(seconds, _SHORTEST))
        plain.settimeout(max(_left(call.ends), _SHORTEST))
        connection.sock = plain
        if call.url.scheme == "https":
            host = call.url.hostname or ""
            connection.sock = _context().wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
    except (OSError, ValueError):
        raise NotAcceptedError("unreachable", again=True) from None
    return connection.sock


def _shake_hands(connection: http.client.HTTPConnection) -> None:
    """Agree on keys: nothing has been said by then. Raises NotAcceptedError."""
    if isinstance(connection.sock, ssl.SSLSocket):
        try:
            connection.sock.do_handshake()
        except (OSError, ValueError):
            raise NotAcceptedError("unreachable", again=True) from None


@cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _check(status: int) -> None:
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise NotAcceptedError("redirect", again=False)
    raise NotAcceptedError(f"status_{status}", again=status in (429, 503))


def _read(content: bytes) -> Any:
    if len(content) > MAX_BYTES:
        raise NotAcceptedError("answer", again=False)
    if not content.strip():
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise NotAcceptedError("answer", again=False) from None
