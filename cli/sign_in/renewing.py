"""Access tokens of whoever is signed in, renewed where they are about to end."""

from typing import TYPE_CHECKING

from cli.sign_in.kept import SignIn, SignIns, token_of
from cli.sign_in.pool import Tokens, UserPool

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


def kept_token(kept: SignIns, url: str) -> str | None:
    """Give the access token of whoever is signed in to a platform. Raises UserError."""
    return token_of(kept, url, _renew)


def _renew(found: SignIn) -> Tokens:
    return UserPool(cognito(found.region), found.client).refresh(found.refresh)


def cognito(region: str) -> "CognitoIdentityProviderClient":
    import boto3  # half a second, and only here
    from botocore import UNSIGNED
    from botocore.config import Config

    return boto3.client("cognito-idp", region_name=region, config=Config(signature_version=UNSIGNED))
