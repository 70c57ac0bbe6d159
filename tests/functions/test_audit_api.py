"""The audit trail over HTTP: found by who, what, whom and when; whole for a verification; reading it stands in it."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.domain.audit import read_row
from regulars.domain.audit_anchors import read_anchor
from regulars.domain.audit_verifying import verify
from regulars.domain.instants import DAY, HOUR
from regulars.domain.roles import ROLES
from regulars.pipeline import audit_search
from tests.workspace import Answer, Workspace

JANE = "email:jane@example.com"
DAYS = {"from": "2026-01-01", "to": "2026-01-31"}


def claims(who: str, role: str = "service") -> dict[str, Any]:
    return {"token_use": "access", "sub": who, "cognito:groups": f"[{role}]"}


@pytest.fixture
def workspace() -> Workspace:
    """Jane, whom three people have read by two identifiers, and a segment that somebody wrote; over three days."""
    workspace = Workspace()
    workspace.send(
        {"type": "identify", "userId": "jane", "traits": {"email": "jane@example.com"}},
        {"type": "identify", "userId": "bob", "traits": {"email": "bob@example.com"}},
    )
    for number, (who, path) in enumerate(
        [("s-1", JANE), ("s-2", "user_id:jane"), ("s-3", f"{JANE}/traits"), ("s-1", "user_id:bob")]
    ):
        workspace.world.advance(workspace.world.clock.now + (DAY // 2 if number else 0))
        workspace.ask("GET", f"/v1/profiles/{path}", claims=claims(who), headers={"x-case": f"DSR-{number}"})
        workspace.anchor()
    workspace.put("/v1/segments/vip", {"definition": {"where": {"event": "Order Completed"}}})
    workspace.world.advance(workspace.world.clock.now + HOUR)
    workspace.anchor()
    return workspace


def search(workspace: Workspace, **asked: str) -> Answer:
    return workspace.get("/v1/audit", "privacy", **{**DAYS, **asked})


def found(workspace: Workspace, **asked: str) -> list[tuple[str, str]]:
    rows = search(workspace, **asked).content["rows"]
    return [(row["who"], row["what"]) for row in rows if row["what"] != "search_audit"]


def test_finds_who_read_a_person_by_any_of_their_identifiers(workspace: Workspace) -> None:
    profile = workspace.get(f"/v1/profiles/{JANE}", "analyst").content["profile_id"]
    reads = [("s-1", "get_profile"), ("s-2", "get_profile"), ("s-3", "list_traits")]

    assert found(workspace, whom=JANE) == found(workspace, whom="user_id:jane") == reads
    assert found(workspace, whom=profile) == reads
    assert found(workspace, whom="user_id:bob") == [("s-1", "get_profile")]
    assert found(workspace, whom="user_id:nobody") == found(workspace, whom="jane") == []


def test_finds_a_person_by_the_profiles_that_went_into_theirs(workspace: Workspace) -> None:
    before = found(workspace, whom="user_id:bob")
    workspace.send({"type": "identify", "userId": "bob", "anonymousId": "d"})
    workspace.get("/v1/profiles/anonymous_id:d", "service")
    workspace.world.advance(workspace.world.clock.now + 1)  # what came as the search began is not in it

    assert found(workspace, whom="user_id:bob") == [*before, ("s-1", "get_profile")]


def test_finds_by_who_what_kind_case_outcome_and_time(workspace: Workspace) -> None:
    assert found(workspace, who="s-3") == [("s-3", "list_traits")]
    assert found(workspace, what="list_traits") == [("s-3", "list_traits")]
    assert found(workspace, kind="changes") == [("s-1", "put_segment")] * 2
    assert found(workspace, kind="changes", outcome="begun") == [("s-1", "put_segment")]
    assert found(workspace, case="DSR-1") == [("s-2", "get_profile")]
    assert found(workspace, whom=JANE, **{"from": "2026-01-01T06:00:00Z", "to": "2026-01-01T18:00:00Z"}) == [
        ("s-2", "get_profile")
    ]
    assert found(workspace, **{"from": "2026-02-01", "to": "2026-03-01"}) == []


def test_whoever_reads_the_trail_stands_in_it(workspace: Workspace) -> None:
    search(workspace, whom=JANE)

    [row] = [row for row in workspace.trail if row.deed.what == "search_audit"]
    assert (row.deed.who, row.deed.kind, row.deed.outcome, row.deed.count) == ("s-1", "exports", "done", 3)
    assert row.deed.whom == (f"p_{workspace.owner('email', 'jane@example.com')}",)


def test_only_the_privacy_officer_reads_it(workspace: Workspace) -> None:
    allowed = {role for role in ROLES if workspace.get("/v1/audit", role, **DAYS).status == 200}

    assert allowed == {"privacy"}


@pytest.mark.parametrize("limit", [1, 2, 1_000])
def test_the_whole_of_it_comes_in_pages_and_verifies(
    workspace: Workspace, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_search, "_PAGE", 2)
    monkeypatch.setattr(audit_search, "MOST_CHAINS", 96)
    written = workspace.trail
    said = {**DAYS, "from": "2026-01-01", "to": "2026-01-04", "limit": str(limit)}
    rows, page = [], workspace.get("/v1/audit", **said).content
    rows += page["rows"]
    while page["next"]:
        page = workspace.get("/v1/audit", **said, cursor=page["next"]).content
        rows += page["rows"]
    anchors = workspace.get("/v1/audit/anchors", **DAYS).content["anchors"]

    read = [row for each in rows if (row := read_row(each)) and row.deed.what != "search_audit"]
    locked = [each for said in anchors if (each := read_anchor(said))]
    assert read == written
    assert len(locked) == 5
    assert verify(read, locked, first="2026-01-01", last="2026-01-03").fault is None


def test_anchors_come_in_pages(workspace: Workspace) -> None:
    first = workspace.get("/v1/audit/anchors", **DAYS, limit="3").content
    rest = workspace.get("/v1/audit/anchors", **DAYS, limit="3", cursor=first["next"]).content

    assert [each["number"] for each in [*first["anchors"], *rest["anchors"]]] == [0, 1, 2, 3, 4]
    assert rest["next"] is None


@pytest.mark.parametrize(
    "query",
    [
        {}, {"from": "2026-01-01"}, {"from": "2026-01-02", "to": "2026-01-01"}, {"from": "x", "to": "y"},
        {"from": "2026-01-01", "to": "2026-02-02"}, {**DAYS, "kind": "approvals"}, {**DAYS, "name": "jane"},
        {"from": "2026-01-01", "to": "9999999999999999999999"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/v1/audit", "/v1/audit/anchors"])
def test_what_has_no_meaning_is_refused(workspace: Workspace, path: str, query: dict[str, str]) -> None:
    assert workspace.get(path, **query).status == 400


def test_a_cursor_fits_its_own_search_only(workspace: Workspace) -> None:
    cursor = search(workspace, limit="1").content["next"]

    assert search(workspace, cursor=cursor, limit="1").status == 200
    assert search(workspace, cursor=cursor, whom=JANE).status == 400
    assert search(workspace, cursor=cursor, who="s-1").status == 400
    assert workspace.get("/v1/audit/anchors", **DAYS, cursor=cursor).status == 400


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["who", "what", "kind", "whom", "case", "from", "to", "cursor"]), st.text(max_size=40)
    )
)
def test_no_search_makes_a_failure_of_ours(workspace: Workspace, query: dict[str, str]) -> None:
    assert workspace.get("/v1/audit", **{**DAYS, **query}).status < 500
    assert workspace.failures == []
