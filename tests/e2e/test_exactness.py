"""A window of ten seconds, seen from outside: twenty people enter at once and leave on time."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from tests.e2e.platform import Platform
from tests.e2e.shopping import RUN

pytestmark = pytest.mark.e2e

PEOPLE = [f"exact-{RUN}-{number}" for number in range(20)]
WINDOW = 10.0
LATE = 2.0
SOON = 5.0  # on a busy machine: the stream is asked twice a second, and a function may have to start
APART = 0.4


@dataclass(slots=True)
class Watched:
    """When somebody was a member, as the clock of the watcher has it."""

    first: float = 0.0
    last: float = 0.0
    gone: float = 0.0


@dataclass(slots=True)
class Watch:
    """Asks for the members of a segment again and again."""

    platform: Platform
    seen: dict[str, Watched] = field(default_factory=dict)

    def look(self) -> None:
        """Ask once: who is named was in when we asked, who is not named was out when we had the answer."""
        asked = time.time()
        answer = self.platform.ask("/v1/segments/just_browsing/members?limit=500").raise_for_status()
        inside = {member["profile_id"] for member in answer.json()["members"]}
        for profile_id in inside:
            one = self.seen.setdefault(profile_id, Watched(first=time.time()))
            one.last, one.gone = asked, 0.0
        for profile_id in self.seen.keys() - inside:
            self.seen[profile_id].gone = self.seen[profile_id].gone or time.time()


@pytest.fixture(scope="module")
def watched(platform: Platform) -> Mapping[str, tuple[float, Watched]]:
    """Let twenty people look at a product, one after the other: when each did, and when they were members."""
    watch = Watch(platform)
    due = time.time()
    for user in PEOPLE:
        assert platform.send("track", userId=user, event="Product Viewed").status_code == 200
        due += APART
        while time.time() < due:
            watch.look()
    end = time.time() + WINDOW + LATE + 3
    while time.time() < end:
        watch.look()
        time.sleep(0.15)
    found = {}
    for user in PEOPLE:
        profile = platform.profile("user_id", user)
        assert profile
        viewed = datetime.fromisoformat(platform.events("user_id", user)[0]["timestamp"]).timestamp()
        found[user] = (viewed, watch.seen[profile["profile_id"]])
    return found


@pytest.mark.parametrize("user", PEOPLE, ids=range(len(PEOPLE)))
def test_enters_with_the_event_and_leaves_when_the_window_ends(
    watched: Mapping[str, tuple[float, Watched]], user: str
) -> None:
    viewed, one = watched[user]

    assert one.first - viewed <= SOON, "entered late"
    assert one.gone - viewed >= WINDOW, "left early"
    assert one.last - viewed <= WINDOW + LATE, "left late"
