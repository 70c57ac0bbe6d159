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
from local.platform.second_factor import code_at

GROUP = "AWS::Cognito::UserPoolGroup"
REFRESH_BEFORE = 900.0


class People:
    """The users of the deployed pool: one a group, with passwords and second factors that this checkout keeps."""

    def __init__(self, stack: Stack, clients: Clients, folders: Folders) -> None:
        self._pool, self._client = stack.outputs["UserPoolId"], stack.outputs["UserPoolClientId"]
        self._roles = [str(properties["GroupName"]) for _, properties in stack.found(GROUP)]
        self._cognito = clients.of("cognito-idp")
        self.file = folders.home / "people.json"
        self.tokens: dict[str, str] = {}

    def create(self) -> None:
        """Create who is missing, set each password, give each a second factor, and sign everybody in."""
        known = self._read()
        for role in self._roles:
            password = known.get(role, {}).get("password") or f"Aa1!{secrets.token_urlsafe(18)}"
            self._create(role, password)
            known[role] = {"password": password, "second_factor": self._enrol(email(role), password)}
        self.file.touch(mode=0o600)
        self.file.write_text(json.dumps(known, indent=2))
        self.sign_in()

    def _read(self) -> dict[str, dict[str, str]]:
        known = json.loads(self.file.read_text()) if self.file.exists() else {}
        return {role: secret for role, secret in known.items() if isinstance(secret, dict)}

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

    def _enrol(self, name: str, password: str) -> str:
        """Give somebody a new second factor, whatever they had; return its secret."""
        self._cognito.admin_set_user_mfa_preference(
            UserPoolId=self._pool, Username=name, SoftwareTokenMfaSettings={"Enabled": False, "PreferredMfa": False}
        )
        token = self._start(name, password)["AuthenticationResult"]["AccessToken"]  # the emulator lets one in to enrol
        secret = str(self._cognito.associate_software_token(AccessToken=token)["SecretCode"])
        self._cognito.verify_software_token(AccessToken=token, UserCode=code_at(secret, time.time()))
        return secret

    def sign_in(self) -> None:
        """Get a new access token for each role, with password and code."""
        known = self._read()
        self.tokens = {role: self._token(email(role), known[role]) for role in self._roles}

    def _token(self, name: str, known: dict[str, str]) -> str:
        answer = self._start(name, known["password"])
        code = code_at(known["second_factor"], time.time())
        answer = self._cognito.respond_to_auth_challenge(
            ClientId=self._client,
            ChallengeName=answer["ChallengeName"],
            Session=answer["Session"],
            ChallengeResponses={"USERNAME": name, "SOFTWARE_TOKEN_MFA_CODE": code},
        )
        return str(answer["AuthenticationResult"]["AccessToken"])

    def _start(self, name: str, password: str) -> Any:
        return self._cognito.initiate_auth(
            ClientId=self._client,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": password},
        )

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
