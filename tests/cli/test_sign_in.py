"""Signing in at a user pool: the first time with a new password and a new app, then with a code, then by itself."""

import base64
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from cli.errors import UserError
from cli.main import app
from cli.sign_in import command
from cli.sign_in.kept import SOON, SignIn, SignIns, ends, token_of
from cli.sign_in.pool import Tokens, UserPool, address_of
from tests.cli.conftest import Ended
from tests.cli.platform import Platform

EMAIL, GIVEN, OWN = "ann@shop.example", "Given-for-once-1!", "Her-own-one-2!!"
FIRST_TIME = f"{GIVEN}\n{OWN}\n{OWN}\n123456\n"


@pytest.fixture
def cognito() -> Iterator[Any]:
    """A client of user pools that live in memory."""
    with mock_aws():
        yield boto3.client("cognito-idp", region_name="eu-west-1")


@pytest.fixture
def client(cognito: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The client of a pool as `infra/people.py` makes it, with one person who has never signed in."""
    pool = cognito.create_user_pool(PoolName="people", UsernameAttributes=["email"])["UserPool"]["Id"]
    cognito.set_user_pool_mfa_config(
        UserPoolId=pool, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration="ON"
    )
    made = cognito.create_user_pool_client(
        UserPoolId=pool, ClientName="client", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    )
    cognito.admin_create_user(
        UserPoolId=pool,
        Username=EMAIL,
        TemporaryPassword=GIVEN,
        UserAttributes=[{"Name": "email", "Value": EMAIL}, {"Name": "email_verified", "Value": "true"}],
    )
    monkeypatch.setenv("SIGN_IN_CLIENT", made["UserPoolClient"]["ClientId"])
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    return str(made["UserPoolClient"]["ClientId"])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the command runs."""
    (tmp_path / "catalog").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(platform: Platform, *arguments: str, input: str = "") -> Ended:
    """Run the command without any token."""
    result = CliRunner(env={"REGULARS_URL": platform.url}).invoke(app, arguments, input=input)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)


def a_token(ends_at: float) -> str:
    """A token that says when it ends."""
    return f"e30.{base64.urlsafe_b64encode(json.dumps({'exp': ends_at}).encode()).decode().rstrip('=')}.x"


def test_the_first_time_one_chooses_a_password_and_adds_the_app(platform: Platform, client: str, folder: Path) -> None:
    ended = run(platform, "login", "--email", EMAIL, input=FIRST_TIME)

    assert ended.code == 0, ended.err
    assert "otpauth://totp/" in ended.err
    file = folder / ".regulars/sign-in.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert GIVEN not in file.read_text() + ended.out + ended.err
    kept = SignIns(file.parent).get(platform.url)
    assert kept is not None
    assert (kept.email, kept.client) == (EMAIL, client)


def test_commands_ask_with_the_token_that_was_kept(platform: Platform, client: str) -> None:
    assert client
    run(platform, "login", "--email", EMAIL, input=FIRST_TIME)
    assert "nobody is signed in" in run(platform, "rebuild", "user_id:ann", "--url", "https://another.example").err

    run(platform, "rebuild", "user_id:ann")

    assert "/v1/profiles/lookup" in [path for _, path in platform.asked]


class Revoking:
    """A pool that remembers what was revoked."""

    def __init__(self) -> None:
        self.revoked: list[tuple[str, str]] = []

    def revoke_token(self, **asked: str) -> None:
        """Remember it."""
        self.revoked.append((asked["Token"], asked["ClientId"]))


