"""The commands under `regulars webhook`: which there are, and the secrets that their calls are signed with."""

from typing import Annotated

import typer

from cli.output import instant, table
from cli.session import session_of

Webhook = Annotated[str, typer.Argument(help="The id of a webhook.")]
webhook = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Addresses that journeys call: list them, see, change and end their secrets.",
)


@webhook.command("list")
def list_webhooks(context: typer.Context) -> None:
    """
    List the webhooks that are live.

    Examples:

        regulars webhook list
    """
    session = session_of(context)
    found = list(session.http.pages("/v1/webhooks", "webhooks"))
    session.output.data({"webhooks": found})
    session.output.show(table(("id", "url"), [(one["id"], one["definition"]["url"]) for one in found]))


@webhook.command("secrets")
def list_secrets(context: typer.Context, webhook: Webhook) -> None:
    """
    List the secrets of a webhook by their prints, the newest first.

    Examples:

        regulars webhook secrets coupons
    """
    session = session_of(context)
    found = session.http.ask("GET", f"/v1/webhooks/{webhook}/secrets")["secrets"]
    session.output.data({"secrets": found})
    rows = [
        (one["print"], instant(one["minted_at"]), instant(one["ends_at"]) if one["ends_at"] else "") for one in found
    ]
    session.output.show(table(("print", "minted", "ends"), rows))


@webhook.command("rotate")
def rotate(context: typer.Context, webhook: Webhook) -> None:
    """
    Make a new secret, and show it this once; those before it sign beside it for 24 hours.

    Examples:

        regulars webhook rotate coupons
    """
    session = session_of(context)
    minted = session.http.ask("POST", f"/v1/webhooks/{webhook}/secrets")
    session.output.data(minted)
    session.output.show(f"secret of {webhook}: {minted['secret']}  (shown only now)")
    session.output.show("those before it end in 24 hours")


@webhook.command("revoke")
def revoke(
    context: typer.Context,
    webhook: Webhook,
    print: Annotated[str, typer.Argument(help="The print of the secret, as `secrets` shows it.")],
) -> None:
    """
    End a secret now: nothing is signed with it any more.

    Examples:

        regulars webhook revoke coupons 5f0c…
    """
    session = session_of(context)
    session.output.data(session.http.ask("DELETE", f"/v1/webhooks/{webhook}/secrets/{print}"))
    session.output.show(f"revoked: {webhook} {print}")
