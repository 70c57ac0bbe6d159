"""
After a restore nobody is written to twice, and nobody goes through a journey twice by one occasion.

Who was sent what is known by the live rows, else by the backup, else by what journeys told to the lake.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.world.lake import MemoryLake
from local.world.memory import MemoryDatabase
from regulars.domain.instants import DAY, SECOND
from regulars.domain.journey_deeds import JourneyEvent, event_of
from regulars.domain.journey_entries import refusal
from regulars.domain.journey_events import ended, entered, message_told
from regulars.domain.journeys import Entry
from regulars.domain.lake import LakeTable, Row, day_text
from regulars.domain.lake_rows import event_row
from regulars.domain.passages import Message, Passage
from regulars.domain.sending import Sent
from regulars.errors import ConflictError
from regulars.pipeline.carrying import Carrier
from regulars.pipeline.journey_refilling import JourneyRefiller
from regulars.stores.database import Item, text
from regulars.stores.journeys import Claims, JourneyStore, put_claims, put_message, put_passage
from tests.world.on_journeys import a_message, a_passage

OWNERS = ("user_id:a", "user_id:b")
ONCE = Entry(by=None, open=True, again=None)
PLACES = ("tip", "tip#2", "last")
START = 1_767_225_600 * SECOND


class Files:
    """Files of one row, which tell where it is kept."""

    def __init__(self) -> None:
        self._rows: list[Row] = []

    def write(self, row: Row) -> bytes:
        """Keep a row."""
        self._rows.append(row)
        return str(len(self._rows) - 1).encode()

    def rows(self, _table: LakeTable, content: bytes) -> list[Row]:
        """Give the row of a file."""
        return [self._rows[int(content)]]


@dataclass
class World:
    """People who go through journeys, told to a lake; a backup, and a loss."""

    random: Random
    live: MemoryDatabase = field(default_factory=MemoryDatabase)
    restored: MemoryDatabase = field(default_factory=MemoryDatabase)
    lake: MemoryLake = field(default_factory=MemoryLake)
    files: Files = field(default_factory=Files)
    now: int = START
    at: int = 0
    entered: dict[tuple[str, str], Passage] = field(default_factory=dict)
    sent: dict[tuple[str, str, str], Message] = field(default_factory=dict)
    capped: dict[str, list[int]] = field(default_factory=dict)

    @property
    def store(self) -> JourneyStore:
        """The live rows."""
        return JourneyStore(self.live)

    def act(self) -> None:
        """Let somebody enter, be sent something or come to an end, and tell it."""
        self.now += self.random.randrange(DAY)
        owner, id = self.random.choice(OWNERS), self.random.choice("xyz")
        passage = self.store.passage(owner, "welcome", id)
        if passage is None:
            passage = a_passage(owner, id, at=self.now, since=self.now, key=f"order {id}")
            self.live.transact([put_passage(passage)])
            self.entered[owner, id] = passage
            self.tell(owner, entered(passage))
        elif passage.ended is None and self.random.random() < 0.7:
            self.send(passage, self.random.choice(PLACES))
        elif passage.ended is None:
            over = replace(passage, ended=self.now, ending="finished")
            self.live.transact([put_passage(over)])
            self.tell(owner, ended(over))

    def send(self, passage: Passage, place: str) -> None:
        """Claim and send, as the gate does: once."""
        owner, outcome = passage.owner, self.random.choice(["sent", "unknown", "failed"])
        message = a_message(owner, passage.id, place, at=self.now, settled=self.now, outcome=outcome, address="email:x")
        claims = self.store.claims(owner)
        more = Claims(owner=owner, sent=[*claims.sent, Sent(self.now, "email", "marketing")], version=claims.version)
        try:
            self.live.transact([put_message(message), put_claims(more)])
        except ConflictError:
            return
        self.sent[owner, passage.id, place] = message
        self.capped.setdefault(owner, []).extend([self.now] if outcome != "failed" else [])
        self.tell(owner, message_told(message))

    def tell(self, owner: str, told: JourneyEvent) -> None:
        """Let the lake have it, now and then twice."""
        row = event_row(event_of(owner, told, arrival=self.now))
        for copy in range(self.random.choice([1, 1, 2])):
            key = f"events/day={day_text(self.now)}/{len(self.lake.content):04}-{copy}.parquet"
            self.lake.put(key, self.files.write(row))

    def back_up(self) -> None:
        """Keep the rows as they are now."""
        self.at = self.now
        for item in self.live.all("journeys"):
            self.restored.put("journeys", item)

    def lose(self, *, some: bool) -> None:
        """Lose all rows, or some."""
        for item in list(self.live.all("journeys")):
            if not some or self.random.random() < 0.5:
                self.live.delete("journeys", text(item, "owner"), text(item, "item"))

    def recover(self) -> None:
        """Carry the backup back, and what was told since."""
        Carrier(self.restored, self.live, map).carry("journeys")
        JourneyRefiller(self.live, self.lake, self.files).refill(since=day_text(max(0, self.at - DAY)))

    def rows(self) -> Mapping[tuple[str, str], Item]:
        """All rows by their key."""
        return {(text(item, "owner"), text(item, "item")): item for item in self.live.all("journeys")}


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), before=st.integers(0, 20), after=st.integers(0, 20), some=st.booleans())
def test_nobody_is_sent_or_enters_anything_twice(seed: int, before: int, after: int, some: bool) -> None:
    world = World(Random(seed))
    for _ in range(before):
        world.act()
    world.back_up()
    for _ in range(after):
        world.act()
    world.lose(some=some)
    left = world.rows()

    world.recover()

    for owner, id in world.entered:
        with pytest.raises(ConflictError):
            world.live.transact([put_passage(a_passage(owner, id))])
        found = world.store.passage(owner, "welcome", id)
        assert found is not None
        assert refusal(ONCE, [found.entered(world.now + 1)], f"order {id}", world.now + 1) in ("again", "under_way")
        assert refusal(ONCE, [found.entered(world.now + 1)], "another", world.now + 1) in (None, "at_once")
        assert found.ended is not None or (owner, f"passage#welcome#{id}") in left
    for owner, id, place in world.sent:
        with pytest.raises(ConflictError):
            world.live.transact([put_message(a_message(owner, id, place))])
    rows = world.rows()
    kept = {key: item for key, item in left.items() if key[1] != "sends"}
    assert {key: rows[key] for key in kept} == kept
    world.recover()
    assert world.rows() == rows


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), before=st.integers(0, 20), after=st.integers(0, 20))
def test_caps_count_what_was_sent_before_and_after_the_backup(seed: int, before: int, after: int) -> None:
    world = World(Random(seed))
    for _ in range(before):
        world.act()
    world.back_up()
    for _ in range(after):
        world.act()
    world.lose(some=False)

    world.recover()

    for owner, instants in world.capped.items():
        counted = [one.at for one in world.store.claims(owner).sent]
        assert set(instants) <= set(counted)


def test_a_complaint_since_the_backup_is_honoured_where_a_row_tells_the_address() -> None:
    world = World(Random(1))
    passage = a_passage(OWNERS[0], "x", at=world.now)
    world.live.transact([put_passage(passage)])
    world.send(passage, "tip")
    world.back_up()
    complained = replace(world.sent[OWNERS[0], "x", "tip"], outcome="complained", settled=world.now + 1)
    world.tell(OWNERS[0], message_told(complained))
    world.lose(some=False)

    world.recover()

    found = world.store.suppressed("email:x", "email")
    assert found is not None
    assert (found.since, found.reason) == (world.now + 1, "complaint")


def test_nothing_told_of_whom_was_erased_comes_back() -> None:
    world = World(Random(2))
    for _ in range(20):
        world.act()
    world.lose(some=False)
    for owner in OWNERS:
        world.live.put("vault", {"owner": owner, "wrapped": b"", "erased": 1})

    world.recover()

    assert world.rows() == {}
