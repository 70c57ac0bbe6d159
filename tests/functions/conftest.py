"""The pipeline's functions over the fake AWS, for the tests that ask for them."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.functions.pipeline import Pipeline


@pytest.fixture
def pipeline(tables: None, monkeypatch: pytest.MonkeyPatch) -> "Pipeline":
    """Four functions, cold, over empty tables."""
    from tests.functions.pipeline import Pipeline  # the API's tests need no AWS

    del tables
    return Pipeline(monkeypatch)


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user pool whose tokens are believed."""
    from regulars.adapters import access, tokens
    from tests.sign_in import CLIENT, ISSUER, keys

    access.access.cache_clear()
    monkeypatch.setenv("SIGN_IN_ISSUER", ISSUER)
    monkeypatch.setenv("SIGN_IN_CLIENTS", f"another,{CLIENT}")
    monkeypatch.setattr(tokens, "fetch_keys", lambda _address: keys())
