"""What is refused can be mended and replayed: it becomes the event that it should have been, once."""

import threading
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.world.memory import MemoryDatabase
from regulars.domain.instants import DAY, SECOND
from regulars.domain.payloads import read_object
from regulars.domain.repairs import parse_repair
from regulars.errors import ConflictingEditError, ForbiddenError, InvalidRequestError, NotFoundError
from regulars.pipeline.quarantine import Quarantine
from regulars.pipeline.replays import Replays
from regulars.pipeline.sealing import open_rest
from regulars.stores.database import TableName
from regulars.stores.definitions import Definition
from regulars.stores.events import from_item
from regulars.stores.vault import VaultStore
from tests.messages import WRITE_KEY, a_batch, a_track_call, an_identify_call
from tests.pipeline.front_door import START, FrontDoor, outcomes

BLOCKED = {"identifiers": [{"kind": "user_id", "from": ["userId"], "limit": 1}]}
NAMED = parse_repair({"set": {"event": "Product Viewed"}})


def replays(front_door: FrontDoor) -> Replays:
    """Those of a process of its own, a day later."""
    return Replays(front_door.database, front_door.sealer, front_door.journal, lambda: front_door.now + DAY)


def quarantine(front_door: FrontDoor) -> Quarantine:
    return Quarantine(replays(front_door), front_door.sealer, map)


def refuse(front_door: FrontDoor, message: Any, **changes: Any) -> str:
    """Have a message refused; give the id of its row."""
    front_door.batch(a_track_call(messageId="m-0"), message, **changes)
    [row] = [row for row in front_door.quarantined() if not row.event]
    return row.id


def repair(front_door: FrontDoor, id: str, **definition: Any) -> Any:
    edit = parse_repair(definition)
    return quarantine(front_door).repair(id, edit, personal=True, dry_run=False)


def replayed(front_door: FrontDoor, id: str) -> str:
    return replays(front_door).replay(id).outcome


def stop_at(front_door: FrontDoor, step: str, time: int = 1) -> None:
    """Let the process end at a step, such as `put quarantine`, when it comes there for the first or a later time."""
    seen: list[str] = []

    def stop(operation: str, table: str) -> None:
        seen.append(f"{operation} {table}")
        if seen.count(step) == time:
            raise ConnectionError

    front_door.database.hook = stop


def test_a_replayed_event_is_the_one_that_it_should_have_been(front_door: FrontDoor) -> None:
    good = a_track_call(messageId="m-1", properties={"price": 3, "note": "for Ann"}, context={"ip": "192.0.2.1"})
    direct = FrontDoor(MemoryDatabase())
    direct.sealer = front_door.sealer
    direct.batch(a_track_call(messageId="m-0"), good, context={"locale": "de"})
    id = refuse(front_door, {**good, "event": ""}, context={"locale": "de"})

    repair(front_door, id, set={"event": "Product Viewed"})
    outcome = replayed(front_door, id)

    [expected] = [event for event in direct.events() if event.message_id == "m-1"]
    [event] = [event for event in front_door.events() if event.message_id == "m-1"]
    assert outcome == "replayed"
    assert (event.at, event.arrival, event.type, event.name) == (
        expected.at,
        START + 1,
        expected.type,
        expected.name,
    )
    assert event.context == {**expected.context, "quarantine": id}
    assert event.properties == expected.properties
    assert open_rest(event, front_door.sealer)["properties"] == {"note": "for Ann"}
    assert open_rest(event, front_door.sealer)["context"] == {"ip": "192.0.2.1"}


def test_row_and_event_name_each_other(front_door: FrontDoor) -> None:
    id = refuse(front_door, a_track_call(event=""))
    repair(front_door, id, set={"event": "Product Viewed"})
    replayed(front_door, id)

    row = quarantine(front_door).get(id)
    assert row.event is not None
    item = front_door.database.get("events", *row.event)
    assert item is not None
    assert from_item(item).context["quarantine"] == id
    assert row.replayed == front_door.now + DAY


def test_a_row_becomes_one_event_however_often_it_is_replayed(front_door: FrontDoor) -> None:
    id = refuse(front_door, a_track_call(event="", messageId=None))
    repair(front_door, id, set={"event": "Product Viewed"})

    assert [replayed(front_door, id) for _ in range(3)] == ["replayed", "replayed_before", "replayed_before"]
    assert front_door.count("events") == 2


