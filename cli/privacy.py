"""`regulars privacy`: requests of persons, their certificates, and the register of what is kept where."""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cli.errors import UserError
from cli.output import counted, instant, table
from cli.person_page import page
from cli.person_records import records
from cli.profile import change
from cli.session import Session, session_of
from regulars.domain.privacy_deadlines import EXTENSIONS
from regulars.domain.privacy_requests import AT_ONCE, FILES, KINDS, PROOFS, UNVERIFIED

REQUESTS = "/v1/privacy/requests"
privacy = typer.Typer(no_args_is_help=True, help="Meet requests of persons, and see what is kept of whom.")
_Id = Annotated[str, typer.Argument(help="The id of the request, such as q1767225600000000.")]


@privacy.command()
def register(context: typer.Context) -> None:
    """
    Show where data of persons lies, for how long, and what an erasure does there (GDPR, article 30).

    Examples:

        regulars privacy register
    """
    session = session_of(context)
    places = session.http.ask("GET", "/v1/privacy/register")["places"]
    rows = [
        (each["name"], each["sort"], each["holds"], each["kept"], each["treatment"], each["receives"])
        for each in places
    ]
    session.output.show(table(("place", "sort", "holds", "kept", "an erasure", "who receives it"), rows))
    session.output.data(places)


@privacy.command()
def request(
    context: typer.Context,
    identifiers: Annotated[
        list[str] | None, typer.Argument(help="Whom: email:ann@shop.example, user_id:4711, a profile id …")
    ] = None,
    kind: Annotated[str, typer.Option("--kind", help=f"One of {', '.join(KINDS)}.")] = "erasure",
    law: Annotated[str, typer.Option("--law", help="gdpr (due in a month) or ccpa (in 45 days).")] = "gdpr",
    reference: Annotated[str, typer.Option("--reference", help="The number of the case; nobody's name.")] = "",
    file: Annotated[
        Path | None, typer.Option("--file", help="A file of further identifiers, one a line; - reads them from stdin.")
    ] = None,
) -> None:
    """
    Take a request; nothing happens before it is verified. An opt-out needs no proof, and begins at once.

    Examples:

        regulars privacy request email:ann@shop.example --reference case-7

        regulars privacy request --file leavers.txt

        regulars privacy request email:ann@shop.example --kind opt_out --law ccpa
    """
    session = session_of(context)
    waiting = iter([*(identifiers or ()), *(_lines(file) if file else ())])
    pages = _pages(waiting)
    first = next(pages, None)
    if not first:
        raise UserError("whom?", fix="name identifiers, or a file of them with --file")
    second = next(pages, None)
    wish: dict[str, Any] = {"kind": kind, "law": law, "reference": reference}
    begins = kind in UNVERIFIED  # once it names somebody, so only when it names all
    if second is None or not begins:
        wish["identifiers"], first = first, []
    taken = session.http.ask("POST", REQUESTS, json=wish)
    for more in filter(None, chain((first, second or []), pages)):
        taken = session.http.ask("POST", _path(taken["id"], "identifiers"), json={"identifiers": more})
        session.output.say(f"{taken['identifiers']:,} identifiers", "dim")
    if begins and taken["state"] == "received":
        taken = session.http.ask("POST", _path(taken["id"], "verify"), json={})
    _show(session, taken)
    if taken["state"] == "received":
        session.output.say(f"to begin: regulars privacy verify {taken['id']} --how document", "dim")


@privacy.command("list")
def list_requests(
    context: typer.Context,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000, help="How many at most.")] = 20,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only open ones whose time is over.")] = False,
) -> None:
    """
    List requests, newest first, and how they stand to their deadline: ahead, soon (a week), overdue, met or missed.

    Examples:

        regulars privacy list --limit 50

        regulars privacy list --overdue
    """
    session = session_of(context)
    params = {"limit": limit, **({"overdue": "true"} if overdue else {})}
    found = session.http.ask("GET", REQUESTS, params=params)["requests"]
    shown = ("id", "kind", "state", "identifiers", "due_at", "deadline", "reference")
    rows = [[instant(each[name]) if name == "due_at" else each[name] or "" for name in shown] for each in found]
    session.output.show(table(("id", "kind", "state", "identifiers", "due", "deadline", "reference"), rows))
    session.output.data(found)


