"""Every event of a request is stored, known already, or in quarantine; a bad one never costs its batch."""

import json
import os
import threading
from typing import Any

import pytest

from local.world.memory import MemoryDatabase
from regulars.domain.instants import DAY, SECOND
from regulars.domain.packing import unpack
from regulars.domain.payloads import MAX_EVENT, measure, read_object
from regulars.errors import (
    InvalidRequestError,
    TooLargeError,
    UnauthorizedError,
    UnavailableError,
    UnparseableError,
)
from regulars.pipeline.opening import Opener
from regulars.pipeline.resolve import Resolver
from regulars.pipeline.sealing import QUARANTINED, open_rest
from regulars.stores.database import TableName, size_of
from tests.messages import WRITE_KEY, a_batch, a_track_call, an_identify_call
from tests.pipeline.front_door import FrontDoor, outcomes


def test_stores_each_event_of_a_batch(front_door: FrontDoor) -> None:
    receipt = front_door.batch(a_track_call(), an_identify_call())

    assert outcomes(receipt) == ["accepted", "accepted"]
    assert sorted(event.type for event in front_door.events()) == ["identify", "track"]


def test_stores_a_repeated_call_once(front_door: FrontDoor) -> None:
    front_door.batch(a_track_call())
    front_door.now += 90 * SECOND
    receipt = front_door.batch(a_track_call(), sentAt="2026-01-01T00:03:29.000Z")

    assert outcomes(receipt) == ["duplicate"]
    assert [event.arrival for event in front_door.events()] == [front_door.now - 90 * SECOND]


def test_the_events_of_one_request_arrive_one_after_the_other(front_door: FrontDoor) -> None:
    front_door.batch(*(a_track_call(messageId=f"m-{number}") for number in range(40)))

    arrivals = sorted(event.arrival - front_door.now for event in front_door.events())
    assert arrivals == list(range(40))


def test_stores_a_call_that_comes_twice_in_a_request_once(front_door: FrontDoor) -> None:
    receipt = front_door.batch(a_track_call(), a_track_call(), a_track_call(messageId="m-9"))

    assert outcomes(receipt) == ["accepted", "duplicate", "accepted"]
    assert len(front_door.events()) == 2


def test_keeps_another_body_under_the_same_id_apart(front_door: FrontDoor) -> None:
    other, third = a_track_call(event="Cart Viewed"), a_track_call(event="Order Completed")
    receipt = front_door.batch(a_track_call(), other, third, other)

    refused = "duplicate_with_other_body"
    assert outcomes(receipt) == ["accepted", refused, refused, refused]
    assert outcomes(front_door.batch(other, a_track_call())) == [refused, "duplicate"]
    assert [event.name for event in front_door.events()] == ["Product Viewed"]
    assert len(front_door.quarantined()) == 2


def test_takes_the_good_events_of_a_batch_and_sets_the_bad_aside(front_door: FrontDoor) -> None:
    receipt = front_door.batch(a_track_call(), 7, a_track_call(type="what"), a_track_call(messageId="m-3", event=""))

    assert outcomes(receipt) == ["accepted", "invalid_event", "unknown_type", "invalid_event_name"]
    assert len(front_door.events()) == 1
    assert len(front_door.quarantined()) == 3


def test_quarantines_an_event_once_however_often_it_comes(front_door: FrontDoor) -> None:
    for _ in range(3):
        front_door.batch(a_track_call(event=""), a_track_call(event=""))

    assert len(front_door.quarantined()) == 1


def test_a_retry_after_midnight_finds_the_row_of_the_day_before(front_door: FrontDoor) -> None:
    front_door.now += DAY - 121 * SECOND  # one second before midnight
    messages = [a_track_call(event="", messageId=f"m-{number}") for number in range(3)]
    front_door.batch(*messages)
    front_door.now += 2 * SECOND
    receipt = front_door.batch(*messages, 7)

    assert receipt.count("quarantined") == 4
    assert [row.day for row in front_door.quarantined()] == ["2026-01-01"] * 3 + ["2026-01-02"]


