"""Why somebody is in a segment: the truth of each condition, what was found, and the events behind it."""

from typing import Any

import pytest

from regulars.domain.instants import DAY
from tests.workspace import Workspace

REGULAR = {
    "where": {
        "all": [
            {"event": "Order Completed", "count": {"at_least": 2}, "within": "30 days"},
            {"trait": "plan", "equals": "gold"},
            {"not": {"event": "Order Completed", "sum": {"of": "revenue", "less_than": 25}}},
            {"any": [{"segment": "lookers"}, {"orders": "count", "at_least": 99}]},
        ]
    }
}
LOOKERS = {"where": {"event": "Product Viewed", "where": {"category": "shoes"}, "within": "7 days"}, "anonymous": True}


@pytest.fixture
def workspace() -> Workspace:
    workspace = Workspace()
    assert workspace.put("/v1/segments/lookers", {"definition": LOOKERS}).status == 200
    assert workspace.put("/v1/segments/regulars", {"definition": REGULAR}).status == 200
    return workspace


def buy(workspace: Workspace, number: int) -> None:
    order = {"order_id": f"o-{number}", "revenue": 20}
    workspace.send({"type": "track", "userId": "jane", "event": "Order Completed", "properties": order})


def look(workspace: Workspace, category: str) -> None:
    properties = {"category": category}
    workspace.send({"type": "track", "userId": "jane", "event": "Product Viewed", "properties": properties})


def why(workspace: Workspace, segment: str = "regulars") -> Any:
    return workspace.get(f"/v1/profiles/user_id:jane/segments/{segment}/why", role="marketer").content


def test_it_tells_the_truth_of_every_condition_and_what_was_found(workspace: Workspace) -> None:
    workspace.send({"type": "identify", "userId": "jane", "traits": {"plan": "gold"}})
    buy(workspace, 1)
    buy(workspace, 2)
    look(workspace, "hats")

    told = why(workspace)

    assert [(reason["condition"], reason["true"], reason["found"]) for reason in told["why"]["below"]] == [
        ("the number of Order Completed in the last 30 days is at least 2", True, 2),
        ("trait plan is gold", True, "gold"),
        ("not this", True, None),
        ("at least one of these", False, None),
    ]
    assert told["why"]["below"][2]["below"][0]["found"] == 40
    assert not told["member"]


def test_it_names_the_events_and_when_each_turns(workspace: Workspace) -> None:
    look(workspace, "shoes")
    first = workspace.world.clock.now
    look(workspace, "hats")
    look(workspace, "shoes")

    told = why(workspace, "lookers")

    assert told["member"]
    assert len(told["why"]["events"]) == 2
    assert told["next_change_at"] == told["why"]["next_change_at"]
    assert told["next_change_at"] > told["as_of"]
    assert workspace.world.clock.now - first < DAY


def test_a_trait_is_shown_with_the_call_that_said_it(workspace: Workspace) -> None:
    workspace.send({"type": "identify", "userId": "jane", "messageId": "said", "traits": {"plan": "gold"}})

    (cause,) = why(workspace)["why"]["below"][1]["events"]

    assert (cause["message_id"], cause["source"]) == ("said", "web")


def test_it_says_the_same_in_words(workspace: Workspace) -> None:
    workspace.send({"type": "identify", "userId": "jane", "traits": {"plan": "silver"}})

    words = why(workspace)["words"]

    assert words[0].startswith("Not in regulars, as of 2026-")
    assert "  no   trait plan is gold (it is silver)" in words
    assert "    yes  the sum of revenue of Order Completed is less than 25 (it is 0.0)" in words


def test_what_is_sealed_is_never_shown(workspace: Workspace) -> None:
    assert (
        workspace.put("/v1/segments/mail", {"definition": {"where": {"trait": "email", "exists": True}}}).status == 200
    )
    workspace.send({"type": "identify", "userId": "jane", "traits": {"email": "jane@example.com"}})

    told = why(workspace, "mail")

    assert told["why"]["found"] == "sealed"
    assert "jane@" not in str(told)


def test_nobody_and_no_segment_are_not_found(workspace: Workspace) -> None:
    look(workspace, "shoes")

    assert workspace.get("/v1/profiles/user_id:jane/segments/nothing/why").status == 404
    assert workspace.get("/v1/profiles/user_id:nobody/segments/lookers/why").status == 404


def test_a_definition_that_is_new_is_explained_from_the_events(workspace: Workspace) -> None:
    buy(workspace, 1)
    definition = {"where": {"event": "Order Completed", "distinct": {"of": "revenue", "equals": 1}}}
    assert workspace.put("/v1/segments/late", {"definition": definition}).status == 200

    assert why(workspace, "late")["why"]["found"] == 1


def test_a_segment_that_another_one_reads_neither_rests_nor_goes(workspace: Workspace) -> None:
    paused = workspace.put("/v1/segments/lookers", {"definition": {**LOOKERS, "status": "paused"}})
    deleted = workspace.ask("DELETE", "/v1/segments/lookers")

    assert (paused.status, deleted.status) == (400, 400)
    assert "the segment regulars reads it" in deleted.content["message"]


def test_a_ring_of_segments_is_refused(workspace: Workspace) -> None:
    answer = workspace.put("/v1/segments/lookers", {"definition": {"where": {"segment": "regulars"}}})

    assert answer.status == 400
    assert "lookers reads regulars reads lookers" in answer.content["message"]
