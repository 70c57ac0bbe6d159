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