def test_keeps_a_quarantined_event_whole_and_sealed_for_whom_it_names(front_door: FrontDoor) -> None:
    message = a_track_call(event="", note="jane@example.com")
    front_door.batch(message, context={"locale": "de"})

    (row,) = front_door.quarantined()
    opened = front_door.sealer.open(row.owner, QUARANTINED, row.sealed)
    assert row.owner.startswith("anonymous_id:")
    assert opened is not None
    around = {"sentAt": "2026-01-01T00:02:00.000Z", "context": {"locale": "de"}}
    assert unpack(opened) == {"message": message, "key": "default", **around}


@pytest.mark.parametrize(
    "body",
    [
        rb'{"type":"track","event":"A","anonymousId":"a","anonymousId":"b"}',
        rb'{"type":"track","event":"A","anonymousId":"\ud800"}',
        rb'{"type":"track","event":"A","anonymousId":"a","messageId":"\udc00","properties":{"n":NaN,"i":1e999}}',
        rb'{"type":"track","event":"A","anonymousId":"a","properties":{"n":' + b"9" * 4_000 + b"}}",
        rb'{"type":"track","event":"A","anonymousId":"a","properties":{"n":' + b"9" * 4_301 + b"}}",
        rb'{"type":"track","event":"A","anonymousId":' + b"9" * 4_301 + b"}",
        b'{"type":"track","event":"A","anonymousId":"a","properties":' + b'{"a":' * 60 + b"1" + b"}" * 61,
    ],
    ids=["a name twice", "half a character", "no number", "4,000 digits", "4,301 digits", "an id of them", "too deep"],
)
def test_quarantines_what_cannot_be_stored_as_it_is(front_door: FrontDoor, body: bytes) -> None:
    document = read_object(b'{"batch":[' + body + b"]}")
    front_door.door.receive(document, write_keys=[WRITE_KEY])

    (row,) = front_door.quarantined()
    opened = front_door.sealer.open(row.owner, QUARANTINED, row.sealed)
    assert opened is not None
    assert repr(unpack(opened)["message"]) == repr(document["batch"][0])


def test_a_number_that_python_does_not_read_costs_its_own_event_only(front_door: FrontDoor) -> None:
    body = json.dumps(a_batch(a_track_call(), a_track_call(messageId="long", properties={"n": 7}))).encode()
    document = read_object(body.replace(b'"n": 7', b'"n": ' + b"7" * 4_301))

    receipt = front_door.door.receive(document, write_keys=[WRITE_KEY])
    assert outcomes(receipt) == ["accepted", "invalid_number"]


def test_takes_a_single_call(front_door: FrontDoor) -> None:
    receipt = front_door.call(a_track_call(type=None, sentAt="2026-01-01T00:02:00Z"))

    assert outcomes(receipt) == ["accepted"]
    assert front_door.events()[0].at == front_door.now - 120 * SECOND


def test_seals_the_personal_rest_so_that_it_can_be_opened(front_door: FrontDoor) -> None:
    front_door.call(a_track_call(context={"ip": "203.0.113.9"}, userId="customer-1", integrations={"All": False}))

    (event,) = front_door.events()
    assert open_rest(event, front_door.sealer) == {
        "ids": {"user_id": "customer-1", "anonymous_id": "visitor-1"},
        "context": {"ip": "203.0.113.9"},
        "integrations": {"All": False},
    }


def test_answers_an_empty_batch(front_door: FrontDoor) -> None:
    assert outcomes(front_door.batch()) == []


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (b'{"events":[]}', InvalidRequestError),
        (b'{"batch":{}}', InvalidRequestError),
        (b'{"batch":[],"batch":[]}', UnparseableError),
        (b'{"batch":[],"context":{"a":NaN}}', UnparseableError),
        (b'{"batch":[' + b"1," * 2_500 + b"1]}", TooLargeError),
        (b'{"batch":[' + b"[" * 700 + b"]" * 700 + b"]}", None),
    ],
)
def test_refuses_a_request_that_is_no_batch(
    front_door: FrontDoor, body: bytes, refusal: type[Exception] | None
) -> None:
    document = read_object(body)
    if refusal is None:
        assert outcomes(front_door.door.receive(document, write_keys=[WRITE_KEY])) == ["invalid_event"]
        return

    with pytest.raises(refusal):
        front_door.door.receive(document, write_keys=[WRITE_KEY])
    assert front_door.count("events", "quarantine") == 0


def test_takes_2500_events(front_door: FrontDoor) -> None:
    receipt = front_door.batch(*(a_track_call(messageId=f"m-{number}") for number in range(2_500)))

    assert receipt.count("accepted") == 2_500


