"""A journey's life over HTTP: who publishes what, and what becomes of those who are on the way."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.domain.events import Event
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_entries import hidden
from regulars.domain.journey_machines import compile_journey
from regulars.domain.passages import Passage
from regulars.errors import DefinitionError
from regulars.pipeline.stopping_journeys import CAUSE, Stopping
from regulars.stores.events import from_item
from regulars.stores.journeys import JourneyStore
from tests.journey_life import GREETING, a_purpose, a_template, a_workspace, publish, states, write
from tests.workspace import Answer, Workspace

DEEDS = ("pause", "resume", "drain", "stop", "archive")
PERSON = {"type": "identify", "userId": "c-1", "traits": {"email": "jane@x.example", "plan": "gold"}}


@pytest.fixture
def workspace() -> Workspace:
    return a_workspace()


def do(workspace: Workspace, deed: str, id: str = "greeting", role: str = "marketer", **query: str) -> Answer:
    return workspace.ask("POST", f"/v1/journeys/{id}/{deed}", role, query=query)


def enter(workspace: Workspace, id: str = "greeting", role: str = "service", **body: Any) -> Answer:
    return workspace.ask("POST", f"/v1/journeys/{id}/entries", role, body={"profile": "user_id:c-1", **body})


def events(workspace: Workspace) -> list[Event]:
    return [from_item(item) for item in workspace.world.database.all("events")]


def machine_of(number: int = 1) -> str:
    return f"arn:regulars-test-greeting-{number}"


def going(workspace: Workspace) -> list[tuple[int, str]]:
    return [(one.journey.version, one.state) for one in workspace.world.catalog.live().journeys]


def test_a_draft_is_written_read_and_not_entered(workspace: Workspace) -> None:
    draft = write(workspace)

    found = workspace.get("/v1/journeys/greeting").content
    assert (found["version"], found["versions"], found["changes"]["added"]) == (draft, [], ["wait_1", "hello"])
    assert [one["id"] for one in workspace.get("/v1/journeys").content["journeys"]] == ["greeting"]
    assert going(workspace) == []


def test_publishing_makes_the_machine_and_lets_people_enter(workspace: Workspace) -> None:
    published = publish(workspace)

    compiled = compile_journey(parse_journey("greeting", GREETING)).text
    assert published.status == 200, published.text
    assert (published.content["published"], published.content["version"]["state"]) == (True, "live")
    assert workspace.machines.made == {machine_of(): compiled}
    live = workspace.world.catalog.live()
    assert [one.machine for one in live.journeys] == [machine_of()]
    assert live.wanted == {"Signed Up"}


def test_publishing_the_same_draft_again_changes_nothing(workspace: Workspace) -> None:
    publish(workspace)
    version = workspace.world.catalog.version()

    again = publish(workspace)

    assert (again.status, again.content["published"]) == (200, False)
    assert workspace.world.catalog.version() == version
    assert states(workspace) == [(1, "live")]


def test_a_new_version_drains_the_one_before_and_says_what_changed(workspace: Workspace) -> None:
    publish(workspace)
    steps = [{"wait": "2 days"}, {"send": {"channel": "email", "template": "bye", "purpose": "newsletter"}}]
    a_template(workspace, "bye")

    published = publish(workspace, steps=steps, priority=7)

    assert published.content["changes"] == {
        "added": ["bye"],
        "removed": ["hello"],
        "changed": ["wait_1"],
        "rules": ["priority"],
    }
    assert states(workspace) == [(2, "live"), (1, "draining")]
    assert workspace.world.catalog.live().wanted == {"Signed Up"}


def test_only_the_draft_that_was_read_is_published(workspace: Workspace) -> None:
    draft = write(workspace)
    write(workspace, priority=3)

    stale = workspace.ask("POST", "/v1/journeys/greeting/publish", "marketer", body={"draft": draft})

    assert (stale.status, stale.content["code"]) == (409, "conflicting_edit")
    assert workspace.machines.made == {}


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        (
            {"steps": [{"send": {"channel": "email", "template": "none", "purpose": "newsletter"}}]},
            "send of none",
        ),
        ({"steps": [{"webhook": {"to": "coupons"}}]}, "webhook to coupons: there is none"),
        ({"steps": [{"move": "elsewhere"}]}, "elsewhere"),
    ],
    ids=["template", "webhook", "journey"],
)
def test_what_a_journey_names_has_to_be_there_when_it_is_published(
    workspace: Workspace, changes: dict[str, Any], missing: str
) -> None:
    refused = publish(workspace, **changes)

    assert (refused.status, refused.content["code"]) == (400, "invalid_definition")
    assert missing in refused.content["message"]
    assert (workspace.machines.made, going(workspace)) == ({}, [])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"enter": {"segment": "nobody_knows"}}, "there is no segment nobody_knows"),
        ({"steps": [{"join": "nowhere"}]}, "there is no list nowhere"),
        ({"enter": {"api": True, "when": {"computed": "score", "at_least": 3}}}, "no computed trait score"),
        ({"enter": {"api": True, "when": {"list": "nowhere"}}}, "the list nowhere"),
        ({"steps": [{"send": {"channel": "email", "template": "hello", "purpose": "ads"}}]}, "ads"),
        ({"steps": [{"send": {"channel": "sms", "template": "hello", "purpose": "newsletter"}}]}, "channel sms"),
        ({"purpose": "ads", "steps": [{"webhook": {"to": "crm"}}]}, "ads"),
        ({"steps": []}, "at least one step"),
        ({"steps": [{"dance": True}]}, "steps"),
    ],
    ids=[
        "segment",
        "list",
        "computed",
        "list of a condition",
        "purpose",
        "channel",
        "purpose of a call",
        "empty",
        "unknown",
    ],
)
def test_a_draft_that_names_what_there_is_not_is_refused(
    workspace: Workspace, changes: dict[str, Any], said: str
) -> None:
    refused = workspace.put("/v1/journeys/greeting", {"definition": {**GREETING, **changes}})

    assert (refused.status, refused.content["code"]) == (400, "invalid_definition")
    assert said in refused.content["message"]


def test_paused_nobody_enters_and_resumed_they_do(workspace: Workspace) -> None:
    publish(workspace)

    paused, again = do(workspace, "pause"), do(workspace, "pause")
    wanted = workspace.world.catalog.live().wanted
    refused = publish(workspace)
    resumed = do(workspace, "resume")

    assert [one.content["versions"][0]["state"] for one in (paused, again, resumed)] == ["paused", "paused", "live"]
    assert wanted == set()
    assert (refused.status, refused.content["code"]) == (409, "wrong_state")
    assert going(workspace) == [(1, "live")]


def test_drained_it_is_never_entered_again_but_by_a_new_version(workspace: Workspace) -> None:
    publish(workspace)

    drained = [do(workspace, "drain").status for _ in range(2)]
    resumed = do(workspace, "resume")
    published = publish(workspace)

    assert drained == [200, 200]
    assert (resumed.status, resumed.content["code"]) == (409, "wrong_state")
    assert published.content["version"]["version"] == 2
    assert states(workspace) == [(2, "live"), (1, "draining")]


def test_stopped_twice_everybody_is_stopped_and_nobody_is_left(workspace: Workspace) -> None:
    publish(workspace)
    publish(workspace, priority=2)
    for number, passages in ((1, "abcde"), (2, "f")):
        workspace.machines.under_way[machine_of(number)] = [f"user_id:x greeting {one}" for one in passages]

    stopped = [do(workspace, "stop") for _ in range(2)]
    work_off(workspace)

    assert [one.status for one in stopped] == [200, 200]
    assert states(workspace) == [(2, "stopped"), (1, "stopped")]
    assert sorted(passage for _, passage, _ in workspace.machines.stopped) == list("abcdef")
    assert {cause for _, _, cause in workspace.machines.stopped} == {CAUSE}
    assert not any(workspace.machines.under_way.values())
    assert going(workspace) == []


def work_off(workspace: Workspace) -> None:
    """Work off what was sent, until nothing is left."""
    stopping = Stopping(workspace.world.database, workspace.machines, workspace.wanted)
    for _ in range(100):
        if not (messages := [one["stop"] for one in workspace.wanted.sent if "stop" in one]):
            return
        workspace.wanted.sent.clear()
        for message in messages:
            stopping.work(message)
    raise AssertionError("it never ends")


def test_one_version_alone_is_stopped(workspace: Workspace) -> None:
    publish(workspace)
    publish(workspace, priority=2)

    do(workspace, "stop", version="1")

    assert states(workspace) == [(2, "live"), (1, "stopped")]
    assert workspace.wanted.sent == [{"stop": {"journey": "greeting", "version": 1}}]


def test_a_stop_that_was_sent_late_stops_nobody_of_what_was_published_since(workspace: Workspace) -> None:
    publish(workspace)
    workspace.machines.under_way[machine_of()] = ["user_id:x greeting a"]

    stopped = Stopping(workspace.world.database, workspace.machines, workspace.wanted)

    assert stopped.work({"journey": "greeting", "version": 1}) == 0
    assert stopped.work({"journey": "greeting", "version": 7}) == 0
    assert workspace.machines.under_way[machine_of()] == ["user_id:x greeting a"]


def test_archived_only_once_nobody_is_on_the_way(workspace: Workspace) -> None:
    publish(workspace)
    live = do(workspace, "archive")
    do(workspace, "drain")
    workspace.machines.under_way[machine_of()] = ["user_id:x greeting a"]
    busy = do(workspace, "archive")
    workspace.machines.under_way.clear()

    over, again = do(workspace, "archive"), do(workspace, "archive")

    assert [(one.status, one.content["code"]) for one in (live, busy)] == [(409, "wrong_state")] * 2
    assert (over.status, again.status) == (200, 200)
    assert states(workspace) == [(1, "archived")]
    assert workspace.machines.made == {}


def test_an_archive_that_was_cut_short_is_finished_by_repeating_it(workspace: Workspace) -> None:
    publish(workspace)
    do(workspace, "drain")
    workspace.machines.fails = {"delete"}
    cut = do(workspace, "archive")
    workspace.machines.fails = set()

    do(workspace, "archive")

    assert cut.status == 503
    assert (states(workspace), workspace.machines.made) == ([(1, "archived")], {})


def test_what_is_gone_through_is_not_deleted(workspace: Workspace) -> None:
    publish(workspace)
    refused = workspace.ask("DELETE", "/v1/journeys/greeting")
    do(workspace, "stop")
    do(workspace, "archive")

    deleted = workspace.ask("DELETE", "/v1/journeys/greeting")

    assert (refused.status, refused.content["message"]) == (
        400,
        "version 1 of it is live: stop and archive the journey first",
    )
    assert deleted.status == 200
    assert workspace.get("/v1/journeys/greeting").status == 404


def test_a_journey_that_begins_anew_counts_on(workspace: Workspace) -> None:
    publish(workspace)
    do(workspace, "stop")
    do(workspace, "archive")
    workspace.ask("DELETE", "/v1/journeys/greeting")

    published = publish(workspace)

    assert published.content["version"]["version"] == 2


NAMED: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("segments", "vip", {"where": {"trait": "plan", "equals": "gold"}}, {"enter": {"segment": "vip"}}),
    (
        "segments",
        "vip",
        {"where": {"trait": "plan", "equals": "gold"}},
        {"exit": [{"segment": "vip", "change": "left"}]},
    ),
    (
        "segments",
        "vip",
        {"where": {"trait": "plan", "equals": "gold"}},
        {"enter": {"api": True, "when": {"segment": "vip"}}},
    ),
    ("lists", "club", {}, {"steps": [{"join": "club"}]}),
    ("lists", "club", {}, {"enter": {"api": True, "when": {"list": "club"}}}),
    (
        "computed-traits",
        "spent",
        {"orders": "revenue"},
        {"enter": {"api": True, "when": {"computed": "spent", "at_least": 100}}},
    ),
]


@pytest.mark.parametrize("is_live", [False, True], ids=["draft", "live"])
@pytest.mark.parametrize(("folder", "id", "definition", "changes"), NAMED, ids=[f"{n}" for n in range(len(NAMED))])
def test_what_a_journey_names_is_not_deleted(
    workspace: Workspace, folder: str, id: str, definition: dict[str, Any], changes: dict[str, Any], is_live: bool
) -> None:
    assert workspace.put(f"/v1/{folder}/{id}", {"definition": definition}).status == 200
    if is_live:
        assert publish(workspace, **changes).status == 200
        write(workspace, priority=9)  # the draft names it no more
    else:
        write(workspace, **changes)

    refused = workspace.ask("DELETE", f"/v1/{folder}/{id}")

    assert refused.status == 400
    assert "the journey greeting" in refused.content["message"]
    do(workspace, "stop")
    write(workspace, priority=9)
    assert workspace.ask("DELETE", f"/v1/{folder}/{id}").status == 200


@pytest.mark.parametrize("status", ["paused", "archived"])
def test_a_segment_that_a_journey_names_does_not_rest(workspace: Workspace, status: str) -> None:
    segment = {"where": {"trait": "plan", "equals": "gold"}}
    workspace.put("/v1/segments/vip", {"definition": segment})
    publish(workspace, enter={"segment": "vip"})

    refused = workspace.put("/v1/segments/vip", {"definition": {**segment, "status": status}})

    assert refused.status == 400
    assert "the journey greeting" in refused.content["message"]


def test_a_purpose_that_a_journey_names_stays(workspace: Workspace) -> None:
    write(workspace)

    gone = workspace.put("/v1/consent", {"definition": {"purposes": {"ads": {}}}})
    narrowed = workspace.put("/v1/consent", {"definition": {"purposes": {"newsletter": {"channels": ["post"]}}}})

    assert [gone.status, narrowed.status] == [400, 400]
    assert "the journey greeting" in gone.content["message"]
    assert "channel email" in narrowed.content["message"]


def test_a_computed_trait_does_not_become_what_a_live_journey_cannot_read(workspace: Workspace) -> None:
    workspace.put("/v1/computed-traits/spent", {"definition": {"orders": "revenue"}})
    publish(workspace, enter={"api": True, "when": {"computed": "spent", "at_least": 100}})

    refused = workspace.put("/v1/computed-traits/spent", {"definition": {"event": "Seen", "last": "name"}})

    assert refused.status == 400
    assert workspace.world.catalog.live().journeys


def test_conditions_of_a_live_journey_are_kept_for(workspace: Workspace) -> None:
    condition = {"event": "Order Completed", "count": {"at_least": 2}}
    publish(workspace, enter={"api": True, "when": condition})
    watched = set(workspace.world.catalog.live().watches.by_event)

    do(workspace, "stop")

    assert "Order Completed" in watched
    assert "Order Completed" not in workspace.world.catalog.live().watches.by_event


def test_a_crash_after_the_machine_was_made_is_mended_by_repeating(workspace: Workspace) -> None:
    write(workspace)
    workspace.machines.fails = {"create"}
    cut = publish(workspace)
    workspace.machines.fails = set()

    published = publish(workspace)

    assert cut.status == 503
    assert (published.status, published.content["version"]["version"]) == (200, 1)
    assert states(workspace) == [(1, "live")]


def test_a_number_under_which_another_machine_stands_is_passed_over(workspace: Workspace) -> None:
    workspace.machines.made[machine_of()] = "of an older release"

    published = publish(workspace)

    assert (published.status, published.content["version"]["version"]) == (200, 2)
    assert states(workspace) == [(2, "live")]


def test_a_publication_that_was_cut_short_leaves_its_number_to_nobody_else(workspace: Workspace) -> None:
    workspace.machines.fails = {"create"}
    publish(workspace)
    workspace.machines.fails = set()

    published = publish(workspace, priority=5)

    assert published.content["version"]["version"] == 2
    assert states(workspace) == [(2, "live")]
    assert list(workspace.machines.made) == [machine_of(2)]


def test_a_number_that_was_only_begun_is_none_to_pause(workspace: Workspace) -> None:
    workspace.machines.fails = {"create"}
    publish(workspace)

    assert {do(workspace, deed).content["code"] for deed in DEEDS} == {"wrong_state"}
    assert states(workspace) == []


@given(cut=st.integers(0, 30), other=st.integers(0, 30), same=st.booleans())
@settings(max_examples=60, deadline=None)
def test_two_publications_at_once_make_one_version_after_the_other(cut: int, other: int, same: bool) -> None:
    workspace = a_workspace()
    draft, seen, inside = write(workspace), 0, [Answer(0, {}, {}, "")]

    def interrupt(_operation: str, table: str) -> None:
        nonlocal seen
        seen += table == "catalog"
        if seen == cut + 1 and table == "catalog":
            seen += 1_000
            if not same:
                write(workspace, priority=other)
            now = workspace.get("/v1/journeys/greeting").content["version"]
            inside[0] = workspace.ask("POST", "/v1/journeys/greeting/publish", body={"draft": now})

    workspace.world.database.hook = interrupt
    outside = workspace.ask("POST", "/v1/journeys/greeting/publish", body={"draft": draft})
    workspace.world.database.hook = None

    live = [one for one in going(workspace) if one[1] == "live"]
    assert outside.status in (200, 409)
    assert inside[0].status in (0, 200)
    assert len(live) == 1
    standing = workspace.get("/v1/journeys/greeting").content
    newest = max(one["version"] for one in standing["versions"])
    assert live[0][0] == newest
    assert {one.machine for one in workspace.world.catalog.live().journeys} <= set(workspace.machines.made)
    if inside[0].status == 200:
        assert standing["versions"][0]["definition"] == standing["definition"]


def test_a_draft_that_changes_while_its_machine_is_made_is_not_published(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, create = write(workspace), workspace.machines.create

    def change(name: str, definition: str) -> str:
        write(workspace, priority=9)
        return create(name, definition)

    monkeypatch.setattr(workspace.machines, "create", change)

    refused = workspace.ask("POST", "/v1/journeys/greeting/publish", body={"draft": draft})

    assert (refused.status, refused.content["code"]) == (409, "conflicting_edit")
    assert (states(workspace), going(workspace)) == ([], [])


def test_the_store_itself_keeps_the_segments_of_live_journeys(workspace: Workspace) -> None:
    workspace.put("/v1/segments/vip", {"definition": {"where": {"trait": "plan", "equals": "gold"}}})
    publish(workspace, enter={"segment": "vip"})
    catalog = workspace.world.catalog
    segment = catalog.get("segment", "vip")

    with pytest.raises(DefinitionError, match="version 1 of the journey greeting, which is live, names it"):
        catalog.delete(segment) if segment else None


@given(cut=st.integers(0, 40), how=st.sampled_from(["delete", "paused", "archived"]))
@settings(max_examples=40, deadline=None)
def test_a_segment_that_goes_while_a_journey_is_published_is_in_no_live_journey(cut: int, how: str) -> None:
    workspace, seen = a_workspace(), 0
    segment = {"where": {"trait": "plan", "equals": "gold"}}
    workspace.put("/v1/segments/vip", {"definition": segment})
    draft = write(workspace, enter={"segment": "vip"})

    def interrupt(_operation: str, table: str) -> None:
        nonlocal seen
        seen += table == "catalog"
        if seen == cut + 1 and table == "catalog":
            seen += 1_000
            workspace.put("/v1/journeys/greeting", {"definition": GREETING})  # no draft is in the way
            if how == "delete":
                workspace.ask("DELETE", "/v1/segments/vip")
            else:
                workspace.put("/v1/segments/vip", {"definition": {**segment, "status": how}})

    workspace.world.database.hook = interrupt
    published = workspace.ask("POST", "/v1/journeys/greeting/publish", body={"draft": draft})
    workspace.world.database.hook = None

    live = workspace.world.catalog.live()
    assert published.status in (200, 400, 409)
    assert live.asking == {}
    segments = {one.id for one in live.segments}
    assert all(one.segments <= segments for one in live.journeys)


def test_members_who_are_there_already_are_asked_in(workspace: Workspace) -> None:
    workspace.put("/v1/segments/vip", {"definition": {"where": {"trait": "plan", "equals": "gold"}}})

    publish(workspace, enter={"segment": "vip", "enrol": "both"})
    publish(workspace, enter={"segment": "vip", "enrol": "both"})

    assert workspace.wanted.sent == [{"enrol": {"journey": "greeting", "version": 1}}] * 2


def test_a_program_lets_somebody_in_once(workspace: Workspace) -> None:
    publish(workspace)
    workspace.send(PERSON)
    said: dict[str, Any] = {
        "key": "order-7",
        "properties": {"site": "ch", "email": "jane@x.example"},
        "messageId": "m-1",
    }

    entered, again = enter(workspace, **said), enter(workspace, **said)

    owner = workspace.owner("user_id", "c-1")
    assert entered.status == 200, entered.text
    assert (entered.content["duplicate"], again.content["duplicate"]) == (False, True)
    [event] = [one for one in events(workspace) if one.name == "Journey Entry Requested"]
    assert event.owner == owner
    assert event.properties == {"site": "ch"}
    assert event.sealed
    message = {"journey": "greeting", "owner": owner, "moment": event.moment, "key": "order-7"}
    assert workspace.wanted.sent == [{"enter": message}] * 2
    assert "jane" not in str(workspace.wanted.sent)


def test_the_key_of_an_event_is_that_of_its_property(workspace: Workspace) -> None:
    publish(workspace)
    workspace.send(PERSON)

    said = ["ch", 7, 7.0, 7.5, True, "x" * 100, "x" * 101]
    asked = [enter(workspace, properties={"site": site}) for site in said]

    assert [one.content["key"] for one in asked] == ["ch", "7", "7", "7.5", "true", "x" * 100, hidden("x" * 101)]


@pytest.mark.parametrize("properties", [{}, {"site": None}, {"site": {"id": "ch"}}, {"site": ["ch"]}, {"site": ""}])
def test_without_a_key_nobody_is_let_into_what_is_entered_with_one(
    workspace: Workspace, properties: dict[str, Any]
) -> None:
    publish(workspace)
    workspace.send(PERSON)

    asked = enter(workspace, properties=properties)

    assert (asked.status, asked.content["code"]) == (400, "invalid_request")
    assert "say key, or properties with site" in asked.text
    assert workspace.wanted.sent == []


def test_an_entry_that_died_before_the_queue_is_sent_when_it_is_asked_for_again(workspace: Workspace) -> None:
    publish(workspace)
    workspace.send(PERSON)
    workspace.wanted.fails = True
    cut = enter(workspace, messageId="m-1", key="k")
    workspace.wanted.fails = False

    again = enter(workspace, messageId="m-1", key="k")

    assert (cut.status, again.status, again.content["duplicate"]) == (503, 200, True)
    assert len(workspace.wanted.sent) == 1


def test_a_message_id_names_one_entry(workspace: Workspace) -> None:
    publish(workspace)
    workspace.send(PERSON, {"type": "identify", "userId": "c-2", "traits": {"plan": "gold"}})
    enter(workspace, messageId="m-1", key="a")

    other_key = enter(workspace, messageId="m-1", key="b")
    other_person = enter(workspace, messageId="m-1", key="a", profile="user_id:c-2")

    assert [other_key.status, other_person.status] == [400, 400]
    assert len(workspace.wanted.sent) == 1


@pytest.mark.parametrize(
    ("deeds", "changes", "status"),
    [
        (["pause"], {}, 409),
        (["drain"], {}, 409),
        (["stop"], {}, 409),
        ([], {"enter": {"event": "Signed Up"}}, 409),
    ],
    ids=["paused", "draining", "stopped", "not open"],
)
def test_nobody_is_let_into_what_nobody_enters(
    workspace: Workspace, deeds: list[str], changes: dict[str, Any], status: int
) -> None:
    publish(workspace, **changes)
    workspace.send(PERSON)
    for deed in deeds:
        do(workspace, deed)
    workspace.wanted.sent.clear()

    refused = enter(workspace)

    assert (refused.status, refused.content["code"]) == (status, "wrong_state")
    assert workspace.wanted.sent == []


def test_a_draft_that_was_never_published_lets_nobody_in(workspace: Workspace) -> None:
    write(workspace)

    assert [enter(workspace).status, enter(workspace, "none").status] == [409, 404]


HOSTILE: list[dict[str, Any]] = [
    {"profile": ""},
    {"profile": 7},
    {"profile": None},
    {"properties": []},
    {"key": ""},
    {"key": "x" * 101},
    {"key": "a\nb"},
    {"key": "jane@x.example"},
    {"messageId": "x" * 101},
    {"messageId": "c-1 jane@x.example"},
    {"messageId": 7},
    {"more": True},
    {"properties": {"a": "x" * 120_000}},
    {"properties": {"\ud800": 1}},
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_entry_is_refused_and_leaves_nothing(workspace: Workspace, body: dict[str, Any]) -> None:
    publish(workspace)
    workspace.send(PERSON)
    before = len(events(workspace))

    refused = enter(workspace, **{"key": "k", **body})

    assert 400 <= refused.status < 500
    assert len(events(workspace)) == before
    assert workspace.wanted.sent == []


def test_somebody_whom_nobody_knows_is_not_let_in(workspace: Workspace) -> None:
    publish(workspace)

    assert enter(workspace, profile="email:nobody@x.example").status == 404


@pytest.mark.parametrize(
    "id", ["Greeting", "greeting#000001", "a" * 64, "%2e%2e", "greeting ", "1st", "gr\u0435eting", "live"]
)
def test_ids_with_traps_are_no_journeys(workspace: Workspace, id: str) -> None:
    publish(workspace)
    before = workspace.world.database.all("catalog")

    asked = [do(workspace, deed, id).status for deed in DEEDS]
    asked.append(workspace.get(f"/v1/journeys/{id}").status)
    asked.append(workspace.ask("POST", f"/v1/journeys/{id}/publish", body={"draft": 1}).status)
    asked.append(enter(workspace, id).status)

    assert set(asked) == {404}
    assert workspace.world.database.all("catalog") == before


def test_ids_that_begin_alike_are_two_journeys(workspace: Workspace) -> None:
    publish(workspace, "greeting")
    publish(workspace, "greeting_2")
    do(workspace, "stop", "greeting")

    assert (states(workspace, "greeting"), states(workspace, "greeting_2")) == ([(1, "stopped")], [(1, "live")])


def test_the_longest_id_has_a_machine_of_its_own(workspace: Workspace) -> None:
    ids = ["a" * 62 + end for end in "bc"]

    published = [publish(workspace, id) for id in ids]

    names = [arn.removeprefix("arn:") for arn in workspace.machines.made]
    assert [one.status for one in published] == [200, 200]
    assert len(set(names)) == 2
    assert all(len(name) <= 80 for name in names)


@pytest.mark.parametrize("body", [{}, {"draft": 0}, {"draft": True}, {"draft": "1"}, {"draft": 1, "force": True}])
def test_a_publication_names_a_draft(workspace: Workspace, body: dict[str, Any]) -> None:
    write(workspace)

    assert workspace.ask("POST", "/v1/journeys/greeting/publish", body=body).status == 400


MAY = {
    "admin": {"write", "publish", "enter", "messaging"},
    "engineer": {"write", "publish", "enter", "messaging"},
    "marketer": {"write", "publish", "enter"},
    "analyst": set[str](),
    "service": {"enter"},
    "privacy": {"messaging"},
}


@pytest.mark.parametrize("role", sorted(MAY))
def test_each_role_does_what_it_may(workspace: Workspace, role: str) -> None:
    publish(workspace)
    workspace.send(PERSON)

    answers = {
        "write": workspace.put("/v1/journeys/other", {"definition": GREETING}, role),
        "publish": do(workspace, "pause", role=role),
        "messaging": workspace.put("/v1/messaging", {"definition": {"holdout": 5}}, role),
    }
    do(workspace, "resume")
    answers["enter"] = enter(workspace, role=role, key="k")

    assert {what for what, answer in answers.items() if answer.status == 200} == MAY[role]
    assert {answer.status for answer in answers.values()} <= {200, 403}
    assert workspace.get("/v1/journeys", role).status == 200
    assert workspace.get("/v1/profiles/user_id:c-1/journeys", role).status == 200


def test_what_a_team_does_not_see_it_puts_into_no_journey(workspace: Workspace) -> None:
    workspace.put("/v1/segments/vip", {"definition": {"where": {"trait": "plan", "equals": "gold"}}})
    write(workspace, enter={"segment": "vip"})
    workspace.put("/v1/teams", {"definition": {"others": "none", "teams": {}}})

    written = workspace.put("/v1/journeys/other", {"definition": {**GREETING, "enter": {"segment": "vip"}}}, "marketer")
    published = workspace.ask("POST", "/v1/journeys/greeting/publish", "marketer", body={"draft": 1})
    asked = {**GREETING, "enter": {"api": True, "when": {"trait": "plan", "equals": "gold"}}}
    trait = workspace.put("/v1/journeys/other", {"definition": asked}, "marketer")

    assert [written.status, published.status, trait.status] == [403, 403, 403]
    assert workspace.put("/v1/journeys/other", {"definition": GREETING}, "marketer").status == 200


def test_every_deed_stands_in_the_trail(workspace: Workspace) -> None:
    publish(workspace)
    workspace.send(PERSON)
    enter(workspace, key="k")
    for deed in ("pause", "resume", "drain", "stop", "archive"):
        do(workspace, deed)

    rows = [row.deed for row in workspace.trail if row.place.chain.split("#")[1] == "journey_api"]
    done = [(deed.what, deed.whom) for deed in rows if deed.outcome == "done"]
    person = f"p_{workspace.owner('user_id', 'c-1')}"
    assert sorted(done) == sorted(
        [(f"{deed}_journey", ("greeting",)) for deed in ("publish", *DEEDS)] + [("enter_journey", (person,))]
    )


def test_the_passages_of_a_person_are_those_of_all_their_identifiers(workspace: Workspace) -> None:
    workspace.send({**PERSON, "anonymousId": "d-1"})
    store = JourneyStore(workspace.world.database)
    for at, kind, value in ((3, "user_id", "c-1"), (1, "anonymous_id", "d-1"), (2, "user_id", "c-1")):
        passage = Passage(
            owner=workspace.owner(kind, value), journey="greeting", number=1, id=f"{at}", key="", at=at, place="wait_1"
        )
        store.save(passage)
    store.save(Passage(owner=workspace.owner("user_id", "c-2"), journey="greeting", number=1, id="9", key="", at=9))

    first = workspace.get("/v1/profiles/user_id:c-1/journeys", "analyst", limit="2").content
    rest = workspace.get("/v1/profiles/user_id:c-1/journeys", "analyst", limit="2", cursor=first["next"]).content

    assert [one["id"] for one in [*first["journeys"], *rest["journeys"]]] == ["3", "2", "1"]
    assert rest["next"] is None
    assert first["journeys"][0]["place"] == "wait_1"


def test_a_passage_that_is_over_waits_for_nothing(workspace: Workspace) -> None:
    workspace.send(PERSON)
    over = Passage(
        owner=workspace.owner("user_id", "c-1"),
        journey="greeting",
        number=1,
        id="1",
        key="order-7",
        at=1,
        place="wait_1",
        until=9,
        ended=5,
        ending="exit",
        answers={"wait_1": 0},
    )
    JourneyStore(workspace.world.database).save(over)

    [shown] = workspace.get("/v1/profiles/user_id:c-1/journeys").content["journeys"]

    assert (shown["place"], shown["waits_until"], shown["ending"]) == (None, None, "exit")
    assert (shown["answers"], shown["key"]) == ({"wait_1": 0}, "order-7")


def test_messaging_is_written_and_read(workspace: Workspace) -> None:
    policy = {"caps": [{"most": 3, "days": 7}], "holdout": 5}

    none = workspace.get("/v1/messaging")
    written = workspace.put("/v1/messaging", {"definition": policy})
    wrong = workspace.put("/v1/messaging", {"definition": {"caps": [{"most": 3}]}})

    assert none.status == 404
    assert (written.status, wrong.status) == (200, 400)
    assert workspace.get("/v1/messaging", "analyst").content["definition"] == policy


def test_so_many_versions_may_be_gone_through(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.pipeline.journeys.MOST_GOING", 2)
    publish(workspace)
    publish(workspace, priority=1)

    refused = publish(workspace, priority=2)
    do(workspace, "archive", version="1")

    assert (refused.status, "2 versions" in refused.content["message"]) == (400, True)
    assert publish(workspace, priority=2).status == 200
    a_purpose(workspace, other={})
