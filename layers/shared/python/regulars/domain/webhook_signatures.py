"""Signatures of webhooks, as Standard Webhooks has them: over id, time and body, by each secret that holds."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from hmac import digest


def signed(id: str, seconds: int, body: bytes, secrets: Sequence[bytes]) -> Mapping[str, str]:
    """Give the headers that prove to a webhook who calls it; `seconds` since 1970."""
    content = f"{id}.{seconds}.".encode() + body
    signatures = (f"v1,{b64encode(digest(secret, content, sha256)).decode()}" for secret in secrets)
    return {"webhook-id": id, "webhook-timestamp": str(seconds), "webhook-signature": " ".join(signatures)}
