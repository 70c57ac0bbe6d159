"""One platform and one browser for all tests of a process that need them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.browser.browser import Browser, Visitor
from tests.e2e.place import ROOT
from tests.e2e.platform import Platform, Started, running

SCREENSHOTS = ROOT / ".regulars" / "screenshots"


@pytest.hookimpl(tryfirst=True)  # before they are chosen by their marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests that share the platform."""
    ours = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in ours:
        if "platform" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.platform)


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The platform that $REGULARS_LOCAL names, else one of our own, stopped as by Ctrl-C."""
    if found := running():
        yield found
        return
    started = Started(tmp_path_factory.mktemp("platform"))
    try:
        yield started.start()
        started.stop()
    finally:
        started.kill()


@pytest.fixture(scope="session")
def browser(platform: Platform) -> Iterator[Browser]:
    """A browser that reaches the platform and nothing else."""
    with Browser(platform.url) as browser:
        yield browser


@pytest.fixture
def arrive(browser: Browser) -> Iterator[Callable[[], Visitor]]:
    """Let somebody new come into the shop."""
    came: list[Visitor] = []

    def visitor() -> Visitor:
        came.append(browser.visitor(viewport={"width": 1360, "height": 900}))
        came[-1].go("/_local/shop/")
        came[-1].sees(".pulse.good")
        return came[-1]

    yield visitor
    for one in came:
        one.leave()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where pictures of the shop are kept to be looked at."""
    return SCREENSHOTS
