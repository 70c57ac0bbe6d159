"""The definitions that are live, read and written through the admin API."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cli.definitions import FOLDERS, PLURALS, Kind
from cli.errors import AnswerError
from cli.http import Http
from regulars.pipeline.definitions import SINGLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """One definition as the platform holds it; `origin` says who wrote it last: a file or somebody by the API."""

    kind: Kind
    id: str
    content: Mapping[str, Any]
    origin: str
    version: int


def read_live(http: Http, kind: Kind) -> dict[str, Live]:
    """Read all live definitions of a kind, by id."""
    if kind in SINGLES:
        return _read_single(http, kind)
    found = (_live(kind, entry) for entry in http.pages(f"/v1/{FOLDERS[kind]}", PLURALS[kind]))
    return {one.id: one for one in found}


def _read_single(http: Http, kind: Kind) -> dict[str, Live]:
    try:
        return {SINGLES[kind]: _live(kind, http.ask("GET", f"/v1/{kind}"))}
    except AnswerError as error:
        if error.status == 404:  # what is usual holds as long as there is none
            return {}
        raise


def put(http: Http, kind: Kind, id: str, content: Mapping[str, Any], *, version: int) -> Sequence[Mapping[str, Any]]:
    """Write a definition over the version that was read (0: over none); return the keys and secrets made by it."""
    body = {"definition": content, "origin": "file", "version": version}
    answer = _careful(http, "PUT", _path(kind, id), json=body)
    if secret := answer.get("secret"):
        return [{"label": "secret", "kind": "webhook", "key": secret["secret"]}]
    minted: Sequence[Mapping[str, Any]] = answer.get("keys", [])
    return minted


def delete(http: Http, live: Live) -> None:
    """Remove a definition, if it still is what was read."""
    try:
        _careful(http, "DELETE", _path(live.kind, live.id), headers={"if-match": str(live.version)})
    except AnswerError as error:
        if error.status != 404:  # it is gone
            raise


def _careful(http: Http, method: str, path: str, **request: Any) -> Mapping[str, Any]:
    try:
        answer: Mapping[str, Any] = http.ask(method, path, **request)
    except AnswerError as error:
        if error.status == 409:
            error.fix = "somebody changed it meanwhile: look at `regulars plan` again"
        raise
    return answer


def _path(kind: Kind, id: str) -> str:
    return f"/v1/{kind}" if kind in SINGLES else f"/v1/{FOLDERS[kind]}/{id}"


def _live(kind: Kind, entry: Mapping[str, Any]) -> Live:
    return Live(
        kind=kind, id=entry["id"], content=entry["definition"], origin=entry["origin"], version=entry["version"]
    )
