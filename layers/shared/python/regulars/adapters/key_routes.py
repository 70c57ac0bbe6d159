"""The routes of the keys of a source."""

from collections.abc import Sequence

from regulars.adapters import key_api as answers
from regulars.adapters.admin_api import AdminApi
from regulars.adapters.routes import Route

KEY_ROUTES: Sequence[Route[AdminApi]] = (
    Route(
        name="list_keys",
        method="GET",
        path="/v1/sources/{id}/keys",
        scope="sources:read",
        summary="List the keys of a source",
        description="`key` tells a public one; of a secret only the print is kept.",
        answer=answers.list_keys,
        returns="Keys",
    ),
    Route(
        name="mint_key",
        method="POST",
        path="/v1/sources/{id}/keys",
        scope="sources:write",
        summary="Mint another key of a source",
        description="Of a label that its definition lists, or `signing`. Those there are stay valid.",
        answer=answers.mint_key,
        returns="MintedKey",
        body="KeyWish",
    ),
    Route(
        name="rotate_key",
        method="POST",
        path="/v1/sources/{id}/keys/rotate",
        scope="sources:write",
        summary="Mint a key of a source, and let those before it end",
        description="They go on working until the overlap is over.",
        answer=answers.rotate_key,
        returns="MintedKey",
        body="Rotation",
    ),
    Route(
        name="revoke_key",
        method="DELETE",
        path="/v1/sources/{id}/keys/{print}",
        scope="sources:write",
        summary="Revoke a key of a source",
        description="The door forgets it within a minute.",
        answer=answers.revoke_key,
        returns="Deleted",
    ),
)
