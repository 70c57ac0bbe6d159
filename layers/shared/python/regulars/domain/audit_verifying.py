"""Verify the audit trail: go through its rows in their order, and name the first that is not as it was written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from regulars.domain import audit_anchors
from regulars.domain.audit import LOOKBACK, Head, Place, Row, day_in, day_number, hash_of, place_of, series_of
from regulars.domain.audit_anchors import Anchor
from regulars.domain.instants import DAY, SECOND, day_of

FaultKind = Literal["edited", "missing", "repeated", "unlinked", "rewritten", "cut_off", "misplaced", "anchor"]
LATE = 60 * SECOND  # by how much the clocks of two processes differ at most, and how long a write may take


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong first: where, and in words."""

    kind: FaultKind
    place: Place
    words: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at: rows, chains, until when (microseconds) heads were anchored; `fault` None if all is right."""

    rows: int
    chains: int
    anchored: int | None
    fault: Fault | None


@dataclass(slots=True)
class _Tail:
    """
    The end of the newest chain of a series: what the first row of the next one may follow.

    `settled` is the number of the last row that was there for sure when the next day began, -1 if none was. What was
    before a verification that goes `on` in the middle of a chain is not known.
    """

    chain: str
    goes_on: bool
    settled: int = -1
    last: int = -1
    hashes: dict[int, str] = field(default_factory=dict)

    def add(self, row: Row, ends: int) -> None:
        if row.at < ends - LATE:
            self.hashes.clear()
            self.settled = row.place.number
        self.hashes[row.place.number] = row.hash
        self.last = row.place.number


class Verifier:
    """
    Takes rows one by one: chains in the order of their days, each in the order of its numbers.

    `first` and `last` are the days that are looked at: what a row follows of an earlier one is not.
    """

    def __init__(self, anchors: Sequence[Anchor] = (), *, first: str, last: str = "9999") -> None:
        self.rows = self.chains = 0
        self.heads: dict[str, Head] = {}  # of each chain, as far as nothing is wrong
        self._first = day_number(first) or 0
        self._anchored: dict[str, dict[int, str]] = {}
        for each in anchors:
            for chain, (number, hash) in each.heads.items():
                if first <= day_in(chain) <= last:
                    self._anchored.setdefault(chain, {})[number] = hash
        self._tails: dict[str, _Tail] = {}
        self._closed: set[str] = set()
        self._head: Head | None = None
        self._newest = 0  # instant, of the chain
        self._ends = 0  # instant, of its day

    def begin(self, row: Row) -> None:
        """Go on behind a row up to which its chain was verified before; the next one is of this chain or a later."""
        self._close()
        self._start(row, goes_on=True)
        self._took(row)

    def add(self, row: Row) -> Fault | None:
        """Look at the next row; say what is wrong with it."""
        if row.hash != hash_of(row):
            return Fault("edited", row.place, "what it says does not make its hash: it was edited")
        begins = self._head is None or self._head.place.chain != row.place.chain
        if begins and (fault := self._close() or self._open(row)):
            return fault
        if fault := self._follows(row) or self._is_in_time(row) or self._is_anchored(row):
            return fault
        self._took(row)
        self.rows += 1
        return None

    def end(self) -> Fault | None:
        """Say what is missing once all rows were looked at."""
        if fault := self._close():
            return fault
        gone = sorted(self._anchored.keys() - self._closed)
        return _cut_off(gone[0], -1) if gone else None

    def _close(self) -> Fault | None:
        """End the chain at hand: what was anchored of it must have been there."""
        head, self._head = self._head, None
        if head is None:
            return None
        self._closed.add(head.place.chain)
        if max(self._anchored.get(head.place.chain, {-1: ""})) > head.place.number:
            return _cut_off(head.place.chain, head.place.number)
        return None

    def _open(self, row: Row) -> Fault | None:
        day = day_number(day_in(row.place.chain))
        if row.place.chain in self._closed:
            return Fault("repeated", row.place, "its chain has ended before: rows are not in their order")
        if day is None:
            return Fault("misplaced", row.place, "its chain has no day")
        fault = self._links(row, day) if row.place.number == 0 else None
        self._start(row)
        return fault

    def _start(self, row: Row, *, goes_on: bool = False) -> None:
        chain = row.place.chain
        self.chains += 1
        self._newest, self._ends = 0, ((day_number(day_in(chain)) or 0) + 1) * DAY
        self._tails[series_of(chain)] = _Tail(chain, goes_on)

    def _took(self, row: Row) -> None:
        self._head, self._newest = row.head, row.at
        self.heads[row.place.chain] = row.head
        self._tails[series_of(row.place.chain)].add(row, self._ends)

    def _follows(self, row: Row) -> Fault | None:
        expected = self._head.place.number + 1 if self._head else 0
        if row.place.number > expected:
            words = f"number {expected} should come before it: {_rows(row.place.number - expected)} missing"
            return Fault("missing", Place(row.place.chain, expected), words)
        if row.place.number < expected:
            return Fault("repeated", row.place, f"number {expected} should come here: rows are not in their order")
        if self._head and (row.previous != self._head.hash or row.after):
            words = "it does not hold the hash of the row before: one of both was put in, or written anew"
            return Fault("unlinked", row.place, words)
        return None

    def _is_in_time(self, row: Row) -> Fault | None:
        if day_of(row.at) * DAY + DAY != self._ends:
            return Fault("misplaced", row.place, "it is of another day than its chain")
        if row.at < self._newest - LATE:
            return Fault("misplaced", row.place, "it says that it is older than the row before: it was dated back")
        return None

    def _is_anchored(self, row: Row) -> Fault | None:
        anchored = self._anchored.get(row.place.chain, {}).get(row.place.number, row.hash)
        if anchored != row.hash:
            words = "another row stood here when its chain was anchored: the chain was written anew"
            return Fault("rewritten", row.place, words)
        return None

    def _links(self, row: Row, day: int) -> Fault | None:
        """Hold the first row of a chain against the chain of its series before."""
        tail, after = self._tails.get(series_of(row.place.chain)), place_of(row.after)
        if after is None:
            if row.after or row.previous:
                return Fault("unlinked", row.place, "it does not say which row it follows")
            wrong = tail is not None and tail.settled >= 0 and day - (day_number(day_in(tail.chain)) or 0) <= LOOKBACK
            return Fault("unlinked", row.place, "it follows no row, and there are some") if wrong else None
        if series_of(after.chain) != series_of(row.place.chain):
            return Fault("unlinked", row.place, "it follows a row of another function or lane")
        if tail is None or after.chain != tail.chain:
            return self._links_elsewhere(row, after, tail)
        if after.number > tail.last:
            return _cut_off(after.chain, tail.last)
        if after.number < tail.settled:
            return Fault("unlinked", row.place, f"it follows {after}, and rows were put in behind that")
        if tail.hashes.get(after.number, "" if tail.goes_on else None) not in (row.previous, ""):
            return Fault("unlinked", row.place, f"it does not hold the hash of {after}, which it follows")
        return None

    def _links_elsewhere(self, row: Row, after: Place, tail: _Tail | None) -> Fault | None:
        """It follows another chain than the newest that was seen: one before the first day, or what is gone."""
        if tail is not None and tail.settled >= 0:
            return Fault("unlinked", row.place, f"it follows {after}, and there are rows after that")
        before = day_number(day_in(after.chain))
        if before is None or before >= self._first:
            known = tail is not None and after.chain in self._closed
            return None if known else Fault("missing", after, f"{row.place} follows it, and its chain is gone")
        return None


def verify(rows: Iterable[Row], anchors: Sequence[Anchor], *, first: str, last: str) -> Verified:
    """Look at all rows of some days in their order, and at the anchors in theirs."""
    newest = anchors[-1].at if anchors else None
    if fault := verify_anchors(anchors):
        return Verified(0, 0, newest, fault)
    verifier = Verifier(anchors, first=first, last=last)
    fault = next((fault for row in rows if (fault := verifier.add(row))), None) or verifier.end()
    return Verified(verifier.rows, verifier.chains, newest, fault)


def verify_anchors(anchors: Sequence[Anchor]) -> Fault | None:
    """Look at anchors in their order: each follows the one before, and no head of a chain goes back."""
    before: Anchor | None = None
    heads: dict[str, tuple[int, str]] = {}
    for each in anchors:
        place = Place("anchors", each.number)
        if each.hash != audit_anchors.hash_of(each):
            return Fault("anchor", place, "what the anchor says does not make its hash")
        if before and each.number != before.number + 1:
            return Fault("anchor", place, f"anchor {before.number + 1} should come before it")
        if before and (each.previous != before.hash or each.at < before.at):
            return Fault("anchor", place, "the anchor does not follow the one before")
        for chain, (number, hash) in each.heads.items():
            was, old = heads.get(chain, (-1, ""))
            if number < was or (number == was and hash != old):
                return Fault("rewritten", Place(chain, was), "its chain was longer, or another, an hour before")
        heads |= each.heads
        before = each
    return None


def _cut_off(chain: str, last: int) -> Fault:
    end = f"it ends with number {last}" if last >= 0 else "all of it is gone"
    return Fault("cut_off", Place(chain, last + 1), f"the chain was longer: {end}")


def _rows(number: int) -> str:
    return "one row is" if number == 1 else f"{number:,} rows are"
