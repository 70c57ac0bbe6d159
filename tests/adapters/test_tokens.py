"""A function believes a token of its own user pool, that has not ended and names its client, and no other."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from regulars.adapters import settings, tokens
from regulars.adapters.http import Request
from regulars.adapters.tokens import Keys, Tokens, fetch_keys
from regulars.errors import UnauthorizedError, UnavailableError
from tests.forgeries import FORGERIES
from tests.sign_in import CLIENT, ISSUER, keys, token


def checked(authorization: str | None, fetch: Callable[[], Keys] = keys) -> Any:
    """Check a token as a function does."""
    headers = {} if authorization is None else {"authorization": authorization}
    check = Tokens(ISSUER, frozenset({CLIENT}), fetch)
    return check.claims(Request(method="GET", path="/", headers=headers))


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_token_of_the_sign_in_says_who_asks(scheme: str) -> None:
    assert checked(f"{scheme} {token()}")["sub"] == "s-1"


@pytest.mark.parametrize(
    "authorization",
    FORGERIES,
    ids=lambda _: "",
)
def test_no_other_token_is_believed(authorization: str | None) -> None:
    with pytest.raises(UnauthorizedError) as refused:
        checked(authorization)

    assert "sign in" in str(refused.value)
    assert "evil" not in str(refused.value)


def test_keys_are_fetched_once_and_names_that_are_made_up_fetch_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, fetched = [100.0], list[float]()
    monkeypatch.setattr(tokens, "monotonic", lambda: clock[0])

    def fetch() -> Keys:
        fetched.append(clock[0])
        return keys()

    check = Tokens(ISSUER, frozenset({CLIENT}), fetch)

    def ask(said: str) -> None:
        check.claims(Request(method="GET", path="/", headers={"authorization": f"Bearer {said}"}))

    for _ in range(3):
        ask(token())
    for number in range(100):
        with pytest.raises(UnauthorizedError):
            ask(token(kid=f"made-up-{number}"))
    assert fetched == [100.0]
    clock[0] += tokens.FETCH_EVERY
    with pytest.raises(UnauthorizedError):
        ask(token(kid="new"))
    assert len(fetched) == 2


def test_where_keys_cannot_be_had_nobody_is_called_a_liar() -> None:
    def away() -> Keys:
        raise UnavailableError("the keys cannot be read")

    with pytest.raises(UnavailableError):
        checked(f"Bearer {token()}", away)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"keys": [{}]}', b'{"keys": [{"kid": "a", "kty": "RSA"}]}'])
def test_what_is_no_list_of_keys_is_an_outage(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: BytesIO(content))

    with pytest.raises(UnavailableError):
        fetch_keys(f"{ISSUER}/.well-known/jwks.json")


def test_keys_are_at_the_user_pool_or_at_what_stands_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGN_IN_ISSUER", ISSUER)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    assert settings.sign_in_keys() == f"{ISSUER}/.well-known/jwks.json"

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566/")
    assert settings.sign_in_keys() == "http://127.0.0.1:4566/eu-west-1_pool/.well-known/jwks.json"
