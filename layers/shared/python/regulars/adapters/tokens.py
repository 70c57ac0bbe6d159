"""Tokens of the sign-in, checked by the function that is asked, whatever the gateway did."""

import json
import urllib.request
from collections.abc import Callable, Mapping
from threading import Lock
from time import monotonic
from typing import Any

import jwt

from regulars.adapters.http import Request
from regulars.errors import UnauthorizedError, UnavailableError

FETCH_EVERY = 60.0  # seconds: who makes up names of keys makes nobody fetch more often
_ALGORITHM = "RS256"  # the one that Cognito signs with; a token does not choose
_REQUIRED = ("exp", "iat", "iss", "sub", "client_id", "token_use")
_TIMEOUT = 3.0

Keys = Mapping[str, jwt.PyJWK]  # by the name that tokens give them


class Tokens:
    """Checks the tokens of one user pool for some of its clients; safe for threads."""

    def __init__(self, issuer: str, clients: frozenset[str], fetch: Callable[[], Keys]) -> None:
        self._issuer, self._clients, self._fetch = issuer, clients, fetch
        self._keys: Keys = {}
        self._fetched = -FETCH_EVERY
        self._lock = Lock()

    def claims(self, request: Request) -> Mapping[str, Any]:
        """Read the claims of the token that a request carries. Raises UnauthorizedError, UnavailableError."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise UnauthorizedError("sign in and send the access token as: Authorization: Bearer <token>")
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token,
                self._key(jwt.get_unverified_header(token).get("kid")),
                algorithms=[_ALGORITHM],
                issuer=self._issuer,
                options={"require": list(_REQUIRED), "verify_aud": False},  # an access token names a client instead
            )
        except jwt.PyJWTError:
            raise _refused() from None  # its words may repeat the token
        client = claims["client_id"]
        if not isinstance(client, str) or client not in self._clients:
            raise _refused()
        return claims

    def _key(self, name: object) -> jwt.PyJWK:
        if not isinstance(name, str):
            raise _refused()
        with self._lock:
            if name not in self._keys and monotonic() >= self._fetched + FETCH_EVERY:
                self._keys = self._fetch()
                self._fetched = monotonic()
            if name not in self._keys:
                raise _refused()
            return self._keys[name]


def fetch_keys(address: str) -> Keys:
    """Fetch the public keys of a user pool. Raises UnavailableError."""
    try:
        with urllib.request.urlopen(address, timeout=_TIMEOUT) as answer:
            content = json.loads(answer.read(100_000))
        return {key["kid"]: jwt.PyJWK(key) for key in content["keys"] if key.get("alg", _ALGORITHM) == _ALGORITHM}
    except (OSError, ValueError, KeyError, TypeError, jwt.PyJWTError) as error:
        raise UnavailableError("the keys of the sign-in cannot be read; try again in a moment") from error


def _refused() -> UnauthorizedError:
    return UnauthorizedError("the token is none of this deployment's sign-in, or has ended: sign in again")
