"""Sign-ins that are kept for this machine's user, by the address of the platform, and renewed when they end."""

import base64
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import time
from typing import Any

from cli.errors import UserError
from cli.place import read_json
from cli.sign_in.pool import Tokens

SOON = 120  # seconds before its end that an access token is renewed


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Somebody's sign-in to one platform."""

    email: str
    region: str
    client: str
    access: str
    refresh: str


class SignIns:
    """The file of all sign-ins: for its owner alone, replaced in one move."""

    def __init__(self, home: Path) -> None:
        self._file = home / "sign-in.json"

    def get(self, url: str) -> SignIn | None:
        """Read the sign-in to a platform. Raises UserError."""
        found = self._read().get(_key(url))
        try:
            return SignIn(**found) if found else None
        except TypeError as error:
            raise UserError("holds no sign-ins", where=str(self._file), fix="delete the file and sign in") from error

    def put(self, url: str, sign_in: SignIn) -> None:
        """Keep a sign-in."""
        self._write({**self._read(), _key(url): asdict(sign_in)})

    def forget(self, url: str) -> None:
        """Keep it no longer."""
        self._write({key: one for key, one in self._read().items() if key != _key(url)})

    def _read(self) -> dict[str, Any]:
        return read_json(self._file)

    def _write(self, content: dict[str, Any]) -> None:
        self._file.parent.mkdir(exist_ok=True)
        draft = self._file.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(content, indent=2))
        draft.replace(self._file)


def token_of(
    signed_in: SignIns, url: str, renew: Callable[[SignIn], Tokens], now: Callable[[], float] = time
) -> str | None:
    """Give an access token of whoever is signed in to a platform, a new one if it ends soon. Raises UserError."""
    found = signed_in.get(url)
    if found is None:
        return None
    if ends(found.access) > now() + SOON:
        return found.access
    try:
        renewed = renew(found)
    except UserError as error:
        raise UserError(f"your sign-in cannot be renewed: {error}", fix="sign in again: regulars login") from error
    signed_in.put(url, replace(found, access=renewed.access, refresh=renewed.refresh or found.refresh))
    return renewed.access


def ends(token: str) -> float:
    """Read when a token ends (seconds), unverified; 0 where it cannot be read."""
    try:
        return float(json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "==="))["exp"])
    except (IndexError, KeyError, ValueError, TypeError):
        return 0.0


def _key(url: str) -> str:
    return url.rstrip("/").lower()
