"""`regulars login` and `regulars logout`."""

from typing import Annotated, Any

import typer

from cli.errors import UserError
from cli.http import Http
from cli.session import Session, session_of
from cli.sign_in.kept import SignIn, SignIns
from cli.sign_in.pool import UserPool
from cli.sign_in.renewing import cognito


def login(
    context: typer.Context,
    email: Annotated[str | None, typer.Option("--email", help="Whose sign-in; asked for when left out")] = None,
) -> None:
    """
    Sign in to a platform, with password and the code of your app.

    The first time you choose a password and add the app. You stay signed in for thirty days, on this machine and for
    this platform (--url); commands renew what they need. Programs have accounts of their own: see docs/access.md.

    Examples:

        regulars login --url https://api.shop.example --email ann@shop.example
    """
    session = session_of(context)
    url = session.place.must_have_url()
    http = Http(session.place)
    where = http.send("GET", "/v1/sign-in")
    http.close()
    if not where.get("client_id"):
        raise UserError("this platform names no user pool", where=url, fix="deploy it anew")
    email = email or typer.prompt("E-mail address", err=True)
    pool = UserPool(cognito(where["region"]), where["client_id"])
    tokens = pool.sign_in(email, _Terminal(session))
    made = SignIn(
        email=email, region=where["region"], client=where["client_id"], access=tokens.access, refresh=tokens.refresh
    )
    SignIns(session.place.home).put(url, made)
    session.output.say(f"Signed in to {url} as {email}.")


def logout(context: typer.Context) -> None:
    """
    Sign out of a platform: what was kept is forgotten, and ends.

    Examples:

        regulars logout --url https://api.shop.example
    """
    session = session_of(context)
    url, kept = session.place.must_have_url(), SignIns(session.place.home)
    found = kept.get(url)
    if found is None:
        raise UserError("nobody is signed in on this machine", where=url)
    kept.forget(url)
    UserPool(cognito(found.region), found.client).revoke(found.refresh)
    session.output.say(f"Signed out of {url}.")


class _Terminal:
    """Asks in the terminal; nothing that is typed as a secret is shown."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def password(self) -> str:
        """Ask for the password."""
        return str(typer.prompt("Password", hide_input=True, err=True))

    def new_password(self) -> str:
        """Ask for a new password, twice."""
        self._session.output.say("This password was for the first time only: choose your own.")
        return str(typer.prompt("New password", hide_input=True, confirmation_prompt=True, err=True))

    def enrol(self, secret: str, address: str) -> None:
        """Show the secret of the second factor."""
        self._session.output.say("Add this to the app that shows your codes, as a key or as an address:")
        self._session.output.say(f"  {secret}\n  {address}")

    def code(self) -> str:
        """Ask for the code that the app shows now."""
        asked: Any = typer.prompt("Code of the app", err=True)
        return str(asked).strip().replace(" ", "")
