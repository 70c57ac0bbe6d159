"""An event says what happened, and nothing of how it is taken: a public key writes no more than that."""

from typing import Any

import pytest

from local.world.memory import MemoryDatabase
from regulars.stores.events import to_item
from tests.messages import a_track_call, an_identify_call
from tests.pipeline.front_door import FrontDoor, outcomes

# What the platform itself keeps of an event, a person, a key or a definition.
OURS: dict[str, Any] = {
    "owner": "user_id:somebody-else",
    "moment": "0000#corrections#m",
    "links": "user_id:a email:b",
    "proven": 1,
    "claim": "none",
    "arrival": 0,
    "print": "x",
    "sealed": {"plan": "x"},
    "clear": {"traits": {"plan": "gold"}},
    "expires": 1,
    "erased": 1,
    "source": "corrections",
    "source_id": "lists",
    "third_party": True,
    "kind": "server",
    "profile_id": "p_user_id:x",
    "tenantId": "t-2",
    "role": "admin",
    "verified": True,
    "score": 1_000_000,
    "segments": ["vip"],
    "consented": True,
    "restricted": False,
}


def said(door: FrontDoor) -> list[dict[str, Any]]:
    """What is kept of the events, but for ciphertext, which is another each time."""
    return [{**to_item(event), "sealed": b"", "print": b""} for event in door.events()]


@pytest.mark.parametrize("make", [a_track_call, an_identify_call])
def test_fields_that_the_platform_keeps_itself_are_not_taken_from_a_sender(make: Any) -> None:
    plain, hostile = FrontDoor(MemoryDatabase()), FrontDoor(MemoryDatabase())
    call = make(messageId="m-1", userId="u-1", anonymousId="a-1")

    plain.batch(call)
    hostile.batch({**call, **OURS}, **{name: value for name, value in OURS.items() if name not in call})

    assert said(hostile) == said(plain)


@pytest.mark.parametrize("type", ["delete", "suppress", "unsuppress", "regulate", "merge", "Track ", "__class__", ""])
def test_a_kind_of_call_that_no_sdk_makes_does_nothing(type: str) -> None:
    door = FrontDoor(MemoryDatabase())

    receipt = door.batch(a_track_call(type=type, userId="u-1"))

    assert outcomes(receipt)[0] != "accepted"
    assert door.events() == []


@pytest.mark.parametrize(
    "event", ["Traits Corrected", "Profile Corrected", "List Member Added", "User Deleted", "Merge"]
)
def test_an_event_named_as_a_deed_of_the_platform_is_an_event(event: str) -> None:
    door = FrontDoor(MemoryDatabase())

    door.batch(a_track_call(event=event, userId="u-1", properties={"traits": {"plan": "x"}, "list": "vip"}))

    [stored] = door.events()
    assert stored.owner.startswith("user_id:")
    assert (stored.traits, "#web#" in stored.moment, stored.proven) == ({}, True, False)
    assert door.count("profiles", "memberships", "timers") == 0
