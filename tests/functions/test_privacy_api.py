"""The routes of requests of persons, and of the register."""

from typing import Any

import pytest

from local.world.erasing import Erasing
from local.world.world import START
from regulars.adapters.parquet import Parquet
from regulars.domain.instants import DAY
from regulars.pipeline.privacy_deadlines import Deadlines
from tests.workspace import Answer, Workspace

ANN = {"type": "identify", "userId": "u-1", "anonymousId": "a-1", "traits": {"email": "ann@shop.example"}}
REQUESTS = "/v1/privacy/requests"


@pytest.fixture
def workspace() -> Workspace:
    """A workspace with one person of three identifiers."""
    made = Workspace()
    made.send(ANN)
    return made


def begin(workspace: Workspace, **changes: Any) -> Answer:
    """Take a request for an erasure."""
    body = {"kind": "erasure", "identifiers": ["email:ann@shop.example"], "reference": "case-7", **changes}
    return workspace.ask("POST", REQUESTS, "privacy", body={name: each for name, each in body.items() if each})


def post(workspace: Workspace, id: str, verb: str, body: object = None, role: str = "privacy") -> Answer:
    """Do something with a request."""
    return workspace.ask("POST", f"{REQUESTS}/{id}/{verb}", role, body=body)


def finish(workspace: Workspace, id: str) -> None:
    """Let the workers of a request do their work."""
    Erasing(world=workspace.world, lake=workspace.lake, format=Parquet()).finish(id)


def test_a_request_is_taken_verified_met_and_certified(workspace: Workspace) -> None:
    taken = begin(workspace).content
    verified = post(workspace, taken["id"], "verify", {"how": "document"}).content
    assert workspace.get(f"{REQUESTS}/{taken['id']}/certificate").status == 409
    finish(workspace, taken["id"])

    done = workspace.get(f"{REQUESTS}/{taken['id']}").content
    certificate = workspace.get(f"{REQUESTS}/{taken['id']}/certificate").content
    assert [each["state"] for each in (taken, verified, done)] == ["received", "verified", "done"]
    assert workspace.begun == [taken["id"]]
    assert (taken["identifiers"], certificate["erased"], certificate["removed"]) == (1, 3, done["found"])
    assert workspace.get("/v1/profiles/user_id:u-1").status == 404
    assert "ann@shop.example" not in str(certificate)
    check = "/v1/privacy/certificates/check"
    assert workspace.ask("POST", check, "privacy", body=certificate).content == {"genuine": True}
    forged = {**certificate, "erased": 4}
    assert workspace.ask("POST", check, "privacy", body=forged).content == {"genuine": False}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "anything"}, "kind is one of"),
        ({"law": "none"}, "law is one of"),
        ({"reference": "Ann, of Bern"}, "nobody's name"),
        ({"reference": 7}, "nobody's name"),
        ({"identifiers": ["ann@shop.example"]}, "kind:value"),
        ({"identifiers": ["mail:ann@shop.example"]}, "kind:value"),
        ({"identifiers": [7]}, "identifiers is a list"),
        ({"identifiers": "email:ann@shop.example"}, "identifiers is a list"),
        ({"identifiers": ["user_id:1"] * 1_001}, "identifiers is a list"),
        ({"kind": "lift"}, "not erased"),
        ({"more": 1}, "takes"),
    ],
)
def test_what_has_no_meaning_is_refused_and_says_what_to_do(
    workspace: Workspace, changes: dict[str, Any], said: str
) -> None:
    answer = begin(workspace, **changes)

    assert answer.status == 400
    assert said in answer.content["message"]


def test_identifiers_are_added_page_by_page_and_count_once(workspace: Workspace) -> None:
    id = begin(workspace, identifiers=None).content["id"]
    pages = [[f"user_id:{number}" for number in range(start, start + 1_000)] for start in (0, 1_000, 500)]

    counts = [post(workspace, id, "identifiers", {"identifiers": page}).content["identifiers"] for page in pages]

    assert counts == [1_000, 2_000, 2_000]


