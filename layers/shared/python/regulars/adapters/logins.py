"""What Cognito tells before it hands out a token, as a deed."""

from collections.abc import Mapping
from typing import Any

from regulars.domain.audit import Deed
from regulars.domain.roles import ROLES, read_groups, read_program

_PREFIX = "TokenGeneration_"
_PROGRAM = "ClientCredentials"
_WAYS: Mapping[str, str] = {
    "Authentication": "sign_in",
    "HostedAuth": "sign_in",
    "AuthenticateDevice": "sign_in",
    "NewPasswordChallenge": "sign_in",
    "RefreshTokens": "refresh_token",
    _PROGRAM: "program_token",
}


def deed_of(event: Mapping[str, Any], *, request: str = "") -> Deed:
    """
    Read who gets a token, in which roles, and how; of the attributes of a person only the id of their tokens.

    A program is named by its client, as its tokens name it.
    """
    asked = event.get("request") or {}
    way = str(event.get("triggerSource", "")).removeprefix(_PREFIX)
    if way == _PROGRAM:
        who = str((event.get("callerContext") or {}).get("clientId", ""))
        scope = " ".join(str(each) for each in asked.get("scopes") or [])
        roles = read_program({"sub": who, "client_id": who, "scope": scope})
    else:
        who = str((asked.get("userAttributes") or {}).get("sub", ""))
        roles = read_groups((asked.get("groupConfiguration") or {}).get("groupsToOverride") or []) & ROLES.keys()
    return Deed(
        who=who,
        roles=tuple(sorted(roles)),
        kind="logins",
        what=_WAYS.get(way, "token"),
        count=1,
        request=request,
    )
