"""What journeys tell is stored once, under who it was done to, and of nobody who was erased."""

import pytest

from local.world.retaining import Retaining
from regulars.domain.instants import DAY
from regulars.domain.journey_deeds import JOURNEYS
from regulars.domain.journey_events import ended, entered, passed
from regulars.domain.passages import Passage
from regulars.errors import InvalidRequestError
from regulars.pipeline.telling_journeys import Teller
from tests.workspace import Workspace

PRODUCT = {"type": "track", "event": "Product Viewed", "properties": {}, "userId": "ann"}


@pytest.fixture
def workspace() -> Workspace:
    made = Workspace()
    made.send(PRODUCT)
    return made


def teller(workspace: Workspace) -> Teller:
    return Teller(workspace.world.database, workspace.sealer, workspace.world.clock)


def a_passage(workspace: Workspace) -> Passage:
    owner = workspace.owner("user_id", "ann")
    return Passage(owner=owner, journey="welcome", number=1, id="f" * 32, key="", at=workspace.world.clock.now)


def told_of(workspace: Workspace) -> list[str | None]:
    events = workspace.world.events.of(workspace.owner("user_id", "ann"))
    return [event.name for event in events if event.source == JOURNEYS]


def test_a_deed_is_stored_once_however_often_it_is_told(workspace: Workspace) -> None:
    passage = a_passage(workspace)
    deeds = [entered(passage), passed(passage, "hello", 0, "sent", passage.at)]

    first = teller(workspace).tell(passage.owner, *deeds)
    workspace.world.advance(workspace.world.clock.now + DAY)

    assert first == 2
    assert teller(workspace).tell(passage.owner, *deeds, *deeds) == 0
    assert sorted(filter(None, told_of(workspace))) == ["Journey Entered", "Journey Step Passed"]


def test_deeds_of_one_telling_arrive_one_after_the_other(workspace: Workspace) -> None:
    passage = a_passage(workspace)

    teller(workspace).tell(passage.owner, entered(passage), passed(passage, "hello", 0, "sent", passage.at))

    arrivals = [event.arrival for event in workspace.world.events.of(passage.owner) if event.source == JOURNEYS]
    assert len(set(arrivals)) == 2


def test_they_are_kept_as_long_as_retention_says(workspace: Workspace) -> None:
    workspace.put("/v1/retention", {"definition": {"sources": {"journeys": "20 days"}}})
    passage = a_passage(workspace)

    teller(workspace).tell(passage.owner, entered(passage))

    [own] = [event for event in workspace.world.events.of(passage.owner) if event.source == JOURNEYS]
    assert own.kept_until == (own.arrival + 20 * DAY) // 1_000_000 * 1_000_000


def test_of_whom_is_erased_nothing_is_told(workspace: Workspace) -> None:
    passage = a_passage(workspace)
    workspace.world.database.delete("vault", passage.owner)
    workspace.world.database.insert("vault", [{"owner": passage.owner, "key": b""}])
    workspace.start()

    assert teller(workspace).tell(passage.owner, entered(passage)) == 0
    assert told_of(workspace) == []


def test_a_segment_may_ask_for_them(workspace: Workspace) -> None:
    workspace.put("/v1/segments/greeted", {"definition": {"where": {"event": "Journey Entered"}}})

    teller(workspace).tell(a_passage(workspace).owner, entered(a_passage(workspace)))
    workspace.world.settle()

    assert len(workspace.get("/v1/segments/greeted/members").content["members"]) == 1


def test_a_person_is_still_named_behind_all_that_a_journey_did(workspace: Workspace) -> None:
    passage = a_passage(workspace)
    teller(workspace).tell(passage.owner, *(passed(passage, f"hello#{n}", 0, "sent", passage.at) for n in range(60)))

    shown = workspace.get("/v1/profiles/user_id:ann").content

    assert "ann" in str(shown["identifiers"])


def test_a_silent_person_is_forgotten_whatever_journeys_do(workspace: Workspace) -> None:
    workspace.put("/v1/retention", {"definition": {"profiles": "60 days"}})
    workspace.world._tick_every = 1 << 62
    retaining = Retaining(world=workspace.world)
    owner = workspace.owner("user_id", "ann")
    for _ in range(12):
        workspace.world.clock.advance_to(workspace.world.clock.now + 7 * DAY)
        teller(workspace).tell(owner, ended(a_passage(workspace)))
        workspace.world.settle()
        retaining.sweep()

    assert workspace.get("/v1/profiles/user_id:ann").status == 404


def test_no_source_is_called_journeys(workspace: Workspace) -> None:
    refused = workspace.put("/v1/sources/journeys", {"definition": {"name": "Ours"}})

    assert refused.status == 400
    assert refused.content["code"] == InvalidRequestError("").code
    assert "journeys" in refused.content["message"]
