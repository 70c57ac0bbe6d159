"""Whatever the network does, each message that an SDK reports as sent is stored once and applied: on the platform."""

from collections.abc import Iterator

import pytest

from tests.e2e.platform import Platform
from tests.sdks import trial
from tests.sdks.menagerie import BROWSERS, SERVERS
from tests.sdks.networks import EVERYTHING, NETWORKS
from tests.sdks.pages import Pages
from tests.sdks.sdk import Program, Script
from tests.sdks.targets import PlatformTarget
from tests.sdks.trial import check, trials

HARD = {EVERYTHING: NETWORKS[EVERYTHING]}  # the others are tried over memory
pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def target(platform: Platform) -> PlatformTarget:
    """The platform."""
    return PlatformTarget(platform)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """A browser, and pages with SDKs in them."""
    with Pages(tmp_path_factory.mktemp("pages")) as pages:
        yield pages


@pytest.mark.parametrize(("sdk", "network"), trials([sdk for sdk in SERVERS if not sdk.key], HARD))
def test_a_server_stores_each_message_once(target: PlatformTarget, sdk: Program, network: str) -> None:
    check(trial.program(target, sdk, network), sdk)


@pytest.mark.parametrize(("sdk", "network"), trials(BROWSERS, HARD))
def test_a_page_stores_each_message_once(target: PlatformTarget, pages: Pages, sdk: Script, network: str) -> None:
    check(trial.script(target, sdk, network, pages), sdk)