def test_quarantines_an_event_too_large_for_an_item(front_door: FrontDoor) -> None:
    large = a_track_call(messageId="large", properties={f"text {n}": os.urandom(4_000).hex() for n in range(80)})
    receipt = front_door.batch(large, a_track_call())

    assert outcomes(receipt) == ["event_too_large", "accepted"]


def test_names_in_quarantine_what_is_too_large_even_there(front_door: FrontDoor) -> None:
    huge = a_track_call(messageId="huge", properties={"text": os.urandom(360_000).hex()})
    receipt = front_door.batch(huge, a_track_call())

    assert outcomes(receipt) == ["event_too_large", "accepted"]
    assert [(row.message_id, row.sealed) for row in front_door.quarantined()] == [("huge", b"")]


def test_sets_aside_what_would_deflate_to_nothing(front_door: FrontDoor) -> None:
    bomb = a_track_call(messageId="bomb", properties={"text": "x" * 3_900_000})
    spoilt = a_track_call(messageId="spoilt", event="", properties={"text": "x" * 3_900_000})
    receipt = front_door.batch(bomb, spoilt, a_track_call())

    assert outcomes(receipt) == ["event_too_large", "event_too_large", "accepted"]
    assert [(row.message_id, row.sealed) for row in front_door.quarantined()] == [("bomb", b""), ("spoilt", b"")]


def test_takes_an_event_of_512_kb_that_deflates_well(front_door: FrontDoor) -> None:
    call = a_track_call(properties={"label": ""})
    call["properties"]["label"] = "x" * (MAX_EVENT - measure(call))

    assert outcomes(front_door.batch(call)) == ["accepted"]
    assert front_door.events()[0].properties == call["properties"]


def test_what_a_batch_says_around_its_events_counts_in_each(front_door: FrontDoor) -> None:
    around = {"context": {"app": {"text": "x" * 300_000}}}
    large = a_track_call(messageId="large", properties={"text": "x" * 300_000})

    assert outcomes(front_door.batch(large, a_track_call(), **around)) == ["event_too_large", "accepted"]
    with pytest.raises(TooLargeError):
        front_door.batch(*(a_track_call(messageId=f"m-{number}") for number in range(14)), **around)


def test_refuses_a_single_call_too_large_to_be_kept(front_door: FrontDoor) -> None:
    with pytest.raises(TooLargeError):
        front_door.call(a_track_call(properties={"text": os.urandom(360_000).hex()}))
    assert front_door.count("events", "quarantine") == 0


def test_an_event_that_sealing_makes_larger_than_an_item_is_stored_all_the_same(front_door: FrontDoor) -> None:
    traits = {f"trait {n}": f"a@b {n:060}" for n in range(4_900)}
    receipt = front_door.batch(an_identify_call(traits=traits))

    assert outcomes(receipt) == ["accepted"]
    assert max(size_of(item) for item in front_door.database.all("events")) > 400_000
    (event,) = front_door.events()
    assert Opener(front_door.sealer, personal=True).event(event).traits == traits


def test_lets_nobody_in_without_a_known_key(front_door: FrontDoor) -> None:
    for keys in ([], [""], ["wk_other"]):
        with pytest.raises(UnauthorizedError):
            front_door.door.receive(a_batch(a_track_call()), write_keys=keys)
    assert front_door.count("events") == 0


def test_believes_the_first_key_that_is_known(front_door: FrontDoor) -> None:
    front_door.add_source("app", "wk_app")
    front_door.door.receive(a_batch(a_track_call()), write_keys=["wk_unknown", "wk_app", WRITE_KEY])

    assert [event.source for event in front_door.events()] == ["app"]


def test_a_new_key_writes_at_once_and_a_revoked_one_a_minute_more(front_door: FrontDoor) -> None:
    with pytest.raises(UnauthorizedError):
        front_door.door.receive(a_batch(), write_keys=["wk_app"])
    front_door.add_source("app", "wk_app")
    front_door.door.receive(a_batch(), write_keys=["wk_app"])

    for definition in front_door.catalog.list("write_key"):
        front_door.catalog.delete(definition)
    front_door.now += 59 * SECOND
    front_door.door.receive(a_batch(), write_keys=["wk_app"])
    front_door.now += SECOND
    with pytest.raises(UnauthorizedError):
        front_door.door.receive(a_batch(), write_keys=["wk_app"])


