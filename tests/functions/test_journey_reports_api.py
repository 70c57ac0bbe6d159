"""What a journey has come to is asked over HTTP by whoever may read journeys, and nothing of that is unbounded."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache, partial
from random import Random
from typing import Any

import pytest

from functions.preview_segment import handler as function
from regulars.adapters.http import serve
from regulars.adapters.parquet import Parquet
from regulars.domain.instants import DAY, to_text
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.lake import EVENTS, Row
from regulars.domain.lake_files import batch_key
from regulars.domain.lake_rows import event_row
from regulars.domain.roles import ROLES
from tests.journey_lives import Life, a_life, events_of
from tests.workspace import Answer, Workspace

DEFINITION: dict[str, Any] = {
    "enter": {"event": "Signed Up"},
    "purpose": "newsletter",
    "steps": [
        {"wait": "1 day"},
        {
            "id": "subject",
            "split": [
                {"name": name, "percent": 50, "steps": [{"send": {"channel": "email", "template": name}}]}
                for name in ("short", "long")
            ],
        },
    ],
    "goal": {"event": "Order Completed", "within": "7 days", "exit": False},
    "holdout": 30,
}
REPORT = "/v1/journeys/welcome/report"


@cache
def files() -> Mapping[str, bytes]:
    """The files of a lake, one a month, with what was told of all lives."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for event in events_of(LIVES):
        rows[f"{to_text(event.arrival)[:7]}-01"].append(event_row(event))
    made = {day: Parquet().write(EVENTS, each) for day, each in rows.items()}
    return {batch_key(EVENTS, day, "1", content): content for day, content in made.items()}


def published(workspace: Workspace, number: int = 1, state: str = "live", **changes: Any) -> None:
    content = {"definition": DEFINITION | changes, "machine": "m", "published": 1_000_000, "state": state}
    workspace.world.define("journey_version", f"welcome#{number:06}", content)


@pytest.fixture
def workspace() -> Workspace:
    """A journey that was published, with four hundred passages in the lake."""
    made = Workspace()
    made.world.define("journey", "welcome", DEFINITION)
    published(made)
    made.world.clock.advance_to(made.world.clock.now + 200 * DAY)
    made.lake.content |= files()
    return made


JOURNEY = parse_journey("welcome", DEFINITION)
_RANDOM = Random(11)
LIVES: list[Life] = [a_life(JOURNEY, _RANDOM, f"user_id:{number}", 1) for number in range(600)]


def ask(workspace: Workspace, role: str = "analyst", **query: str) -> Answer:
    return workspace.get(REPORT, role, **query)


def test_says_what_a_journey_has_come_to(workspace: Workspace) -> None:
    answer = ask(workspace)

    assert answer.status == 200, answer.text
    [version] = answer.content["versions"]
    assert version["entered"] == version["entrants"] == 600
    assert version["entered"] == version["held_out"] + version["waiting"] + sum(version["endings"].values())
    assert [place["place"] for place in version["places"]] == ["wait_1", "subject", "short", "long"]
    assert (version["state"], version["published_at"]) == ("live", "1970-01-01T00:00:01.000000Z")
    assert answer.content["newest_event"] > "2026-01-01"


def test_says_what_difference_it_makes(workspace: Workspace) -> None:
    trials = {trial["kind"]: trial for trial in ask(workspace).content["versions"][0]["trials"]}

    held_out = sum(life.passage.ending == "held_out" for life in LIVES)
    treated, beside = trials["held_out"]["groups"]
    assert (treated["name"], treated["people"]) == ("treated", 600 - held_out)
    assert (beside["name"], beside["people"]) == ("held_out", held_out)
    [comparison] = trials["held_out"]["comparisons"]
    assert comparison["not_said"] is None
    difference = treated["rate"] - beside["rate"]
    assert comparison["difference"]["value"] == pytest.approx(difference, abs=2e-6)
    assert comparison["difference"]["low"] < difference < comparison["difference"]["high"]
    assert {group["name"] for group in trials["split"]["groups"]} >= {"short", "long"}


