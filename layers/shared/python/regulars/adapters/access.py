"""Whom a function believes to be asking, and what they see."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from regulars.adapters import clients, settings
from regulars.adapters.http import Request
from regulars.domain.roles import Caller, read_caller
from regulars.domain.teams import Sight
from regulars.pipeline.sights import Sights


@dataclass(frozen=True, slots=True)
class Access:
    """`claims` are those of the token of a request, `sight` is what a caller sees."""

    claims: Callable[[Request], Mapping[str, Any]]
    sight: Callable[[Caller], Sight]

    def caller(self, request: Request) -> Caller:
        """Read who asks. Raises UnauthorizedError, UnavailableError."""
        return read_caller(self.claims(request))


@cache
def access() -> Access:
    """Give that of this deployment."""
    from regulars.adapters.tokens import Tokens, fetch_keys

    tokens = Tokens(settings.sign_in_issuer(), settings.sign_in_clients(), lambda: fetch_keys(settings.sign_in_keys()))
    return Access(tokens.claims, Sights(clients.database()).of)
