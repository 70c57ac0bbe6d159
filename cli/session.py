"""What every command gets: where things are, a client for the platform, a way to speak."""

import sys
from dataclasses import dataclass, field, replace
from functools import cached_property

import typer

from cli.allowed import roles_of
from cli.http import Http
from cli.output import Output
from cli.place import Place
from cli.sign_in.kept import SignIns
from cli.sign_in.renewing import kept_token


@dataclass(frozen=True, kw_only=True)
class Session:
    """One run of the command."""

    place: Place
    output: Output
    case: str | None = None
    is_interactive: bool = field(default_factory=lambda: sys.stdin.isatty())

    @cached_property
    def signed_in(self) -> Place:
        """The place, with the token of whoever is signed in there if none was said. Raises UserError."""
        if self.place.token is not None or self.place.url is None:
            return self.place
        return replace(self.place, token=kept_token(SignIns(self.place.home), self.place.url))

    @cached_property
    def http(self) -> Http:
        """The client, made when it is first needed."""
        return Http(self.signed_in, case=self.case)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that the token names, as far as it can be read here."""
        return roles_of(self.signed_in.token)

    def close(self) -> None:
        """Close the client, if there is one."""
        if "http" in self.__dict__:
            self.http.close()


def session_of(context: typer.Context) -> Session:
    """Return the session that the options before the command made."""
    session = context.obj
    assert isinstance(session, Session)
    return session
