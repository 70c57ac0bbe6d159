"""Who is in a team sees its segments and traits, in no shape any other, and nobody else is limited."""

from typing import Any

import pytest

from tests.canaries import BODIES, GUARDED, QUERY, path_of
from tests.workspace import Answer, Workspace

TEAMS = {
    "others": "none",
    "teams": {
        "shoes": {"segments": ["shoppers"], "traits": ["plan", "views"]},
        "hats": {"segments": ["secret_hats"], "traits": []},
    },
}
OPEN = ("list_computed_traits", "get_computed_trait")  # definitions, and no data of people
HIDDEN = ("secret_hats", "s3cret-region", "secret_sum")


@pytest.fixture
def workspace() -> Workspace:
    """A workspace with two segments, two traits and two computed traits, of which the team of shoes sees one each."""
    made = Workspace()
    made.put("/v1/computed-traits/views", {"definition": {"name": "V", "event": "Product Viewed", "count": {}}})
    made.put("/v1/computed-traits/secret_sum", {"definition": {"name": "S", "event": "Product Viewed", "count": {}}})
    for id in ("shoppers", "secret_hats"):
        made.put(f"/v1/segments/{id}", {"definition": {"where": {"event": "Product Viewed"}}})
    made.put("/v1/teams", {"definition": TEAMS})
    made.send(
        {"type": "identify", "userId": "ann", "traits": {"plan": "gold", "region": "s3cret-region"}},
        {"type": "track", "userId": "ann", "event": "Product Viewed", "properties": {}},
    )
    return made


def as_one_of(groups: str) -> dict[str, Any]:
    """Claims of somebody in these groups."""
    return {"token_use": "access", "sub": "s-1", "cognito:groups": f"[{groups}]"}


def get(workspace: Workspace, path: str, groups: str = "marketer team-shoes", **query: str) -> Answer:
    return workspace.ask("GET", path, query=query, claims=as_one_of(groups))


def test_a_profile_shows_what_the_team_sees(workspace: Workspace) -> None:
    profile = get(workspace, "/v1/profiles/user_id:ann").content

    assert set(profile["traits"]) == {"plan"}
    assert set(profile["computed"]) == {"views"}
    assert [each["segment"] for each in profile["memberships"]] == ["shoppers"]
    assert profile["incomplete"] == []


@pytest.mark.parametrize("route", [each for each in GUARDED if each.name not in OPEN], ids=lambda route: route.name)
def test_no_route_tells_of_anything_else(workspace: Workspace, route: Any) -> None:
    path = path_of(route)
    for asked in {path, path.replace("/segments/x", "/segments/secret_hats")}:
        answer = workspace.ask(
            route.method,
            asked,
            query=QUERY.get(route.name, {}),
            body=BODIES.get(route.body),
            claims=as_one_of("marketer analyst service team-shoes"),
        )
        assert answer.status < 500
        assert [word for word in HIDDEN if word in answer.text.replace("sees the segment secret_hats", "")] == []


def test_events_carry_the_traits_that_are_seen(workspace: Workspace) -> None:
    events = get(workspace, "/v1/profiles/user_id:ann/events").content["events"]

    assert [each["traits"] for each in events] == [{}, {"plan": "gold"}]


@pytest.mark.parametrize("verb", ["", "/members", "/size", "/versions"])
def test_a_segment_that_is_not_seen_is_refused_whether_there_is_one_or_not(workspace: Workspace, verb: str) -> None:
    there, not_there = (get(workspace, f"/v1/segments/{id}{verb}") for id in ("secret_hats", "nowhere"))

    assert (there.status, not_there.status) == (403, 403)
    assert there.text.replace("secret_hats", "nowhere") == not_there.text
    assert get(workspace, f"/v1/segments/shoppers{verb}").status in (200, 400)


def test_why_somebody_is_in_it_is_not_told(workspace: Workspace) -> None:
    assert get(workspace, "/v1/profiles/user_id:ann/segments/secret_hats/why").status == 403
    assert get(workspace, "/v1/profiles/user_id:ann/segments/secret_hats/history").status == 403
    assert get(workspace, "/v1/profiles/user_id:ann/segments/shoppers/why").status == 200


@pytest.mark.parametrize(
    "where",
    [
        {"trait": "region", "equals": "s3cret-region"},
        {"not": {"any": [{"trait": "region", "exists": True}]}},
        {"computed": "secret_sum", "at_least": 1},
        {"segment": "secret_hats"},
    ],
)
def test_nobody_asks_by_a_segment_for_what_they_do_not_see(workspace: Workspace, where: dict[str, Any]) -> None:
    claims = as_one_of("marketer team-shoes")
    for method, path, body in (
        ("PUT", "/v1/segments/shoppers", {"definition": {"where": where}}),
        ("POST", "/v1/segments/preview", {"definition": {"where": where}}),
        ("POST", "/v1/segments/sql", {"definition": {"where": where}}),
        ("POST", "/v1/segments/sql", {"id": "secret_hats"}),
    ):
        assert workspace.ask(method, path, body=body, claims=claims).status == 403


def test_nobody_corrects_a_trait_that_they_do_not_see(workspace: Workspace) -> None:
    for traits, status in (({"region": "north"}, 403), ({"plan": "free"}, 200)):
        answer = workspace.ask(
            "PATCH",
            "/v1/profiles/user_id:ann/traits",
            body={"traits": traits, "reason": "asked"},
            claims=as_one_of("service team-shoes"),
        )
        assert answer.status == status
        assert "s3cret-region" not in answer.text


def test_of_two_teams_one_sees_what_either_sees(workspace: Workspace) -> None:
    found = get(workspace, "/v1/segments", "marketer team-shoes team-hats").content["segments"]

    assert [each["id"] for each in found] == ["secret_hats", "shoppers"]


@pytest.mark.parametrize("groups", ["marketer", "marketer team-elsewhere", "analyst service"])
def test_who_is_in_no_team_sees_nothing_where_it_is_so(workspace: Workspace, groups: str) -> None:
    assert get(workspace, "/v1/segments", groups).content["segments"] == []
    assert get(workspace, "/v1/profiles/user_id:ann", groups).content["traits"] == {}


@pytest.mark.parametrize("groups", ["admin team-shoes", "engineer marketer team-shoes", "privacy"])
def test_other_roles_see_all(workspace: Workspace, groups: str) -> None:
    assert len(get(workspace, "/v1/segments", groups).content["segments"]) == 2
    assert set(get(workspace, "/v1/profiles/user_id:ann", groups).content["traits"]) == {"plan", "region"}


def test_without_teams_everybody_sees_all() -> None:
    made = Workspace()
    made.put("/v1/segments/shoppers", {"definition": {"where": {"event": "Product Viewed"}}})

    assert len(get(made, "/v1/segments", "marketer team-shoes").content["segments"]) == 1


def test_a_change_of_the_teams_holds_at_once(workspace: Workspace) -> None:
    workspace.put("/v1/teams", {"definition": {"teams": {"shoes": {"segments": [], "traits": []}}}})

    assert get(workspace, "/v1/segments").content["segments"] == []


def test_the_sides_of_an_unmerge_are_told_with_what_is_seen(workspace: Workspace) -> None:
    workspace.send(
        {"type": "track", "userId": "ann", "anonymousId": "device", "event": "Product Viewed", "properties": {}}
    )
    answer = workspace.ask(
        "POST",
        "/v1/profiles/user_id:ann/unmerge",
        body={"identifiers": ["anonymous_id:device"], "preview": True},
        claims=as_one_of("service team-shoes"),
    )

    assert answer.status == 200
    assert [word for word in HIDDEN if word in answer.text] == []
