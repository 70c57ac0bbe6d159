"""Webhooks: addresses of others that journeys call, and the secrets by which these know that it was us."""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from regulars.domain.definition_reading import duration, only, word
from regulars.domain.instants import SECOND
from regulars.errors import DefinitionError

USUAL_TIMEOUT = 5 * SECOND
LONGEST_TIMEOUT = 10 * SECOND
PREFIX = "whsec_"
LOCAL = frozenset({"localhost", "127.0.0.1"})  # called over http too, and by a local platform alone
MAX_URL = 2_000
_FIELDS = ("id", "name", "description", "url", "timeout")
_EXAMPLE = "https://api.shop.example/coupons"
_UNCLEAN = re.compile(r"[^\x21-\x7e]|[\\<>\"`{}|^]")
_HOST = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDefinition:
    """An address that is called, as `catalog/webhooks/*.yaml` has it; `timeout` in microseconds."""

    id: str
    name: str
    url: str
    timeout: int = USUAL_TIMEOUT


def parse_webhook(id: str, definition: Mapping[str, Any]) -> WebhookDefinition:
    """Read a webhook from its definition. Raises DefinitionError."""
    only(definition, _FIELDS, "")
    if not isinstance(definition.get("description", ""), str):
        raise DefinitionError("description", "is a text")
    timeout = duration(definition["timeout"], "timeout") if "timeout" in definition else USUAL_TIMEOUT
    if timeout > LONGEST_TIMEOUT or timeout < SECOND:
        raise DefinitionError("timeout", "is from 1 second to 10 seconds")
    return WebhookDefinition(
        id=id, name=word(definition.get("name", id), "name"), url=_url(definition.get("url")), timeout=timeout
    )


def new_secret(random: str) -> str:
    """Write a secret, as Standard Webhooks has it, of 24 to 64 characters that nobody can guess."""
    return PREFIX + b64encode(random.encode()).decode()


def key_of(secret: str) -> bytes:
    """Give what a secret signs with: the bytes that it stands for."""
    return b64decode(secret.removeprefix(PREFIX))


def secret_print(secret: str) -> str:
    """Name a secret without telling it."""
    return sha256(secret.encode()).hexdigest()[:40]


def _url(raw: object) -> str:
    wrong = DefinitionError("url", f"is an address that begins with https://, such as {_EXAMPLE}")
    if not isinstance(raw, str) or len(raw) > MAX_URL or _UNCLEAN.search(raw):
        raise wrong
    try:
        parts = urlsplit(raw)
        port = parts.port
    except ValueError:
        raise wrong from None
    if "@" in parts.netloc or parts.fragment:
        raise DefinitionError("url", "has neither a user nor a fragment (#…): who calls is proven by a signature")
    if parts.scheme == "http" and parts.hostname in LOCAL:
        return raw
    if parts.scheme != "https":
        raise wrong
    _check_host(parts.hostname or "")
    if port not in (None, 443):
        raise DefinitionError("url", "is called on port 443: leave the port out")
    return raw


def _check_host(host: str) -> None:
    if _is_number(host):
        raise DefinitionError("url", "names its host, and does not number it: one that moves is found again")
    if not _HOST.fullmatch(host) or host.endswith((".local", ".internal", ".localhost")):
        raise DefinitionError("url", f"has a host that the world can reach, such as {_EXAMPLE}")


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return bool(re.fullmatch(r"[0-9a-fx.]+", host)) and not re.search(r"\.[a-z]+\Z", host)
    return True
