"""Whatever the network does, each message that an SDK of web pages reports as sent is stored once by the door."""

import pytest

from tests.e2e.shopping import wait_for
from tests.sdks import trial
from tests.sdks.menagerie import BROWSERS
from tests.sdks.pages import Pages
from tests.sdks.sdk import Script
from tests.sdks.targets import ASKING, MemoryTarget
from tests.sdks.trial import check, trials

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(("sdk", "network"), trials(BROWSERS))
def test_stores_each_message_once(memory: MemoryTarget, pages: Pages, sdk: Script, network: str) -> None:
    outcome = trial.script(memory, sdk, network, pages)

    check(outcome, sdk)
    assert outcome.preflights or "beacons" in sdk.name, "the page is of the platform's own origin"


@pytest.mark.zoo
@pytest.mark.parametrize("sdk", [sdk for sdk in BROWSERS if "consent" in sdk.name], ids=lambda sdk: sdk.name)
def test_what_a_consent_tool_says_is_obeyed(memory: MemoryTarget, pages: Pages, sdk: Script) -> None:
    before, suppressed = memory.stored(), memory.suppressed()
    visitor = pages.open(sdk.page)
    told = visitor.run(sdk.call(memory.url, ASKING))

    assert len(told["sent"]) == sdk.number
    assert wait_for(memory.suppressed, lambda count: count - suppressed >= sdk.number) - suppressed == sdk.number
    assert memory.stored() == before
    visitor.leave()
