"""A profile with as many identifiers as there may be is read in bounded pieces."""

import threading
from collections import Counter

import pytest

from regulars.adapters.parallel import PARALLEL_READS
from tests.workspace import Workspace

MANY = 1_000
RULES = {
    "identifiers": [
        {"kind": "user_id", "from": ["userId"], "limit": 1, "known": True},
        {"kind": "anonymous_id", "from": ["anonymousId"], "limit": MANY},
    ],
    "max_ties_an_hour": 1_000,
}
PATH = "/v1/profiles/user_id:u"


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    """One person on 999 devices, with an event on each before they signed in there."""
    workspace = Workspace()
    workspace.put("/v1/identity", {"definition": RULES})
    for device in range(MANY - 1):
        seen = f"2025-12-{1 + device // 50:02}T00:{device % 50:02}:00Z"
        workspace.send(
            {"type": "track", "event": "Viewed", "anonymousId": f"a-{device}", "timestamp": seen},
            {"type": "identify", "userId": "u", "anonymousId": f"a-{device}", "timestamp": seen},
        )
    return workspace


def cost(workspace: Workspace, path: str, **query: str) -> Counter[str]:
    """What it takes to answer, by kind of request."""
    before = workspace.world.database.bill.requests.copy()
    assert workspace.get(path, **query).status == 200
    return workspace.world.database.bill.requests - before


def test_a_profile_reads_each_identity_once_and_opens_only_what_it_shows(workspace: Workspace) -> None:
    asked = cost(workspace, PATH)

    assert asked["query identities"] == MANY
    assert asked.total() < 2 * MANY
    assert workspace.get(PATH).content["incomplete"] == ["identifiers"]


def test_a_page_of_events_reads_each_identifier_about_once(workspace: Workspace) -> None:
    first = workspace.get(f"{PATH}/events", limit="50").content
    asked = cost(workspace, f"{PATH}/events", limit="50", cursor=first["next"])

    assert len(first["events"]) == 50
    assert asked["query events"] < 1.1 * MANY


def test_a_page_of_identifiers_reads_no_others(workspace: Workspace) -> None:
    assert cost(workspace, f"{PATH}/identifiers", limit="10").total() < 100


def test_all_events_of_all_identifiers_can_be_paged_through(workspace: Workspace) -> None:
    seen: list[str] = []
    query = {"limit": "700"}
    while True:
        page = workspace.get(f"{PATH}/events", **query).content
        seen += [event["messageId"] for event in page["events"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]

    assert len(seen) == len(set(seen)) == 2 * (MANY - 1)


def test_no_more_reads_go_on_at_once_than_there_are_connections(workspace: Workspace) -> None:
    at_work: set[str] = set()
    workspace.world.database.hook = lambda _operation, _table: at_work.add(threading.current_thread().name)
    cost(workspace, PATH)
    workspace.world.database.hook = None

    assert 1 < len(at_work) <= PARALLEL_READS + 1
