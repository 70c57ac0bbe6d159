"""Each hour the heads are locked away, and what came since is looked at: what was changed is told the next hour."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from local.world.anchors import MemoryAnchors
from local.world.clock import SimulatedClock
from local.world.memory import MemoryDatabase
from local.world.world import Counts
from regulars.domain.audit import LANES, Deed, Row, hash_of
from regulars.domain.audit_anchors import read_anchor
from regulars.domain.audit_verifying import verify, verify_anchors
from regulars.domain.instants import DAY, HOUR, SECOND
from regulars.errors import ConflictError
from regulars.pipeline.anchoring import Anchorer
from regulars.pipeline.audit import AuditTrail
from regulars.stores.audit import AuditStore, from_item, to_item
from tests.audits import START, a_deed

FIRST = "2024-10-04"


class Place:
    """A trail of two functions that is anchored each hour."""

    def __init__(self) -> None:
        self.clock = SimulatedClock(START + 22 * HOUR)
        self.database = MemoryDatabase()
        self.anchors = MemoryAnchors()
        self.journal = Counts()
        self.anchorer = Anchorer(self.database, self.anchors, self.journal, self.clock)
        self.trails = [
            AuditTrail(self.database, self.clock, lambda _tries: None, function=name, lane=1)
            for name in ("admin_api", "profile_api")
        ]

    def hours(self, number: int) -> None:
        """Let hours pass, in each of which something happens; all is well."""
        for _ in range(number):
            for trail in self.trails:
                trail.write(a_deed())
                trail.write(a_deed(1))
            self.clock.advance_to(self.clock.now + HOUR)
            assert self.anchorer.anchor().faults == ()

    @property
    def rows(self) -> list[Row]:
        return sorted((from_item(item) for item in self.database.all("audit")), key=lambda row: row.place)

    def overwrite(self, row: Row) -> None:
        self.database.put("audit", to_item(row))

    def remove(self, row: Row) -> None:
        self.database.delete("audit", row.place.chain, to_item(row)["number"])  # type: ignore[arg-type]  # it is a text


@pytest.fixture
def place() -> Place:
    place = Place()
    place.hours(6)
    return place


def test_every_hour_is_anchored_over_midnight_too(place: Place) -> None:
    anchors = [read_anchor(each) for each in place.anchors.objects.values()]
    known = [each for each in anchors if each]

    assert len(known) == 6
    assert verify_anchors(known) is None
    assert {chain for each in known for chain in each.heads} == {row.place.chain for row in place.rows}
    assert verify(place.rows, known, first=FIRST, last="2024-10-05").fault is None
    assert place.journal.counts["audit_rows_verified"] == len(place.rows)


def test_each_row_is_read_once_and_the_head_again(place: Place) -> None:
    place.database.bill.requests.clear()
    place.hours(1)
    reads = place.database.bill.requests["query audit"]

    assert reads <= 2 * sum(LANES.values()) + 4  # chains of two days, and what writing reads


def forge(place: Place, number: int) -> None:
    """Edit a row and write all that follows anew, as somebody can who may write to the table and knows how."""
    chain = [row for row in place.rows if row.place.chain == place.rows[-1].place.chain]
    previous = chain[number - 1].hash if number else chain[0].previous
    for row in chain[number:]:
        deed = replace(row.deed, who="nobody") if row.place.number == number else row.deed
        forged = replace(row, deed=deed, previous=previous, hash="")
        forged = replace(forged, hash=hash_of(forged))
        place.overwrite(forged)
        previous = forged.hash


def last_of(place: Place, back: int = 1) -> Row:
    return place.rows[-back]


TAMPERINGS: dict[str, Callable[[Place], None]] = {
    "the anchored head is edited": lambda place: place.overwrite(
        replace(last_of(place), deed=replace(last_of(place).deed, who="nobody"))
    ),
    "the anchored head is gone": lambda place: place.remove(last_of(place)),
    "the chain is written anew": lambda place: forge(place, 0),
    "the anchored head is another": lambda place: forge(place, last_of(place).place.number),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_is_done_to_an_anchored_head_is_told_the_next_hour(place: Place, name: str) -> None:
    TAMPERINGS[name](place)
    place.clock.advance_to(place.clock.now + HOUR)

    done = place.anchorer.anchor()

    assert len(done.faults) == 1
    assert done.faults[0].place.chain == place.rows[-1].place.chain
    assert place.journal.counts["audit_faults"] == 1


def test_what_is_done_to_a_row_that_is_not_anchored_yet_breaks_what_follows(place: Place) -> None:
    written = [place.trails[0].write(a_deed(number)) for number in range(4)]
    place.overwrite(replace(written[1], deed=a_deed(7)))

    [fault] = place.anchorer.anchor().faults

    assert (fault.kind, fault.place) == ("edited", written[1].place)


def test_a_chain_that_is_wrong_is_anchored_up_to_where_it_is_right_and_told_again(place: Place) -> None:
    written = [place.trails[0].write(a_deed(number)) for number in range(4)]
    place.remove(written[2])
    place.clock.advance_to(place.clock.now + HOUR)
    place.anchorer.anchor()
    place.clock.advance_to(place.clock.now + HOUR)
    again = place.anchorer.anchor()

    newest = place.anchors.newest()
    assert newest is not None
    assert newest.heads[written[0].place.chain] == (written[1].place.number, written[1].hash)
    assert [fault.place for fault in again.faults] == [written[2].place]


def test_an_hour_that_is_woken_twice_has_one_anchor(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    before = place.anchors.newest()
    monkeypatch.setattr(place.anchors, "newest", lambda: before)
    place.clock.advance_to(place.clock.now + HOUR)
    place.anchorer.anchor()

    assert place.anchorer.anchor().faults == ()
    assert len(place.anchors.objects) == 7
    with pytest.raises(ConflictError):
        place.anchors.put(read_anchor(place.anchors.objects[max(place.anchors.objects)]))  # type: ignore[arg-type]  # it can be read


def test_days_without_an_anchor_are_made_up_for(place: Place) -> None:
    for _ in range(5):
        place.clock.advance_to(place.clock.now + DAY)
        place.trails[0].write(a_deed())

    done = place.anchorer.anchor()

    newest = place.anchors.newest()
    assert (done.faults, done.rows) == ((), 5)
    assert newest is not None
    assert {row.place.chain for row in place.rows[-5:]} <= {row.place.chain for row in place.rows}
    assert {row.place.chain for row in place.rows if row.at > START + 2 * DAY} <= newest.heads.keys()


def test_an_empty_trail_is_anchored() -> None:
    place = Place()

    assert place.anchorer.anchor().faults == ()
    assert [each["heads"] for each in place.anchors.objects.values()] == [{}]


def test_a_long_chain_is_read_in_pages() -> None:
    place = Place()
    for number in range(1_001):
        place.trails[0].write(Deed(who="s", roles=(), kind="logins", what="sign_in", count=number))
        place.clock.advance_to(place.clock.now + SECOND)

    assert place.anchorer.anchor().rows == 1_001
    assert AuditStore(place.database).of(place.rows[0].place.chain, after=999)[0].place.number == 1_000