def test_two_replays_at_once_make_one_event(front_door: FrontDoor) -> None:
    id = refuse(front_door, a_track_call(event="", messageId=None))
    repair(front_door, id, set={"event": "Product Viewed"})
    together = threading.Barrier(4)
    found: list[str] = []

    def replay() -> None:
        mine = replays(front_door)
        together.wait()
        found.append(mine.replay(id).outcome)

    threads = [threading.Thread(target=replay) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == ["replayed", "replayed_before", "replayed_before", "replayed_before"]
    assert front_door.count("events") == 2


@pytest.mark.parametrize(("at", "name"), [("put quarantine", "Cart Viewed"), ("insert events", "Product Viewed")])
def test_a_row_that_is_mended_otherwise_meanwhile_becomes_one_event(front_door: FrontDoor, at: str, name: str) -> None:
    id = refuse(front_door, a_track_call(event="", messageId=None))
    repair(front_door, id, set={"event": "Product Viewed"})

    def mend_otherwise(operation: str, table: str) -> None:
        if f"{operation} {table}" == at:
            front_door.database.hook = None
            with suppress(InvalidRequestError):  # whose row is claimed is not mended any more
                repair(front_door, id, set={"event": "Cart Viewed"})

    front_door.database.hook = mend_otherwise

    assert replayed(front_door, id) == "replayed"
    assert [event.name for event in front_door.events() if event.message_id != "m-0"] == [name]


def test_a_replay_that_was_cut_short_is_finished_though_the_rules_have_changed(front_door: FrontDoor) -> None:
    id = refuse(front_door, a_track_call(event=""))
    repair(front_door, id, set={"event": "Product Viewed"})
    stop_at(front_door, "put quarantine", 2)
    with pytest.raises(ConnectionError):
        replayed(front_door, id)
    stop_at(front_door, "get events", 2)  # whatever the event would be now, the one that is there is found first

    assert (replayed(front_door, id), front_door.count("events")) == ("replayed", 2)


def test_a_claim_is_not_given_up_while_its_process_may_live(front_door: FrontDoor) -> None:
    id = refuse(front_door, a_track_call(event=""))
    repair(front_door, id, set={"event": "Product Viewed"})
    stop_at(front_door, "insert events")
    with pytest.raises(ConnectionError):
        replayed(front_door, id)
    front_door.database.hook = None
    front_door.catalog.put(Definition(kind="identity", id="rules", content=BLOCKED))  # names it otherwise

    with pytest.raises(ConflictingEditError, match="in a minute"):
        replayed(front_door, id)
    front_door.now += 61 * SECOND
    assert (replayed(front_door, id), front_door.count("events")) == ("replayed", 2)


@pytest.mark.parametrize("crash_at", ["get quarantine", "put quarantine", "insert events"])
def test_a_replay_that_is_cut_short_is_done_the_next_time(front_door: FrontDoor, crash_at: str) -> None:
    id = refuse(front_door, a_track_call(event=""))
    repair(front_door, id, set={"event": "Product Viewed"})

    stop_at(front_door, crash_at)
    with pytest.raises(ConnectionError):
        replayed(front_door, id)
    front_door.database.hook = None

    assert (replayed(front_door, id), front_door.count("events")) == ("replayed", 2)


def test_what_was_sent_anew_meanwhile_is_the_event_of_the_row(front_door: FrontDoor) -> None:
    id = refuse(front_door, a_track_call(event=""))
    front_door.batch(a_track_call())
    repair(front_door, id, set={"event": "Product Viewed"})

    assert replayed(front_door, id) == "duplicate"
    assert front_door.count("events") == 2
    assert (quarantine(front_door).get(id).event or ("", ""))[1].endswith("#web#m-1")


def test_what_was_replayed_and_is_sent_again_is_a_duplicate(front_door: FrontDoor) -> None:
    id = refuse(front_door, a_track_call(event=""))
    repair(front_door, id, set={"event": "Product Viewed"})
    replayed(front_door, id)

    assert outcomes(front_door.batch(a_track_call())) == ["duplicate"]
    assert outcomes(front_door.batch(a_track_call(event=""))) == ["invalid_event_name"]
    assert len(front_door.quarantined()) == 1


def test_a_row_that_fails_again_stays_with_the_new_reason(front_door: FrontDoor) -> None:
    id = refuse(front_door, a_track_call(event="", anonymousId={"a": 1}))
    repair(front_door, id, set={"event": "Product Viewed"})

    assert replayed(front_door, id) == "quarantined"
    row = quarantine(front_door).get(id)
    assert row.last_try is not None
    assert (row.code, row.last_try.code) == ("invalid_identifier", "invalid_identifier")
    assert row.event is None
    repair(front_door, id, set={"anonymousId": "a"})
    assert replayed(front_door, id) == "replayed"


def test_another_body_under_the_same_id_stays_refused_until_it_has_an_id_of_its_own(front_door: FrontDoor) -> None:
    front_door.batch(a_track_call())
    front_door.batch(a_track_call(event="Cart Viewed"))
    [row] = front_door.quarantined()

    assert replayed(front_door, row.id) == "quarantined"
    repair(front_door, row.id, set={"messageId": "m-1b"})
    assert (replayed(front_door, row.id), front_door.count("events")) == ("replayed", 2)


@pytest.mark.parametrize(
    "body",
    [
        rb'{"type":"track","event":"A","anonymousId":"a","properties":{"x":1,"x":2}}',
        rb'{"type":"track","event":"A","anonymousId":"a","properties":[{"n":NaN}]}',
        rb'{"type":"track","event":"A","anonymousId":"a","properties":{"n":1e999}}',
        rb'{"type":"track","event":"A","anonymousId":"a","properties":{"n":' + b"9" * 5_000 + b"}}",
        rb'{"type":"track","event":"A","anonymousId":"a","properties":{"n":"\ud800"}}',
        b"[]",
        b"7",
        b"null",
        b"{}",
    ],
)
def test_what_nobody_mended_is_refused_for_the_same_reason(front_door: FrontDoor, body: bytes) -> None:
    front_door.door.receive(read_object(b'{"batch":[' + body + b"]}"), write_keys=[WRITE_KEY])
    [row] = front_door.quarantined()

    assert replayed(front_door, row.id) == "quarantined"
    assert (quarantine(front_door).get(row.id).last_try or row).code == row.code


def test_a_name_that_came_twice_is_settled_by_setting_it(front_door: FrontDoor) -> None:
    body = rb'{"batch":[{"type":"track","event":"A","anonymousId":"a","properties":{"x":1,"x":2,"y":3}}]}'
    front_door.door.receive(read_object(body), write_keys=[WRITE_KEY])
    [row] = front_door.quarantined()

    assert not repair(front_door, row.id, set={"properties.y": 4}).acceptable
    assert repair(front_door, row.id, set={"properties.x": 2}).acceptable
    assert replayed(front_door, row.id) == "replayed"
    assert front_door.events()[0].properties == {"x": 2, "y": 4}


def test_a_single_call_keeps_the_type_that_its_path_said(front_door: FrontDoor) -> None:
    front_door.call(an_identify_call(type=None, traits="gold"), "identify")
    [row] = front_door.quarantined()

    repair(front_door, row.id, set={"traits": {"plan": "gold"}})
    assert replayed(front_door, row.id) == "replayed"
    assert front_door.events()[0].type == "identify"


def test_nobody_can_say_that_an_event_came_from_the_quarantine(front_door: FrontDoor) -> None:
    id = refuse(front_door, a_track_call(event="", context={"quarantine": "web.x"}))
    repair(front_door, id, set={"event": "Product Viewed"})
    replayed(front_door, id)

    [event] = [event for event in front_door.events() if event.message_id == "m-1"]
    assert event.context["quarantine"] == id
    assert "context" not in open_rest(event, front_door.sealer)


def test_a_dry_run_tells_and_changes_nothing(front_door: FrontDoor) -> None:
    id = refuse(front_door, a_track_call(event=""))
    tables: tuple[TableName, ...] = ("quarantine", "events", "vault")
    before = {table: front_door.database.all(table) for table in tables}

    found = quarantine(front_door).repair(id, NAMED, personal=True, dry_run=True)

    assert (found.changed, found.acceptable) == (True, True)
    assert {table: front_door.database.all(table) for table in tables} == before


def test_a_replayed_row_is_not_mended_any_more(front_door: FrontDoor) -> None:
    id = refuse(front_door, a_track_call(event=""))
    repair(front_door, id, set={"event": "Product Viewed"})
    replayed(front_door, id)

    with pytest.raises(InvalidRequestError, match="replayed"):
        repair(front_door, id, set={"event": "Cart Viewed"})


def test_nobody_mends_over_somebody_else(front_door: FrontDoor) -> None:
    id = refuse(front_door, a_track_call(event=""))
    version = quarantine(front_door).get(id).version
    repair(front_door, id, set={"event": "Product Viewed"})

    with pytest.raises(ConflictingEditError):
        quarantine(front_door).repair(id, NAMED, personal=True, dry_run=False, expected=version)


def test_a_personal_value_is_not_moved_into_the_open_by_whoever_may_not_see_it(front_door: FrontDoor) -> None:
    id = refuse(front_door, an_identify_call(userId=["x"], traits={"phone": "+49 30 1234"}))
    edit = parse_repair({"rename": {"traits.phone": "traits.shoe_size"}})

    with pytest.raises(ForbiddenError, match="pii:read"):
        quarantine(front_door).repair(id, edit, personal=False, dry_run=True)
    assert quarantine(front_door).repair(id, edit, personal=True, dry_run=True).changed


def test_what_is_mended_is_sealed_for_whom_it_names_then(front_door: FrontDoor) -> None:
    id = refuse(front_door, a_track_call(anonymousId=["x"], properties={"note": "for Ann"}))
    repair(front_door, id, set={"anonymousId": "ann-1"})

    row = quarantine(front_door).get(id)
    assert row.owner.startswith("nobody:")
    assert row.mended_for.startswith("anonymous_id:")
    assert b"Ann" not in row.mended


def test_an_erased_person_is_not_brought_back(front_door: FrontDoor) -> None:
    id = refuse(front_door, a_track_call(event="", anonymousId="ann-1"))
    owner = quarantine(front_door).get(id).owner
    front_door.database.put("vault", {"owner": owner, "wrapped": b""})
    front_door.sealer._keys.clear()  # what a process still holds ends after minutes

    assert VaultStore(front_door.database).get(owner) == b""
    assert replayed(front_door, id) == "gone"
    assert front_door.count("events") == 1


def test_what_nobody_agreed_to_is_not_brought_in_by_the_back_door(front_door: FrontDoor) -> None:
    consent = {"consent": {"analytics": {"categories": ["gpc"]}}}
    front_door.door.receive(a_batch(a_track_call(event="")), write_keys=[WRITE_KEY], opted_out=True)
    [row] = front_door.quarantined()
    repair(front_door, row.id, set={"event": "Product Viewed"})
    front_door.catalog.put(Definition(kind="source", id="web", content=consent))

    assert replayed(front_door, row.id) == "suppressed"
    left = quarantine(front_door).get(row.id)
    assert (left.sealed, left.mended, front_door.count("events")) == (b"", b"", 0)
    assert left.last_try is not None
    assert left.last_try.code == "consent_denied"


def test_a_row_that_is_not_there_is_not_found(front_door: FrontDoor) -> None:
    for id in ("", "web", "web.2026-01-01.invalid_event.aaaaaaaaaaaaaaaa", "a#b.2026-01-01.x.aaaaaaaaaaaaaaaa"):
        with pytest.raises(NotFoundError):
            replayed(front_door, id)


def test_rows_are_kept_for_thirty_days(front_door: FrontDoor) -> None:
    refuse(front_door, a_track_call(event=""))

    [item] = front_door.database.all("quarantine")
    assert item["expires"] == (START + 30 * DAY) // SECOND


def test_counts_by_code_and_state_and_goes_on_where_it_stopped(front_door: FrontDoor) -> None:
    front_door.batch(*(a_track_call(event="", messageId=f"m-{number}") for number in range(150)), 7, "x")
    desk = quarantine(front_door)
    first = next(desk.rows("web", "2026-01-01", code="invalid_event_name"))
    repair(front_door, first.id, set={"event": "A"})
    replayed(front_door, first.id)

    one, place = desk.count("web", "2026-01-01", after=None, most=120)
    other, end = desk.count("web", "2026-01-01", after=place, most=120)

    assert (one.total(), end) == (120, None)
    assert one + other == {
        ("invalid_event", "open"): 2,
        ("invalid_event_name", "open"): 149,
        ("invalid_event_name", "replayed"): 1,
    }


broken = st.sampled_from(
    [
        ({"event": ""}, {"set": {"event": "Product Viewed"}}),
        ({"type": "what"}, {"set": {"type": "track"}}),
        ({"properties": '{"product_id": "p-1", "price": 10}'}, {"convert": {"properties": "object"}}),
        ({"userId": ["x"]}, {"drop": ["userId"]}),
    ]
)


@given(
    breaks=st.lists(broken, min_size=1, max_size=6),
    again=st.lists(st.integers(0, 5), max_size=8),
    sent_anew=st.sets(st.integers(0, 5)),
)
def test_quarantined_mended_and_replayed_is_accepted_exactly_once(
    breaks: list[tuple[dict[str, Any], dict[str, Any]]], again: list[int], sent_anew: set[int]
) -> None:
    good = [a_track_call(messageId=f"m-{number}") for number in range(len(breaks))]
    direct, mended = FrontDoor(MemoryDatabase()), FrontDoor(MemoryDatabase())
    direct.batch(*good)
    mended.batch(*(call | wrong for call, (wrong, _) in zip(good, breaks, strict=True)))
    rows = {row.message_id: row.id for row in mended.quarantined()}
    for number, (_, cure) in enumerate(breaks):
        repair(mended, rows[f"m-{number}"], **cure)
    mended.batch(*(good[number] for number in sent_anew if number < len(good)))
    for number in [*range(len(breaks)), *again]:
        if number < len(breaks):
            replayed(mended, rows[f"m-{number}"])

    def told(door: FrontDoor) -> list[tuple[object, ...]]:
        return sorted((event.message_id, event.at, event.name, str(event.properties)) for event in door.events())

    assert told(mended) == told(direct)
    assert all(row.event for row in mended.quarantined())