def test_of_one_version_and_of_entries_within_a_time(workspace: Workspace) -> None:
    published(workspace, 2)

    assert [one["version"] for one in ask(workspace).content["versions"]] == [2, 1]
    assert [one["version"] for one in ask(workspace, version="2").content["versions"]] == [2]
    early = sum(life.passage.at < JOURNEY_DAY for life in LIVES)
    before = ask(workspace, version="1", until="2026-02-01").content["versions"][0]["entered"]
    after = ask(workspace, version="1", since="2026-02-01").content["versions"][0]["entered"]
    assert (before, before + after) == (early, 600)


JOURNEY_DAY = 1_769_904_000_000_000  # 2026-02-01


def test_only_files_of_days_from_then_on_are_fetched(workspace: Workspace) -> None:
    ask(workspace, since="2026-03-01")

    fetched = workspace._report_api.files.folder.rglob("*.parquet")
    assert min(path.parent.name for path in fetched) == "day=2026-03-01"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"version": "0"}, 400, "invalid_request"),
        ({"version": "٣"}, 400, "invalid_request"),
        ({"version": "9999999"}, 400, "invalid_request"),
        ({"version": "2"}, 404, "not_found"),
        ({"since": "yesterday"}, 400, "invalid_request"),
        ({"since": "2026-02-30"}, 400, "invalid_request"),
        ({"since": "9999-12-31"}, 400, "invalid_request"),
        ({"until": "1970-01-01"}, 400, "invalid_request"),
        ({"since": "2026-02-02", "until": "2026-02-02"}, 400, "invalid_request"),
        ({"since": "'; DROP TABLE told"}, 400, "invalid_request"),
        ({"other": "1"}, 400, "invalid_request"),
    ],
)
def test_what_cannot_be_asked_is_refused(workspace: Workspace, query: dict[str, str], status: int, code: str) -> None:
    answer = ask(workspace, **query)

    assert (answer.status, answer.content["code"]) == (status, code)


@pytest.mark.parametrize("id", ["none", "welcome'--", "%2e%2e", "welcome#000001"])
def test_a_journey_that_there_is_not_is_not_found(workspace: Workspace, id: str) -> None:
    assert workspace.get(f"/v1/journeys/{id}/report", "analyst").status == 404


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_role_may_read_what_journeys_come_to(workspace: Workspace, role: str) -> None:
    assert ask(workspace, role).status == 200


def test_an_answer_tells_of_nobody(workspace: Workspace) -> None:
    answer = ask(workspace)

    assert "user_id" not in answer.text
    assert not any(life.passage.id in answer.text for life in LIVES)


def test_a_lake_that_is_too_large_is_refused_with_what_to_do(workspace: Workspace) -> None:
    workspace._report_api.files._most = 10

    answer = ask(workspace)

    assert (answer.status, answer.content["code"]) == (422, "lake_too_large")
    assert "since=" in answer.content["message"]


def test_a_draft_that_was_never_published_has_no_versions(workspace: Workspace) -> None:
    workspace.world.define("journey", "fresh", DEFINITION)

    assert workspace.get("/v1/journeys/fresh/report").content["versions"] == []


def test_a_version_that_reads_no_more_is_summed_all_the_same(workspace: Workspace) -> None:
    published(workspace, 1, "archived", enter={"event": "Signed Up", "when": {"computed": "gone", "at_least": 1}})

    [version] = ask(workspace).content["versions"]

    assert version["entered"] == version["held_out"] + version["waiting"] + sum(version["endings"].values()) == 600
    assert version["trials"] == []


@pytest.mark.parametrize(
    ("path", "status"), [(REPORT, 200), ("/v1/journeys/none/report", 404), ("/v1/segments/sql", 405)]
)
def test_the_function_answers_reports_beside_previews(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, path: str, status: int
) -> None:
    monkeypatch.setattr(function, "_reports", lambda: workspace._report_api)
    monkeypatch.setattr(function, "_api", lambda: workspace._preview_api)
    monkeypatch.setattr(function, "_recorder", lambda: workspace._recorders["preview_segment"])
    monkeypatch.setattr(function, "access", lambda: workspace._access)
    claims = {"token_use": "access", "sub": "s-1", "cognito:groups": "[analyst]"}
    event = {
        "version": "2.0",
        "rawPath": path,
        "headers": {},
        "requestContext": {"http": {"method": "GET"}, "authorizer": {"jwt": {"claims": claims}}},
    }

    response = serve(event, partial(function._answer, 20.0), workspace.failures.append)

    assert (response["statusCode"], workspace.failures) == (status, [])
