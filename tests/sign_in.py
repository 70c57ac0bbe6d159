"""A user pool's signing key, and tokens as it signs them."""

import json
from functools import cache
from time import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

ISSUER, CLIENT, NAME = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_pool", "client-1", "key-1"


@cache
def key() -> RSAPrivateKey:
    """Make the key that signs."""
    return generate_private_key(public_exponent=65_537, key_size=2_048)


def keys(name: str = NAME) -> dict[str, jwt.PyJWK]:
    """Show the public half, as functions keep it."""
    public: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(key().public_key()))
    return {name: jwt.PyJWK({**public, "kid": name, "alg": "RS256", "use": "sig"})}


def claims(**others: Any) -> dict[str, Any]:
    """Write what an access token of an admin says."""
    now = int(time())
    said = {"iss": ISSUER, "sub": "s-1", "client_id": CLIENT, "token_use": "access", "iat": now, "exp": now + 3_600}
    return {**said, "cognito:groups": ["admin"], "username": "s-1", **others}


def token(said: dict[str, Any] | None = None, **headers: Any) -> str:
    """Sign a token."""
    return jwt.encode(said or claims(), key(), algorithm="RS256", headers={"kid": NAME, **headers})
