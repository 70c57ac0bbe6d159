"""The commands under `regulars source keys`: which keys a source has, and how to get, exchange and end them."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from cli.output import instant, table
from cli.place import Keys
from cli.session import Session, session_of
from cli.yaml_files import shown

Source = Annotated[str, typer.Argument(help="The id of a source.")]
Label = Annotated[str, typer.Option("--label", help="Of a key that the source lists, or signing.")]
keys = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The keys of a source: list them, mint, rotate and revoke them.",
)
source = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Where events come from: its keys.")
source.add_typer(keys, name="keys")
_SAID = {
    "public": "public: it stands in every page, and can be read here again",
    "server": "a secret: shown only now",
    "signing": "a secret that signs user ids: shown only now",
    "webhook": "a secret that signs what this webhook is sent: shown only now",
}


@keys.command("list")
def list_keys(context: typer.Context, source: Source) -> None:
    """
    List the keys of a source, the oldest first.

    Examples:

        regulars source keys list web
    """
    session = session_of(context)
    found = session.http.ask("GET", f"/v1/sources/{source}/keys")["keys"]
    session.output.data({"keys": found})
    rows = (
        (
            one["label"],
            one["kind"],
            one["key"] or "(a secret)",
            one["print"],
            instant(one["minted_at"]),
            one["used_on"] or ("never" if one["kind"] != "signing" else ""),
            instant(one["ends_at"]) if one["ends_at"] else "",
        )
        for one in found
    )
    session.output.show(table(("label", "kind", "key", "print", "minted", "last used", "ends"), rows))


@keys.command("mint")
def mint(context: typer.Context, source: Source, label: Label = "default") -> None:
    """
    Mint another key; those there are stay valid.

    Examples:

        regulars source keys mint web --label backend
    """
    session = session_of(context)
    tell(session, source, session.http.ask("POST", f"/v1/sources/{source}/keys", json={"label": label}), alone=True)


@keys.command("rotate")
def rotate(
    context: typer.Context,
    source: Source,
    label: Label = "default",
    overlap: Annotated[str, typer.Option("--overlap", help="How long those before it go on working.")] = "24 hours",
) -> None:
    """
    Mint a key and let those of its label end when the overlap is over.

    Examples:

        regulars source keys rotate web --overlap "7 days"

        regulars source keys rotate web --label backend --overlap "0 seconds"
    """
    session = session_of(context)
    body = {"label": label, "overlap": overlap}
    tell(session, source, session.http.ask("POST", f"/v1/sources/{source}/keys/rotate", json=body), alone=True)
    session.output.show(f"those before it end in {overlap}")


@keys.command("revoke")
def revoke(
    context: typer.Context,
    source: Source,
    print: Annotated[str, typer.Argument(help="The print of the key, as `list` shows it.")],
) -> None:
    """
    End a key now: within a minute nothing comes in with it.

    Examples:

        regulars source keys revoke web 5f0c…
    """
    session = session_of(context)
    session.output.data(session.http.ask("DELETE", f"/v1/sources/{source}/keys/{print}"))
    session.output.show(f"revoked: {source} {print}")


def tell(session: Session, source: str, minted: Mapping[str, Any], *, alone: bool = False) -> None:
    """Show a new key, and keep it if the platform is on this machine; `alone` if it is all that there is to show."""
    if alone:
        session.output.data(minted)
    session.output.show(f"key {minted['label']} of {source}: {minted['key']}  ({_SAID[minted['kind']]})")
    if session.place.is_local:
        kept = Keys(session.place.home)
        kept.put(source, minted["label"], minted["key"])
        session.output.say(f"kept in {shown(kept.path)}", "dim")
