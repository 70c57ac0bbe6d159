"""The tracking plan over HTTP: nothing contradicts, every version is kept, what did not follow is counted."""

from typing import Any

import pytest

from regulars.domain.instants import DAY
from regulars.domain.judging import Report
from regulars.domain.violations import Violation
from regulars.pipeline.violations import ViolationCounter
from tests.workspace import Answer, Workspace

PLAN = "/v1/tracking-plan"


@pytest.fixture
def workspace() -> Workspace:
    return Workspace()


def put(workspace: Workspace, id: str, **definition: Any) -> Answer:
    return workspace.put(f"{PLAN}/{id}", {"definition": definition}, "engineer")


def test_definitions_are_listed_read_and_deleted(workspace: Workspace) -> None:
    put(workspace, "viewed", event="Product Viewed")
    put(workspace, "all", all=True)

    listed = workspace.get(PLAN, "analyst").content["tracking_plans"]
    read = workspace.get(f"{PLAN}/viewed", "analyst").content
    gone = workspace.ask("DELETE", f"{PLAN}/viewed", "engineer")

    assert [one["id"] for one in listed] == ["all", "viewed"]
    assert (read["definition"], read["version"]) == ({"event": "Product Viewed"}, 1)
    assert (gone.status, workspace.get(f"{PLAN}/viewed", "analyst").status) == (200, 404)


def test_every_version_is_kept(workspace: Workspace) -> None:
    for mode in ("warn", "quarantine", "quarantine", "draft"):
        put(workspace, "viewed", event="Product Viewed", mode=mode)
        workspace.world.advance(workspace.world.clock.now + 1)
    workspace.ask("DELETE", f"{PLAN}/viewed", "engineer")

    first = workspace.get(f"{PLAN}/viewed/versions", "analyst", limit="2").content
    second = workspace.get(f"{PLAN}/viewed/versions", "analyst", limit="2", cursor=first["next"]).content

    found = [(one["version"], one["definition"]["mode"]) for one in first["versions"] + second["versions"]]
    assert found == [(3, "draft"), (2, "quarantine"), (1, "warn")]
    assert workspace.get(f"{PLAN}/other/versions", "analyst").status == 404


@pytest.mark.parametrize(
    ("id", "definition", "said"),
    [
        ("other", {"event": "Product Viewed"}, "event: is said by viewed already"),
        ("other", {"event": "A", "extends": ["none"]}, "extends: there is no group none"),
        ("other", {"event": "A", "extends": ["viewed"]}, "extends: there is no group viewed"),
        ("other", {"event": "A", "properties": {"properties": {"a": {"pattern": "(a"}}}}, "is no JSON Schema"),
        ("violations", {"event": "A"}, "stands for something else"),
        ("other", {"event": "A", "properties": {"properties": {"a": {"$ref": "http://127.0.0.1/x"}}}}, "nowhere else"),
    ],
)
def test_what_contradicts_is_refused(workspace: Workspace, id: str, definition: dict[str, Any], said: str) -> None:
    put(workspace, "viewed", event="Product Viewed")

    answer = put(workspace, id, **definition)

    assert (answer.status, answer.content["code"]) == (400, "invalid_definition")
    assert said in answer.content["message"]


def test_a_group_stays_as_long_as_others_extend_it(workspace: Workspace) -> None:
    put(workspace, "priced", group=True)
    put(workspace, "viewed", event="Product Viewed", extends=["priced"])

    refused = workspace.ask("DELETE", f"{PLAN}/priced", "engineer")
    workspace.ask("DELETE", f"{PLAN}/viewed", "engineer")

    assert (refused.status, "viewed extends it" in refused.content["message"]) == (400, True)
    assert workspace.ask("DELETE", f"{PLAN}/priced", "engineer").status == 200


def test_only_some_may_read_and_fewer_may_write(workspace: Workspace) -> None:
    assert workspace.get(PLAN, "marketer").status == 403
    assert workspace.put(f"{PLAN}/a", {"definition": {"all": True}}, "analyst").status == 403


def test_violations_of_all_days_come_page_by_page(workspace: Workspace) -> None:
    clock = workspace.world.clock
    for _ in range(3):
        counter = ViolationCounter(workspace.world.database, workspace.world.journal, lambda: clock.now, "p")
        for number in range(4):
            found = [Violation(f"properties.{name}", "type") for name in "abcd"[: number + 1]]
            counter.note("web", Report(event="A", release="1", violations=found))
        counter.write()
        workspace.world.advance(clock.now + DAY)

    query = {"source": "web", "from": "2025-12-31", "to": "2026-01-03", "limit": "5"}
    rows: list[Any] = []
    while True:
        page = workspace.get(f"{PLAN}/violations", "analyst", **query).content
        rows += page["violations"]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]

    assert [(one["day"], one["where"], one["count"]) for one in rows] == [
        (day, f"properties.{name}", count)
        for day in ("2026-01-01", "2026-01-02", "2026-01-03")
        for name, count in (("a", 4), ("b", 3), ("c", 2), ("d", 1))
    ]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"source": "web"},
        {"source": "Web", "from": "2026-01-01", "to": "2026-01-01"},
        {"source": "web", "from": "2026-01-02", "to": "2026-01-01"},
    ],
)
def test_violations_are_asked_by_source_and_days(workspace: Workspace, query: dict[str, str]) -> None:
    assert workspace.get(f"{PLAN}/violations", "analyst", **query).content["code"] == "invalid_request"
