"""The quarantine over HTTP: counted, listed, shown masked, mended and replayed by those who may."""

import json
from typing import Any

import pytest

from regulars.domain.write_keys import key_print
from regulars.pipeline.ingest import Door
from regulars.stores.catalog import CatalogStore
from regulars.stores.definitions import Definition
from tests.messages import WRITE_KEY, a_batch, a_track_call, an_identify_call
from tests.workspace import Answer, Workspace

DAY = "2026-01-01"
SLOT = {"source": "web", "day": DAY}


@pytest.fixture
def workspace() -> Workspace:
    return Workspace()


def send(workspace: Workspace, *messages: Any) -> None:
    """Let the door refuse what it refuses."""
    world, catalog = workspace.world, CatalogStore(workspace.world.database)
    if catalog.get("write_key", key_print(WRITE_KEY)) is None:
        key = Definition(kind="write_key", id=key_print(WRITE_KEY), content={"source": "web"})
        catalog.put(key)
    door = Door(world.database, workspace.sealer, world.journal, lambda: world.clock.now)
    door.receive(a_batch(*messages), write_keys=[WRITE_KEY])


def nameless(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A call that misses its event name."""
    return a_track_call(event="", messageId=f"m-{number}", **changes)


def rows(workspace: Workspace, **query: str) -> list[Any]:
    answer = workspace.get("/v1/quarantine", "engineer", **{**SLOT, **query})
    assert answer.status == 200, answer.text
    return list(answer.content["events"])


def post(workspace: Workspace, path: str, body: object, role: str = "engineer", **query: str) -> Answer:
    return workspace.ask("POST", f"/v1/quarantine/{path}", role, body=body, query=query)


def mend(workspace: Workspace, id: str, role: str = "engineer", **body: Any) -> Answer:
    return workspace.ask("PUT", f"/v1/quarantine/{id}", role, body=body)


def test_a_row_says_why_and_how_far_it_has_come(workspace: Workspace) -> None:
    send(workspace, nameless())

    [row] = rows(workspace)

    assert (row["code"], row["message_id"], row["source"]) == ("invalid_event_name", "m-1", "web")
    assert (row["mended"], row["last_try"], row["event"]) == (False, None, None)
    assert "body" not in row


def test_pages_of_rows_are_all_rows_once(workspace: Workspace) -> None:
    send(workspace, *map(nameless, range(7)), *(7 for _ in range(2)))
    found: list[str] = []
    query = {"limit": "2"}
    while True:
        page = workspace.get("/v1/quarantine", "engineer", **SLOT, **query).content
        found += [row["id"] for row in page["events"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]

    assert len(found) == len(set(found)) == 8
    assert len(rows(workspace, code="invalid_event")) == 1


def test_counts_by_day_and_code(workspace: Workspace) -> None:
    send(workspace, *map(nameless, range(3)), 7)
    replayed = rows(workspace)[0]["id"]
    mend(workspace, replayed, message={"type": "track", "event": "A", "anonymousId": "a"})
    post(workspace, "replay", {"ids": [replayed]})

    found = workspace.get("/v1/quarantine/counts", "engineer", source="web", **{"from": "2025-12-25", "to": DAY})

    counts = {(each["day"], each["code"]): (each["open"], each["replayed"]) for each in found.content["counts"]}
    assert counts == {(DAY, "invalid_event"): (0, 1), (DAY, "invalid_event_name"): (3, 0)}


def test_whoever_may_not_see_personal_fields_sees_where_they_were(workspace: Workspace) -> None:
    send(workspace, an_identify_call(userId=["x"], traits={"email": "ann@shop.example", "plan": "gold"}))
    [row] = rows(workspace)

    masked = workspace.get(f"/v1/quarantine/{row['id']}", "engineer").content
    whole = workspace.get(f"/v1/quarantine/{row['id']}", "privacy").content

    assert json.loads(masked["body"])["message"]["traits"] == {"email": "•••", "plan": "gold"}
    assert json.loads(whole["body"])["message"]["traits"] == {"email": "ann@shop.example", "plan": "gold"}
    assert (masked["masked"], whole["masked"]) == (True, False)
    assert workspace.audited[0] == ("s-1", "get_quarantined", row["id"])
    assert workspace.trail[-1].deed.count == 1


def test_a_message_edited_masked_comes_back_whole(workspace: Workspace) -> None:
    send(workspace, an_identify_call(userId=["x"], traits={"email": "ann@shop.example", "plan": "gold"}))
    [row] = rows(workspace)
    edited = json.loads(workspace.get(f"/v1/quarantine/{row['id']}", "engineer").content["body"])["message"]

    done = mend(workspace, row["id"], message={**edited, "userId": "u-7"}).content
    shown = workspace.get(f"/v1/quarantine/{row['id']}", "privacy").content

    assert (done["changed"], done["acceptable"], done["row"]["mended"]) == (True, True, True)
    assert json.loads(shown["body"])["message"]["traits"]["email"] == "ann@shop.example"
    assert json.loads(shown["sent"])["message"]["userId"] == ["x"]


def test_a_replayed_row_and_the_timeline_name_each_other(workspace: Workspace) -> None:
    send(workspace, nameless(userId="u-7"))
    [row] = rows(workspace)
    mend(workspace, row["id"], repair={"set": {"event": "Order Completed"}})
    workspace.world.advance(workspace.world.clock.now + 1)

    answer = post(workspace, "replay", {"ids": [row["id"]]})
    workspace.world.settle()

    [result] = answer.content["results"]
    event = result["row"]["event"]
    [found] = workspace.get(f"/v1/profiles/{event['profile_id']}/events", "engineer").content["events"]
    assert result["outcome"] == "replayed"
    assert (found["messageId"], found["event"]) == (event["message_id"], "Order Completed")
    assert found["context"]["quarantine"] == row["id"]
    assert found["receivedAt"] == row["received_at"]
    assert rows(workspace) == []
    assert [each["id"] for each in rows(workspace, state="replayed")] == [row["id"]]


def test_a_rule_is_tried_on_all_before_it_mends_them(workspace: Workspace) -> None:
    send(workspace, *(nameless(number, properties={"pid": number}) for number in range(5)), nameless(9, userId=["x"]))
    body = {**SLOT, "repair": {"set": {"event": "A"}, "rename": {"properties.pid": "properties.product_id"}}}

    tried = post(workspace, "repair", body, dry_run="true").content
    untouched = [row["mended"] for row in rows(workspace)]
    done = post(workspace, "repair", body).content

    assert tried == {**done, "read": 6, "changed": 6, "acceptable": 5, "refused": {"invalid_identifier": 1}, "gone": 0}
    assert not any(untouched)
    assert all(row["mended"] for row in rows(workspace))


def test_many_are_replayed_page_by_page_and_a_second_time_nothing_is_left(workspace: Workspace) -> None:
    send(workspace, *(nameless(number) for number in range(5)), nameless(9, userId=["x"]))
    post(workspace, "repair", {**SLOT, "repair": {"set": {"event": "A"}}})
    outcomes: list[str] = []
    query: dict[str, str] = {"limit": "4"}
    while True:
        page = post(workspace, "replay", SLOT, **query).content
        outcomes += [result["outcome"] for result in page["results"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]

    assert sorted(outcomes) == ["quarantined", *["replayed"] * 5]
    assert len(workspace.world.database.all("events")) == 5
    [left] = rows(workspace)
    assert left["last_try"]["code"] == "invalid_identifier"


def test_a_rule_that_would_show_personal_values_takes_somebody_who_may_see_them(workspace: Workspace) -> None:
    send(workspace, an_identify_call(userId=["x"], traits={"phone": "+49 30 1234"}))
    [row] = rows(workspace)
    body = {**SLOT, "repair": {"rename": {"traits.phone": "traits.locker"}}}

    refused = [post(workspace, "repair", body), mend(workspace, row["id"], repair=body["repair"])]
    done = post(workspace, "repair", body, "admin")

    assert [(answer.status, answer.content["code"]) for answer in refused] == [(403, "forbidden")] * 2
    assert done.content["changed"] == 1


def test_only_some_may_mend_and_replay(workspace: Workspace) -> None:
    send(workspace, nameless())
    [row] = rows(workspace)

    assert post(workspace, "replay", SLOT, "privacy").status == 403
    assert mend(workspace, row["id"], "privacy", repair={"set": {"event": "A"}}).status == 403
    assert workspace.get(f"/v1/quarantine/{row['id']}", "analyst").status == 403


def test_nobody_mends_over_somebody_else(workspace: Workspace) -> None:
    send(workspace, nameless())
    [row] = rows(workspace)
    mend(workspace, row["id"], repair={"set": {"event": "A"}})
    late = workspace.ask(
        "PUT",
        f"/v1/quarantine/{row['id']}",
        "engineer",
        body={"repair": {"set": {"event": "B"}}},
        headers={"if-match": str(row["version"])},
    )

    assert (late.status, late.content["code"]) == (409, "conflicting_edit")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/v1/quarantine/web", None, 404),
        ("GET", "/v1/quarantine/web.2026-01-01.x.aaaaaaaaaaaaaaaa", None, 404),
        ("PUT", "/v1/quarantine/web.2026-01-01.x.aaaaaaaaaaaaaaaa", {"repair": {"set": {"a": 1}}}, 404),
        ("PUT", "{row}", {}, 400),
        ("PUT", "{row}", {"message": {}, "repair": {}}, 400),
        ("PUT", "{row}", {"repair": []}, 400),
        ("PUT", "{row}", {"repair": {"set": {"": 1}}}, 400),
        ("PUT", "{row}", {"message": {"traits": {"new": "•••"}}}, 400),
        ("PUT", "{row}", {"message": {"event": "x" * 1_000_000}}, 413),
        ("POST", "/v1/quarantine/repair", {**SLOT, "repair": {}}, 400),
        ("POST", "/v1/quarantine/repair", {**SLOT, "repair": 1}, 400),
        ("POST", "/v1/quarantine/repair", {"source": "web", "repair": {"drop": ["a"]}}, 400),
        ("POST", "/v1/quarantine/replay", {}, 400),
        ("POST", "/v1/quarantine/replay", {"ids": []}, 400),
        ("POST", "/v1/quarantine/replay", {"ids": [1]}, 400),
        ("POST", "/v1/quarantine/replay", {"ids": ["x"] * 101}, 400),
        ("POST", "/v1/quarantine/replay", {"ids": ["x"]}, 404),
        ("POST", "/v1/quarantine/replay", {"source": "web", "day": "yesterday"}, 400),
        ("POST", "/v1/quarantine/replay", {**SLOT, "code": "A#b"}, 400),
        ("POST", "/v1/quarantine/replay", {"source": ["web"], "day": DAY}, 400),
    ],
)
def test_what_makes_no_sense_is_refused(
    workspace: Workspace, method: str, path: str, body: object, status: int
) -> None:
    send(workspace, nameless())
    [row] = rows(workspace)

    answer = workspace.ask(method, path.format(row=f"/v1/quarantine/{row['id']}"), "engineer", body=body)

    assert (answer.status, workspace.failures) == (status, [])


@pytest.mark.parametrize(
    "query",
    [
        {"source": "web"},
        {"source": "web", "from": "2026-01-02", "to": "2026-01-01"},
        {"source": "web", "from": "2025-01-01", "to": "2026-01-01"},
        {"source": "web", "from": "x", "to": "2026-01-01"},
        {"source": "Web#", "from": "2026-01-01", "to": "2026-01-01"},
    ],
)
def test_counts_are_asked_by_source_and_days(workspace: Workspace, query: dict[str, str]) -> None:
    assert workspace.get("/v1/quarantine/counts", "engineer", **query).content["code"] == "invalid_request"


def test_an_event_goes_into_no_log(workspace: Workspace, caplog: pytest.LogCaptureFixture) -> None:
    send(workspace, nameless(userId="c4n4ry", properties={"note": "c4n4ry"}))
    [row] = rows(workspace)
    mend(workspace, row["id"], "admin", repair={"set": {"event": "A"}})
    post(workspace, "replay", SLOT)

    assert "c4n4ry" not in caplog.text
    assert "c4n4ry" not in str(workspace.audited)
