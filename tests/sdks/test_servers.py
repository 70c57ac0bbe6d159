"""Whatever the network does, each message that an SDK of a server reports as sent is stored once by the door."""

import pytest

from tests.sdks import trial
from tests.sdks.menagerie import SERVERS
from tests.sdks.sdk import Program
from tests.sdks.targets import MemoryTarget
from tests.sdks.trial import check, trials

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(("sdk", "network"), trials(SERVERS))
def test_stores_each_message_once(memory: MemoryTarget, sdk: Program, network: str) -> None:
    check(trial.program(memory, sdk, network), sdk)
