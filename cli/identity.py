"""`regulars identity`: what ties a person together, why, whom when; and how to take a false merge apart."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.text import Text

from cli.errors import UserError
from cli.orders import worth
from cli.output import counted, instant, table, visible
from cli.profile import MASKED, REFERENCE, look_up
from cli.refused_claims import refused
from cli.session import Session, session_of

identity = typer.Typer(no_args_is_help=True, help="See what ties a person together, and take a false merge apart.")
identity.command()(refused)
Ref = Annotated[str, typer.Argument(help="A profile id (p_…), or an identifier such as email:ann@shop.example.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Json = Mapping[str, Any]


@identity.command()
def graph(context: typer.Context, ref: Ref) -> None:
    """
    Show identifiers, what tied them together, and what was cut.

    Examples:

        regulars identity graph user_id:ann
    """
    session = session_of(context)
    found = session.http.ask("GET", _path(session, ref, "graph"))
    names = _names(found["identifiers"])
    session.output.data(found)
    session.output.show(
        Text(f"{found['profile_id']}  {counted(len(names), 'identifier')}", style="bold"),
        Text("\n").join([*names.values(), Text()]),
        _edges("Tied together", found["edges"], names),
        _cuts(found["cuts"], names),
    )


@identity.command()
def why(
    context: typer.Context,
    ref: Ref,
    one: Annotated[str, typer.Argument(help="An identifier of the profile.")],
    other: Annotated[str, typer.Argument(help="Another one.")],
) -> None:
    """
    Explain why two identifiers belong to one profile: the way from one to the other.

    Examples:

        regulars identity why user_id:ann anonymous_id:a-1 email:ann@shop.example
    """
    session = session_of(context)
    nodes = session.http.ask("GET", _path(session, ref, "graph"))["identifiers"]
    ends = {"a": _id_of(_checked(one), nodes), "b": _id_of(_checked(other), nodes)}
    found = session.http.ask("GET", _path(session, ref, "why"), params=ends)
    session.output.data(found)
    session.output.show(_edges("The way", found["path"], _names(found["identifiers"])))


@identity.command()
def belonging(
    context: typer.Context,
    ref: Ref,
    at: Annotated[str, typer.Argument(help="An instant, such as 2026-01-31T12:00:00Z.")],
) -> None:
    """
    Tell whom an identifier belonged to at an instant, as the platform knew it then.

    Examples:

        regulars identity belonging anonymous_id:a-1 2026-01-31T12:00:00Z
    """
    session = session_of(context)
    nodes = session.http.ask("GET", _path(session, ref, "graph"))["identifiers"]
    path = f"/v1/profiles/{quote(_id_of(_checked(ref), nodes), safe=':~')}/belonging"
    found = session.http.ask("GET", path, params={"at": at})
    session.output.data(found)
    rows = [(one["kind"], _value(one), one["id"]) for one in found["identifiers"]]
    session.output.show(Text(f"{found['profile_id']} at {found['at']}\n"), table(("kind", "value", "id"), rows))


@identity.command()
def unmerge(
    context: typer.Context,
    ref: Ref,
    identifier: Annotated[
        list[str] | None, typer.Option("--identifier", help="One that leaves; as often as needed.")
    ] = None,
    edge: Annotated[
        tuple[str, str] | None, typer.Option("--edge", help="Two identifiers: what ties them together is cut.")
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Only show what each side would be.")] = False,
    yes: Yes = False,
) -> None:
    """
    Take a profile apart: see what each side would be, then do it.

    Examples:

        regulars identity unmerge user_id:ann --edge user_id:ann anonymous_id:b-1

        regulars identity unmerge user_id:ann --identifier email:office@shop.example
    """
    session = session_of(context)
    who = _who(identifier, edge)
    path = _path(session, ref, "unmerge")
    seen = session.http.ask("POST", path, json={**who, "preview": True})
    session.output.show(_side("Stays", seen["stays"]), _side("Leaves", seen["leaves"]))
    if preview:
        session.output.data(seen)
        return
    if not yes:
        _confirm(session, "Take them apart?")
    done = session.http.ask("POST", path, json={**who, "version": seen["version"]})
    session.output.data(done)
    session.output.show(f"{done['stays']['profile_id']} and {done['leaves']['profile_id']} are two from now on")


@identity.command()
def release(
    context: typer.Context,
    ref: Ref,
    one: Annotated[str, typer.Argument(help="One end of the cut.")],
    other: Annotated[str, typer.Argument(help="The other.")],
) -> None:
    """
    Let two identifiers that were cut apart be tied again, by what comes from now on.

    Examples:

        regulars identity release user_id:ann user_id:ann anonymous_id:b-1
    """
    session = session_of(context)
    body = {"a": _checked(one), "b": _checked(other)}
    session.output.data(session.http.ask("POST", _path(session, ref, "release"), json=body))
    session.output.show("released: the next event that names both ties them together")


@identity.command()
def held(context: typer.Context) -> None:
    """
    List identifiers that tied too many people together within an hour, and tie nobody since.

    Examples:

        regulars identity held
    """
    session = session_of(context)
    found = list(session.http.pages("/v1/identity/held", "held"))
    session.output.data({"held": found})
    rows = [(one["kind"], _value(one), instant(one["since"]), one["source"], one["id"]) for one in found]
    columns = ("kind", "value", "since", "source", "id")
    session.output.show(table(columns, rows) if rows else "nothing is held")
    if rows:
        session.output.say("block a value in catalog/identity.yaml, apply, then: regulars identity heal ID")
        session.output.say("or, if it is in order: regulars identity let-go ID")


@identity.command()
def heal(
    context: typer.Context,
    id: Annotated[str, typer.Argument(help="The id of a held identifier, as `regulars identity held` tells it.")],
    yes: Yes = False,
) -> None:
    """
    Undo what a held identifier has tied together: each of its ties is cut.

    Examples:

        regulars identity heal p_email:k5qf2e5y3jz6v4ubd2nqyxw7ae
    """
    session = session_of(context)
    if not yes:
        _confirm(session, "Cut everything that it tied?")
    cut, left = 0, 1
    while left:
        done = session.http.ask("POST", f"/v1/identity/held/{quote(_checked(id), safe=':~')}/heal")
        cut, left = cut + done["cut"], done["left"]
        if left:
            session.output.say(f"{cut:,} cut, {left:,} left")
    session.output.data({"cut": cut})
    session.output.show(f"{counted(cut, 'tie')} cut")


@identity.command()
def let_go(
    context: typer.Context,
    id: Annotated[str, typer.Argument(help="The id of a held identifier, as `regulars identity held` tells it.")],
) -> None:
    """
    Let a held identifier tie people together again, from now on.

    Examples:

        regulars identity let-go p_email:k5qf2e5y3jz6v4ubd2nqyxw7ae
    """
    session = session_of(context)
    session.output.data(session.http.ask("DELETE", f"/v1/identity/held/{quote(_checked(id), safe=':~')}"))
    session.output.show("it ties together what comes from now on")


def _confirm(session: Session, question: str) -> None:
    if session.output.as_json or not typer.confirm(question):
        raise UserError("nothing was changed", fix="say --yes to do it without being asked")


def _who(identifiers: Sequence[str] | None, edge: tuple[str, str] | None) -> dict[str, Any]:
    if bool(identifiers) == bool(edge):
        raise UserError("who leaves?", fix="say either --identifier (as often as needed) or --edge ONE OTHER")
    if edge:
        return {"edge": [_checked(end) for end in edge]}
    return {"identifiers": [_checked(one) for one in identifiers or ()]}


def _checked(ref: str) -> str:
    if not ref.startswith("p_") and ":" not in ref:
        raise UserError(f"{ref} says not of which kind it is", fix=REFERENCE)
    return ref


def _path(session: Session, ref: str, what: str) -> str:
    """Name a profile by its id: a path never tells an identifier."""
    return f"/v1/profiles/{quote(look_up(session, ref)['profile_id'], safe=':~')}/{what}"


def _id_of(ref: str, nodes: Sequence[Json]) -> str:
    """Find the id of an identifier that the caller may see; else it goes as it was given."""
    return next((node["id"] for node in nodes if f"{node['kind']}:{node['value']}".lower() == ref.lower()), ref)


def _names(nodes: Sequence[Json]) -> dict[str, Text]:
    return {node["id"]: Text.assemble(f"{node['kind']}:", _value(node)) for node in nodes}


def _value(node: Json) -> Any:
    return MASKED if node["masked"] else Text(visible(node["value"]))


def _edges(title: str, edges: Sequence[Json], names: Mapping[str, Text]) -> Any:
    rows = [
        (_name(edge["a"], names), _name(edge["b"], names), edge["rule"], instant(edge["time"]), _event(edge))
        for edge in edges
    ]
    columns = ("identifier", "with", "rule", "at", "by event")
    return table(columns, rows, title=title) if rows else Text(f"{title}: nothing", style="dim")


def _cuts(cuts: Sequence[Json], names: Mapping[str, Text]) -> Any:
    rows = [
        (_name(cut["a"], names), _name(cut["b"], names), instant(cut["cut"]), cut["by"], instant(cut["released"]))
        for cut in cuts
    ]
    columns = ("identifier", "from", "cut at", "by", "released at")
    return table(columns, rows, title="Cut apart") if rows else Text("Cut apart: nothing", style="dim")


def _name(id: str, names: Mapping[str, Text]) -> Any:
    return names.get(id, Text(id, style="dim"))


def _event(edge: Json) -> str:
    event = edge["event"]
    return f"{event['message_id']} of {event['source']}" if event else "by hand"


def _side(title: str, side: Json) -> Any:
    rows = [
        ("identifiers", Text(", ").join(_names(side["identifiers"]).values())),
        ("traits", ", ".join(sorted(side["traits"])) or "none"),
        ("orders", worth(side["orders"])),
        ("segments", ", ".join(side["segments"]) or "none"),
        ("enters", ", ".join(side["enters"]) or "none"),
        ("leaves", ", ".join(side["leaves"]) or "none"),
    ]
    return table(("", side["profile_id"]), rows, title=title)
