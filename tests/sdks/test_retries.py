"""Whatever the network does, each message that an SDK reports as sent is stored once; here, by the door over memory."""

import pytest

from tests.sdks import trial
from tests.sdks.pages import Pages
from tests.sdks.sdk import BROWSERS, SERVERS, Program, Script
from tests.sdks.targets import MemoryTarget
from tests.sdks.trial import check, trials

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(("sdk", "network"), trials(SERVERS))
def test_a_server_stores_each_message_once(memory: MemoryTarget, sdk: Program, network: str) -> None:
    check(trial.program(memory, sdk, network), sdk)


@pytest.mark.parametrize(("sdk", "network"), trials(BROWSERS))
def test_a_page_stores_each_message_once(memory: MemoryTarget, pages: Pages, sdk: Script, network: str) -> None:
    outcome = trial.script(memory, sdk, network, pages)

    check(outcome, sdk)
    assert outcome.preflights, "the page is of the platform's own origin"
