"""Somebody on a journey: one row of every sort that is kept of them, written by the stores that write it."""

from dataclasses import dataclass, replace
from typing import Any

from local.world.memory import MemoryDatabase
from local.world.world import World
from regulars.domain.instants import DAY
from regulars.domain.lots import Draw
from regulars.domain.passages import Message, Passage
from regulars.domain.profiles import alone
from regulars.domain.sending import Sent
from regulars.stores.database import Item, text
from regulars.stores.journeys import (
    Claims,
    JourneyStore,
    Suppressed,
    lock_entries,
    put_claims,
    put_message,
    put_passage,
)

MACHINE = "arn:aws:states:eu-central-1:1:stateMachine:regulars-t-welcome-1"
JOURNEY: dict[str, Any] = {
    "name": "Welcome",
    "enter": {"event": "Signed Up", "again": "30 days", "cool_down": "7 days"},
    "steps": [{"wait": "1 day"}],
}


def publish(world: World, id: str = "welcome", definition: dict[str, Any] | None = None, state: str = "live") -> None:
    """Publish version 1 of a journey."""
    content = {"definition": definition or JOURNEY, "machine": MACHINE, "published": 1, "state": state}
    world.define("journey_version", f"{id}#000001", content)


def a_passage(owner: str, id: str = "a", **other: Any) -> Passage:
    """Somebody on their way through version 1 of the journey."""
    given: dict[str, Any] = {"journey": "welcome", "number": 1, "key": "", "at": 10, "place": "tip", "since": 20}
    return Passage(owner=owner, id=id, **{**given, **other})


def a_message(owner: str, id: str = "a", place: str = "tip", **other: Any) -> Message:
    """A letter that they were sent on it."""
    given: dict[str, Any] = {"channel": "email", "template": "hello", "purpose": "news", "kind": "marketing"}
    given |= {"journey": "welcome", "number": 1, "at": 30, "outcome": "sent", "settled": 31, "sent": "0100"}
    return Message(owner=owner, passage=id, place=place, **{**given, **other})


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """Writes what is kept of somebody who goes through a journey."""

    database: MemoryDatabase
    now: int = 0

    def go(self, owner: str, address: str, *, drawn_as: str = "") -> None:
        """Let somebody be under way, and have been; with a lot that was drawn as the profile of another identifier."""
        store, at = JourneyStore(self.database), self.now
        until = at + 90 * DAY
        self.database.transact(
            [
                put_passage(a_passage(owner, at=at, since=at, token="t0ken", told=b"sealed")),
                put_passage(a_passage(owner, "b", at=at, since=at, ended=at + 1, ending="finished", expires=until)),
                lock_entries(owner, "welcome", 0, at=at),
                put_message(replace(a_message(owner, at=at, address=address), until=until)),
                put_claims(Claims(owner=owner, sent=[Sent(at, "email", "marketing")])),
            ]
        )
        self.database.put("journeys", {"owner": owner, "item": f"inbox#{at:020}#i", "content": b"sealed"}, was=0)
        store.draw(owner, Draw("tips", alone(drawn_as or owner), at))

    def suppress(self, address: str) -> None:
        """Let the owner of an address have complained, and another channel have bounced."""
        store = JourneyStore(self.database)
        store.suppress(Suppressed(owner=address, channel="email", since=self.now, reason="complaint"))
        store.suppress(Suppressed(owner=address, channel="sms", since=self.now, reason="bounce"))

    def rows(self, *owners: str) -> list[str]:
        """Name the rows of identifiers, in their order."""
        return [text(item, "item") for item in self.items(*owners)]

    def items(self, *owners: str) -> list[Item]:
        """Give the rows of identifiers, in their order."""
        return [item for owner in owners for item in self.database.query("journeys", owner)]
