"""What is kept how long, over HTTP: the definition, and what the sweep makes of it."""

import pytest

from local.world.retaining import Retaining
from regulars.domain.instants import DAY
from tests.workspace import Workspace

DEFINITION = {
    "default": "1 year",
    "events": {"Product Viewed": "90 days"},
    "types": {"page": "60 days"},
    "fields": {"traits": "400 days", "context": "90 days"},
}


@pytest.fixture
def workspace() -> Workspace:
    made = Workspace()
    assert made.put("/v1/retention", {"definition": DEFINITION}, "privacy").status == 200
    return made


def test_shows_the_workspaces_own_periods(workspace: Workspace) -> None:
    found = workspace.get("/v1/privacy/retention").content

    assert (found["default_days"], found["anonymous_days"], found["profiles_days"]) == (366, 30, 396)
    assert found["rules"] == [
        {"by": "event", "name": "Product Viewed", "days": 90},
        {"by": "type", "name": "page", "days": 60},
        {"by": "field", "name": "context", "days": 90},
        {"by": "field", "name": "traits", "days": 400},
    ]
    assert found["deleted_after_days"] == 21
    assert found["sweep"] == {"running": False, "overdue": False, "started_at": None, "ended_at": None, "found": {}}


def test_says_when_the_last_sweep_ended_and_whether_one_is_overdue(workspace: Workspace) -> None:
    Retaining(world=workspace.world).sweep()
    swept = workspace.get("/v1/privacy/retention").content["sweep"]
    workspace.world.clock.advance_to(workspace.world.clock.now + 15 * DAY)
    late = workspace.get("/v1/privacy/retention").content["sweep"]

    assert swept["ended_at"] == "2026-01-01T00:00:00.000000Z"
    assert (swept["overdue"], late["overdue"]) == (False, True)


@pytest.mark.parametrize(
    ("definition", "told"),
    [
        ({"default": "99 years"}, "default: is from 7 days to 10 years: nothing is kept for ever"),
        ({"events": {"A": "1 day"}}, "events.A: is from 7 days to 10 years: nothing is kept for ever"),
        ({"fields": {"ip": "30 days"}}, "fields.ip: is none of context, traits"),
        ({"default": None}, "default: is a number and a unit"),
        ([], "definition"),
    ],
)
def test_a_period_that_cannot_be_is_refused(workspace: Workspace, definition: object, told: str) -> None:
    answer = workspace.put("/v1/retention", {"definition": definition})

    assert answer.status == 400
    assert told in answer.text


@pytest.mark.parametrize("role", ["marketer", "analyst", "service"])
def test_who_works_with_people_reads_the_rules_and_changes_none(workspace: Workspace, role: str) -> None:
    assert workspace.get("/v1/retention", role).status == 200
    assert workspace.put("/v1/retention", {"definition": {}}, role).status == 403
