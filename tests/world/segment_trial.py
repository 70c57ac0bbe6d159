"""One trial of segments over a season: ninety days of people, and every transition beside brute force."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from local.world.world import START, World
from regulars.domain import checks
from regulars.domain.calendars import Calendar
from regulars.domain.dates import read_date
from regulars.domain.events import Event
from regulars.domain.instants import DAY, SECOND
from regulars.domain.segment_definitions import parse
from regulars.domain.segments import (
    CalendarDays,
    Latest,
    Measured,
    Node,
    Regular,
    Returned,
    Rolling,
    Segment,
    Trait,
    Unfollowed,
    selections,
    walk,
)
from regulars.domain.segments import Sequence as Steps
from regulars.domain.timestamps import parse as parse_instant
from tests.builders import an_event
from tests.oracle import Life, belongs

DAYS = 90
EVENTS = 10
ZONE = "Europe/Berlin"  # with a change of the clocks in these ninety days
_NAMES = ("Product Viewed", "Product Added", "Order Completed")
_ACTS = (*_NAMES, "Page Read")  # of which the last interests nobody
_SPANS = ("6 hours", "3 days", "14 days")


@dataclass(frozen=True, slots=True)
class Found:
    """What one trial came to."""

    people: int = 0
    transitions: int = 0
    wrong: int = 0
    late: int = 0
    evaluations: int = 0
    timers: int = 0

    def __add__(self, other: "Found") -> "Found":
        return Found(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def definitions() -> Mapping[str, Mapping[str, Any]]:
    """Fifty definitions, of each sort of condition some."""
    made: list[dict[str, Any]] = []
    for span in _SPANS:
        for name in _NAMES:
            made += [{"event": name, "within": span}, {"event": name, "within": span, "count": {"at_least": 2}}]
        made += [
            {"all": [{"event": _NAMES[0], "within": span}, {"not": {"event": _NAMES[2], "within": span}}]},
            {"event": _NAMES[2], "sum": {"of": "revenue", "at_least": 50}, "within": span},
            {"event": _NAMES[0], "distinct": {"of": "colour", "at_least": 2}, "within": span},
            {"sequence": [_NAMES[0], _NAMES[1]], "within": span, "ended_within": "7 days"},
            {"latest": _NAMES[1], "without": _NAMES[2], "ago": span},
            {"orders": "revenue", "at_least": 40, "within": span},
        ]
    made += [
        {"event": _NAMES[0], "not_followed_by": {"event": _NAMES[1], "within": "6 hours"}, "within": "14 days"},
        {"event": _NAMES[0], "days": {"at_least": 2}, "calendar_days": 7},
        {"event": _NAMES[2], "sum": {"of": "revenue", "at_least": 30}, "calendar_days": 30},
        {"event": _NAMES[0], "streak": {"at_least": 2}, "calendar_days": 14},
        {"event": _NAMES[1], "sessions": {"at_least": 2}, "within": "14 days"},
        {"event": _NAMES[2], "returned": {"after_days": 14}, "calendar_days": 7},
        {"event": _NAMES[0], "regularly": {"every_days": 7, "in": 2, "of_last": 4}},
        {"event": _NAMES[2], "first_time": {"within_last": "30 days"}},
        {"event": _NAMES[2], "last_time": {"within_last": "14 days"}},
        {"trait": "due", "within_next": "7 days"},
        {"trait": "due", "anniversary": {"within_next": 3}},
        {"trait": "plan", "equals": "gold"},
        {"event": _NAMES[2], "where": {"revenue": {"at_least": 30}}, "within": "14 days"},
        {"event": _NAMES[0], "most_frequent": {"of": "colour", "equals": "red"}, "within": "14 days"},
        {"all": [{"not": {"event": _NAMES[2]}}, {"drawn": {"to": 50}}]},
    ]
    return {f"s{number}": {"where": where} for number, where in enumerate(made)}


def run(seed: int, people: int) -> Found:
    """Let so many people act, and compare what was announced with brute force over their events."""
    calls = Counter[tuple[str, str]]()
    world = World(tick_every=150 * SECOND, hook=lambda operation, table: calls.update([(operation, table)]))
    world.define("workspace", "settings", {"zone": ZONE})
    for id, content in definitions().items():
        world.define("segment", id, content)
    random = Random(seed)
    events = sorted((event for number in range(people) for event in _life(random, number)), key=lambda one: one.at)
    for event in events:
        _advance(world, event.at)
        world.store(event)
        world.settle()
    _advance(world, START + DAYS * DAY)
    found = _compare(world, events, people)
    return replace(found, evaluations=calls["query", "memberships"], timers=calls["put", "timers"])


def _advance(world: World, to: int) -> None:
    """Let time pass in leaps: nothing is due between a look at the timers and two minutes before the first of them."""
    while world.clock.now < to:
        waiting = min(world.database.partition_keys("timers"), default=None)
        due = _instant_of(waiting) - 150 * SECOND if waiting else to
        leap = min(to, due)
        if leap > world.clock.now and world.queue.next_visible() is None:
            world.clock.advance_to(leap)
            world.settle()
        else:
            world.advance(min(to, world.clock.now + 200 * SECOND))


def _instant_of(slot: str) -> int:
    instant = parse_instant(f"{slot.partition('#')[0]}:00Z")
    assert instant is not None
    return instant


def _life(random: Random, number: int) -> Iterator[Event]:
    owner = f"user_id:{number:05}"
    for each in range(EVENTS):
        at = START + random.randrange(DAYS * DAY // SECOND) * SECOND + number
        common: dict[str, Any] = {"links": (owner,), "at": at, "arrival": at}
        order = number * EVENTS + each
        if random.random() < 0.1:
            due = f"2026-0{random.randint(1, 4)}-{random.randint(1, 28):02}"
            traits = {"plan": random.choice(["gold", "free"]), "due": due}
            yield an_event(order, type="identify", name=None, traits=traits, **common)
        else:
            properties = {
                "revenue": random.choice([10, 20.5, 45]),
                "order_id": f"o{order}",
                "colour": random.choice(["red", "green"]),
            }
            yield an_event(order, name=random.choice(_ACTS), properties=properties, **common)


def _compare(world: World, events: Sequence[Event], people: int) -> Found:
    calendar = Calendar(ZONE)
    segments = [parse(id, content, calendar=calendar) for id, content in definitions().items()]
    told: dict[tuple[str, str], list[tuple[bool, int]]] = {}
    for one in world.announced:
        told.setdefault((one.profile_id, one.segment), []).append((one.entered, one.since))
    found = Counter[str]()
    by_owner: dict[str, list[Event]] = {}
    for event in events:
        by_owner.setdefault(event.owner, []).append(event)
    for owner, own in by_owner.items():
        for segment in segments:
            expected = _transitions(segment, own, calendar)
            actual = told.get((f"p_{owner}", segment.id), [])
            found["transitions"] += len(expected)
            found["wrong"] += [entered for entered, _ in actual] != [entered for entered, _ in expected]
            pairs = zip(actual, expected, strict=False)
            found["late"] += sum(1 for (_, since), (_, at) in pairs if not 0 <= since - at < SECOND)
    return Found(
        people=people,
        transitions=found["transitions"],
        wrong=found["wrong"],
        late=found["late"],
    )


def _transitions(segment: Segment, events: Sequence[Event], calendar: Calendar) -> list[tuple[bool, int]]:
    """Ask brute force at every instant at which the answer may change, with what had happened by then."""
    found, member, life = [], False, Life(events=[], known=True, calendar=calendar)
    for at in _instants(segment.where, events, calendar):
        life = replace(life, events=[event for event in events if event.at <= at], profile_id=f"p_{events[0].owner}")
        if life.events and belongs(segment, life, at) is not member:
            member = not member
            found.append((member, at))
    return found


def _instants(node: Node, events: Sequence[Event], calendar: Calendar) -> list[int]:
    lengths, has_days, end = {0}, False, START + DAYS * DAY
    names = {one.event for each in walk(node) for one in selections(each)}
    for each in walk(node):
        lengths |= set(_lengths(each))
        has_days |= _reads_days(each)
        names |= {"Order Completed"} if isinstance(each, Measured) and not selections(each) else set()
    instants = {event.at + length for event in events if event.name in names for length in lengths}
    instants.add(min(event.at for event in events))
    if any(isinstance(each, Trait) for each in walk(node)):
        instants |= {event.at for event in events if event.type == "identify"}
        instants |= set(_dues(events, calendar))
        has_days = True
    if has_days:
        first = calendar.day_of(START)
        instants |= {calendar.start_of(day) for day in range(first, first + DAYS + 1)}
    return sorted(at for at in instants if at <= end)


def _dues(events: Sequence[Event], calendar: Calendar) -> Iterator[int]:
    """List the instants a week before a day that somebody named: not midnight, where the clocks change between."""
    for event in events:
        if dated := read_date(event.traits.get("due")):
            yield dated.instant(calendar) - 7 * DAY


def _lengths(node: Node) -> Iterator[int]:
    match node:
        case Measured(measure, check):
            if isinstance(measure.window, Rolling):
                yield measure.window.length
            if isinstance(check, checks.Recent):
                yield check.length
        case Steps() | Unfollowed():
            yield from (node.within, node.window.length)
        case Latest():
            yield node.ago
        case _:
            pass


def _reads_days(node: Node) -> bool:
    by_days = isinstance(node, Measured) and isinstance(node.measure.window, CalendarDays)
    return by_days or isinstance(node, Regular | Returned)
