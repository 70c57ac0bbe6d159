"""Where the command finds things: the catalog, the folder of this machine's secrets, the platform to speak to."""

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cli.errors import UserError

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The folder that holds `catalog/` and `.regulars/`, and the platform that was named or found."""

    root: Path
    url: str | None
    token: str | None

    @property
    def catalog(self) -> Path:
        """The folder of the definitions."""
        return self.root / "catalog"

    @property
    def home(self) -> Path:
        """The folder of what belongs to this machine; never committed."""
        return self.root / ".regulars"

    @property
    def is_local(self) -> bool:
        """Say whether the platform runs on this machine."""
        return urlsplit(self.url or "").hostname in _HERE

    def must_have_url(self) -> str:
        """Return the platform's address. Raises UserError."""
        if self.url is None:
            raise UserError(
                "no platform to speak to",
                where=str(self.home / "local.json"),
                fix="start one with `make dev`, or say --url https://… (or REGULARS_URL)",
            )
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UserError(f"{self.url!r} is no address", fix="say --url https://…")
        if parts.scheme == "http" and not self.is_local:
            raise UserError(f"{self.url} would carry keys and tokens in clear", fix="say --url https://…")
        return self.url.rstrip("/")


def find_place(
    url: str | None, token: str | None, environment: Mapping[str, str] = os.environ, *, role: str | None = None
) -> Place:
    """
    Find the nearest folder above with a catalog or a platform; options win over the environment over what runs.

    A role stands for its token of the platform of this machine. Raises UserError.
    """
    root = _root(Path.cwd())
    running = _running(root / ".regulars" / "local.json")
    url = url or environment.get("REGULARS_URL")
    is_running = url is None or url.rstrip("/") == str(running.get("url", "")).rstrip("/")
    if role is not None:
        token = _token_of(role, token, running if is_running else {})
    token = token or environment.get("REGULARS_TOKEN")
    if is_running:
        token = token or running.get("tokens", {}).get("admin")
        url = url or running.get("url")
    return Place(root=root, url=url, token=token)


def _token_of(role: str, token: str | None, running: Mapping[str, Any]) -> str:
    if token:
        raise UserError("--role and --token both say who you are", fix="leave out one of them")
    tokens = running.get("tokens", {})
    if not tokens:
        what = "--role is for the platform that runs on this machine, and there is none"
        raise UserError(what, fix="start one with `make dev`; elsewhere sign in: regulars login")
    if role not in tokens:
        raise UserError(f"there is no role {role}", fix=f"say one of {', '.join(sorted(tokens))}")
    return str(tokens[role])


def _root(start: Path) -> Path:
    above = (folder for folder in (start, *start.parents) if (folder / "catalog").is_dir() or _has_sign(folder))
    return next(above, start)


def _has_sign(folder: Path) -> bool:
    return (folder / ".regulars" / "local.json").is_file()


def _running(sign: Path) -> dict[str, Any]:
    content = read_json(sign)
    return content if isinstance(content.get("tokens"), dict) else {}


def read_json(path: Path) -> dict[str, Any]:
    """Read an object from a file; an empty one where there is none."""
    try:
        content = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UserError("is no JSON that can be read", where=str(path), fix="mend or delete the file") from error
    return content if isinstance(content, dict) else {}


def make_private(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for its owner only: it will hold keys, or what people did."""
    if not folder.exists():
        make_private(folder.parent)
        folder.mkdir(mode=stat.S_IRWXU, exist_ok=True)


def write_json(path: Path, content: Any, *, secret: bool = False) -> None:
    """Write a file in one move, so that whoever reads it reads all of it or the one before."""
    make_private(path.parent)
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    mode = stat.S_IRUSR | stat.S_IWUSR | (0 if secret else stat.S_IRGRP | stat.S_IROTH)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as file:
        json.dump(content, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


class Keys:
    """The keys that this machine was given, by source and label."""

    def __init__(self, home: Path) -> None:
        self.path = home / "keys.json"

    def get(self, source: str) -> str | None:
        """Return a key to send with, a server's before a public one, if any is known here."""
        return self._first(source, "sk_") or self.public(source)

    def public(self, source: str) -> str | None:
        """Return the public key of a source, if it is known here."""
        return self._first(source, "wk_")

    def put(self, source: str, label: str, key: str) -> None:
        """Keep a key of a source, for the owner of this account only."""
        write_json(self.path, read_json(self.path) | {source: {**self._of(source), label: key}}, secret=True)

    def _first(self, source: str, prefix: str) -> str | None:
        return next((key for key in self._of(source).values() if key.startswith(prefix)), None)

    def _of(self, source: str) -> dict[str, str]:
        there = read_json(self.path).get(source, {})
        return there if isinstance(there, dict) else {"default": there}  # when a source had one key
