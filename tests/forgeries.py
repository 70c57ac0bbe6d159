"""What somebody sends in place of an access token, none of which may be believed."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from time import time

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.sign_in import CLIENT, ISSUER, NAME, claims, key, token


def part(content: object) -> str:
    """One part of a token."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def signed_by_the_public_half() -> str:
    """A token whose signature takes the public key for a shared secret."""
    secret = key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    body = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': NAME})}.{part(claims())}"
    signature = hmac.digest(secret, body.encode(), hashlib.sha256)
    return f"{body}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def by_somebody_else() -> str:
    """A token that another key signed under the name of ours."""
    other = generate_private_key(public_exponent=65_537, key_size=2_048)
    return jwt.encode(claims(), other, algorithm="RS256", headers={"kid": NAME})


def altered() -> str:
    """A token with other claims under the old signature."""
    head, _, signature = token().split(".")
    return f"{head}.{part(claims(sub='somebody-else'))}.{signature}"


FORGERIES: Sequence[str | None] = [
    None,
    "",
    "Bearer",
    "Bearer ",
    "Bearer null",
    "Basic c2s6",
    f"Bearer {token()},Bearer {token()}",
    f"Bearer {token()} {token()}",
    token(),
    "Bearer a.b.c",
    "Bearer e30.e30.",
    "Bearer \N{BULLET}",
    f"Bearer {part({'alg': 'none', 'kid': NAME})}.{part(claims())}.",
    f"Bearer {part({'alg': 'none'})}.{part(claims())}.",
    f"Bearer {signed_by_the_public_half()}",
    f"Bearer {by_somebody_else()}",
    f"Bearer {altered()}",
    f"Bearer {token(kid='../../../dev/null')}",
    f"Bearer {token(kid='https://evil.example/keys')}",
    f"Bearer {token(kid='other', jku='https://evil.example/keys', x5u='https://evil.example/keys')}",
    f"Bearer {jwt.encode(claims(), key(), algorithm='RS256')}",
    f"Bearer {jwt.encode(claims(), key(), algorithm='RS512', headers={'kid': NAME})}",
    f"Bearer {token(claims(exp=int(time()) - 1))}",
    f"Bearer {token(claims(nbf=int(time()) + 86_400))}",
    f"Bearer {token(claims(iat=int(time()) + 86_400))}",
    f"Bearer {token(claims(iss=ISSUER.replace('pool', 'other')))}",
    f"Bearer {token(claims(client_id='another-client'))}",
    f"Bearer {token(claims(client_id=[CLIENT]))}",
    *(
        f"Bearer {token({name: value for name, value in claims().items() if name != lacking})}"
        for lacking in ("exp", "iss", "sub", "client_id", "token_use")
    ),
]
