"""A rectification is met by the correction that it asks for: its values are in that alone."""

from typing import Any

import pytest

from tests.workspace import Answer, Workspace

ANN = {
    "type": "identify",
    "userId": "ann",
    "anonymousId": "a-1",
    "traits": {"email": "a@shop.example", "city": "Basel"},
}
BOB = {"type": "identify", "userId": "bob", "traits": {"city": "Basel"}}
REQUESTS = "/v1/privacy/requests"
WHY = "by her letter of 3 May"


@pytest.fixture
def workspace() -> Workspace:
    """A workspace with two people."""
    made = Workspace()
    made.send(ANN, BOB)
    return made


def taken(workspace: Workspace, *identifiers: str, verified: bool = True, kind: str = "rectification") -> str:
    """Take a request, and verify it."""
    body = {"kind": kind, "identifiers": list(identifiers or ["email:a@shop.example"])}
    answer = workspace.ask("POST", REQUESTS, "privacy", body=body)
    assert answer.status == 200, answer.text
    id = str(answer.content["id"])
    if verified:
        assert workspace.ask("POST", f"{REQUESTS}/{id}/verify", "privacy", body={"how": "document"}).status == 200
    workspace.world.clock.advance_to(workspace.world.clock.now + 1)
    return id


def correct(workspace: Workspace, request: Any, ref: str = "user_id:ann", role: str = "privacy", **body: Any) -> Answer:
    """Correct traits for a request, and let it be counted."""
    said = {"traits": {"city": "c4n4ry-Bern"}, "reason": WHY, "request": request, **body}
    answer = workspace.ask("PATCH", f"/v1/profiles/{ref}/traits", role, body=said)
    workspace.world.settle()
    return answer


def city(workspace: Workspace, ref: str = "user_id:ann") -> Any:
    """The city of somebody."""
    return workspace.get(f"/v1/profiles/{ref}/traits").content["traits"]["city"]


def test_it_is_done_by_the_correction_and_certified_by_the_names_of_traits(workspace: Workspace) -> None:
    id = taken(workspace)
    answer = correct(workspace, id, traits={"city": "c4n4ry-Bern", "plan": None})

    done = workspace.get(f"{REQUESTS}/{id}").content
    certificate = workspace.get(f"{REQUESTS}/{id}/certificate").content
    assert (answer.status, done["state"], done["changed"]) == (200, "done", ["city", "plan"])
    assert certificate["changed"] == ["city", "plan"]
    assert workspace.ask("POST", "/v1/privacy/certificates/check", "privacy", body=certificate).content["genuine"]
    assert (city(workspace)["value"], city(workspace)["message_id"]) == ("c4n4ry-Bern", id)
    assert workspace.begun == []


def test_no_value_is_in_the_request_or_its_certificate(workspace: Workspace) -> None:
    id = taken(workspace)
    correct(workspace, id)

    kept = [str(row) for row in workspace.world.database.all("catalog")]
    certificate = workspace.get(f"{REQUESTS}/{id}/certificate").text
    assert not any("c4n4ry" in text or WHY in text for text in (*kept, certificate))


def test_nothing_of_the_former_value_is_left_in_the_profile(workspace: Workspace) -> None:
    owner = workspace.owner("user_id", "ann")

    def parts() -> str:
        rows = workspace.world.database.all("identities")
        return str([row for row in rows if row["owner"] == owner and row["part"] == "traits"])

    sealed = workspace.send(ANN)[0].traits["city"].text
    before = parts()
    correct(workspace, taken(workspace))

    assert sealed in before
    assert sealed not in parts()


def test_it_may_be_repeated_and_counts_once(workspace: Workspace) -> None:
    id = taken(workspace)
    answers = [correct(workspace, id) for _ in range(2)]

    assert [(answer.status, answer.content["duplicate"]) for answer in answers] == [(200, False), (200, True)]
    assert correct(workspace, id, traits={"plan": "gold"}).status == 409


def test_it_corrects_nobody_but_whom_it_names_and_only_once_verified(workspace: Workspace) -> None:
    unverified, verified = taken(workspace, verified=False), taken(workspace)

    assert correct(workspace, unverified).status == 409
    assert correct(workspace, verified, "user_id:bob").status == 400
    assert correct(workspace, taken(workspace, kind="access")).status == 400
    assert correct(workspace, "q1").status == 404
    assert correct(workspace, verified, messageId="m").status == 400
    assert correct(workspace, 7).status == 400
    assert correct(workspace, verified, "user_id:ann", "marketer").status == 403
    assert city(workspace)["value"] == city(workspace, "user_id:bob")["value"] == "Basel"


def test_any_identifier_of_the_person_will_do(workspace: Workspace) -> None:
    assert correct(workspace, taken(workspace, "anonymous_id:a-1"), "email:a@shop.example").status == 200


def test_it_names_one_person_and_is_not_completed_by_hand(workspace: Workspace) -> None:
    body = {"kind": "rectification", "identifiers": ["user_id:ann", "user_id:bob"]}
    both = workspace.ask("POST", REQUESTS, "privacy", body=body)
    id = taken(workspace, verified=False)
    more = workspace.ask("POST", f"{REQUESTS}/{id}/identifiers", "privacy", body={"identifiers": ["user_id:bob"]})
    by_hand = workspace.ask("POST", f"{REQUESTS}/{taken(workspace)}/complete", "privacy")

    assert [answer.status for answer in (both, more, by_hand)] == [400, 400, 400]
    assert "regulars privacy correct" in by_hand.content["message"]


def test_who_corrected_what_for_which_request_stands_in_the_audit_trail(workspace: Workspace) -> None:
    id = taken(workspace)
    correct(workspace, id)

    assert any(row.deed.what == "correct_traits" and id in row.deed.whom for row in workspace.trail)