def test_who_signs_out_is_forgotten(platform: Platform, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, pool = SignIns(folder / ".regulars"), Revoking()
    kept.put(platform.url, SignIn(email=EMAIL, region="r", client="c", access="a", refresh="secret"))
    monkeypatch.setattr(command, "cognito", lambda _region: pool)
    ended = run(platform, "logout")

    assert ended.code == 0, ended.err
    assert pool.revoked == [("secret", "c")]
    assert kept.get(platform.url) is None
    assert "nobody is signed in" in run(platform, "logout").err


def test_a_wrong_password_is_refused_in_words(platform: Platform, client: str) -> None:
    assert client
    ended = run(platform, "login", "--email", EMAIL, input="wrong\n")

    assert ended.code == 1
    assert "the sign-in was refused" in ended.err
    assert "Traceback" not in ended.err


class Scripted:
    """Answers what it is asked with what it was told to."""

    def __init__(self, *codes: str) -> None:
        self.codes = list(codes)
        self.shown: list[str] = []

    def password(self) -> str:
        """The password."""
        return OWN

    def new_password(self) -> str:
        """Never asked for here."""
        raise AssertionError

    def enrol(self, secret: str, address: str) -> None:
        """Remember what was shown."""
        self.shown += [secret, address]

    def code(self) -> str:
        """The next code."""
        return self.codes.pop(0)


class Pool:
    """A pool that takes one code, and wants a challenge first; errors as Cognito's."""

    def __init__(self, right: str, challenge: str = "SOFTWARE_TOKEN_MFA") -> None:
        self._right, self._challenge = right, challenge
        self._errors = boto3.client("cognito-idp", region_name="eu-west-1").exceptions

    def initiate_auth(self, **_asked: Any) -> Any:
        """Ask for the challenge."""
        return {"ChallengeName": self._challenge, "Session": "s"}

    def respond_to_auth_challenge(self, **asked: Any) -> Any:
        """Take the right code."""
        if asked["ChallengeResponses"]["SOFTWARE_TOKEN_MFA_CODE"] != self._right:
            raise self._errors.CodeMismatchException({"Error": {"Code": "CodeMismatchException"}}, "respond")
        return {"AuthenticationResult": {"AccessToken": "a", "RefreshToken": "r"}}


def test_a_code_may_be_mistyped_twice() -> None:
    asking = Scripted("000000", "111111", "222222")

    assert UserPool(Pool("222222"), "c").sign_in(EMAIL, asking) == Tokens(access="a", refresh="r")


def test_and_no_more() -> None:
    with pytest.raises(UserError, match="the code is wrong"):
        UserPool(Pool("999999"), "c").sign_in(EMAIL, Scripted("000000", "111111", "222222", "999999"))


def test_a_challenge_that_is_not_known_is_named() -> None:
    with pytest.raises(UserError, match="SELECT_MFA_TYPE"):
        UserPool(Pool("1", "SELECT_MFA_TYPE"), "c").sign_in(EMAIL, Scripted())


def test_a_token_is_renewed_before_it_ends(tmp_path: Path) -> None:
    kept = SignIns(tmp_path / ".regulars")
    kept.put("https://a.example", SignIn(email=EMAIL, region="r", client="c", access=a_token(1_000), refresh="old"))
    renewed: list[str] = []

    def renew(sign_in: SignIn) -> Tokens:
        renewed.append(sign_in.refresh)
        return Tokens(access=a_token(5_000))

    assert token_of(kept, "https://A.example/", renew, lambda: 1_000 - SOON - 1) == a_token(1_000)
    assert token_of(kept, "https://a.example", renew, lambda: 1_000 - SOON) == a_token(5_000)
    assert token_of(kept, "https://a.example", renew, lambda: 1_000) == a_token(5_000)
    assert renewed == ["old"]
    assert token_of(kept, "https://b.example", renew) is None


def test_a_sign_in_that_cannot_be_renewed_says_what_to_do(tmp_path: Path) -> None:
    kept = SignIns(tmp_path)
    kept.put("https://a.example", SignIn(email=EMAIL, region="r", client="c", access="", refresh="old"))

    def fail(_sign_in: SignIn) -> Tokens:
        raise UserError("the sign-in was refused")

    with pytest.raises(UserError, match="cannot be renewed") as refused:
        token_of(kept, "https://a.example", fail)
    assert "regulars login" in refused.value.fix


@pytest.mark.parametrize("token", ["", "a.b", "a.e30.c", "a.W10.c", "a.!!.c"])
def test_what_is_no_token_has_ended(token: str) -> None:
    assert ends(token) == 0


def test_an_app_reads_the_address() -> None:
    assert address_of("ABC", "ann+x@shop.example") == (
        "otpauth://totp/Regulars:ann%2Bx%40shop.example?secret=ABC&issuer=Regulars"
    )
