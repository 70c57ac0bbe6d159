"""One person for each role, who can sign in; their tokens are kept fresh."""

import base64
import contextlib
import json
import secrets
import time
from typing import Any

from local.platform.clients import Clients
from local.platform.deploy import Stack
from local.platform.folders import Folders

GROUP = "AWS::Cognito::UserPoolGroup"
REFRESH_BEFORE = 900.0


class People:
    """The users of the deployed pool: one a group, all with passwords that this checkout keeps."""

    def __init__(self, stack: Stack, clients: Clients, folders: Folders) -> None:
        self._pool, self._client = stack.outputs["UserPoolId"], stack.outputs["UserPoolClientId"]
        self._roles = [str(properties["GroupName"]) for _, properties in stack.found(GROUP)]
        self._cognito = clients.of("cognito-idp")
        self.file = folders.home / "people.json"
        self.tokens: dict[str, str] = {}

    def create(self) -> None:
        """Create who is missing, set each password, and sign everybody in."""
        passwords = self._passwords()
        for role in self._roles:
            self._create(role, passwords[role])
        self.sign_in()

    def _passwords(self) -> dict[str, str]:
        known: dict[str, str] = json.loads(self.file.read_text()) if self.file.exists() else {}
        for role in self._roles:
            known.setdefault(role, f"Aa1!{secrets.token_urlsafe(18)}")
        self.file.touch(mode=0o600)
        self.file.write_text(json.dumps(known, indent=2))
        return known

    def _create(self, role: str, password: str) -> None:
        name = email(role)
        with contextlib.suppress(self._cognito.exceptions.UsernameExistsException):
            self._cognito.admin_create_user(
                UserPoolId=self._pool,
                Username=name,
                MessageAction="SUPPRESS",
                UserAttributes=[
                    {"Name": "email", "Value": name},
                    {"Name": "email_verified", "Value": "true"},
                ],
            )
        self._cognito.admin_set_user_password(UserPoolId=self._pool, Username=name, Password=password, Permanent=True)
        self._cognito.admin_add_user_to_group(UserPoolId=self._pool, Username=name, GroupName=role)

    def sign_in(self) -> None:
        """Get a new access token for each role."""
        passwords = self._passwords()
        self.tokens = {role: self._token(email(role), passwords[role]) for role in self._roles}

    def _token(self, name: str, password: str) -> str:
        answer: Any = self._cognito.initiate_auth(
            ClientId=self._client,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": password},
        )
        return str(answer["AuthenticationResult"]["AccessToken"])

    def is_stale(self) -> bool:
        """Tell whether a token ends soon."""
        return any(_ends(token) < time.time() + REFRESH_BEFORE for token in self.tokens.values())


def email(role: str) -> str:
    """Return the address that a role signs in with."""
    return f"{role}@regulars.test"


def _ends(token: str) -> float:
    claims = token.split(".")[1]
    padded = claims + "=" * (-len(claims) % 4)
    return float(json.loads(base64.urlsafe_b64decode(padded))["exp"])
