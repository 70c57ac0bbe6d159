"""Whoever may read the identity rules can ask why two people are not one; values are masked as in a profile."""

from typing import Any

import pytest

from regulars.domain.instants import to_text
from tests.workspace import Workspace

DAYS = {"from": "2026-01-01", "to": "2026-01-02"}


@pytest.fixture
def workspace() -> Workspace:
    workspace = Workspace()
    email = {"email": "jane@example.com"}
    workspace.send(
        {"type": "identify", "userId": "abc123", "traits": email, "messageId": "m-1"},
        {"type": "identify", "userId": "abc456", "traits": email, "messageId": "m-2"},
    )
    return workspace


def claims(workspace: Workspace, role: str, **query: str) -> list[dict[str, Any]]:
    return workspace.get("/v1/identity/refused", role=role, **(DAYS | query)).content["claims"]  # type: ignore[no-any-return]  # JSON


def test_tells_what_did_not_join_whom_by_which_limit_and_when(workspace: Workspace) -> None:
    [claim] = claims(workspace, "admin")

    assert claim == {
        "at": to_text(workspace.world.clock.now),
        "limit": "user_id",
        "refused": {
            "kind": "email",
            "value": "jane@example.com",
            "masked": False,
            "profile_id": f"p_{workspace.owner('email', 'jane@example.com')}",
        },
        "from": {
            "kind": "user_id",
            "value": "abc456",
            "masked": False,
            "profile_id": f"p_{workspace.owner('user_id', 'abc456')}",
        },
        "source": "web",
        "message_id": "m-2",
    }


def test_masks_values_for_who_may_not_read_them_and_says_who_read_them(workspace: Workspace) -> None:
    [masked] = claims(workspace, "engineer")

    assert [(masked[name]["value"], masked[name]["masked"]) for name in ("refused", "from")] == [("•••", True)] * 2
    assert workspace.audited == []

    claims(workspace, "privacy")

    both = [("email", "jane@example.com"), ("user_id", "abc456")]
    assert workspace.audited == [("s-1", "list_refused", f"p_{workspace.owner(*each)}") for each in both]


def test_leads_to_both_people(workspace: Workspace) -> None:
    [claim] = claims(workspace, "engineer")
    profiles = [
        workspace.get(f"/v1/profiles/{claim[name]['profile_id']}").content["profile_id"] for name in ("refused", "from")
    ]

    assert profiles == [f"p_{workspace.owner('user_id', id)}" for id in ("abc123", "abc456")]


def test_comes_in_pages(workspace: Workspace) -> None:
    for number in range(4):
        traits = {"email": f"jane{number}@example.com"}
        workspace.send(
            {"type": "identify", "userId": f"a{number}", "traits": traits},
            {"type": "identify", "userId": f"b{number}", "traits": traits},
        )
    found, query = list[Any](), {**DAYS, "limit": "2"}
    while query:
        page = workspace.get("/v1/identity/refused", **query).content
        found += [claim["refused"]["profile_id"] for claim in page["claims"]]
        query = {**query, "cursor": page["next"]} if page["next"] else {}

    assert (len(found), len(set(found))) == (5, 5)


@pytest.mark.parametrize("query", [{}, {"from": "yesterday", "to": "2026-01-01"}, {**DAYS, "limit": "0"}])
def test_says_what_days_are(workspace: Workspace, query: dict[str, str]) -> None:
    answer = workspace.get("/v1/identity/refused", **query)

    assert (answer.status, answer.content["code"]) == (400, "invalid_request")


@pytest.mark.parametrize("role", ["marketer", "analyst", "service"])
def test_others_may_not_ask(workspace: Workspace, role: str) -> None:
    assert workspace.get("/v1/identity/refused", role=role, **DAYS).status == 403
