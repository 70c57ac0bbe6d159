"""What the admin API answers about webhooks and their secrets."""

from regulars.adapters.admin_api import AdminApi, Answer
from regulars.adapters.bodies import only, read_body
from regulars.adapters.routes import Call
from regulars.domain.instants import to_text
from regulars.errors import NotFoundError
from regulars.pipeline.webhook_secrets import MintedSecret, Secret


def put_webhook(api: AdminApi, call: Call) -> Answer:
    """Write a webhook, and mint its first secret: it is told this once."""
    answer = api.put_definition(call, kind="webhook")
    minted = api.webhook_secrets.provide(call["id"])
    return {**answer, "secret": minted_json(minted) if minted else None}


def delete_webhook(api: AdminApi, call: Call) -> Answer:
    """Remove a webhook and its secrets."""
    try:
        answer = api.delete_definition(call, kind="webhook")
    except NotFoundError:
        api.webhook_secrets.revoke_all(call["id"])  # a deletion that was cut short may have left some
        raise
    api.webhook_secrets.revoke_all(call["id"])
    return answer


def list_secrets(api: AdminApi, call: Call) -> Answer:
    """Answer with the secrets of a webhook, by their prints."""
    api.definitions.get("webhook", call["id"])
    return {"secrets": [secret_json(one) for one in api.webhook_secrets.of(call["id"])]}


def rotate_secret(api: AdminApi, call: Call) -> Answer:
    """Mint a secret of a webhook."""
    if call.request.body:
        only(read_body(call.request), set())
    api.definitions.get("webhook", call["id"])
    return minted_json(api.webhook_secrets.rotate(call["id"]))


def revoke_secret(api: AdminApi, call: Call) -> Answer:
    """Take a secret away for good."""
    api.webhook_secrets.revoke(call["id"], call["print"])
    return {"id": call["print"], "deleted": True}


def secret_json(secret: Secret) -> Answer:
    """Write a secret as it is kept."""
    return {
        "print": secret.print,
        "minted_at": to_text(secret.minted),
        "ends_at": None if secret.ends is None else to_text(secret.ends),
    }


def minted_json(minted: MintedSecret) -> Answer:
    """Write a new secret, and all of it."""
    return {**secret_json(minted.secret), "secret": minted.text}
