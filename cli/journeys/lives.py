"""`regulars journey list`, `show`, `publish`, `pause`, `resume`, `drain`, `stop`, `archive` and `enter`."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.text import Text

from cli.errors import AnswerError, UserError
from cli.output import counted, instant, table
from cli.session import Session, session_of

JOURNEYS = "/v1/journeys"
Id = Annotated[str, typer.Argument(help="The id of the journey: the name of its file.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]
Number = Annotated[int | None, typer.Option("--version", min=1, help="That version only.")]
_UNTOLD = frozenset({400, 403, 404, 405, 413, 422, 503})  # where no report can be had, a journey is published without


def list_journeys(context: typer.Context) -> None:
    """
    List the journeys of the platform, and which version people enter.

    Examples:

        regulars journey list
    """
    session = session_of(context)
    found = list(session.http.pages(JOURNEYS, "journeys"))
    rows = [(one["id"], _state(one), _others(one), instant(one["changed_at"])) for one in found]
    session.output.show(table(("id", "people enter", "others on the way", "draft of"), rows))
    session.output.data(found)


def show_journey(context: typer.Context, id: Id) -> None:
    """
    Show a journey: its versions, and what publishing its draft would change.

    Examples:

        regulars journey show welcome
    """
    session = session_of(context)
    found = session.http.ask("GET", _path(id))
    session.output.show(Text(f"{id}: {_state(found)}", style="bold"))
    if found["versions"]:
        session.output.show(_versions(found["versions"]))
    _tell(session, found["changes"], _waiting(session, id) if found["changes"] else {})
    session.output.data(found)


def publish(context: typer.Context, id: Id, yes: Yes = False) -> None:
    """
    Let people enter a journey as its draft says, once you have seen what that changes.

    Who is on the way stays on the version that they entered. `regulars apply` writes drafts.

    Examples:

        regulars journey publish welcome

        regulars journey publish welcome --yes
    """
    session = session_of(context)
    found = session.http.ask("GET", _path(id))
    _tell(session, found["changes"], _waiting(session, id))
    _agree(session, yes, f"Publish {id}?", "publish")
    told = session.http.ask("POST", f"{_path(id)}/publish", json={"draft": found["version"]})
    version = told["version"]
    said = "now" if told["published"] else "already: this very draft is published"
    session.output.show(f"{id}: people enter version {version['version']} {said}")
    session.output.data(told)


def pause(context: typer.Context, id: Id) -> None:
    """
    Let nobody enter a journey until it is resumed; who is on the way goes on.

    Examples:

        regulars journey pause welcome
    """
    _do(session_of(context), id, "pause", "nobody enters until `regulars journey resume`; who is on the way goes on")


def resume(context: typer.Context, id: Id) -> None:
    """
    Let people enter a journey again that was paused.

    Examples:

        regulars journey resume welcome
    """
    _do(session_of(context), id, "resume", "people enter again")


def drain(context: typer.Context, id: Id, yes: Yes = False) -> None:
    """
    Let nobody enter a journey any more; who is on the way goes on to the end.

    Examples:

        regulars journey drain welcome
    """
    session = session_of(context)
    _agree(session, yes, f"Let nobody enter {id} any more, for good?", "drain")
    _do(session, id, "drain", "nobody enters any more; who is on the way goes on to the end")


def stop(context: typer.Context, id: Id, version: Number = None, yes: Yes = False) -> None:
    """
    End a journey where everybody is, at once: nothing more is sent.

    Examples:

        regulars journey stop welcome

        regulars journey stop welcome --version 2 --yes
    """
    session = session_of(context)
    whom = f"version {version} of {id}" if version else id
    _agree(session, yes, f"End {whom} for everybody, where they are?", "stop")
    _do(session, id, "stop", "nothing more is sent; everybody's end is noted within minutes", version)


def archive(context: typer.Context, id: Id, version: Number = None) -> None:
    """
    Put away a journey that nobody goes through any more, or an old version of it, with its state machine.

    Examples:

        regulars journey archive welcome

        regulars journey archive welcome --version 2
    """
    _do(session_of(context), id, "archive", "it is put away; its report stays", version)


def enter(
    context: typer.Context,
    id: Id,
    ref: Annotated[str, typer.Argument(help="A profile id (p_…), or an identifier such as user_id:ann.")],
    key: Annotated[str | None, typer.Option("--key", help="Once for each: the id of an order, say.")] = None,
    properties: Annotated[
        list[str] | None, typer.Option("--property", help="What the journey may use, as name=value; several times.")
    ] = None,
    message_id: Annotated[
        str | None, typer.Option("--message-id", help="Asked for twice under the same id it counts once.")
    ] = None,
) -> None:
    """
    Ask that somebody enters a journey that is open to it (enter: {api: true}).

    Whether they may, by its rules, is decided a moment later.

    Examples:

        regulars journey enter delivery_problem user_id:ann --key order-7 --property order_id=order-7
    """
    session = session_of(context)
    wish: dict[str, Any] = {"profile": ref, "properties": dict(map(_property, properties or []))}
    wish |= {name: value for name, value in (("key", key), ("messageId", message_id)) if value}
    told = session.http.ask("POST", f"{_path(id)}/entries", json=wish)
    repeated = " (asked for before)" if told["duplicate"] else ""
    session.output.show(f"{told['profile_id']} may enter {id}{repeated}: {told['messageId']}")
    session.output.data(told)


def _do(session: Session, id: str, deed: str, said: str, version: int | None = None) -> None:
    params = {"version": version} if version else {}
    told = session.http.ask("POST", f"{_path(id)}/{deed}", params=params)
    session.output.show(f"{id}: {said}", _versions(told["versions"]))
    session.output.data(told)


def _agree(session: Session, yes: bool, question: str, deed: str) -> None:
    if yes:
        return
    if not session.is_interactive:
        raise UserError(f"to {deed} it asks first", fix="say --yes to do it without being asked")
    if not typer.confirm(question, err=True):
        raise UserError("nothing was changed")


def _tell(session: Session, changes: Mapping[str, Sequence[str]] | None, waiting: Mapping[str, int] | None) -> None:
    """Show what publishing changes, and how many people wait in the steps that it removes."""
    if changes is None:
        session.output.show(Text("the draft names something that has gone: regulars journey check", style="yellow"))
        return
    for sign, name, style in (("+", "added", "green"), ("~", "changed", "yellow"), ("-", "removed", "red")):
        for step in changes[name]:
            where = _wait_there(step, waiting) if name == "removed" else ""
            session.output.show(Text(f"{sign} {step}{where}", style=style))
    if changes["rules"]:
        session.output.show(Text(f"~ {', '.join(changes['rules'])}", style="yellow"))
    if waiting is None and changes["removed"]:
        session.output.say("how many wait there is not known: no report can be had now", "dim")


def _wait_there(step: str, waiting: Mapping[str, int] | None) -> str:
    if not waiting or not waiting.get(step):
        return ""
    return f": {counted(waiting[step], 'passage')} in it, which stay on their version"


def _waiting(session: Session, id: str) -> Mapping[str, int] | None:
    """Read from the report how many wait in each step, in all versions; None where there is no report."""
    try:
        report = session.http.ask("GET", f"{_path(id)}/report")
    except AnswerError as error:
        if error.status in _UNTOLD:
            return None
        raise
    waiting: dict[str, int] = {}
    for version in report.get("versions", ()):
        for place in version.get("places", ()):
            waiting[place["step"]] = waiting.get(place["step"], 0) + place["waiting"]
    return waiting


def _versions(versions: Sequence[Mapping[str, Any]]) -> Any:
    rows = [(one["version"], one["state"], instant(one["published_at"]), one["by"]) for one in versions]
    return table(("version", "state", "published", "by"), rows)


def _state(journey: Mapping[str, Any]) -> str:
    current = next((one for one in journey["versions"] if one["state"] in ("live", "paused")), None)
    if current is None:
        return "nobody: not published" if not journey["versions"] else f"nobody: {journey['versions'][0]['state']}"
    changed = "" if current["definition"] == journey["definition"] else ", the draft is another"
    return f"version {current['version']}, {current['state']}{changed}"


def _others(journey: Mapping[str, Any]) -> str:
    return ", ".join(str(one["version"]) for one in journey["versions"] if one["state"] == "draining")


def _property(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise UserError(f"{text} is no property", fix="say it as name=value, such as order_id=order-7", code=2)
    return name, value


def _path(id: str) -> str:
    return f"{JOURNEYS}/{quote(id, safe='')}"
