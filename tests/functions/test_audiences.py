"""Audiences of third parties: counted and shown for whom nobody knows, and gone as soon as somebody does."""

from typing import Any

import pytest

from tests.workspace import Workspace

ACME = {"definition": {"name": "Acme", "third_party": True}}
SEGMENT = {"definition": {"anonymous": True, "where": {"audience": "sports", "provider": "acme"}}}


def a_word(event: str = "Audience Entered", audience: str = "sports", provider: str = "acme") -> dict[str, Any]:
    """Build a call of a third party."""
    properties = {"audience": audience, "provider": provider}
    return {"type": "track", "event": event, "anonymousId": "a-1", "properties": properties}


@pytest.fixture
def workspace() -> Workspace:
    workspace = Workspace()
    workspace.put("/v1/sources/acme", ACME)
    assert workspace.put("/v1/segments/sporty", SEGMENT).status == 200
    return workspace


def segments(workspace: Workspace) -> list[str]:
    memberships = workspace.get("/v1/profiles/anonymous_id:a-1/memberships").content["memberships"]
    return [one["segment"] for one in memberships]


def audiences(workspace: Workspace, role: str = "analyst") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = workspace.get("/v1/profiles/anonymous_id:a-1/audiences", role).content["audiences"]
    return found


def say(workspace: Workspace, *words: dict[str, Any]) -> None:
    """Let the third party say something."""
    workspace.send(*words, source="acme")


def test_an_anonymous_visitor_is_in_the_audience(workspace: Workspace) -> None:
    say(workspace, a_word(), a_word(audience="cars"))

    assert segments(workspace) == ["sporty"]
    assert [(one["audience"], one["provider"], one["third_party"], one["source"]) for one in audiences(workspace)] == [
        ("cars", "acme", True, "acme"),
        ("sports", "acme", True, "acme"),
    ]


def test_who_was_taken_out_is_in_it_no_more(workspace: Workspace) -> None:
    say(workspace, a_word(), a_word("Audience Exited"))

    assert (segments(workspace), audiences(workspace)) == ([], [])


def test_one_provider_does_not_speak_for_another(workspace: Workspace) -> None:
    say(workspace, a_word(provider="zeta"))

    assert segments(workspace) == []
    assert [one["provider"] for one in audiences(workspace)] == ["zeta"]


def test_as_soon_as_somebody_is_known_audiences_count_and_are_shown_no_more(workspace: Workspace) -> None:
    say(workspace, a_word())
    before = segments(workspace)

    workspace.send({"type": "identify", "userId": "ann", "anonymousId": "a-1", "traits": {"plan": "gold"}})
    say(workspace, a_word(audience="cars"))

    assert (before, segments(workspace), audiences(workspace)) == (["sporty"], [], [])
    told = workspace.get("/v1/profiles/user_id:ann/events").content["events"]
    assert [one["event"] for one in told] == [None]
    profile = workspace.get("/v1/profiles/user_id:ann")
    assert "acme" not in profile.text


def test_it_is_never_a_trait(workspace: Workspace) -> None:
    say(workspace, a_word())

    assert workspace.get("/v1/profiles/anonymous_id:a-1").content["traits"] == {}


def test_it_ties_nobody_together(workspace: Workspace) -> None:
    say(workspace, a_word(), {**a_word(), "anonymousId": "a-2"})

    assert workspace.world.database.all("profiles") == []
