"""What sealing costs: the same events with it and without, in units of the tables and instructions of the door."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks import instructions
from benchmarks.flows import EVENTS, TIMES
from benchmarks.units import Counted, shopping_mix, with_history
from local.world.bill import Bill
from local.world.world import Counts
from local.world.wrapping import PlainWrapper
from regulars.adapters.sealing import KmsSealer
from regulars.pipeline.ingest import Door
from regulars.stores.database import size_of

PEOPLE = 20
Say = Callable[[str], None]


class ClearSealer:
    """Keeps everything as it is, for comparison here and nowhere else; identifiers are hashed as always."""

    hash_key = PlainWrapper().generate(64)[0][:32]

    def prepare(self, owners: Sequence[str], named: Iterable[str] = ()) -> int:
        """Ask no vault."""
        del owners, named
        return 0

    def is_erased(self, owner: str) -> bool:
        """Know of no erasure."""
        del owner
        return False

    def seal(self, owner: str, field: str, content: bytes) -> bytes:
        """Give the content."""
        del owner, field
        return content

    def open(self, owner: str, field: str, sealed: bytes) -> bytes | None:
        """Give the content."""
        del owner, field
        return sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What an event costs with sealing and without, in a unit."""

    what: str
    unit: str
    sealed: float
    clear: float

    @property
    def ratio(self) -> float:
        """How many times as much it costs with sealing; 0 where it costs nothing without."""
        return self.sealed / self.clear if self.clear else 0.0


def measure(say: Say) -> list[Cost]:
    """Count units for three kinds of traffic, and instructions of the door where valgrind is there."""
    found = [cost for mix in MIXES for cost in units(mix)]
    if not instructions.is_there():
        say(instructions.MISSING)
        return found
    return [*found, *_instructions(say)]


def units(mix: str) -> list[Cost]:
    sealed, clear = (_bill(mix, sealed=sealed) for sealed in (True, False))
    found = {
        "write units": (sum(sealed.writes.values()), sum(clear.writes.values())),
        "read units": (sum(sealed.reads.values()), sum(clear.reads.values())),
        "bytes of events": (_stored(mix, sealed=True), _stored(mix, sealed=False)),
    }
    calls = len(MIXES[mix](0))
    return [Cost(what=mix, unit=unit, sealed=one / calls, clear=other / calls) for unit, (one, other) in found.items()]


def _bill(mix: str, *, sealed: bool) -> Bill:
    counted = _workspace(sealed=sealed)
    return counted.bill(lambda: counted.send(MIXES[mix](0)))[0]


def _stored(mix: str, *, sealed: bool) -> int:
    counted = _workspace(sealed=sealed)
    before = sum(map(size_of, counted.world.database.all("events")))
    counted.send(MIXES[mix](0))
    return sum(map(size_of, counted.world.database.all("events"))) - before


def _workspace(*, sealed: bool) -> Counted:
    counted = with_history()
    database = counted.world.database
    sealer = KmsSealer(database, PlainWrapper()) if sealed else ClearSealer()
    assert sealer.hash_key == counted.sealer.hash_key
    counted.door = Door(database, sealer, Counts(), counted.world.clock)
    return counted


def _instructions(say: Say) -> list[Cost]:
    counted = {}
    for flow in ("ingest", "ingest_in_clear"):
        say(f"counting {flow}")
        both = [instructions.count(f"from benchmarks.flows import run; run({flow!r}, {times})") for times in (TIMES, 0)]
        counted[flow] = (both[0] - both[1]) / TIMES / EVENTS / 1e3
    return [
        Cost(
            what="the door: a request of 20 events of known people",
            unit="k instructions",
            sealed=counted["ingest"],
            clear=counted["ingest_in_clear"],
        )
    ]


def _newcomers(number: int) -> list[dict[str, Any]]:
    return [
        {
            "type": "identify",
            "messageId": f"new-{number}-{person}",
            "userId": f"n-{person}",
            "anonymousId": f"v-{person}",
            "traits": {"email": f"new-{person}@example.com", "firstName": "Ann", "lastName": "Lee", "plan": "gold"},
            "context": {"ip": "203.0.113.17", "userAgent": "Mozilla/5.0 (Macintosh) Chrome/131.0 Safari/537"},
        }
        for person in range(PEOPLE)
    ]


MIXES: dict[str, Callable[[int], list[dict[str, Any]]]] = {
    "the shopping mix: 20 events of 20 known people": lambda number: shopping_mix(PEOPLE, start=1_000 + number),
    "the shopping mix of one person": lambda number: shopping_mix(1, start=1_000 + number),
    "20 new people with name and address": _newcomers,
}
