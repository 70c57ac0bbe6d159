"""All that is kept of a person, record by record, as the platform answers it: for access, or only what is portable."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from cli.errors import AnswerError, UserError
from cli.session import Session

Record = Mapping[str, Any]


def records(session: Session, profile_id: str, request: Record) -> Iterator[Record]:
    """
    Read a person; what they provided and what was observed is portable, what was derived is not.

    Raises UserError where the token may not open personal fields.
    """
    yield {"record": "request", **request}
    path = f"/v1/profiles/{quote(profile_id, safe=':~')}"
    try:
        profile = session.http.ask("GET", path)
    except AnswerError as error:
        if error.reason != "not_found":
            raise
        yield {"record": "nothing", "profile_id": profile_id}
        return
    provided = _provided(session, path)
    derived = () if request["kind"] == "portability" else _derived(session, path, profile)
    for record in (*provided, *derived):
        if record.get("masked"):
            raise UserError("the token may not open personal fields", fix="ask as somebody of the role privacy")
        yield record
    for event in session.http.pages(f"{path}/events", "events"):
        yield {"record": "event", **event}


def _provided(session: Session, path: str) -> Iterator[Record]:
    for identifier in session.http.pages(f"{path}/identifiers", "identifiers"):
        yield {"record": "identifier", **identifier}
    for name, trait in _named(session, f"{path}/traits", "traits"):
        yield {"record": "trait", "name": name, **trait}


def _derived(session: Session, path: str, profile: Record) -> Iterator[Record]:
    yield {"record": "profile", **{name: profile[name] for name in ("profile_id", "known", "orders")}}
    for id, computed in _named(session, f"{path}/computed", "computed"):
        yield {"record": "computed", "id": id, **computed}
    for membership in session.http.pages(f"{path}/memberships", "memberships"):
        yield {"record": "membership", **membership}
        history = f"{path}/segments/{quote(membership['segment'], safe='')}/history"
        for moved in session.http.pages(history, "transitions"):
            yield {"record": "transition", "segment": membership["segment"], **moved}
    for audience in session.http.ask("GET", f"{path}/audiences")["audiences"]:
        yield {"record": "audience", **audience}
    yield from _sent(session, path)
    yield {"record": "graph", "edges": session.http.ask("GET", f"{path}/graph")["edges"]}
    for place in session.http.ask("GET", "/v1/privacy/register")["places"]:
        yield {"record": "place", **place}


def _sent(session: Session, path: str) -> Iterator[Record]:
    """Through which journeys the person goes, what was sent to them and what not, and which addresses get nothing."""
    for passage in session.http.pages(f"{path}/journeys", "journeys"):
        yield {"record": "passage", **passage}
    for message in session.http.pages(f"{path}/messages", "messages"):
        yield {"record": "message", **message}
    for suppressed in session.http.ask("GET", f"{path}/messages", params={"limit": 1})["suppressed"]:
        yield {"record": "suppressed", **suppressed}


def _named(session: Session, path: str, plural: str) -> Iterator[tuple[str, Any]]:
    cursor = None
    while True:
        asked = {"limit": 1_000, **({"cursor": cursor} if cursor else {})}
        page = session.http.ask("GET", path, params=asked)
        yield from page[plural].items()
        cursor = page["next"]
        if cursor is None:
            return
