"""What an SDK's calls end in, and the browser that some run in."""

from collections.abc import Iterator

import pytest

from tests.asset import lay_out
from tests.sdks.pages import Pages
from tests.sdks.targets import MemoryTarget


@pytest.fixture(scope="session")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MemoryTarget]:
    """The door over memory."""
    target = MemoryTarget(lay_out(tmp_path_factory.mktemp("asset")))
    yield target
    target.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """A browser, and pages with SDKs in them."""
    with Pages(tmp_path_factory.mktemp("pages")) as pages:
        yield pages
