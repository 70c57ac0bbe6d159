"""Lists over HTTP: who joins, who leaves, what is refused, and that nobody is told in clear."""

import json
from typing import Any

import pytest

from regulars.domain.lists import LISTS
from regulars.domain.reserved_events import JOINED, LEFT
from regulars.stores.events import from_item
from tests.workspace import Answer, Workspace

ANN, BOB, EVE = "ann@shop.example", "bob@shop.example", "eve@shop.example"


@pytest.fixture
def workspace() -> Workspace:
    """A workspace with a list."""
    workspace = Workspace()
    workspace.put("/v1/lists/vip", {"definition": {"name": "Very important"}}, "marketer")
    return workspace


def begin(workspace: Workspace, mode: str = "add", kind: str = "email") -> str:
    """Begin an upload."""
    workspace.world.clock.advance_to(workspace.world.clock.now + 1_000_000)
    answer = workspace.ask("POST", "/v1/lists/vip/uploads", "marketer", body={"mode": mode, "kind": kind})
    assert answer.status == 200, answer.text
    return f"/v1/lists/vip/uploads/{answer.content['id']}"


def send(workspace: Workspace, upload: str, *rows: object) -> Answer:
    """Send rows of an upload."""
    return workspace.ask("POST", f"{upload}/rows", "marketer", body={"rows": list(rows)})


def end(workspace: Workspace, upload: str) -> int:
    """End an upload; say how many left."""
    left: int = 0
    query: dict[str, str] | None = None
    while True:
        answer = workspace.ask("POST", f"{upload}/end", "marketer", body={}, query=query)
        assert answer.status == 200, answer.text
        left += int(answer.content["left"])
        if answer.content["next"] is None:
            return left
        query = {"cursor": answer.content["next"]}


def fill(workspace: Workspace, *rows: object, mode: str = "add") -> int:
    """Upload a file; say how many left."""
    upload = begin(workspace, mode)
    if rows:
        assert send(workspace, upload, *rows).status == 200
    return end(workspace, upload)


def members(workspace: Workspace, role: str = "privacy") -> set[Any]:
    """List who is in the list."""
    return {one["value"] for one in workspace.get("/v1/lists/vip/members", role).content["members"]}


def told(workspace: Workspace) -> list[tuple[str | None, str]]:
    """List all that lists have told, by name and owner."""
    events = map(from_item, workspace.world.database.all("events"))
    return sorted((event.name, event.owner) for event in events if event.source == LISTS)


def test_who_is_uploaded_joins(workspace: Workspace) -> None:
    fill(workspace, ANN, BOB)

    assert members(workspace) == {ANN, BOB}
    assert told(workspace) == sorted((JOINED, workspace.owner("email", each)) for each in (ANN, BOB))


def test_who_is_removed_leaves(workspace: Workspace) -> None:
    fill(workspace, ANN, BOB)

    fill(workspace, BOB, mode="remove")

    assert members(workspace) == {ANN}
    assert (LEFT, workspace.owner("email", BOB)) in told(workspace)


def test_who_is_not_in_a_file_that_replaces_leaves(workspace: Workspace) -> None:
    fill(workspace, ANN, BOB)

    assert fill(workspace, BOB, EVE, mode="replace") == 1
    assert members(workspace) == {BOB, EVE}
    assert [owner for name, owner in told(workspace) if name == LEFT] == [workspace.owner("email", ANN)]


def test_a_file_of_nobody_empties_a_list(workspace: Workspace) -> None:
    fill(workspace, ANN, BOB)

    assert fill(workspace, mode="replace") == 2
    assert members(workspace) == set()


def test_rows_that_are_sent_again_count_once(workspace: Workspace) -> None:
    upload = begin(workspace)
    send(workspace, upload, ANN)

    again = send(workspace, upload, ANN, ANN.upper(), BOB).content

    assert (again["accepted"], again["duplicates"]) == (1, 2)
    assert len(told(workspace)) == 2


def test_a_bad_row_costs_no_other(workspace: Workspace) -> None:
    taken = send(workspace, begin(workspace), "=HYPERLINK(1)", ANN, "", None, "null@", {"a": 1}).content

    assert [row["index"] for row in taken["refused"]] == [0, 2, 3, 4, 5]
    assert taken["accepted"] == 1