@privacy.command()
def show(context: typer.Context, id: _Id) -> None:
    """
    Show how far a request is.

    Examples:

        regulars privacy show q1767225600000000
    """
    session = session_of(context)
    _show(session, session.http.ask("GET", _path(id)))


@privacy.command()
def verify(
    context: typer.Context,
    id: _Id,
    how: Annotated[str, typer.Option("--how", help=f"By what you know who asks: {', '.join(PROOFS)}.")],
) -> None:
    """
    Confirm that whoever asks is who they say, and begin. An erasure cannot be undone from here on.

    Examples:

        regulars privacy verify q1767225600000000 --how document
    """
    session = session_of(context)
    _show(session, session.http.ask("POST", _path(id, "verify"), json={"how": how}))


@privacy.command()
def extend(
    context: typer.Context,
    id: _Id,
    reason: Annotated[str, typer.Option("--reason", help=f"Why it takes longer: {', '.join(EXTENSIONS)}.")],
) -> None:
    """
    Make the time of a request longer: two further months (GDPR), or 45 days (CCPA). Tell whoever asked before that.

    Examples:

        regulars privacy extend q1767225600000000 --reason complexity
    """
    session = session_of(context)
    _show(session, session.http.ask("POST", _path(id, "extend"), json={"reason": reason}))


@privacy.command()
def cancel(context: typer.Context, id: _Id) -> None:
    """
    Take back a request that has not begun.

    Examples:

        regulars privacy cancel q1767225600000000
    """
    session = session_of(context)
    _show(session, session.http.ask("POST", _path(id, "cancel")))


@privacy.command()
def resume(context: typer.Context, id: _Id) -> None:
    """
    Go on with a request that was left.

    Examples:

        regulars privacy resume q1767225600000000
    """
    session = session_of(context)
    _show(session, session.http.ask("POST", _path(id, "resume")))


@privacy.command()
def repeat(context: typer.Context, id: _Id) -> None:
    """
    Do an erasure again, after a table was restored from a backup.

    Examples:

        regulars privacy repeat q1767225600000000
    """
    session = session_of(context)
    _show(session, session.http.ask("POST", _path(id, "repeat")))


@privacy.command()
def export(
    context: typer.Context,
    id: _Id,
    to: Annotated[Path, typer.Option("--to", help="A folder; files in it are for you only.")],
) -> None:
    """
    Write all that is kept of whoever asked, as JSON Lines and as a page to read.

    Of a request for portability only what the person provided and what was observed. Nothing is kept of it on the
    platform: hand it over, delete it, and complete the request.

    Examples:

        regulars privacy export q1767225600000000 --to ./case-7
    """
    session = session_of(context)
    asked = session.http.ask("GET", _path(id))
    if asked["kind"] not in FILES:
        raise UserError(f"{id} asks for {asked['kind']}, not for a file", fix="take a request of the kind access")
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = []
    for profile_id in session.http.pages(_path(id, "profiles"), "profiles"):
        found = list(records(session, profile_id, asked))
        name = profile_id.replace(":", "-")
        lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in found)
        files += [_write(to / f"{name}.jsonl", lines), _write(to / f"{name}.html", page(found))]
    session.output.show(*map(str, files))
    session.output.data({"files": [str(file) for file in files]})
    session.output.say(f"when it is handed over: regulars privacy complete {id}", "dim")


