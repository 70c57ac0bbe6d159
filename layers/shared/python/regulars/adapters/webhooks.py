"""
Calls of webhooks over HTTPS, guarded: the host is looked up once, and the call goes to the address that was looked at.

No redirect is followed, nothing near to us is reached, and of an answer at most 64 KB of JSON are read.
"""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
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
_PIECE = 8 * 1024
Resolve = Callable[[str, int], Sequence[str]]


class Keys(Protocol):
    """What calls are signed with."""

    def signing_secrets(self, webhook: str) -> Sequence[bytes]:
        """Give the secrets of a webhook that hold now, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call as it goes out: to one address of a host, for so many seconds in all."""

    url: SplitResult
    address: str
    port: int
    headers: Mapping[str, str]
    body: bytes
    timeout: float


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
        url = urlsplit(definition.url)
        host, is_local = url.hostname or "", self._local and url.hostname in LOCAL
        port = url.port or (443 if url.scheme == "https" else 80)
        if not is_local and (url.scheme != "https" or port != 443):
            raise NotAcceptedError("forbidden_address", again=False)
        address = "127.0.0.1" if is_local else self._address(host, port)
        return ask(
            Call(
                url=url,
                address=address,
                port=port,
                headers={**headers, "content-type": "application/json", "accept": "application/json"},
                body=body,
                timeout=definition.timeout / SECOND,
            )
        )

    def _address(self, host: str, port: int) -> str:
        try:
            found = self._resolve(host, port)
        except OSError:
            raise NotAcceptedError("unreachable", again=True) from None
        address = choose(found)
        if address is None:
            raise NotAcceptedError("forbidden_address", again=False)
        return address


def addresses_of(host: str, port: int) -> Sequence[str]:
    """Look up all addresses of a host. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)]


def ask(call: Call) -> Any:
    """Make a call, and read its answer. Raises NotAcceptedError, UnknownOutcomeError."""
    ends = time.monotonic() + call.timeout
    connection = _connected(call)
    try:
        path = (call.url.path or "/") + (f"?{call.url.query}" if call.url.query else "")
        connection.request("POST", path, body=call.body, headers=dict(call.headers))
        response = connection.getresponse()
        _check(response.status)
        return _read(response, connection, ends)
    except (OSError, http.client.HTTPException):
        raise UnknownOutcomeError("the webhook did not answer") from None
    finally:
        connection.close()


def _connected(call: Call) -> http.client.HTTPConnection:
    """Connect to the address that was looked at; the certificate is that of the host that was named."""
    host = call.url.hostname or ""
    connection = http.client.HTTPConnection(host, call.port, timeout=call.timeout)
    try:
        plain = socket.create_connection((call.address, call.port), timeout=min(_CONNECT, call.timeout))
        plain.settimeout(call.timeout)
        is_secure = call.url.scheme == "https"
        connection.sock = _context().wrap_socket(plain, server_hostname=host) if is_secure else plain
    except (OSError, ValueError):
        raise NotAcceptedError("unreachable", again=True) from None
    return connection


@cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _check(status: int) -> None:
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise NotAcceptedError("redirect", again=False)
    raise NotAcceptedError(f"status_{status}", again=status in (429, 503))


def _read(response: http.client.HTTPResponse, connection: http.client.HTTPConnection, ends: float) -> Any:
    content = b""
    while piece := response.read1(_PIECE):
        content += piece
        if len(content) > MAX_BYTES:
            raise NotAcceptedError("answer", again=False)
        if (left := ends - time.monotonic()) <= 0:
            raise UnknownOutcomeError("the webhook took too long to answer")
        if connection.sock:
            connection.sock.settimeout(left)
    if not content.strip():
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise NotAcceptedError("answer", again=False) from None
