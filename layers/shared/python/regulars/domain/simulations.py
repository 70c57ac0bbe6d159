"""
A journey gone through on history: who would have entered, what would have been sent to them and when, and what not.

It decides by the same walk, lots, entries and gate as a journey that is live; instead of waiting, it goes on to the
next instant at which something happens. People do not depend on each other, so they are simulated one by one.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

from regulars.domain.events import Event
from regulars.domain.hearing import Hears, exits, hears, is_restless, meets_goal, unrest, way_heard
from regulars.domain.journey_entries import UNDER_WAY, Entered, key_of, refusal
from regulars.domain.journey_signals import Properties, is_passed, is_selected
from regulars.domain.journey_times import date_for, next_time, scheduled, zone_of
from regulars.domain.journey_walks import Place, Walk, walk
from regulars.domain.journeys import (
    Branch,
    Change,
    EventEntry,
    Hold,
    ScheduleEntry,
    SegmentChange,
    SegmentEntry,
    Send,
    Split,
    Update,
    Wait,
    WaitForDate,
    WaitForTime,
    Webhook,
)
from regulars.domain.lots import HOLDOUT, is_held_out, lot, part_of
from regulars.domain.passages import Ending
from regulars.domain.sending import Go, Later, Sent, Standing, may_send
from regulars.domain.simulated_people import Someone
from regulars.domain.simulation_stages import Passage, Stage, Step
from regulars.domain.stepping import LONGEST, ending_of, in_a_word


def simulate(
    stage: Stage, profile_id: str, events: Iterable[Event], *, since: int, until: int
) -> tuple[list[Passage], Counter[str]]:
    """
    Let one person live through their events, in the order of their instants, as if the journey had been live all along.

    Who would have entered from `since` up to but without `until` (microseconds) is followed up to `until`. Returns
    their passages, and how often they were not let in, by reason.
    """
    run = _Run(stage, profile_id, since=since, until=until)
    for event in events:
        if event.at >= until:
            break
        run.go_on_to(event.at)
        run.take(event)
    run.go_on_to(until)
    return run.passages, run.refused


@dataclass(slots=True)
class _Under:
    """A passage under way: its walk, where it is, and since when it holds there; a wake-up of before is none."""

    passage: Passage
    way: Walk
    place: Place
    turn: int = 0
    restarts: int = 0


class _Run:
    """One person's life with the journey."""

    def __init__(self, stage: Stage, profile_id: str, *, since: int, until: int) -> None:
        self._of = stage
        self._journey = stage.journey
        self._someone = Someone(profile_id, stage.live)
        self._workspace = stage.live.workspace.zone
        self._since, self._until = since, until
        self._in: set[str] = set()
        self._waking: list[tuple[int, int, Callable[[int], None]]] = []
        self._numbers = count()
        self._under: list[_Under] = []
        self._over: list[_Under] = []  # who ended, and may still meet the goal
        self._sent: list[Sent] = []
        self._looks = 0
        self.passages: list[Passage] = []
        self.refused: Counter[str] = Counter()
        self._wake(since, self._begin)

    def take(self, event: Event) -> None:
        """Let an event happen."""
        self._someone.take(event)
        for under in (*self._under, *self._over):
            self._hear_event(under, event)
        by = self._journey.entry.by
        if isinstance(by, EventEntry) and event.at >= self._since and is_selected(by.selection, event):
            self._enter(event.at, key_of(by, event.properties), event.properties)
        self._look(event.at)

    def go_on_to(self, instant: int) -> None:
        """Let time pass up to but without an instant."""
        while self._waking and self._waking[0][0] < instant:
            at, _, then = heappop(self._waking)
            then(at)

    def _wake(self, at: int, then: Callable[[int], None]) -> None:
        if at < self._until:
            heappush(self._waking, (at, next(self._numbers), then))

    # Segments

    def _begin(self, now: int) -> None:
        """Start listening: who is in a segment by now has not entered it since."""
        self._in = {id for id, one in self._of.tracked.items() if self._someone.is_in(one, now)}
        by = self._journey.entry.by
        if isinstance(by, SegmentEntry) and by.enrol != "future" and by.segment in self._in:
            self._enter(now, "", {})
        if isinstance(by, ScheduleEntry):
            self._schedule(by, now)
        self._look(now)

    def _look(self, now: int) -> None:
        """Tell of segments that were entered or left, and look again when time alone may change one."""
        if now < self._since:
            return
        changes: list[tuple[str, Change]] = []
        for id, one in self._of.tracked.items():
            is_in = self._someone.is_in(one, now)
            if is_in != (id in self._in):
                self._in ^= {id}
                changes.append((id, "entered" if is_in else "left"))
        for id, change in changes:
            self._change(SegmentChange(id, change), now)
        turns = [one.next_change(self._someone.person(), now) for one in self._of.tracked.values()]
        if due := min((turn for turn in turns if turn is not None), default=None):
            self._looks += 1
            look = self._looks
            self._wake(due, lambda at: self._look(at) if look == self._looks else None)

    def _change(self, change: SegmentChange, now: int) -> None:
        for under in list(self._under):
            self._hear(under, hears(change, {}), now)
        by = self._journey.entry.by
        if isinstance(by, SegmentEntry) and by.enrol != "current" and (by.segment, by.change) == _pair(change):
            self._enter(now, "", {})

    def _schedule(self, by: ScheduleEntry, now: int) -> None:
        for at in scheduled(by, now, self._until, self._workspace):
            self._wake(at, lambda at: self._enter(at, "", {}) if self._is_member(by.segment, at) else None)

    def _is_member(self, segment: str, at: int) -> bool:
        compiled = self._of.live.by_id.get(segment)
        return compiled is not None and self._someone.is_in(compiled, at)

    # Entries

    def _enter(self, now: int, key: str | None, properties: Properties) -> None:
        entry = self._journey.entry
        if entry.when and not self._someone.is_in(self._of.condition("enter"), now):
            self.refused["when"] += 1
            return
        if key is None:
            self.refused["no_key"] += 1
            return
        before = [Entered(one.key, one.at, one.ended) for one in self.passages]
        if reason := refusal(entry, before, key, now):
            if reason != UNDER_WAY:
                self.refused[reason] += 1
            return
        if self._someone.person().restricted:
            self.refused["restricted"] += 1
            return
        passage = Passage(self._someone.profile_id, key, now, properties)
        self.passages.append(passage)
        way = walk(self._journey.steps)
        under = _Under(passage, way, next(way))
        self._under.append(under)
        self._wake(now + LONGEST, lambda at: self._end(under, at, "too_long"))
        if self._draws(f"{self._journey.id}.{HOLDOUT}", self._journey.holdout):
            passage.ending = "held_out"
            within = self._journey.goal.within if self._journey.goal else 0
            self._wake(now + within, lambda at: self._end(under, at, "held_out"))
            return
        self._stop(under, now)

    def _draws(self, by: str, percent: int) -> bool:
        return is_held_out(percent, lot(by, self._someone.profile_id))

    # Steps

    def _stop(self, under: _Under, now: int) -> None:
        """Do what stands at a place, and at those after it, until there is something to wait for."""
        while under in self._under:
            way = self._at(under, now)
            if way is None or not self._go(under, way, now):
                return

    def _go(self, under: _Under, way: int, now: int) -> bool:
        under.turn += 1
        before = under.place
        try:
            under.place = under.way.send(way)
        except StopIteration as end:
            under.passage.moved_to = end.value
            self._end(under, now, ending_of(before.step, way))
            return False
        if under.place is not before:
            under.restarts = 0
        return True

    def _at(self, under: _Under, now: int) -> int | None:
        """Answer a place; None where that has to wait."""
        step = under.place.step
        match step:
            case Wait(_, length):
                self._later(under, now + length, 0)
                return None
            case WaitForTime():
                self._later(under, next_time(step, now, self._zone()), 0)
                return None
            case WaitForDate():
                due = date_for(step, self._someone.value(step.trait), now, self._zone())
                if due is None:
                    return self._came(under, now, "missing", 1)
                self._later(under, due, 0)
                return None
            case Hold(_, at_most, ways):
                self._later(under, now + at_most, len(ways))
                return None
            case Send():
                return self._send(under, step, now)
            case _:
                return self._act(under, step, now)

    def _act(self, under: _Under, step: object, now: int) -> int:
        match step:
            case Branch(_, arms):
                true = (number for number in range(len(arms)) if self._is_true(step, number, under, now))
                number = next(true, len(arms))
                return self._came(under, now, in_a_word(step, number), number)
            case Split(_, _, by):
                number = part_of(step, lot(by, self._someone.profile_id))
                return self._came(under, now, in_a_word(step, number), number)
            case Webhook(purpose=purpose) if purpose and not self._someone.person().consent.allows_somehow(purpose):
                return self._came(under, now, "failed", 1)
            case Update(_, traits):
                self._someone.set(traits, now)
                self._came(under, now, "done", 0)
                self._look(now)
                return 0
            case _:
                return self._came(under, now, "done", 0)

    def _is_true(self, step: Branch, number: int, under: _Under, now: int) -> bool:
        arm = step.arms[number]
        if not is_passed(arm.entry, under.passage.properties):
            return False
        return arm.when is None or self._someone.is_in(self._of.condition(f"{step.id} {number}"), now)

    def _send(self, under: _Under, send: Send, now: int) -> int | None:
        person = self._someone.person()
        standing = Standing(
            consents=person.consent.allows(send.purpose, send.channel),
            restricted=person.restricted,
            held_out=self._draws(HOLDOUT, self._of.policy.holdout),
        )
        priority = self._journey.priority
        found = may_send(send, standing, self._sent, self._of.policy, now, zone=self._zone(), priority=priority)
        match found:
            case Later(at):
                self._came(under, now, "quiet", 0)
                self._later(under, at, None)
                return None
            case Go():
                self._sent.append(Sent(now, send.channel, send.kind))
                return self._came(under, now, "sent", 0)
            case _:
                return self._came(under, now, f"not sent: {found.reason}", 0)

    def _later(self, under: _Under, at: int, way: int | None) -> None:
        """Go on from here at an instant, by a way; by None ask again what stands here."""
        under.turn += 1
        turn = under.turn

        def go_on(now: int) -> None:
            if under.turn != turn or under not in self._under:
                return
            if way is None or self._go(under, self._came(under, now, "time", way), now):
                self._stop(under, now)

        self._wake(at, go_on)

    def _came(self, under: _Under, now: int, came: str, way: int) -> int:
        under.passage.steps.append(Step(now, under.place.name, came))
        return way

    def _zone(self) -> str:
        return zone_of(self._someone.zone(), self._workspace)

    # What happens meanwhile

    def _hear_event(self, under: _Under, event: Event) -> None:
        passage, is_heard = under.passage, hears(event, under.passage.properties)
        if passage.converted is None and meets_goal(self._journey, passage.at, event.at, is_heard):
            passage.converted = event.at
            if self._journey.goal and self._journey.goal.exits:
                self._end(under, event.at, "goal")
        self._hear(under, is_heard, event.at)

    def _hear(self, under: _Under, is_heard: Hears, now: int) -> None:
        if under not in self._under or under.passage.ending == "held_out":
            return
        if exits(self._journey, is_heard):
            self._end(under, now, "exit")
            return
        step = under.place.step
        if isinstance(step, Hold):
            number = way_heard(step, is_heard)
            if number is not None and step.ways[number].restarts:
                under.restarts += 1
                number = unrest(step) if is_restless(under.restarts) else number
            if number is not None and self._go(under, self._came(under, now, str(number), number), now):
                self._stop(under, now)

    def _end(self, under: _Under, now: int, ending: Ending) -> None:
        if under in self._under:
            self._under.remove(under)
            if self._journey.goal and under.passage.converted is None:
                self._over.append(under)
            under.passage.ended = now
            under.passage.ending = under.passage.ending or ending


def _pair(change: SegmentChange) -> tuple[str, Change]:
    return change.segment, change.change
