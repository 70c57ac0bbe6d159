"""`regulars privacy hold`, `holds` and `release-hold`: people of whom nothing is deleted while a case is open."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.output import counted, instant, table
from cli.profile import look_up
from cli.session import Session, session_of

HOLDS = "/v1/privacy/holds"


def hold(
    context: typer.Context,
    identifiers: Annotated[list[str], typer.Argument(help="Whom: email:ann@shop.example, a profile id …")],
    reference: Annotated[str, typer.Option("--reference", help="The number of the case; nobody's name.")],
    until: Annotated[
        str | None, typer.Option("--until", help="When it ends by itself, such as 2027-06-30T00:00:00Z.")
    ] = None,
) -> None:
    """
    Hold people for a case: nothing of them is deleted, neither by retention nor by an erasure.

    Examples:

        regulars privacy hold email:ann@shop.example --reference case-9
    """
    session = session_of(context)
    wish = {"reference": reference, "identifiers": identifiers, **({"until": until} if until else {})}
    placed = session.http.ask("POST", HOLDS, json=wish)
    _show(session, placed)
    session.output.say(f"to end it: regulars privacy release-hold {placed['id']}", "dim")


def holds(
    context: typer.Context,
    id: Annotated[str | None, typer.Argument(help="The id of a hold: whom does it name?")] = None,
    of: Annotated[str | None, typer.Option("--of", help="Whom: those by which this person is held.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000, help="How many at most.")] = 20,
) -> None:
    """
    List legal holds, newest first, or show one.

    Examples:

        regulars privacy holds --limit 50

        regulars privacy holds --of user_id:4711
    """
    session = session_of(context)
    if of is not None:
        path = f"/v1/profiles/{quote(look_up(session, of)['profile_id'], safe=':~')}/legal-holds"
        held = session.http.ask("GET", path)
        session.output.show(*(held["holds"] or ["nobody holds them"]))
        return session.output.data(held)
    if id is not None:
        return _show(session, session.http.ask("GET", _path(id)))
    found = session.http.ask("GET", HOLDS, params={"limit": limit})["holds"]
    rows = [
        (each["id"], each["reference"], each["stands"], each["identifiers"], instant(each["until"])) for each in found
    ]
    session.output.show(table(("id", "reference", "stands", "identifiers", "until"), rows))
    session.output.data(found)
    return None


def release_hold(
    context: typer.Context, id: Annotated[str, typer.Argument(help="The id of the hold, such as h1767225600000000_…")]
) -> None:
    """
    End a legal hold. Erasures that waited for it go on within a day, or at once with `regulars privacy resume`.

    Examples:

        regulars privacy release-hold h1767225600000000_1c0ffee1
    """
    session = session_of(context)
    _show(session, session.http.ask("POST", f"{_path(id)}/release"))


def _show(session: Session, told: Mapping[str, Any]) -> None:
    facts: Sequence[tuple[str, object]] = (
        ("id", told["id"]),
        ("reference", told["reference"]),
        ("stands", told["stands"]),
        ("holds", counted(told["identifiers"], "identifier")),
        ("placed", f"{instant(told['placed_at'])} by {told['by']}"),
        ("until", instant(told["until"]) or "it is released"),
        ("released", instant(told["released_at"])),
        ("names", "\n".join(told.get("names", ()))),
    )
    session.output.show(table(("", ""), [fact for fact in facts if fact[1] not in ("", None)]))
    session.output.data(told)


def _path(id: str) -> str:
    return f"{HOLDS}/{quote(id, safe='')}"