def test_nobody_is_verified_twice_for_nobody_or_without_saying_how(workspace: Workspace) -> None:
    empty = begin(workspace, identifiers=None).content["id"]
    id = begin(workspace).content["id"]

    assert post(workspace, empty, "verify", {"how": "document"}).status == 400
    assert post(workspace, id, "verify", {"how": "by the look of it"}).status == 400
    assert post(workspace, id, "verify", {}).status == 400
    assert post(workspace, id, "verify", {"how": "document"}).status == 200
    assert post(workspace, id, "verify", {"how": "document"}).status == 409
    assert post(workspace, id, "identifiers", {"identifiers": ["user_id:u-2"]}).status == 409


def test_a_request_is_taken_back_before_it_runs_and_not_after(workspace: Workspace) -> None:
    first, second = begin(workspace).content["id"], begin(workspace).content["id"]
    post(workspace, second, "verify", {"how": "document"})
    finish(workspace, second)

    assert post(workspace, first, "cancel").content["state"] == "cancelled"
    assert post(workspace, second, "cancel").status == 409


def test_a_request_that_was_left_is_resumed_after_an_hour(workspace: Workspace) -> None:
    id = begin(workspace).content["id"]
    post(workspace, id, "verify", {"how": "document"})
    early = post(workspace, id, "resume").status
    workspace.world.clock.advance_to(workspace.world.clock.now + DAY)

    assert (early, post(workspace, id, "resume").status) == (409, 200)
    assert workspace.begun == [id, id]


def test_requests_are_listed_newest_first(workspace: Workspace) -> None:
    ids = []
    for _ in range(3):
        ids.append(begin(workspace).content["id"])
        workspace.world.clock.advance_to(workspace.world.clock.now + 1)

    page = workspace.get(REQUESTS, limit="2").content
    rest = workspace.get(REQUESTS, limit="2", cursor=page["next"]).content

    assert [each["id"] for each in (*page["requests"], *rest["requests"])] == ids[::-1]
    assert page["requests"][0]["due_at"] == "2026-02-01T00:00:01.000000Z"


@pytest.mark.parametrize(
    ("law", "days", "deadline"),
    [
        ("gdpr", 20, "ahead"),
        ("gdpr", 25, "soon"),
        ("gdpr", 32, "overdue"),
        ("ccpa", 32, "ahead"),
        ("ccpa", 46, "overdue"),
    ],
)
def test_each_answer_says_how_a_request_stands_to_its_deadline(
    workspace: Workspace, law: str, days: int, deadline: str
) -> None:
    id = begin(workspace, law=law).content["id"]
    other = begin(workspace, law=law, reference="other").content["id"]
    post(workspace, other, "cancel")
    workspace.world.clock.advance_to(workspace.world.clock.now + days * DAY)

    listed = workspace.get(REQUESTS).content["requests"]
    late = workspace.get(REQUESTS, overdue="true").content["requests"]
    assert workspace.get(f"{REQUESTS}/{id}").content["deadline"] == deadline
    assert [each["deadline"] for each in listed] == [None, deadline]
    assert [each["id"] for each in late] == ([id] if deadline == "overdue" else [])
    assert workspace.get(REQUESTS, overdue="maybe").status == 400


def test_overdue_requests_are_listed_page_by_page(workspace: Workspace) -> None:
    ids = []
    for _ in range(5):
        ids.append(begin(workspace).content["id"])
        workspace.world.clock.advance_to(workspace.world.clock.now + 1)
    post(workspace, ids[2], "cancel")
    workspace.world.clock.advance_to(workspace.world.clock.now + 40 * DAY)

    page = workspace.get(REQUESTS, overdue="true", limit="2").content
    rest = workspace.get(REQUESTS, overdue="true", limit="2", cursor=page["next"]).content
    assert [each["id"] for each in (*page["requests"], *rest["requests"])] == [ids[4], ids[3], ids[1], ids[0]]
    assert rest["next"] is None
    assert workspace.get(REQUESTS, limit="2", cursor=page["next"]).status == 400


@pytest.mark.parametrize(("law", "until"), [("gdpr", "2026-04-01"), ("ccpa", "2026-04-01")])
def test_the_time_of_a_request_is_made_longer_once_and_with_a_reason(
    workspace: Workspace, law: str, until: str
) -> None:
    id = begin(workspace, law=law).content["id"]
    refused = post(workspace, id, "extend", {"reason": "busy"}).status
    told = post(workspace, id, "extend", {"reason": "complexity"}).content

    assert (refused, told["due_at"][:10], told["extension"], told["extended_by"]) == (400, until, "complexity", "s-1")
    assert post(workspace, id, "extend", {"reason": "complexity"}).status == 409


