"""Billed units of what identity does: to know a person, to make one, to join two, and to take one apart."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.units import Counted, with_history
from regulars.domain.identifiers import Identifier, owner_key
from regulars.domain.profiles import alone
from regulars.pipeline.graphs import Graphs
from regulars.pipeline.unmerge import Unmerger

LEAVING = (1, 3, 10)
RULES = {
    "identifiers": [
        {"kind": "user_id", "from": ["userId"], "limit": 1, "known": True},
        {"kind": "email", "from": ["traits.email"], "limit": 20},
        {"kind": "anonymous_id", "from": ["anonymousId"], "limit": 20},
    ]
}
UNMERGE = "both profiles and the links of those who leave, each twice, as in every transaction"
GONE = f"{UNMERGE}; and the tombstone of their former profile (2), which would lead to the wrong side"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What was done, what it cost by table, the write units that were expected, and what they are made of."""

    name: str
    writes: dict[str, int]
    reads: dict[str, float]
    expected: int
    words: str

    @property
    def write_units(self) -> int:
        """Write units of all tables."""
        return sum(self.writes.values())

    @property
    def read_units(self) -> float:
        """Read units of all tables."""
        return sum(self.reads.values())


def measure() -> list[Act]:
    """Count every act with all that follows, and an unmerge as its request alone."""
    return [
        _sent(
            "an event of a known person",
            {"type": "track", "event": "Product Added", "userId": "u-1", "anonymousId": "a-1"},
            2,
            "the event, and the part that counts it; its identifiers are read and nothing of them is written",
            again=True,
        ),
        _sent(
            "a new person of three identifiers",
            {"type": "identify", "userId": "u-x", "anonymousId": "a-x", "traits": {"email": "x@example.com"}},
            11,
            "the event, its key, the profile and three links in a transaction (8), the traits; "
            "and, beyond what was expected, the head that says with which catalog they were evaluated",
        ),
        _sent(
            "a new device of a known person",
            {"type": "identify", "userId": "u-1", "anonymousId": "a-x"},
            6,
            "the event, the profile and a link in a transaction (4); without traits there is no part to write",
        ),
        _merge(),
        *(_unmerge(number) for number in LEAVING),
        _unmerge(3, merged=True),
    ]


def _sent(name: str, call: dict[str, Any], expected: int, words: str, *, again: bool = False) -> Act:
    """Count a call; one that comes `again` finds a timer that the first of its kind has set."""
    counted = with_history()
    if again:
        counted.send([{**call, "messageId": "before"}])
    return _act(name, counted, lambda: counted.send([call]), expected, words)


def _merge() -> Act:
    counted = with_history()
    counted.send([{"type": "identify", "anonymousId": "d-1", "traits": {"email": "other@example.com"}}])
    call = {"type": "track", "event": "Filter Chosen", "userId": "u-1", "anonymousId": "d-1"}
    words = "both profiles in a transaction (4); besides, the event that did it, and a link that is shortened"
    return _act("a merge of two profiles", counted, lambda: counted.send([call]), 4, words)


def _unmerge(number: int, *, merged: bool = False) -> Act:
    counted = Counted()
    counted.world.define("identity", "rules", RULES)
    others, tie = _others(number), {"userId": "u-1", **_other(0)}
    counted.send([{"type": "identify", "userId": "u-1", "anonymousId": "a-1"}])
    for call in [*others, tie] if merged else [tie, *others]:
        counted.send([{"type": "identify", **call}])
    name = f"an unmerge of {number} identifier{'s' if number > 1 else ''}"
    name, words = (f"{name} that had been a profile", GONE) if merged else (name, UNMERGE)
    return _act(name, counted, _taken_apart(counted, number), 4 + 2 * number, words)


def _others(number: int) -> Sequence[dict[str, Any]]:
    """Calls that tie so many identifiers to each other, one after the other."""
    return [_other(index - 1) | _other(index) for index in range(1, number)]


def _other(index: int) -> dict[str, Any]:
    value = f"other-{index}"
    return {"traits": {"email": f"{value}@example.com"}} if index % 2 else {"anonymousId": value}


def _taken_apart(counted: Counted, number: int) -> Callable[[], None]:
    database, clock, hash_key = counted.world.database, counted.world.clock, counted.sealer.hash_key
    kinds = ("anonymous_id", "email")
    names = [Identifier(kinds[index % 2], f"other-{index}{'@example.com' * (index % 2)}") for index in range(number)]
    leaving = [owner_key(name, hash_key) for name in names]
    home = alone(owner_key(Identifier("user_id", "u-1"), hash_key))
    unmerger = Unmerger(database, map, clock)

    def unmerge() -> None:
        graph = Graphs(database, map).read(home)
        preview = unmerger.preview(graph, leaving, by="somebody")
        unmerger.unmerge(preview, version=preview.version)

    return unmerge


def _act(name: str, counted: Counted, what: Callable[[], None], expected: int, words: str) -> Act:
    bill, _ = counted.bill(what)
    writes, reads = dict(sorted(bill.writes.items())), dict(sorted(bill.reads.items()))
    return Act(name=name, writes=writes, reads=reads, expected=expected, words=words)
