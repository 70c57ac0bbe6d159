"""What comes over a quota is set aside whole, and becomes the event that it would have been when it is replayed."""

from typing import Any

import pytest

from local.world.memory import MemoryDatabase
from regulars.domain.events import Event
from regulars.domain.write_keys import Visit
from regulars.errors import ThrottledError
from regulars.pipeline.receipts import Receipt
from regulars.pipeline.replays import Replays
from regulars.stores.definitions import Definition
from tests.messages import WRITE_KEY, a_batch, a_track_call
from tests.pipeline.front_door import FrontDoor, outcomes

HERE = Visit(address="192.0.2.77", size=500)


def a_door(defer: int | None = None, refuse: int | None = None, **more: Any) -> FrontDoor:
    """A door that takes so many requests a minute."""
    quota = {name: amount for name, amount in (("defer", defer), ("refuse", refuse)) if amount}
    definition = {"quotas": {"per_key": {"requests_per_minute": quota}}, **more}
    front_door = FrontDoor(MemoryDatabase())
    front_door.catalog.put(Definition(kind="source", id="web", content=definition))
    return front_door


def call(number: int, **changes: Any) -> dict[str, Any]:
    """The call of a visitor whom nobody has seen."""
    return a_track_call(**{"messageId": f"m-{number}", "anonymousId": f"visitor-{number}", **changes})


def send(front_door: FrontDoor, *calls: dict[str, Any], received: int | None = None) -> Receipt:
    """Receive a batch from an address."""
    return front_door.door.receive(a_batch(*calls), write_keys=[WRITE_KEY], visit=HERE, received=received)


def replay(front_door: FrontDoor) -> list[str]:
    """Replay all that is in quarantine."""
    replays = Replays(front_door.database, front_door.sealer, front_door.journal, lambda: front_door.now)
    return [replays.replay(row.id).outcome for row in front_door.quarantined()]


def test_sets_events_aside_and_says_so() -> None:
    front_door = a_door(defer=1)
    send(front_door, call(1))
    receipt = send(front_door, call(2), call(3, event=""))

    assert outcomes(receipt) == ["over_quota", "invalid_event_name"]
    assert [verdict.outcome for verdict in receipt.verdicts] == ["deferred", "quarantined"]
    assert front_door.count("events") == 1
    assert {row.code for row in front_door.quarantined()} == {"over_quota", "invalid_event_name"}
    assert front_door.journal.counts["events_over_quota"] == 1


def test_a_replayed_event_is_the_one_that_it_would_have_been() -> None:
    held, free = a_door(defer=1), a_door()
    for front_door in (held, free):
        send(front_door, call(1))
        send(front_door, call(2))
        front_door.now += 1_000_000

    def told(event: Event) -> tuple[object, ...]:
        context = {name: value for name, value in event.context.items() if name != "quarantine"}
        return event.owner, event.moment, event.arrival, event.properties, context, event.fingerprint

    assert replay(held) == ["replayed"]
    assert sorted(map(told, held.events())) == sorted(map(told, free.events()))
    assert replay(held) == ["replayed_before"]


def test_what_came_again_in_time_is_one_event() -> None:
    front_door = a_door(defer=1)
    send(front_door, call(1))
    send(front_door, call(2))
    front_door.now += 60_000_000
    again = send(front_door, call(2))

    assert outcomes(again) == ["accepted"]
    assert replay(front_door) == ["duplicate"]
    assert front_door.count("events") == 2


def test_refuses_the_request_with_whole_seconds_to_wait() -> None:
    front_door = a_door(refuse=1)
    send(front_door, call(1))
    front_door.now += 30_000_001
    with pytest.raises(ThrottledError, match="requests_per_minute") as error:
        send(front_door, call(2))
    before = front_door.count("events", "quarantine", "vault")
    wait = error.value.retry_after or 0
    front_door.now += wait * 1_000_000

    assert wait == 30
    assert (before, outcomes(send(front_door, call(2)))) == (3, ["accepted"])


def test_new_identities_are_those_that_no_one_had_a_key_for() -> None:
    front_door = FrontDoor(MemoryDatabase())
    definition = {"quotas": {"per_address": {"identities_per_hour": {"defer": 2}}}}
    front_door.catalog.put(Definition(kind="source", id="web", content=definition))
    same = [call(1, event="A"), call(1, event="B", messageId="m-b")]

    assert [outcomes(send(front_door, each)) for each in (*same, call(2), call(3), call(4))] == [
        ["accepted"],
        ["accepted"],
        ["accepted"],
        ["accepted"],
        ["over_quota"],
    ]


def test_what_had_to_wait_was_let_in_when_it_came() -> None:
    front_door = a_door(refuse=1)
    send(front_door, call(1))

    assert outcomes(send(front_door, call(2), received=front_door.now - 1)) == ["accepted"]


def test_what_nobody_agreed_to_is_not_set_aside_either() -> None:
    front_door = a_door(defer=1, consent={"analytics": {"unsaid": "denied"}})
    send(front_door, call(1))

    assert outcomes(send(front_door, call(2))) == ["consent_denied"]
    assert front_door.count("quarantine") == 0