def test_whose_time_is_over_or_who_is_done_gets_no_more(workspace: Workspace) -> None:
    late, done = begin(workspace).content["id"], begin(workspace).content["id"]
    post(workspace, done, "cancel")
    workspace.world.clock.advance_to(workspace.world.clock.now + 40 * DAY)

    assert [post(workspace, id, "extend", {"reason": "complexity"}).status for id in (late, done)] == [409, 409]


def ask_as(workspace: Workspace, who: str, path: str, body: object) -> Answer:
    """Ask as one of several officers."""
    claims = {"token_use": "access", "sub": who, "cognito:groups": "[privacy]"}
    return workspace.ask("POST", path, body=body, claims=claims)


@pytest.mark.parametrize(("kind", "own"), [("erasure", 403), ("access", 200), ("restriction", 200)])
def test_with_four_eyes_who_takes_an_erasure_does_not_verify_it(workspace: Workspace, kind: str, own: int) -> None:
    workspace.world.define("workspace", "settings", {"four_eyes": True})
    wish = {"kind": kind, "identifiers": ["user_id:u-1"]}
    ids = [ask_as(workspace, "s-1", REQUESTS, wish).content["id"]]
    workspace.world.clock.advance_to(workspace.world.clock.now + 1)
    ids.append(ask_as(workspace, "s-1", REQUESTS, wish).content["id"])

    how = {"how": "document"}
    verified = [
        ask_as(workspace, who, f"{REQUESTS}/{id}/verify", how).status
        for who, id in zip(("s-1", "s-2"), ids, strict=True)
    ]
    assert verified == [own, 200]


def test_with_four_eyes_nobody_names_people_into_an_erasure_that_they_verify(workspace: Workspace) -> None:
    workspace.world.define("workspace", "settings", {"four_eyes": True})
    id = ask_as(workspace, "s-1", REQUESTS, {"kind": "erasure"}).content["id"]
    more = {"identifiers": ["user_id:u-1"]}

    added = [ask_as(workspace, who, f"{REQUESTS}/{id}/identifiers", more).status for who in ("s-2", "s-1")]
    assert added == [403, 200]


def test_without_it_one_officer_does_both(workspace: Workspace) -> None:
    id = begin(workspace).content["id"]

    assert post(workspace, id, "verify", {"how": "document"}).status == 200


def test_the_look_of_each_hour_counts_what_is_overdue_and_what_is_due_soon(workspace: Workspace) -> None:
    world = workspace.world
    for days in (0, 5, 20):
        world.clock.advance_to(START + days * DAY)
        begin(workspace)
    post(workspace, begin(workspace).content["id"], "cancel")
    world.clock.advance_to(START + 33 * DAY)

    assert Deadlines(world.database, world.journal, world.clock).look() == 1
    counts = world.journal.counts
    assert (counts["privacy_requests_overdue"], counts["privacy_requests_due_soon"]) == (1, 1)


def test_an_officer_erases_and_an_engineer_only_looks(workspace: Workspace) -> None:
    id = begin(workspace).content["id"]

    assert workspace.get(f"{REQUESTS}/{id}", "engineer").status == 200
    assert post(workspace, id, "verify", {"how": "document"}, "engineer").status == 403
    assert workspace.get(REQUESTS, "marketer").status == 403


def test_the_register_says_of_each_place_what_an_erasure_does(workspace: Workspace) -> None:
    places = workspace.get("/v1/privacy/register").content["places"]

    assert {"events", "lake", "logs", "backups of the vault"} <= {place["name"] for place in places}
    assert all(place["holds"] and place["why"] and place["kept"] for place in places)


def test_who_handled_a_request_stands_in_the_audit_trail(workspace: Workspace) -> None:
    id = begin(workspace).content["id"]
    post(workspace, id, "verify", {"how": "document"})

    told = [(row.deed.what, row.deed.outcome) for row in workspace.trail if id in row.deed.whom]
    assert told == [
        ("begin_privacy_request", "done"),
        ("verify_privacy_request", "begun"),
        ("verify_privacy_request", "done"),
    ]