def test_says_who_is_known_already(workspace: Workspace) -> None:
    workspace.send({"type": "identify", "userId": "ann", "traits": {"email": ANN}})
    upload = begin(workspace)
    send(workspace, upload, EVE)

    taken = send(workspace, upload, ANN, BOB, EVE).content

    assert (taken["known"], taken["unknown"]) == (1, 2)


def test_an_upload_that_has_ended_takes_no_more(workspace: Workspace) -> None:
    upload = begin(workspace)
    end(workspace, upload)

    assert send(workspace, upload, ANN).content["code"] == "conflicting_edit"
    assert end(workspace, upload) == 0


def test_an_upload_ends_by_itself_after_a_week(workspace: Workspace) -> None:
    upload = begin(workspace)
    workspace.world.clock.advance_to(workspace.world.clock.now + 7 * 86_400 * 1_000_000)

    assert send(workspace, upload, ANN).status == 409


def test_an_earlier_upload_brings_nobody_back_into_a_list_that_was_replaced(workspace: Workspace) -> None:
    earlier = begin(workspace)
    send(workspace, earlier, ANN)
    fill(workspace, EVE, mode="replace")

    late = send(workspace, earlier, BOB)

    assert (late.status, "replaces the list" in late.content["message"]) == (409, True)
    assert members(workspace) == {EVE}


def test_a_later_upload_stays_when_an_earlier_one_replaces(workspace: Workspace) -> None:
    fill(workspace, ANN)
    replacing, adding = begin(workspace, "replace"), begin(workspace)
    send(workspace, adding, BOB)
    send(workspace, replacing, EVE)
    end(workspace, adding)

    assert end(workspace, replacing) == 1
    assert members(workspace) == {BOB, EVE}


def test_nobody_is_told_in_clear(workspace: Workspace) -> None:
    fill(workspace, ANN)
    fill(workspace, BOB, mode="replace")

    kept = repr([workspace.world.database.all(table) for table in ("events", "tallies", "identities", "catalog")])
    assert "shop.example" not in kept
    assert "shop.example" not in json.dumps(workspace.get("/v1/lists/vip/members", "marketer").content)
    assert workspace.audited == []


def test_who_reads_members_in_clear_is_noted(workspace: Workspace) -> None:
    fill(workspace, ANN)

    members(workspace)

    assert [route for _, route, _ in workspace.audited] == ["list_list_members"]


def test_who_left_can_still_be_read_by_who_they_are(workspace: Workspace) -> None:
    fill(workspace, ANN)
    fill(workspace, mode="replace")
    workspace.world.settle()

    profile = workspace.get(f"/v1/profiles/email:{ANN}").content

    assert [one["value"] for one in profile["identifiers"]] == [ANN]


def test_lists_tie_nobody_together(workspace: Workspace) -> None:
    fill(workspace, ANN, BOB)
    workspace.world.settle()

    assert workspace.world.database.all("profiles") == []


