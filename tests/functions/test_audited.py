"""What each route leaves in the audit trail: by whom, of whom, before anything is answered; else nobody is answered."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from regulars.adapters import routes as rooms
from regulars.adapters.openapi import AREAS
from regulars.adapters.recording import Leaves
from regulars.adapters.routes import Route
from regulars.domain.audit import FUNCTIONS, Deed, Row
from regulars.domain.audit_anchors import anchor
from regulars.domain.audit_verifying import verify
from regulars.domain.instants import SECOND
from regulars.errors import UnavailableError
from regulars.stores.audit import from_item
from regulars.stores.database import Item, TableName
from tests.canaries import CANARIES, ROUTES, a_workspace_with_canaries, ask
from tests.workspace import Answer, Workspace

ALL: Sequence[Route[Any]] = ROUTES
READS = (
    "get_belonging get_consent_of get_graph get_profile get_quarantined get_why list_decisions list_events list_held"
    " list_identifiers list_messages list_passages list_refused list_suppressions list_traits look_up_profile"
    " preview_template"
).split()
EXPORTS = ["link_export", "list_anchors", "list_list_members", "list_members", "search_audit"]
CHANGES = (
    "add_privacy_identifiers add_rows approve_export archive_journey begin_privacy_request begin_rebuild"
    " begin_upload cancel_export cancel_privacy_request complete_privacy_request correct_traits create_export"
    " delete_computed_trait delete_import delete_journey delete_list delete_rates delete_segment delete_source"
    " delete_template delete_tracking_plan delete_webhook drain_journey end_upload enter_journey"
    " extend_privacy_request heal let_go lift_suppressions make_inbox_token make_preference_link mint_key"
    " pause_journey place_legal_hold publish_journey put_computed_trait put_consent put_identity put_import"
    " put_journey put_list put_messaging put_rates put_retention put_segment put_source put_teams put_template"
    " put_tracking_plan put_webhook put_workspace rebuild_profile record_decision reject_export release"
    " release_legal_hold repair_all_quarantined repair_quarantined repeat_privacy_request replay_quarantined"
    " resume_journey resume_privacy_request revoke_key revoke_webhook_secret rotate_key rotate_webhook_secret"
    " stop_journey unmerge verify_privacy_request"
).split()
MINUTE = 60 * SECOND
ROLES = ("admin", "privacy", "service", "engineer", "analyst")


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return a_workspace_with_canaries()


def left_by(workspace: Workspace, route: Route[Any], role: str) -> tuple[Answer, list[Row]]:
    workspace.world.clock.now += MINUTE  # so that a refusal is told, however many there were
    before = {row.place for row in workspace.trail}
    answer = ask(workspace, route, role)
    return answer, [row for row in workspace.trail if row.place not in before]


def test_each_route_leaves_what_is_written_here() -> None:
    said: dict[Leaves, list[str]] = {"reads": [], "exports": [], "changes": [], "nothing": []}
    for route in ALL:
        said[route.leaves].append(route.name)

    assert sorted(said["reads"]) == READS
    assert sorted(said["exports"]) == EXPORTS
    assert sorted(said["changes"]) == CHANGES


def test_whatever_is_no_get_is_a_change_unless_it_says_otherwise() -> None:
    others = {
        route.name
        for area in AREAS.values()
        for route in area
        if route.scope and route.method != "GET" and route.leaves != "changes"
    }

    assert others == {
        "check_certificate",
        "link_export",
        "look_up_profile",
        "preview_segment",
        "preview_template",
        "segment_sql",
    }


def test_every_function_with_such_a_route_has_chains() -> None:
    leaving = {area for area, found in AREAS.items() if any(route.leaves != "nothing" for route in found)}

    assert leaving <= set(FUNCTIONS)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", ALL, ids=lambda route: route.name)
def test_a_request_leaves_what_its_route_says(workspace: Workspace, route: Route[Any], role: str) -> None:
    answer, rows = left_by(workspace, route, role)
    shows = [canary for canary in CANARIES if canary in answer.text]
    deeds = [row.deed for row in rows]

    assert not shows or deeds[-1].opened
    kind = "refusals" if answer.status == 403 else route.leaves
    assert {(deed.kind, deed.what, deed.who, deed.roles) for deed in deeds} <= {(kind, route.name, "s-1", (role,))}
    if answer.status == 403:
        assert [(deed.outcome, deed.opened) for deed in deeds] == [("forbidden", False)]
    elif route.leaves == "nothing":
        assert deeds == []
    elif route.leaves == "changes":
        assert [deed.outcome for deed in deeds] == ["begun", "done" if answer.status == 200 else answer.content["code"]]
    elif answer.status == 200 and (shows or route.leaves == "exports"):
        assert [deed.outcome for deed in deeds] == ["done"]
        assert deeds[0].whom or "audit" in route.path
    if "{ref}" in route.path and deeds:
        assert deeds[0].whom[0] == f"p_{workspace.owner('user_id', 'c4n4ry-user')}"
    assert not [canary for canary in CANARIES if canary in str(rows)]


def test_the_whole_trail_of_it_verifies(workspace: Workspace) -> None:
    rows = workspace.trail

    assert len(rows) > 10
    assert verify(rows, (), first=rows[0].place.chain[:10], last="2027-01-01").fault is None


def test_tampering_of_any_single_row_is_found() -> None:
    workspace = a_workspace_with_canaries()
    for route in ALL:
        ask(workspace, route, "admin")
    items = sorted(workspace.world.database.all("audit"), key=lambda item: (item["chain"], item["number"]))
    heads = {row.place.chain: row.head for row in workspace.trail}
    locked = [anchor(list(heads.values()), at=workspace.world.clock.now, before=None)]

    def is_found(tampered: list[Item]) -> bool:
        rows = [from_item(item) for item in tampered]
        return verify(rows, locked, first="2026-01-01", last="2026-12-31").fault is not None

    assert len(items) > 60
    assert not is_found(items)
    for at, item in enumerate(items):
        edited = [{**item, name: value * 2 if isinstance(value, str) else value + 1} for name, value in item.items()]  # type: ignore[operator]  # a text or a number
        changed = [one for one in edited if one != item]  # twice nothing is nothing

        assert len(changed) > 10
        assert all(is_found([*items[:at], one, *items[at + 1 :]]) for one in changed)
        assert is_found([*items[:at], *items[at + 1 :]])
        assert is_found([*items[: at + 1], *items[at:]])


@pytest.fixture
def deaf() -> Iterator[Workspace]:
    """A workspace whose trail takes nothing."""
    workspace = a_workspace_with_canaries()

    def refuse(operation: str, table: str) -> None:
        if (operation, table) == ("insert", "audit"):
            raise UnavailableError("the table takes no more at the moment; try again")

    workspace.world.database.hook = refuse
    yield workspace
    workspace.world.database.hook = None


@pytest.mark.parametrize("route", ALL, ids=lambda route: route.name)
def test_nothing_personal_leaves_and_nothing_changes_where_the_trail_takes_nothing(
    deaf: Workspace, route: Route[Any]
) -> None:
    database = deaf.world.database
    tables: tuple[TableName, ...] = (
        "events",
        "identities",
        "profiles",
        "catalog",
        "quarantine",
        "tallies",
        "memberships",
    )
    before = {table: sorted(map(str, database.all(table))) for table in tables}

    answer = ask(deaf, route, "service" if route.name == "correct_traits" else "admin")

    assert answer.status == 503 or route.leaves in ("nothing", "reads", "exports")
    assert not [canary for canary in CANARIES if canary in answer.text]
    if route.leaves == "changes":
        assert {table: sorted(map(str, database.all(table))) for table in tables} == before


def test_a_route_that_opens_fields_and_does_not_say_so_fails_closed(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms.Route, "leaves", property(lambda _route: "nothing"))

    answer = workspace.get("/v1/profiles/user_id:c4n4ry-user")

    assert answer.status == 503
    workspace.failures.clear()


def test_personal_fields_are_opened_by_one_door_only() -> None:
    folder = Path(rooms.__file__).parent
    asking = {path.name for path in folder.glob("*.py") if 'may("pii:read")' in path.read_text()}

    assert asking == {"routes.py", "quarantine_api.py"}  # the latter shows nothing by it


CASES = ["DSR-2026-14", "7", "a1", "4711-b", "A" * 39 + "1"]


@pytest.mark.parametrize("case", CASES)
def test_the_case_stands_in_the_row(workspace: Workspace, case: str) -> None:
    workspace.ask("GET", "/v1/profiles/user_id:c4n4ry-user", "privacy", headers={"x-case": case})

    [*_, row] = [row for row in workspace.trail if row.place.chain.split("#")[1] == "profile_api"]
    assert row.deed.case == case


@pytest.mark.parametrize("case", ["Jane", "jane@example.com", "she called twice", "-1", "1" * 41, "1\n", "é1", "a.1"])
def test_a_case_is_a_number_and_no_text(workspace: Workspace, case: str) -> None:
    before = len(workspace.trail)

    answer = workspace.ask("GET", "/v1/profiles/user_id:c4n4ry-user", "privacy", headers={"x-case": case})
    edited = workspace.ask("PUT", "/v1/segments/web", headers={"x-case": case}, body={"definition": {}})

    assert (answer.status, edited.status) == (400, 400)
    assert case == "-1" or case not in answer.text
    assert len(workspace.trail) == before


def test_what_a_path_names_stands_in_no_row_in_clear(workspace: Workspace) -> None:
    for path in (
        "/v1/segments/jane@example.com",
        "/v1/sources/web/keys/jane",
        "/v1/identity/held/email:jane@x.example",
    ):
        workspace.ask("DELETE", path)
    workspace.ask("POST", "/v1/profiles/jane/rebuild")

    rows = [row for row in workspace.trail if row.deed.outcome in ("begun", "not_found")]
    assert not [row for row in rows if "jane@" in str(row) or row.deed.whom == ("jane",)]


def refusals(workspace: Workspace) -> list[Deed]:
    return [row.deed for row in workspace.trail if row.deed.kind == "refusals"]


def test_whoever_has_no_role_is_written_down() -> None:
    workspace = Workspace()
    stranger = {"token_use": "access", "sub": "s-9", "cognito:groups": "[visitors]"}

    answer = workspace.ask("GET", "/v1/profiles/email:jane@x.example", claims=stranger)

    assert answer.status == 403
    (deed,) = refusals(workspace)
    assert (deed.who, deed.roles, deed.what, deed.count) == ("s-9", (), "get_profile", 1)
    assert deed.whom == (f"p_{workspace.owner('email', 'jane@x.example')}",)


def test_what_a_team_does_not_see_is_written_down_where_it_is_refused() -> None:
    workspace = Workspace()
    workspace.put("/v1/teams", {"definition": {"others": "none", "teams": {}}})

    hidden = workspace.get("/v1/segments/vip", "analyst")
    asked = workspace.ask(
        "POST", "/v1/segments/sql", "analyst", body={"definition": {"where": {"trait": "plan", "is": "gold"}}}
    )

    assert (hidden.status, asked.status) == (403, 403)
    assert [(deed.what, deed.whom) for deed in refusals(workspace)] == [("get_segment", ("vip",)), ("segment_sql", ())]


def test_nobody_is_named_who_did_not_sign_in() -> None:
    workspace = Workspace()

    for claims in ({}, {"token_use": "id", "sub": "s-1", "cognito:groups": "[admin]"}):
        assert workspace.ask("GET", "/v1/segments/vip", claims=claims).status == 401

    assert workspace.trail == []


def test_a_flood_of_refused_requests_makes_few_rows_that_add_up_to_all_of_them() -> None:
    workspace = Workspace()

    for _ in range(300):
        workspace.get("/v1/audit", "analyst")
        workspace.world.clock.now += SECOND
    workspace.world.clock.now += MINUTE
    workspace.get("/v1/audit", "analyst")

    rows = refusals(workspace)
    assert len(rows) <= 10 * 6 + 1
    assert sum(deed.count for deed in rows) == 301
    assert workspace.world.journal.counts["refused_callers"] == 301


def test_a_refusal_that_cannot_be_written_stays_a_refusal_and_is_counted(deaf: Workspace) -> None:
    assert deaf.get("/v1/audit", "analyst").status == 403
    assert deaf.world.journal.counts["untold_refusals"] == 1


def test_a_read_costs_one_insert(workspace: Workspace) -> None:
    workspace.get("/v1/profiles/user_id:c4n4ry-user")
    workspace.world.database.bill.requests.clear()

    workspace.get("/v1/profiles/user_id:c4n4ry-user")

    spent = {name: number for name, number in workspace.world.database.bill.requests.items() if "audit" in name}
    assert spent == {"insert audit": 1}
