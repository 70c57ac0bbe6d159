"""Who one is for the platform: the roles that the token names, and what they let the command do."""

import base64
import json
from collections.abc import Sequence

from cli.changes import Change
from cli.definitions import Kind, title
from cli.errors import UserError
from cli.place import Place
from regulars.domain.roles import GROUPS, ROLES, read_groups

_NAMES: dict[Kind, str] = {
    "workspace": "workspace settings",
    "teams": "teams",
    "retention": "retention",
    "consent": "purposes",
    "messaging": "policy of messages",
    "source": "sources",
    "identity": "identity",
    "tracking_plan": "tracking plan",
    "rates": "rates",
    "list": "lists",
    "computed_trait": "computed traits",
    "segment": "segments",
    "journey": "journeys",
    "import": "imports",
    "template": "templates",
    "webhook": "webhooks",
}
_APPLIERS = frozenset({"admin", "engineer"})  # whoever else edits does so by the API


def roles_of(token: str | None) -> tuple[str, ...]:
    """Read the roles out of a token, unverified, to say them to whom it belongs; none where it cannot be read."""
    parts = (token or "").split(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "==="))
    except (IndexError, ValueError):
        return ()
    groups = read_groups(claims.get(GROUPS)) if isinstance(claims, dict) else frozenset()
    return tuple(sorted(groups & ROLES.keys()))


def called(roles: Sequence[str]) -> str:
    """Name the roles in a sentence."""
    if not roles:
        return "your role"
    return f"the role{'s' if len(roles) > 1 else ''} {' and '.join(roles)}"


def left_out(kind: Kind, roles: Sequence[str]) -> str:
    """Say that definitions of a kind are left out."""
    it = "it" if kind in ("identity", "tracking_plan", "retention", "messaging") else "them"
    return f"{_NAMES[kind]}: left out, {called(roles)} may not read {it}"


def refuse_forbidden(changes: Sequence[Change], roles: Sequence[str], place: Place) -> None:
    """Make sure that the roles may make these changes. Raises UserError."""
    if not roles or _APPLIERS.intersection(roles):
        return  # without roles that can be read here, the platform says so at the first change
    if changed := [title(change.kind, change.id) for change in changes if change.is_one]:
        what = f"{called(roles)} may not change {', '.join(changed)} from files; nothing was written"
        raise UserError(what, fix=f"it takes one of the roles {_either()}: {_way(place)}")


def _either() -> str:
    return " and ".join(sorted(_APPLIERS))


def _way(place: Place) -> str:
    if place.is_local:
        return "say --role engineer, or leave --role and --token out: here you are the admin"
    return (
        "have somebody with such a role apply it, or an admin of the user pool add you to the group engineer "
        "(aws cognito-idp admin-add-user-to-group), then sign in again"
    )
