"""Roles are groups of the sign-in, read by one strict function, and bundles of the scopes that each route declares."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from regulars.errors import ForbiddenError, UnauthorizedError

Scope = Literal[
    "profiles:read",
    "profiles:write",
    "traits:write",
    "events:read",
    "pii:read",
    "sensitive:read",
    "segments:read",
    "segments:write",
    "computed_traits:read",
    "computed_traits:write",
    "sources:read",
    "sources:write",
    "identity:read",
    "identity:write",
    "workspace:read",
    "workspace:write",
    "teams:read",
    "teams:write",
    "retention:read",
    "retention:write",
    "purposes:read",
    "purposes:write",
    "consent:write",
    "inbox:write",
    "lists:read",
    "lists:write",
    "journeys:read",
    "journeys:write",
    "journeys:publish",
    "journeys:enter",
    "messaging:read",
    "messaging:write",
    "imports:read",
    "imports:write",
    "rates:read",
    "rates:write",
    "templates:read",
    "templates:write",
    "webhooks:read",
    "webhooks:write",
    "quarantine:read",
    "quarantine:write",
    "tracking_plan:read",
    "tracking_plan:write",
    "rebuilds:read",
    "rebuilds:write",
    "audit:read",
    "exports:create",
    "exports:approve",
    "exports:read",
    "privacy:read",
    "privacy:write",
    "privacy:erase",
]
SCOPES: tuple[Scope, ...] = get_args(Scope)
_READS: frozenset[Scope] = frozenset(
    {
        "profiles:read",
        "events:read",
        "segments:read",
        "computed_traits:read",
        "lists:read",
        "templates:read",
        "webhooks:read",
        "workspace:read",
        "retention:read",
        "purposes:read",
        "journeys:read",
        "messaging:read",
    }
)
_EXPORTS: frozenset[Scope] = frozenset({"exports:create", "exports:read"})
_JOURNEYS: frozenset[Scope] = frozenset({"journeys:write", "journeys:publish", "journeys:enter"})
ROLES: Mapping[str, frozenset[Scope]] = {
    # Who may do nearly everything does not read what is written down of that.
    "admin": frozenset(SCOPES) - {"sensitive:read", "audit:read"},
    "engineer": frozenset(SCOPES)
    - {
        "pii:read",
        "sensitive:read",
        "traits:write",
        "consent:write",
        "inbox:write",
        "audit:read",
        "exports:create",
        "exports:approve",
        "exports:read",
        "privacy:write",
        "privacy:erase",
    },
    # How often people are written to at most is for others to say than those who write to them.
    "marketer": _READS
    | _EXPORTS
    | _JOURNEYS
    | {"segments:write", "computed_traits:write", "lists:write", "templates:write", "rates:read"},
    "analyst": _READS | {"sources:read", "tracking_plan:read", "rates:read"},
    "service": _READS
    | _EXPORTS
    | {"lists:write", "pii:read", "profiles:write", "traits:write", "consent:write", "journeys:enter", "inbox:write"},
    "privacy": _READS
    | _EXPORTS
    | {
        "exports:approve",
        "pii:read",
        "sensitive:read",
        "profiles:write",
        "traits:write",
        "consent:write",
        "purposes:write",
        "messaging:write",
        "retention:write",
        "quarantine:read",
        "identity:read",
        "teams:read",
        "audit:read",
        "privacy:read",
        "privacy:write",
        "privacy:erase",
    },
}
GROUPS = "cognito:groups"
PROGRAM_ROLES = frozenset({"engineer", "marketer", "analyst", "service"})  # which the scope of a program may name
TEAM = "team-"  # of the groups that say in which teams somebody is
_PROGRAM = "regulars/"
_WORD = re.compile(r"[\w:-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, by the id of the token, as what, and in which teams; without a role they may do nothing."""

    subject: str
    roles: frozenset[str]
    teams: frozenset[str] = frozenset()

    def may(self, scope: Scope) -> bool:
        """Say whether one of the roles holds the scope."""
        return any(scope in ROLES[role] for role in self.roles)

    def must(self, scope: Scope) -> None:
        """Go on only with the scope. Raises ForbiddenError."""
        if not self.roles:
            raise ForbiddenError(f"none of your groups is a role: an admin adds you to one of {', '.join(ROLES)}")
        if not self.may(scope):
            holders = ", ".join(sorted(role for role, scopes in ROLES.items() if scope in scopes))
            raise ForbiddenError(f"this takes the scope {scope}, which the roles {holders} hold")


def read_caller(claims: Mapping[str, Any] | None) -> Caller:
    """
    Read who asks from the claims of a verified access token.

    Raises UnauthorizedError for any other token.
    """
    if not claims:
        raise UnauthorizedError("sign in and send the access token as: Authorization: Bearer <token>")
    if claims.get("token_use") != "access":
        raise UnauthorizedError("this is no access token: send the access token of the sign-in, not its id token")
    groups = read_groups(claims.get(GROUPS))
    roles = (groups & ROLES.keys()) | read_program(claims)
    teams = frozenset(group.removeprefix(TEAM) for group in groups if group.startswith(TEAM))
    return Caller(subject=str(claims.get("sub", "")), roles=frozenset(roles), teams=teams)


def read_program(claims: Mapping[str, Any]) -> frozenset[str]:
    """Read the roles of a program from the scopes of its own token, which no person has: `regulars/service`."""
    scope = claims.get("scope")
    is_program = "username" not in claims and GROUPS not in claims and claims.get("sub") == claims.get("client_id")
    if not is_program or not isinstance(scope, str):
        return frozenset()
    named = {each.removeprefix(_PROGRAM) for each in scope.split(" ") if each.startswith(_PROGRAM)}
    return PROGRAM_ROLES & named


def read_groups(claim: object) -> frozenset[str]:
    """Read the groups claim, a list or its text form `[admin analyst]`; what has any other form names no group."""
    if isinstance(claim, str):
        inner = claim[1:-1] if claim[:1] == "[" and claim[-1:] == "]" else claim
        names: list[object] = [*inner.split(" ")]
    else:
        names = list(claim) if isinstance(claim, list) else []
    if not all(isinstance(name, str) and _WORD.fullmatch(name) for name in names):
        return frozenset()
    return frozenset(str(name) for name in names)