@privacy.command()
def correct(
    context: typer.Context,
    id: _Id,
    changes: Annotated[
        list[str], typer.Argument(help="name=text, name:=JSON for anything else; name:=null removes a trait.")
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why, in a sentence; kept sealed, with your user id.")],
) -> None:
    """
    Correct traits of whoever asked for a rectification, which is done by that.

    The values go into the correction alone, sealed; the request and its certificate name the traits.

    Examples:

        regulars privacy correct q1767225600000000 city=Bern nickname:=null --reason "by her letter of 3 May"
    """
    session = session_of(context)
    [profile_id] = session.http.pages(_path(id, "profiles"), "profiles")
    body = {"traits": dict(map(change, changes)), "reason": reason, "request": id}
    session.http.ask("PATCH", f"/v1/profiles/{quote(profile_id, safe=':')}/traits", json=body)
    _show(session, session.http.ask("GET", _path(id)))


@privacy.command()
def complete(context: typer.Context, id: _Id) -> None:
    """
    Note that whoever asked for access or portability was given their file.

    Examples:

        regulars privacy complete q1767225600000000
    """
    session = session_of(context)
    _show(session, session.http.ask("POST", _path(id, "complete")))


@privacy.command()
def certificate(
    context: typer.Context,
    id: Annotated[str | None, typer.Argument(help="The id of the request.")] = None,
    check: Annotated[
        Path | None, typer.Option("--verify", help="A certificate in a file: ask whether it is genuine.")
    ] = None,
) -> None:
    """
    Show the signed certificate of a request that is done, or ask whether one is genuine.

    Examples:

        regulars privacy certificate q1767225600000000 --json > certificate.json

        regulars privacy certificate --verify certificate.json
    """
    session = session_of(context)
    if (id is None) == (check is None):
        raise UserError("which?", fix="name a request, or a file with --verify")
    if check is not None:
        return _check(session, check)
    told = session.http.ask("GET", _path(id or "", "certificate"))
    session.output.show(
        f"{counted(told['erased'], 'identifier')} of {told['request']}, done at {instant(told['done_at'])}",
        table(("removed from", "rows"), sorted(told["removed"].items())),
        table(
            ("what remains", "where", "until"),
            [(each["what"], each["place"], instant(each["until"]) or "always") for each in told["remains"]],
        ),
        f"signature: {told['signature']}",
    )
    session.output.data(told)
    return None


def _check(session: Session, file: Path) -> None:
    try:
        content = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise UserError(f"{file} cannot be read as a certificate", fix="save one with --json") from error
    answer = session.http.ask("POST", "/v1/privacy/certificates/check", json=content)
    session.output.data(answer)
    if not answer["genuine"]:
        raise UserError("this workspace did not issue this certificate, or it was changed", where=str(file))
    session.output.show("genuine: this workspace issued it, and it is as it was")


def _write(file: Path, pieces: Iterable[str]) -> Path:
    """Write a file that only its owner may read, whole or not at all."""
    part = file.with_suffix(file.suffix + ".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as written:
        written.writelines(pieces)
    part.replace(file)
    return file


def _pages(identifiers: Iterator[str]) -> Iterator[list[str]]:
    while page := list(islice(identifiers, AT_ONCE)):
        yield page


def _lines(file: Path) -> Iterator[str]:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{file} cannot be read", fix="one identifier a line, in UTF-8") from error
    return (line.strip() for line in text.splitlines() if line.strip())


def _show(session: Session, request: Mapping[str, Any]) -> None:
    facts: Sequence[tuple[str, object]] = (
        ("id", request["id"]),
        ("kind", request["kind"]),
        ("state", request["state"]),
        ("identifiers", request["identifiers"]),
        ("due", instant(request["due_at"])),
        ("deadline", request["deadline"]),
        ("extended", " ".join(filter(None, (instant(request["extended_at"]), request["extension"])))),
        ("held by", ", ".join(request["held_by"])),
        ("held, in a request of their own", request["set_aside"]),
        ("suppressed since", instant(request["suppressed_since"])),
        ("rounds", request["round"]),
        ("next round", instant(request["next_round_at"])),
        ("corrected", ", ".join(request["changed"])),
        ("removed", ", ".join(f"{name} {number:,}" for name, number in request["found"].items())),
        ("ended", instant(request["ended_at"])),
    )
    session.output.show(table(("", ""), [fact for fact in facts if fact[1] not in ("", None)]))
    session.output.data(request)


def _path(id: str, verb: str = "") -> str:
    return f"{REQUESTS}/{quote(id, safe='')}{'/' if verb else ''}{verb}"
