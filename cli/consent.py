"""What a person consents to: `regulars profile consent`, `decide`, `link` and `suppressions`."""

from collections.abc import Mapping
from itertools import islice
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.text import Text

from cli.errors import UserError
from cli.output import instant, table
from cli.profile import MASKED, look_up
from cli.session import Session, session_of

EVERYTHING = "everything"
Ref = Annotated[str, typer.Argument(help="A profile id (p_…), or an identifier such as email:ann@shop.example.")]
_WHY = {
    "signed_in": "said signed in",
    "denied": "denied",
    "device": "said by a device",
    "unsaid": "nothing said",
    "basis": "not asked",
}


def consent(
    context: typer.Context,
    ref: Ref,
    history: Annotated[bool, typer.Option("--history", help="List every decision instead, newest first.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000, help="How many decisions at most.")] = 50,
) -> None:
    """
    Show what a person consents to, by purpose and channel, and the decision that made it so.

    Examples:

        regulars profile consent user_id:ann

        regulars profile consent email:ann@shop.example --history
    """
    session = session_of(context)
    path = _path(session, ref, "consent")
    if history:
        found = list(islice(session.http.pages(f"{path}/decisions", "decisions", limit=min(limit, 100)), limit))
        session.output.data({"decisions": found})
        rows = [
            (instant(one["at"]), _matters(one), one["source"], one["text"], one["by"], _sealed(one, "proof"))
            for one in found
        ]
        columns = ("decided at", "what", "source", "text", "recorded by", "proof")
        session.output.show(table(columns, rows, title="Decisions") if rows else Text("no decisions", style="dim"))
        return
    answer = session.http.ask("GET", path)
    session.output.data(answer)
    session.output.show(_standings(answer))


def decide(
    context: typer.Context,
    ref: Ref,
    what: Annotated[str, typer.Argument(help=f"A purpose, purpose/channel, or {EVERYTHING} to withdraw from all.")],
    state: Annotated[str, typer.Argument(help="granted or denied.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it is recorded; kept sealed, with your user id.")],
    proof: Annotated[str | None, typer.Option("--proof", help="How and when they said so: a grant takes it.")] = None,
    text: Annotated[str | None, typer.Option("--text", help="The version of the text that they were shown.")] = None,
    message_id: Annotated[
        str | None, typer.Option("--message-id", help="An id of the case: repeated with it, it counts once.")
    ] = None,
) -> None:
    """
    Record what a person decided, and how they said so.

    It counts as said signed in, later than all before. The roles admin, privacy and service may.

    Examples:

        regulars profile decide user_id:ann newsletter/email granted --proof "form of 3 May" --reason "in the shop"

        regulars profile decide user_id:ann everything denied --reason "on the phone"
    """
    session = session_of(context)
    if state not in ("granted", "denied"):
        raise UserError(f"{state} is no decision", fix="say granted or denied")
    said = {**_what(what), "state": state, "reason": reason, "proof": proof, "text": text, "messageId": message_id}
    body = {name: value for name, value in said.items() if value is not None}
    found = session.http.ask("POST", _path(session, ref, "consent"), json=body)
    session.output.data(found)
    again = ", as it was before" if found["duplicate"] else ""
    session.output.show(_standings(found), f"recorded as {found['messageId']}{again}")


def link(
    context: typer.Context,
    ref: Ref,
    purpose: Annotated[str | None, typer.Option("--purpose", help="What the letter is about.")] = None,
    channel: Annotated[str | None, typer.Option("--channel", help="By which channel it is sent.")] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=1_100, help="How long the links hold.")] = 365,
) -> None:
    """
    Make the links by which a person decides by themselves: their preferences, and one click to unsubscribe.

    Send them to that person alone: whoever has one decides for them.

    Examples:

        regulars profile link email:ann@shop.example --purpose newsletter --channel email
    """
    session = session_of(context)
    kind = None if ref.startswith("p_") else ref.partition(":")[0]  # the one that the letter goes to
    wish = {"purpose": purpose, "channel": channel, "days": days, "kind": kind}
    body = {name: value for name, value in wish.items() if value is not None}
    found = session.http.ask("POST", _path(session, ref, "preference-link"), json=body)
    session.output.data(found)
    rows = [(name, f"{session.place.must_have_url()}{found[name]}") for name in ("preferences", "unsubscribe")]
    session.output.show(table(("link", "address"), rows, title=f"Until {instant(found['ends_at'])}"))


def suppressions(
    context: typer.Context,
    ref: Ref,
    lift: Annotated[str | None, typer.Option("--lift", help="Open this channel again: email or sms.")] = None,
) -> None:
    """
    Show the addresses of a person that get no messages, because they bounced or complained; or lift that.

    A complaint is lifted for their own identifiers: of what they merely typed somebody else may be the owner.

    Examples:

        regulars profile suppressions email:ann@shop.example

        regulars profile suppressions email:ann@shop.example --lift email
    """
    session = session_of(context)
    if lift not in (None, "email", "sms"):
        raise UserError(f"{lift} is no channel that is closed", fix="say email or sms")
    path = _path(session, ref, "suppressions")
    found = session.http.ask("POST", path, json={"lift": lift}) if lift else session.http.ask("GET", path)
    session.output.data(found)
    rows = [
        (one["channel"], one["reason"], instant(one["since"]), "yes" if one["own"] else "", one["owner"])
        for one in found["suppressions"]
    ]
    title = "Lifted" if lift else "Get no messages"
    shown = (
        table(("channel", "why", "since", "own", "address"), rows, title=title) if rows else Text("none", style="dim")
    )
    session.output.show(shown)


def _path(session: Session, ref: str, rest: str) -> str:
    return f"/v1/profiles/{quote(look_up(session, ref)['profile_id'], safe=':')}/{rest}"


def _what(text: str) -> Mapping[str, str]:
    if text == EVERYTHING:
        return {}
    purpose, _, channel = text.partition("/")
    return {"purpose": purpose, "channel": channel} if channel else {"purpose": purpose}


def _standings(answer: Mapping[str, Any]) -> Any:
    rows = [
        (
            one["name"],
            one["channel"] or "",
            one["state"],
            _WHY.get(one["why"], one["why"]),
            instant(one["since"]),
            one["matter"] or "",
        )
        for one in answer["purposes"]
    ]
    if not rows:
        return Text("no purposes are defined: write catalog/consent.yaml, as docs/consent.md shows", style="dim")
    return table(("purpose", "by", "state", "because", "since", "said as"), rows, title="Consent")


def _matters(one: Mapping[str, Any]) -> str:
    return ", ".join(f"{matter.removeprefix('purpose:')} {state}" for matter, state in one["matters"].items())


def _sealed(one: Mapping[str, Any], name: str) -> object:
    return MASKED if one["masked"] else one[name] or ""
