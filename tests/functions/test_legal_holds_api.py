"""The routes of legal holds."""

from typing import Any

import pytest

from local.world.erasing import Erasing
from regulars.adapters.parquet import Parquet
from tests.workspace import Answer, Workspace

HOLDS = "/v1/privacy/holds"
REQUESTS = "/v1/privacy/requests"


@pytest.fixture
def workspace() -> Workspace:
    """A workspace with one person of two identifiers."""
    made = Workspace()
    made.send({"type": "track", "event": "Viewed", "userId": "ann", "anonymousId": "phone"})
    return made


def place(workspace: Workspace, **changes: Any) -> Answer:
    """Place a hold."""
    body = {"reference": "case-9", "identifiers": ["user_id:ann"], **changes}
    return workspace.ask("POST", HOLDS, "privacy", body=body)


def test_a_hold_is_placed_found_and_released(workspace: Workspace) -> None:
    placed = place(workspace, until="2027-06-30T02:00:00+02:00").content
    found = workspace.get(f"{HOLDS}/{placed['id']}").content
    workspace.world.advance(workspace.world.clock.now + 1)
    released = workspace.ask("POST", f"{HOLDS}/{placed['id']}/release", "privacy").content

    assert (placed["stands"], released["stands"], placed["until"]) == (True, False, "2027-06-30T00:00:00.000000Z")
    assert found == {**placed, "names": [f"p_{workspace.owner('user_id', 'ann')}"]}
    assert workspace.get(HOLDS).content["holds"] == [released]
    assert workspace.ask("POST", f"{HOLDS}/{placed['id']}/release", "privacy").status == 409
    assert workspace.get(f"{HOLDS}/none").status == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reference": ""}, "for which case"),
        ({"reference": "Ann of Bern"}, "nobody's name"),
        ({"identifiers": []}, "1 to 1,000"),
        ({"identifiers": None}, "identifiers is a list"),
        ({"identifiers": ["mail:ann"]}, "kind:value"),
        ({"until": "soon"}, "until is an instant"),
        ({"until": 7}, "until is an instant"),
        ({"until": "2020-01-01T00:00:00Z"}, "in the future"),
        ({"more": 1}, "takes"),
    ],
)
def test_what_holds_nobody_is_refused_and_says_what_to_do(
    workspace: Workspace, changes: dict[str, Any], said: str
) -> None:
    answer = place(workspace, **changes)

    assert answer.status == 400
    assert said in answer.content["message"]


def test_an_officer_holds_and_an_engineer_only_looks(workspace: Workspace) -> None:
    id = place(workspace).content["id"]

    assert workspace.get(f"{HOLDS}/{id}", "engineer").status == 200
    assert workspace.ask("POST", f"{HOLDS}/{id}/release", "engineer").status == 403
    assert workspace.get(HOLDS, "marketer").status == 403


def test_a_person_says_by_which_holds_they_are_held(workspace: Workspace) -> None:
    held = place(workspace).content
    workspace.world.advance(workspace.world.clock.now + 1)

    assert workspace.get("/v1/profiles/anonymous_id:phone/legal-holds").content == {"holds": [held["id"]]}
    assert workspace.get("/v1/profiles/anonymous_id:phone/legal-holds", "marketer").status == 403
    assert workspace.get("/v1/profiles/user_id:nobody/legal-holds").content == {"holds": []}


def test_a_request_says_by_which_hold_it_waits(workspace: Workspace) -> None:
    hold = place(workspace).content["id"]
    body = {"kind": "erasure", "identifiers": ["anonymous_id:phone"]}
    id = workspace.ask("POST", REQUESTS, "privacy", body=body).content["id"]
    workspace.ask("POST", f"{REQUESTS}/{id}/verify", "privacy", body={"how": "document"})
    erasing = Erasing(world=workspace.world, lake=workspace.lake, format=Parquet())
    erasing.worker().work(id, has_time=lambda: True)

    told = workspace.get(f"{REQUESTS}/{id}").content
    assert (told["state"], told["held_by"]) == ("held", [hold])
    workspace.world.advance(workspace.world.clock.now + 3_600_000_000)
    workspace.ask("POST", f"{HOLDS}/{hold}/release", "privacy")
    assert workspace.ask("POST", f"{REQUESTS}/{id}/resume", "privacy").status == 200
    assert workspace.begun == [hold, id, hold, id]
    erasing.finish(id)
    assert workspace.get(f"{REQUESTS}/{id}").content["state"] == "done"
