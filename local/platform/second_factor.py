"""The code that an app shows for a secret at an instant (RFC 6238: SHA-1, thirty seconds, six digits)."""

import base64
import hmac

STEP = 30


def code_at(secret: str, seconds: float) -> str:
    """Compute the code of a secret in base 32 at an instant (seconds)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
    print = hmac.digest(key, (int(seconds) // STEP).to_bytes(8, "big"), "sha1")
    start = print[-1] & 0xF
    return f"{(int.from_bytes(print[start : start + 4], 'big') & 0x7FFF_FFFF) % 1_000_000:06}"
