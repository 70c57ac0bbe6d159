"""The database in memory against the plainest model there is: a dict, and a list of what happened."""

from collections.abc import Callable, Sequence
from copy import deepcopy

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from local.world.memory import MemoryDatabase
from regulars.errors import ConflictError
from regulars.stores.database import Check, Delete, Item, Put, Write, number, text

OWNERS = st.sampled_from("ab")
PARTS = st.sampled_from(["a", "b#1", "b#2", "c"])
VERSIONS = st.none() | st.integers(0, 3)
ITEMS = st.builds(lambda owner, part, state: {"owner": owner, "part": part, "state": state}, OWNERS, PARTS, st.text())
KEYS = st.tuples(OWNERS, PARTS)
WRITES: st.SearchStrategy[Write] = st.one_of(
    st.builds(Put, st.just("identities"), ITEMS, VERSIONS),
    st.builds(Delete, st.just("identities"), KEYS, VERSIONS),
    st.builds(Check, st.just("identities"), KEYS, st.integers(0, 3)),
)
Change = tuple[Item | None, Item | None]


def key_of(write: Write) -> tuple[str, str]:
    """The key of what is written."""
    if isinstance(write, Put):
        return text(write.item, "owner"), text(write.item, "part")
    return write.key[0], write.key[1] or ""


class DatabaseMachine(RuleBasedStateMachine):
    """Does everything to both, and finds them equal."""

    def __init__(self) -> None:
        super().__init__()
        self.database = MemoryDatabase()
        self.items: dict[tuple[str, str], Item] = {}
        self.changes: list[Change] = []

    @rule(write=WRITES.filter(lambda write: not isinstance(write, Check)))
    def write(self, write: Put | Delete) -> None:
        """One write by itself."""

        def do() -> None:
            if isinstance(write, Put):
                self.database.put(write.table, write.item, was=write.was)
            else:
                self.database.delete(write.table, *write.key, was=write.was)

        assert self.succeeds(do) is self.model([write])

    @rule(writes=st.lists(WRITES, min_size=1, max_size=4, unique_by=key_of))
    def transact(self, writes: list[Write]) -> None:
        """Several writes at once."""
        assert self.succeeds(lambda: self.database.transact(writes)) is self.model(writes)

    @rule(items=st.lists(ITEMS, max_size=4))
    def insert(self, items: list[Item]) -> None:
        """Inserts never overwrite."""
        expected = []
        for item in items:
            key = (text(item, "owner"), text(item, "part"))
            expected.append(key not in self.items)
            if expected[-1]:
                self.store(key, item)

        assert self.database.insert("identities", items) == expected

    @rule(owner=OWNERS, after=st.none() | PARTS, before=st.none() | PARTS, turned=st.booleans())
    def query(self, owner: str, after: str | None, before: str | None, turned: bool) -> None:
        """A query is the sorted items between two keys."""
        keys = sorted((key for key in self.items if key[0] == owner), reverse=turned)
        expected = [
            self.items[key] for key in keys if (after is None or key[1] > after) and (before is None or key[1] < before)
        ]

        for limit in (None, 1, 2):
            found = self.database.query(
                "identities", owner, after=after, before=before, newest_first=turned, limit=limit
            )
            assert found == expected[:limit]

    @invariant()
    def holds_the_same(self) -> None:
        """The same items, and the same history."""
        assert {key: self.database.get("identities", *key) for key in self.items} == self.items
        keys = [(owner, part) for owner in ("a", "b", "never") for part in ("a", "c")]
        assert self.database.get_many("identities", keys) == [self.items.get(key) for key in keys]
        assert len(self.database.all("identities")) == len(self.items)
        told = [(change.old, change.new) for change in self.database.changes("identities")]
        assert told == self.changes

    @staticmethod
    def succeeds(do: Callable[[], None]) -> bool:
        """Say whether no race was lost."""
        try:
            do()
        except ConflictError:
            return False
        return True

    def model(self, writes: Sequence[Write]) -> bool:
        """What the writes do to the model; whether they may."""
        for write in writes:
            item = self.items.get(key_of(write))
            version = number(item, "v", -1) if item else 0
            if write.was is not None and write.was != version:
                return False
        for write in writes:
            if isinstance(write, Put):
                numbered = {} if write.was is None else {"v": write.was + 1}
                self.store(key_of(write), {**write.item, **numbered})
            elif isinstance(write, Delete):
                self.store(key_of(write), None)
        return True

    def store(self, key: tuple[str, str], new: Item | None) -> None:
        """Change the model."""
        old = self.items.pop(key, None)
        if new is not None:
            self.items[key] = deepcopy(new)
        if old != new:
            self.changes.append((old, new))


DatabaseMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestDatabaseMachine = DatabaseMachine.TestCase