def test_pages_of_members_together_are_all_of_them(workspace: Workspace) -> None:
    everybody = {f"p{n}@shop.example" for n in range(120)}
    fill(workspace, *sorted(everybody))
    found, query = [], {"limit": "7"}
    while True:
        page = workspace.get("/v1/lists/vip/members", "privacy", **query).content
        found += [one["value"] for one in page["members"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]

    assert sorted(found) == sorted(everybody)


def test_uploads_are_listed_newest_first(workspace: Workspace) -> None:
    fill(workspace, ANN)
    begin(workspace, "replace", "user_id")

    page = workspace.get("/v1/lists/vip/uploads", "analyst").content["uploads"]

    assert [(one["mode"], one["kind"], one["state"]) for one in page] == [
        ("replace", "user_id", "open"),
        ("add", "email", "done"),
    ]


@pytest.mark.parametrize(
    "body",
    [{}, {"mode": "add"}, {"mode": "merge", "kind": "email"}, {"mode": "add", "kind": "phone"}, {"mode": ["add"]}],
)
def test_an_upload_says_what_it_does_and_by_what_it_names_people(workspace: Workspace, body: object) -> None:
    assert workspace.ask("POST", "/v1/lists/vip/uploads", body=body).content["code"] == "invalid_request"


@pytest.mark.parametrize("rows", [[], ["x"] * 501, "ann", None, {}])
def test_a_request_has_some_rows_and_not_too_many(workspace: Workspace, rows: object) -> None:
    upload = begin(workspace, kind="user_id")

    assert workspace.ask("POST", f"{upload}/rows", body={"rows": rows}).content["code"] == "invalid_request"


@pytest.mark.parametrize("path", ["/v1/lists/none/uploads", "/v1/lists/vip/uploads/u1/rows", "/v1/lists/none/members"])
def test_there_is_no_upload_of_what_is_not_there(workspace: Workspace, path: str) -> None:
    bodies: dict[str, Any] = {"rows": {"rows": ["a"]}, "uploads": {"mode": "add", "kind": "email"}}
    word = path.rsplit("/", 1)[-1]
    answer = workspace.ask("POST", path, body=bodies[word]) if word in bodies else workspace.get(path)

    assert answer.status == 404


@pytest.mark.parametrize("role", ["analyst", "privacy"])
def test_who_may_not_write_lists_uploads_nothing(workspace: Workspace, role: str) -> None:
    answer = workspace.ask("POST", "/v1/lists/vip/uploads", role, body={"mode": "add", "kind": "email"})

    assert answer.status == 403


def test_a_list_with_somebody_in_it_is_not_deleted(workspace: Workspace) -> None:
    fill(workspace, ANN)
    refused = workspace.ask("DELETE", "/v1/lists/vip")
    fill(workspace, mode="replace")

    assert (refused.status, "somebody is in it" in refused.content["message"]) == (400, True)
    assert workspace.ask("DELETE", "/v1/lists/vip").status == 200


def test_a_list_that_a_segment_reads_is_not_deleted(workspace: Workspace) -> None:
    content = {"where": {"all": [{"list": "vip"}, {"event": "x"}]}}
    item = {"kind": "segment", "id": "buyers", "content": json.dumps(content)}
    workspace.world.database.put("catalog", item, was=0)

    answer = workspace.ask("DELETE", "/v1/lists/vip")

    assert (answer.status, "the segment buyers reads it" in answer.content["message"]) == (400, True)


def test_no_source_is_called_lists(workspace: Workspace) -> None:
    assert workspace.put("/v1/sources/lists", {"definition": {}}).content["code"] == "invalid_request"


def segments_of(workspace: Workspace, ref: str) -> list[str]:
    """Name the segments that somebody is in."""
    workspace.world.settle()
    return [one["segment"] for one in workspace.get(f"/v1/profiles/{ref}/memberships").content["memberships"]]


def test_a_segment_asks_who_is_in_a_list(workspace: Workspace) -> None:
    fill(workspace, ANN, BOB)
    workspace.put("/v1/segments/press", {"definition": {"where": {"list": "vip"}}})

    fill(workspace, ANN, EVE, mode="replace")

    assert segments_of(workspace, f"email:{EVE}") == ["press"]
    assert segments_of(workspace, f"email:{BOB}") == []


def test_whoever_turns_up_with_an_uploaded_identifier_is_in_the_list(workspace: Workspace) -> None:
    workspace.put("/v1/segments/press", {"definition": {"where": {"list": "vip"}}})
    fill(workspace, ANN)
    workspace.send({"type": "track", "userId": "ann", "event": "Looked"})
    before = segments_of(workspace, "user_id:ann")

    workspace.send({"type": "identify", "userId": "ann", "traits": {"email": ANN}})

    assert (before, segments_of(workspace, "user_id:ann")) == ([], ["press"])


def test_who_is_taken_apart_takes_what_their_identifier_joined(workspace: Workspace) -> None:
    workspace.put("/v1/segments/press", {"definition": {"where": {"list": "vip"}}})
    workspace.send(
        {"type": "identify", "userId": "ann", "traits": {"email": ANN}},
        {"type": "track", "userId": "ann", "event": "Looked"},
    )
    fill(workspace, ANN)
    together = segments_of(workspace, "user_id:ann")

    cut = {"identifiers": [f"email:{ANN}"]}
    path = "/v1/profiles/user_id:ann/unmerge"
    looked = workspace.ask("POST", path, "service", body={**cut, "preview": True}).content
    answer = workspace.ask("POST", path, "service", body={**cut, "version": looked["version"]})

    assert answer.status == 200, answer.text
    assert (together, segments_of(workspace, "user_id:ann")) == (["press"], [])
    assert segments_of(workspace, f"email:{ANN}") == ["press"]


def test_a_segment_reads_no_list_that_is_not_there(workspace: Workspace) -> None:
    answer = workspace.put("/v1/segments/press", {"definition": {"where": {"not": {"list": "nobody"}}}})

    assert (answer.status, "there is none" in answer.content["message"]) == (400, True)
