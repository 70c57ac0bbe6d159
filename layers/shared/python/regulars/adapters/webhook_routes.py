"""The routes of webhooks and of the secrets by which those who are called know us."""

from collections.abc import Sequence
from functools import partial

from regulars.adapters import webhook_api as answers
from regulars.adapters.admin_api import AdminApi
from regulars.adapters.pages import PAGED
from regulars.adapters.routes import Route

WEBHOOK_ROUTES: Sequence[Route[AdminApi]] = (
    Route(
        name="list_webhooks",
        method="GET",
        path="/v1/webhooks",
        scope="webhooks:read",
        summary="List the webhooks, by id",
        answer=partial(AdminApi.list_definitions, kind="webhook"),
        returns="WebhookPage",
        query=PAGED,
    ),
    Route(
        name="get_webhook",
        method="GET",
        path="/v1/webhooks/{id}",
        scope="webhooks:read",
        summary="Read a webhook",
        answer=partial(AdminApi.get_definition, kind="webhook"),
        returns="Definition",
    ),
    Route(
        name="put_webhook",
        method="PUT",
        path="/v1/webhooks/{id}",
        scope="webhooks:write",
        summary="Write a webhook: an address that journeys call",
        description=(
            "With If-Match or `version` it writes only over that version, else 409. An equal definition changes "
            "nothing. `secret` is the first one of a webhook that had none: it is told this once."
        ),
        answer=answers.put_webhook,
        body="Edit",
        returns="EditedWebhook",
    ),
    Route(
        name="delete_webhook",
        method="DELETE",
        path="/v1/webhooks/{id}",
        scope="webhooks:write",
        summary="Delete a webhook that no journey calls, and its secrets",
        answer=answers.delete_webhook,
        returns="Deleted",
    ),
    Route(
        name="list_webhook_secrets",
        method="GET",
        path="/v1/webhooks/{id}/secrets",
        scope="webhooks:read",
        summary="List the secrets of a webhook by their prints, the newest first",
        answer=answers.list_secrets,
        returns="WebhookSecrets",
    ),
    Route(
        name="rotate_webhook_secret",
        method="POST",
        path="/v1/webhooks/{id}/secrets",
        scope="webhooks:write",
        summary="Mint a secret of a webhook, and let those before it end in 24 hours",
        description="Until they end, each call is signed with all of them. The secret is told this once.",
        answer=answers.rotate_secret,
        returns="MintedWebhookSecret",
    ),
    Route(
        name="revoke_webhook_secret",
        method="DELETE",
        path="/v1/webhooks/{id}/secrets/{print}",
        scope="webhooks:write",
        summary="Revoke a secret of a webhook",
        description="The next call is signed without it.",
        answer=answers.revoke_secret,
        returns="Deleted",
    ),
)
