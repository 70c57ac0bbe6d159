"""Signing in to a user pool: challenge after challenge, until there are tokens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from cli.errors import UserError

TRIES = 3  # at a code
_NAME = "Regulars"


class Asking(Protocol):
    """Asks the person who signs in."""

    def password(self) -> str:
        """Ask for the password."""

    def new_password(self) -> str:
        """Ask for a new password, because the one that was given is for the first time only."""

    def enrol(self, secret: str, address: str) -> None:
        """Show the secret of a second factor, and the address that says the same to an app."""

    def code(self) -> str:
        """Ask for the code that the app shows now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What a sign-in gives: `refresh` lives for thirty days and is empty where an old one goes on."""

    access: str
    refresh: str = ""


class UserPool:
    """One client of a user pool; `cognito` is a client of its API, which needs no credentials."""

    def __init__(self, cognito: Any, client: str) -> None:
        self._cognito, self._client = cognito, client

    def sign_in(self, email: str, asking: Asking) -> Tokens:
        """Sign somebody in, whatever is asked of them on the way. Raises UserError."""
        given = {"USERNAME": email, "PASSWORD": asking.password()}
        answer = _do(lambda: self._start("USER_PASSWORD_AUTH", given))
        answers: Mapping[str, Callable[[str, Mapping[str, Any]], Any]] = {
            "NEW_PASSWORD_REQUIRED": lambda session, _: self._answer(
                "NEW_PASSWORD_REQUIRED", session, {"USERNAME": email, "NEW_PASSWORD": asking.new_password()}
            ),
            "MFA_SETUP": lambda session, _: self._enrol(session, email, asking),
            "SOFTWARE_TOKEN_MFA": lambda session, _: self._code(session, email, asking),
        }
        while "AuthenticationResult" not in answer:
            challenge = str(answer.get("ChallengeName"))
            if challenge not in answers:
                fix = "an admin of the user pool can see what it asks for"
                raise UserError(f"the sign-in asks for {challenge}, which this command cannot answer", fix=fix)
            answer = answers[challenge](answer["Session"], answer.get("ChallengeParameters", {}))
        return _tokens(answer)

    def refresh(self, token: str) -> Tokens:
        """Get a new access token. Raises UserError."""
        return _tokens(_do(lambda: self._start("REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": token})))

    def revoke(self, token: str) -> None:
        """End a sign-in, and all access tokens that came of it. Raises UserError."""
        _do(lambda: self._cognito.revoke_token(Token=token, ClientId=self._client))

    def _start(self, flow: str, given: Mapping[str, str]) -> Any:
        return self._cognito.initiate_auth(ClientId=self._client, AuthFlow=flow, AuthParameters=given)

    def _answer(self, challenge: str, session: str, responses: Mapping[str, str]) -> Any:
        return _do(
            lambda: self._cognito.respond_to_auth_challenge(
                ClientId=self._client, ChallengeName=challenge, Session=session, ChallengeResponses=responses
            )
        )

    def _enrol(self, session: str, email: str, asking: Asking) -> Any:
        made = _do(lambda: self._cognito.associate_software_token(Session=session))
        asking.enrol(made["SecretCode"], address_of(made["SecretCode"], email))
        verified = _again(lambda: self._cognito.verify_software_token(Session=made["Session"], UserCode=asking.code()))
        return self._answer("MFA_SETUP", verified["Session"], {"USERNAME": email})

    def _code(self, session: str, email: str, asking: Asking) -> Any:
        return _again(
            lambda: self._cognito.respond_to_auth_challenge(
                ClientId=self._client,
                ChallengeName="SOFTWARE_TOKEN_MFA",
                Session=session,
                ChallengeResponses={"USERNAME": email, "SOFTWARE_TOKEN_MFA_CODE": asking.code()},
            )
        )


def address_of(secret: str, email: str) -> str:
    """Write the secret of a second factor as an app reads it, in a picture or as a link."""
    return f"otpauth://totp/{_NAME}:{quote(email)}?secret={secret}&issuer={_NAME}"


def _tokens(answer: Mapping[str, Any]) -> Tokens:
    found = answer["AuthenticationResult"]
    return Tokens(access=found["AccessToken"], refresh=found.get("RefreshToken", ""))


def _again(do: Callable[[], Any]) -> Any:
    """Do something that a mistyped code spoils, a few times. Raises UserError."""
    for _ in range(TRIES - 1):
        try:
            return do()
        except ClientError as error:
            if _code_of(error) not in ("CodeMismatchException", "EnableSoftwareTokenMFAException"):
                raise _said(error) from error
    return _do(do)


def _do(do: Callable[[], Any]) -> Any:
    try:
        return do()
    except ClientError as error:
        raise _said(error) from error
    except BotoCoreError as error:
        raise UserError(f"the sign-in cannot be reached: {error}", fix="check the network, then repeat") from error


def _code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _said(error: ClientError) -> UserError:
    code = _code_of(error)
    what, fix = _REFUSALS.get(code, (str(error.response.get("Error", {}).get("Message") or code), ""))
    return UserError(what, fix=fix)


_REFUSALS = {
    "NotAuthorizedException": (
        "the sign-in was refused",
        "check e-mail address and password; a sign-in that was begun or kept for too long is begun anew",
    ),
    "UserNotFoundException": ("the sign-in was refused", "check e-mail address and password"),
    "CodeMismatchException": ("the code is wrong", "take the newest code of the app; its clock must be right"),
    "EnableSoftwareTokenMFAException": (
        "the code is wrong",
        "take the newest code of the app; its clock must be right",
    ),
    "ExpiredCodeException": ("the code is too old", "repeat the command"),
    "InvalidPasswordException": (
        "the new password is too weak",
        "take at least 12 characters with capital and small letters, a digit and a sign",
    ),
    "PasswordResetRequiredException": ("an admin has reset your password", "ask them for a new one"),
    "TooManyRequestsException": ("too many attempts", "wait a few minutes"),
    "LimitExceededException": ("too many attempts", "wait a few minutes"),
    "ResourceNotFoundException": ("there is no such client of a user pool", "check --url"),
}
