"""Law: whatever is sealed, deleted, redriven or folded anew, a part says what all its events ever came to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.domain.events import Event
from regulars.domain.instants import DAY, HOUR
from regulars.domain.keeps import Keep, told
from regulars.domain.keeps import add as add_kept
from regulars.domain.parts import SKEW, Part, count, fold
from regulars.domain.retention import LEAST, SLACK, Retention, horizon, kept_until
from regulars.domain.state import EMPTY, State, add_all, parts_of, state_of, watch_of
from regulars.domain.watches import Watch, Watches
from regulars.stores.identities import part_from_item, part_to_item
from tests.builders import START, an_event, an_order

OWNER = "user_id:u"
KEEPS = (
    Keep("count", start=START),
    Keep("numbers", of="revenue"),
    Keep("ends", of="revenue"),
    Keep("newest"),
    Keep("days", zone="UTC"),
    Keep("values", of="revenue"),
)
SIZE = 3
PARTS = ("event#Product Viewed", "event#Order Completed", "traits", "orders")


def watches(version: int, keeps: frozenset[int]) -> Watches:
    watch = Watch(keeps={KEEPS[index]: SIZE for index in sorted(keeps)}, since=version)
    return Watches(version=version, by_event={"Product Viewed": watch, "Order Completed": watch})


def an_event_of(number: int, what: int, arrival: int) -> Event:
    """One of three sorts of events, that arrived at an instant."""
    values = {"links": (OWNER,), "arrival": arrival, "message_id": f"m-{number}"}
    if what == 0:
        return an_event(number, properties={"revenue": number % 5}, **values)
    if what == 1:
        return an_order(number, revenue=float(number % 5), **values)
    return an_event(number, type="identify", name=None, traits={f"t{number % 4}": number}, **values)


@dataclass
class Trial:
    """One owner's events and parts on a clock, and beside them all events that ever were."""

    now: int = START
    rules: Retention = field(default_factory=Retention)
    live: Watches = field(default_factory=lambda: watches(1, frozenset({0, 1, 2})))
    stored: dict[str, Event] = field(default_factory=dict)
    ever: dict[str, Event] = field(default_factory=dict)
    undelivered: list[Event] = field(default_factory=list)
    parts: dict[str, Part] = field(default_factory=dict)
    known: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict)  # keeps with which each was sealed

    def arrive(self, what: int, waited: int) -> None:
        """Store an event that waited so long; the stream is to bring it."""
        event = an_event_of(len(self.ever), what, self.now - waited)
        event = replace(event, kept_until=self.rules.stamp(event, stored=self.now))
        self.stored[event.moment] = self.ever[event.moment] = event
        self.undelivered.append(event)

    def deliver(self, event: Event) -> None:
        """Apply a record of the stream as the resolver does, at whatever time."""
        if kept_until(event) <= self.now:
            return
        for name in parts_of(event, self.live):
            part = self.parts.get(name, Part(owner=OWNER, name=name))
            counted = None
            if part.version or not name.startswith("event#"):
                counted = count(part, [event], self.live, stored=self.now)
            self.save(counted or self.fold(part))

    def fold(self, part: Part) -> Part:
        events = sorted(self.stored.values(), key=lambda event: event.moment)
        return fold(OWNER, part.name, events, self.live, version=part.version, read=self.now, before=part)

    def sweep(self) -> None:
        """Fold what has events whose period ended; then bring the stamps to today's rules."""
        names = {name for event in self.stored.values() for name in parts_of(event, self.live)}
        for name in sorted(names):
            self.save(self.fold(self.parts.get(name, Part(owner=OWNER, name=name))))
        for event in list(self.stored.values()):
            if (until := self.rules.restamp(event, now=self.now)) is not None:
                self.stored[event.moment] = self.ever[event.moment] = replace(event, kept_until=until)

    def delete(self, chance: int) -> None:
        """Let DynamoDB delete some of what it may, once a sweep has seen it."""
        for index, event in enumerate(list(self.stored.values())):
            is_over = kept_until(event) + SLACK <= self.now
            if is_over and self.is_sealed(event) and index % chance == 0:
                del self.stored[event.moment]

    def is_sealed(self, event: Event) -> bool:
        own = (self.parts.get(name) for name in parts_of(event, self.live))
        return all(part and part.sealed_until >= kept_until(event) for part in own)

    def change(self, keeps: frozenset[int]) -> None:
        """Make another definition live; what is kept is folded for it at once, as a backfill does."""
        self.live = watches(self.live.version + 1, keeps)
        for part in list(self.parts.values()):
            if part.name.startswith("event#"):
                self.save(self.fold(part))

    def save(self, part: Part) -> None:
        """Write a part, read it back, and note with which keeps its events were sealed."""
        part = part_from_item({**part_to_item(part), "v": part.version + 1})
        ids = frozenset(watch_of(part.name, self.live).by_id)
        known = self.known.setdefault(part.name, {})
        for moment, event in self.ever.items():
            if part.name in parts_of(event, self.live) and kept_until(event) <= part.sealed_until:
                known[moment] = known.get(moment, ids) & ids
        self.parts[part.name] = part

    def expected(self, name: str) -> State:
        """Say what a part comes to: all events ever, without what came to be asked after they were sealed."""
        watch, known = watch_of(name, self.live), self.known.get(name, {})
        own = [event for event in self.ever.values() if name in parts_of(event, self.live)]
        states = []
        for event in own:
            state = state_of(event, name, watch)
            kept = {id: one for id, one in state.kept.items() if id in known.get(event.moment, watch.by_id)}
            states.append(replace(state, kept=kept))
        return add_all(states, watch)


OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("arrive"), st.integers(0, 2), st.sampled_from([0, 0, HOUR, 20 * DAY])),
        st.tuples(st.just("deliver"), st.integers(0, 10**6)),
        st.tuples(st.just("redrive"), st.integers(0, 10**6)),
        st.tuples(st.just("wait"), st.sampled_from([HOUR, DAY, 6 * DAY, 30 * DAY, 396 * DAY])),
        st.tuples(st.just("sweep")),
        st.tuples(st.just("delete"), st.integers(1, 3)),
        st.tuples(st.just("rules"), st.integers(7, 400)),
        st.tuples(st.just("define"), st.frozensets(st.integers(0, len(KEEPS) - 1))),
    ),
    min_size=12,
    max_size=60,
)


Operation = tuple[str, *tuple[Any, ...]]


def deliver(trial: Trial, which: int) -> None:
    if trial.undelivered:
        trial.deliver(trial.undelivered.pop(which % len(trial.undelivered)))


def deliver_all(trial: Trial) -> None:
    while trial.undelivered:
        trial.deliver(trial.undelivered.pop(0))


def redrive(trial: Trial, which: int) -> None:
    event = list(trial.ever.values())[which % len(trial.ever)] if trial.ever else None
    if event and event not in trial.undelivered:
        trial.deliver(event)


def wait(trial: Trial, length: int) -> None:
    deliver_all(trial)  # a stream brings everything within its hours
    trial.now += length


def rule(trial: Trial, days: int) -> None:
    trial.rules = Retention(default=days * DAY)


ACTS: Mapping[str, Callable[..., None]] = {
    "arrive": Trial.arrive,
    "deliver": deliver,
    "redrive": redrive,
    "wait": wait,
    "sweep": Trial.sweep,
    "delete": Trial.delete,
    "rules": rule,
    "define": Trial.change,
}


def run(operations: Sequence[Operation]) -> Trial:
    trial = Trial()
    for name, *said in operations:
        ACTS[name](trial, *said)
    deliver_all(trial)
    return trial


@settings(max_examples=300)
@given(OPERATIONS)
def test_a_part_says_what_all_its_events_ever_came_to(operations: Sequence[Operation]) -> None:
    trial = run(operations)

    for name, part in trial.parts.items():
        folded = trial.fold(part)
        assert (name, part.state) == (name, trial.expected(name))
        assert (name, folded.state) == (name, part.state)


def test_what_was_sealed_and_deleted_is_counted_for_ever() -> None:
    trial = run([("arrive", 0, 0), ("deliver", 0), ("wait", 396 * DAY), ("wait", DAY), ("sweep",), ("wait", 30 * DAY)])
    trial.delete(1)

    part = trial.parts["event#Product Viewed"]
    assert trial.stored == {}
    assert (part.state.count, part.sealed.count) == (1, 1)
    assert trial.fold(part).state == part.state


def test_a_record_that_is_redriven_after_its_event_was_sealed_is_not_counted_again() -> None:
    trial = run([("arrive", 0, 0), ("deliver", 0), ("wait", 396 * DAY), ("wait", DAY), ("sweep",)])
    [event] = trial.stored.values()
    part = trial.parts["event#Product Viewed"]

    assert part.floor >= event.arrival
    assert count(part, [event], trial.live, stored=trial.now + SKEW) is None


def test_nothing_is_sealed_within_its_period() -> None:
    trial = run([("arrive", 0, 0), ("deliver", 0), ("wait", 6 * DAY), ("sweep",)])

    assert trial.parts["event#Product Viewed"].sealed_until == -1
    assert "sealed" not in part_to_item(trial.parts["event#Product Viewed"])


@pytest.mark.parametrize("left", [1, 0])
def test_a_period_ends_an_hour_before_it_is_sealed(left: int) -> None:
    event = an_event(arrival=START, kept_until=START + LEAST)
    read = START + LEAST + HOUR - left
    part = fold("anonymous_id:a", "event#Product Viewed", [event], watches(1, frozenset()), version=0, read=read)

    assert (part.sealed_until >= 0) is (left == 0)
    assert part.state.count == 1
    assert horizon(read) <= read - HOUR


def test_a_definition_that_is_back_lacks_what_was_sealed_without_it() -> None:
    keep = KEEPS[0].id
    trial = run([("arrive", 0, 0), ("deliver", 0), ("wait", 396 * DAY), ("wait", DAY)])
    trial.change(frozenset({1}))
    trial.change(frozenset({0}))
    part = trial.parts["event#Product Viewed"]

    assert part.state.count == 1
    assert keep not in part.state.kept


def test_what_is_sealed_forgets_what_nothing_keeps_any_more() -> None:
    trial = run([("arrive", 0, 0), ("deliver", 0), ("wait", 396 * DAY), ("wait", DAY), ("sweep",)])
    trial.change(frozenset({1}))
    trial.change(frozenset({0}))
    part = trial.parts["event#Product Viewed"]

    assert part.state.count == 1
    assert part.state.kept == {}


def sums(part: Part, keeps: Mapping[str, tuple[Keep, int]]) -> State:
    return replace(EMPTY, kept={id: one for id, one in part.state.kept.items() if id in keeps})


def test_what_is_added_to_a_sealed_sum_is_added_to_it() -> None:
    trial = run([("arrive", 1, 0), ("deliver", 0), ("wait", 396 * DAY), ("wait", DAY), ("sweep",)])
    trial.arrive(1, 0)
    trial.deliver(trial.undelivered.pop())
    watch = watch_of("event#Order Completed", trial.live)
    numbers = KEEPS[1]
    each = [told(numbers, event) for event in trial.ever.values()]

    part = trial.parts["event#Order Completed"]
    assert part.state.kept[numbers.id] == add_kept(numbers, each[0], each[1], SIZE)
    assert sums(part, watch.by_id).kept == part.state.kept
