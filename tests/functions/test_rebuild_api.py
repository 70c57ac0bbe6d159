"""The routes of rebuilds: one person, page by page, and everybody."""

import pytest

from regulars.domain.state import State
from regulars.stores.identities import IdentityStore
from tests.workspace import Workspace

VIEW = {"type": "track", "event": "Product Viewed", "anonymousId": "a-1"}
SIGN_IN = {"type": "identify", "userId": "u-1", "anonymousId": "a-1", "traits": {"plan": "gold"}}
VIEWERS = {"where": {"event": "Product Viewed", "count": {"at_least": 2}}, "anonymous": True}
RIGHT = {"changed": 0, "outdated": 0, "awaited": 0, "linked": 0}


@pytest.fixture
def workspace() -> Workspace:
    """A workspace with one person of two identifiers, whose views are counted."""
    made = Workspace()
    made.put("/v1/segments/viewers", {"definition": VIEWERS})
    made.send(VIEW, SIGN_IN)
    made.world.clock.advance_to(made.world.clock.now + 120_000_000)
    return made


def spoil(workspace: Workspace) -> None:
    """Let a part say what is not so."""
    store = IdentityStore(workspace.world.database)
    part = store.part(workspace.owner("anonymous_id", "a-1"), "event#Product Viewed")
    assert part is not None
    store.save(type(part)(owner=part.owner, name=part.name, version=part.version, state=State(count=9)))


def test_a_rebuild_of_what_is_right_changes_nothing(workspace: Workspace) -> None:
    before = workspace.world.database.all("identities")

    answer = workspace.ask("POST", "/v1/profiles/anonymous_id:a-1/rebuild", "engineer")

    assert answer.content == {
        "profile_id": f"p_{workspace.owner('user_id', 'u-1')}",
        "dry_run": False,
        "identifiers": 2,
        "parts": 2,
        **RIGHT,
        "next": None,
    }
    assert workspace.world.database.all("identities") == before


def test_a_dry_run_tells_what_a_rebuild_then_mends(workspace: Workspace) -> None:
    workspace.put("/v1/segments/viewers", {"definition": {**VIEWERS, "where": {"event": "Product Viewed"}}})
    spoil(workspace)
    path = "/v1/profiles/user_id:u-1/rebuild"

    answers = [
        workspace.ask("POST", path, query={"dry_run": dry}).content for dry in ("true", "true", "false", "false")
    ]

    assert [answer["outdated"] for answer in answers] == [1, 1, 1, 0]
    assert [answer["dry_run"] for answer in answers] == [True, True, False, False]


def test_a_person_is_rebuilt_page_by_page(workspace: Workspace) -> None:
    path, query, seen = "/v1/profiles/user_id:u-1/rebuild", {"limit": "1"}, []
    while True:
        answer = workspace.ask("POST", path, query=query).content
        seen.append(answer["identifiers"])
        if answer["next"] is None:
            break
        query = {"limit": "1", "cursor": answer["next"]}

    assert seen == [1, 1]


def test_nobody_is_rebuilt_who_is_not_known(workspace: Workspace) -> None:
    assert workspace.ask("POST", "/v1/profiles/user_id:nobody/rebuild").status == 404
    assert workspace.ask("POST", "/v1/profiles/user_id:u-1/rebuild", query={"dry_run": "yes"}).status == 400


def test_everybody_is_rebuilt_and_the_rebuild_can_be_watched(workspace: Workspace) -> None:
    begun = workspace.ask("POST", "/v1/rebuilds", "engineer", body={})

    watched = workspace.get(f"/v1/rebuilds/{begun.content['id']}", "engineer")
    listed = workspace.get("/v1/rebuilds", "engineer")

    assert (begun.status, watched.content["state"], watched.content["segments_done"]) == (200, "done", 32)
    assert {name: watched.content[name] for name in RIGHT} == RIGHT
    assert (watched.content["identifiers"], watched.content["by"]) == (2, "s-1")
    assert listed.content == {"rebuilds": [watched.content], "next": None}


def test_rebuilds_are_listed_in_pages_newest_first(workspace: Workspace) -> None:
    ids = []
    for _ in range(3):
        ids.append(workspace.ask("POST", "/v1/rebuilds", body={"dry_run": True}).content["id"])
        workspace.world.clock.advance_to(workspace.world.clock.now + 1)

    first = workspace.get("/v1/rebuilds", "admin", limit="2").content
    rest = workspace.get("/v1/rebuilds", "admin", limit="2", cursor=first["next"]).content

    assert [each["id"] for each in [*first["rebuilds"], *rest["rebuilds"]]] == ids[::-1]
    assert rest["next"] is None


@pytest.mark.parametrize("body", [{"dry_run": "yes"}, {"all": True}, {"dry_run": None}])
def test_a_wish_that_has_no_meaning_is_refused(workspace: Workspace, body: object) -> None:
    answer = workspace.ask("POST", "/v1/rebuilds", body=body)

    assert (answer.status, answer.content["code"]) == (400, "invalid_request")


def test_a_rebuild_that_nobody_began_is_not_found(workspace: Workspace) -> None:
    assert workspace.get("/v1/rebuilds/r1", "admin").status == 404


def test_of_two_who_begin_at_one_instant_one_is_told_to_watch(workspace: Workspace) -> None:
    answers = [workspace.ask("POST", "/v1/rebuilds", "engineer", body={}) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 409]
    assert answers[1].content["code"] == "rebuild_running"
    assert workspace.failures == []
