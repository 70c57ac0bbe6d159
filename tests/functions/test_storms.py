"""A value that ties too many people together within an hour is held, and what it tied can be undone."""

from typing import Any

import pytest

from regulars.domain.instants import HOUR
from tests.workspace import Workspace

RULES: dict[str, Any] = {
    "identifiers": [
        {"kind": "user_id", "from": ["userId"], "limit": 1, "known": True},
        {"kind": "email", "from": ["traits.email"], "limit": 100, "known": True},
        {"kind": "anonymous_id", "from": ["anonymousId"], "limit": 100},
    ],
    "max_ties_an_hour": 5,
}
SHARED = "office@shop.example"


def visit(number: int, **more: object) -> dict[str, Any]:
    return {"type": "identify", "anonymousId": f"a-{number}", "traits": {"email": SHARED}, **more}


@pytest.fixture
def workspace() -> Workspace:
    workspace = Workspace()
    workspace.world.define("identity", "rules", RULES)
    return workspace


@pytest.fixture
def stormy(workspace: Workspace) -> Workspace:
    """Eight visitors who all gave the address of one office."""
    workspace.send(*({"type": "track", "event": "Product Viewed", "anonymousId": f"a-{n}"} for n in range(8)))
    workspace.send(*map(visit, range(8)))
    return workspace


def homes(workspace: Workspace) -> list[str]:
    refs = [f"anonymous_id:a-{number}" for number in range(8)]
    return [workspace.get(f"/v1/profiles/{ref}").content["profile_id"] for ref in refs]


def held(workspace: Workspace, role: str = "admin") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = workspace.get("/v1/identity/held", role=role).content["held"]
    return found


def test_who_ties_too_many_within_an_hour_is_held_and_reported(stormy: Workspace) -> None:
    assert len(set(homes(stormy)[:5])) == 1
    assert len(set(homes(stormy))) == 4  # the sixth and those after it stay by themselves
    [row] = held(stormy)
    assert (row["kind"], row["value"], row["source"]) == ("email", SHARED, "web")
    assert "block it" in row["proposal"]
    assert stormy.world.journal.counts["identifiers_held"] == 1


def test_the_events_of_who_is_held_count_for_it(stormy: Workspace) -> None:
    events = stormy.get(f"/v1/profiles/email:{SHARED}/events", limit="100").content["events"]

    assert sum(event["type"] == "identify" for event in events) == 8


def test_a_held_identifier_ties_nobody_a_day_later_either(stormy: Workspace) -> None:
    stormy.world.advance(stormy.world.clock.now + 24 * HOUR)
    stormy.send(visit(9))

    assert stormy.get("/v1/profiles/anonymous_id:a-9").status == 404
    assert len(held(stormy)) == 1


def test_as_many_over_several_hours_are_no_storm(workspace: Workspace) -> None:
    for number in range(8):
        workspace.send(visit(number))
        workspace.world.advance(workspace.world.clock.now + HOUR // 2)

    assert held(workspace) == []
    assert len(set(homes(workspace))) == 1


def test_healing_undoes_all_that_it_tied(stormy: Workspace) -> None:
    [row] = held(stormy)
    answer = stormy.ask("POST", f"/v1/identity/held/{row['id']}/heal", "engineer").content
    stormy.world.settle()

    assert answer == {"cut": 5, "left": 0}
    assert len(set(homes(stormy))) == 8
    assert stormy.get(f"/v1/profiles/email:{SHARED}/identifiers").content["identifiers"][0]["kind"] == "email"
    stormy.send(visit(1))
    assert len(set(homes(stormy))) == 8


def test_what_was_healed_can_be_tied_by_others(stormy: Workspace) -> None:
    stormy.ask("POST", f"/v1/identity/held/{held(stormy)[0]['id']}/heal")
    stormy.send(*({"type": "identify", "userId": "ann", "anonymousId": f"a-{number}"} for number in (0, 1)))

    assert len(set(homes(stormy)[:2])) == 1


def test_who_is_let_go_ties_again_and_is_held_again(stormy: Workspace) -> None:
    [row] = held(stormy)
    assert stormy.ask("DELETE", f"/v1/identity/held/{row['id']}").content == {"released": True}
    assert held(stormy) == []
    stormy.send(visit(5))
    assert len(set(homes(stormy)[:6])) == 1
    stormy.send(*map(visit, range(20, 30)))
    assert len(held(stormy)) == 1


def test_only_what_is_held_is_healed_or_let_go(stormy: Workspace) -> None:
    other = stormy.owner("anonymous_id", "a-0")

    for method, path in (("POST", f"/v1/identity/held/p_{other}/heal"), ("DELETE", f"/v1/identity/held/p_{other}")):
        assert stormy.ask(method, path).status == 404


def test_a_value_is_masked_for_who_may_not_read_it(stormy: Workspace) -> None:
    assert SHARED not in str(held(stormy, "engineer"))
    assert stormy.get("/v1/identity/held", role="marketer").status == 403
    assert stormy.ask("DELETE", f"/v1/identity/held/{held(stormy)[0]['id']}", "service").status == 403
