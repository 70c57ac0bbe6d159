"""What Cognito tells before it hands out a token, as a deed."""

from collections.abc import Mapping
from typing import Any

from regulars.domain.audit import Deed
from regulars.domain.roles import ROLES, read_groups

_PREFIX = "TokenGeneration_"
_WAYS: Mapping[str, str] = {
    "Authentication": "sign_in",
    "HostedAuth": "sign_in",
    "AuthenticateDevice": "sign_in",
    "NewPasswordChallenge": "sign_in",
    "RefreshTokens": "refresh_token",
}


def deed_of(event: Mapping[str, Any], *, request: str = "") -> Deed:
    """Read who gets a token, in which roles, and how; of the attributes of a person only the id of their tokens."""
    asked = event.get("request") or {}
    attributes = asked.get("userAttributes") or {}
    groups = read_groups((asked.get("groupConfiguration") or {}).get("groupsToOverride") or [])
    way = str(event.get("triggerSource", "")).removeprefix(_PREFIX)
    return Deed(
        who=str(attributes.get("sub", "")),
        roles=tuple(sorted(groups & ROLES.keys())),
        kind="logins",
        what=_WAYS.get(way, "token"),
        count=1,
        request=request,
    )