def test_reads_the_catalog_seldom(front_door: FrontDoor) -> None:
    front_door.batch(a_track_call())
    before = front_door.database.bill.requests["get catalog"]
    front_door.now += 4 * SECOND
    front_door.batch(a_track_call(messageId="m-2"))

    assert front_door.database.bill.requests["get catalog"] == before


def test_counts_what_became_of_events(front_door: FrontDoor) -> None:
    front_door.batch(a_track_call(), a_track_call(), 7)

    assert front_door.journal.counts == {"events_accepted": 1, "events_duplicate": 1, "events_quarantined": 1}


def test_stores_nothing_of_an_erased_person(front_door: FrontDoor) -> None:
    front_door.batch(a_track_call(messageId="before"))
    (event,) = front_door.events()
    front_door.database.put("vault", {"owner": event.owner})
    late = FrontDoor(front_door.database)
    receipt = late.batch(a_track_call(messageId="late"), a_track_call(messageId="bad", event=""))

    assert [(each.outcome, each.code) for each in receipt.verdicts] == [("suppressed", "suppressed")] * 2
    assert late.quarantined() == []
    assert late.journal.counts["events_suppressed"] == 2


def test_an_event_of_somebody_else_that_names_an_erased_person_is_not_stored(front_door: FrontDoor) -> None:
    front_door.batch(a_track_call(messageId="before", userId="u", anonymousId="a"))
    (event,) = front_door.events()
    device = event.links[1]
    front_door.database.put("vault", {"owner": device})
    late = FrontDoor(front_door.database)

    receipt = late.batch(a_track_call(messageId="late", userId="u", anonymousId="a"), a_track_call(userId="u"))

    assert [each.outcome for each in receipt.verdicts] == ["suppressed", "accepted"]
    assert not any(device in each.links for each in late.events()[1:])


@pytest.mark.parametrize("table", ["events", "quarantine", "vault"])
def test_a_second_try_completes_what_a_failure_left(table: TableName) -> None:
    failing = {table: 3}

    def strike(operation: str, at: TableName) -> None:
        if operation in ("put", "insert") and at in failing:
            failing[at] -= 1
            if failing[at] == 0:
                raise UnavailableError("the table does not answer")

    front_door = FrontDoor(MemoryDatabase(strike))
    messages: list[Any] = [a_track_call(messageId=f"m-{n}", anonymousId=f"visitor-{n}") for n in range(5)]
    messages += [a_track_call(messageId=f"q-{n}", event="") for n in range(5)]
    with pytest.raises(UnavailableError):
        front_door.batch(*messages)
    front_door.batch(*messages)

    assert (front_door.count("events"), front_door.count("quarantine")) == (5, 5)


def test_the_same_batch_from_many_sides_is_stored_once() -> None:
    database = MemoryDatabase()
    doors = [FrontDoor(database) for _ in range(4)] * 2
    messages = [a_track_call(messageId=f"m-{n}", anonymousId=f"visitor-{n % 7}") for n in range(50)]
    accepted: list[int] = []
    threads = [
        threading.Thread(target=lambda door=door: accepted.append(door.batch(*messages).count("accepted")))
        for door in doors
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(accepted) == len(database.all("events")) == 50
    assert all(open_rest(event, FrontDoor(database).sealer) for event in doors[0].events())


def test_the_largest_traits_of_a_person_still_fit_an_item(front_door: FrontDoor) -> None:
    for number in range(4):
        traits: dict[str, Any] = {f"{number} {n:03} {'n' * 90}": "x" * 850 for n in range(100)}
        traits |= {f"personal {number} {n}": f"a@b {'x' * 600}" for n in range(60)} | {"long": "x" * 100_000}
        front_door.batch(an_identify_call(messageId="é" * 90 + str(number), traits=traits))
    resolver = Resolver(front_door.database, front_door.journal, lambda: 0)
    resolver.start_batch()
    events = front_door.events()
    resolver.apply(events[0].owner, events, stored=0)

    sizes = [size_of(item) for item in front_door.database.all("identities") if item["part"] == "traits"]
    assert len(events) == 4
    assert 200_000 < sizes[0] < 400_000
