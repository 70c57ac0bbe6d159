"""One trial of the whole pipeline under chaos: crashes, redelivery, rewinds, duplicates, disorder, catalog changes."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

from local.world.chaos import CrashError, SeededChaos
from local.world.memory import Hook
from local.world.world import World
from regulars.domain.events import Event
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.instants import DAY, SECOND
from regulars.domain.profiles import alone
from regulars.domain.segment_definitions import parse
from regulars.domain.segments import Segment
from regulars.domain.timers import MINUTE
from regulars.stores.identities import IdentityStore
from regulars.stores.memberships import MembershipStore
from regulars.stores.profiles import ProfileStore
from tests.builders import START, an_event
from tests.oracle import components, is_member
from tests.world.conservation import losses

SEGMENTS: dict[str, dict[str, Any]] = {
    "browsing": {"where": {"event": "Product Viewed", "within": "10 seconds"}, "anonymous": True},
    "busy": {"where": {"event": "Product Viewed", "count": {"at_least": 3}, "within": "6 hours"}, "anonymous": True},
    "lapsed": {
        "where": {"all": [{"event": "Order Completed"}, {"not": {"event": "Order Completed", "within": "2 days"}}]}
    },
    "spent": {"where": {"event": "Order Completed", "sum": {"of": "revenue", "at_least": 50}, "within": "3 days"}},
    "net": {"where": {"orders": "revenue", "at_least": 40}},
    "gold": {"where": {"trait": "plan", "equals": "gold"}},
}
WATCHED = {"Product Viewed", "Order Completed", "Wish Made"}
LATER: dict[str, dict[str, Any]] = {
    "viewers": {"where": {"event": "Product Viewed", "count": {"at_least": 2}}, "anonymous": True},
    "wishing": {"where": {"event": "Wish Made", "count": {"at_least": 2}}, "anonymous": True},
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trial did, and what was wrong afterwards."""

    events: int
    invocations: int
    refolds: int
    merges: int
    announced: int
    lost: int
    doubled: int
    faults: list[str]


def events_of(random: Random, number: int) -> list[Event]:
    """A seeded history: a few loyal people, many passers-by, devices that turn out to be somebody's."""
    people = max(3, number // 20)
    events, at = [], START
    for index in range(number):
        at += (21_600 if index % 300 == 299 else random.choice([0, 0, 1, 5])) * SECOND
        person = min(int(random.paretovariate(0.7)) - 1, people - 1)
        events.append(_event(random, index, at, person))
    return events


def trial(seed: int, number: int, *, crash: float = 0.01, lanes: int = 3) -> Outcome:
    """Send a history through the world while everything goes wrong; compare with the oracle."""
    random = Random(seed)
    events = events_of(random, number)
    world = World(chaos=SeededChaos(seed), lanes=lanes, batch=random.choice([3, 30, 100]), tick_every=3 * MINUTE)
    for name, content in SEGMENTS.items():
        world.define("segment", name, content)
    for start in range(0, number, 500):
        chunk = events[start : start + 500]
        shuffled = random.sample(chunk, len(chunk)) + random.sample(chunk, len(chunk) // 5)
        world.store(*shuffled)
        world.database.hook = _strike(random, crash)
        _survive(world, chunk[-1].at + SECOND)
        world.database.hook = None
        if start == (number // 1_000) * 500:
            for name, content in LATER.items():
                world.define("segment", name, content)
    reached = {event.owner for event in events[(number // 1_000) * 500 + 500 :] if event.name in WATCHED}
    world.advance(world.clock.now + 300 * SECOND)  # what a crash has hidden in the queue comes again
    faults = compare(world, events, reached)
    world.advance(world.clock.now + 4 * DAY)
    faults += compare(world, events, reached)
    lost, doubled = losses(world, events, reached=reached, later={"event#Wish Made"})
    return Outcome(
        events=number,
        invocations=sum(runner.invocations for runner in world.runners.values()),
        refolds=world.journal.counts["refolds"],
        merges=world.journal.counts["merges"],
        announced=len(world.announced),
        lost=lost,
        doubled=doubled,
        faults=faults,
    )


def compare(world: World, events: list[Event], reached: set[str]) -> list[str]:
    """
    Compare every person with the oracle: identifiers and memberships.

    Of definitions that came later only those are asked who did something afterwards (`reached`).
    """
    segments = [parse(name, content) for name, content in (SEGMENTS | LATER).items()]
    owned: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        owned[event.owner].append(event)
    faults = [f"given up: {len(lost.records)} records" for lost in world.given_up]
    for group in components(events):
        own = [event for owner in group for event in owned[owner]]
        asked = segments if group & reached else segments[: len(SEGMENTS)]
        faults += _compare_person(world, group, own, asked)
    return faults + _compare_announcements(world)


def _compare_person(world: World, group: frozenset[str], own: list[Event], segments: list[Segment]) -> list[str]:
    profiles, identities = ProfileStore(world.database), IdentityStore(world.database)
    link = identities.link(min(group))
    root = profiles.root(link.profile_id) if link else None
    profile_id = root.profile_id if root else alone(min(group))
    if set(root.owners if root else [min(group)]) != group:
        return [f"{profile_id} holds {root and root.owners}, not {sorted(group)}"]
    _, memberships = MembershipStore(world.database).of(profile_id)
    held = {name for name, membership in memberships.items() if membership.member}
    known = DEFAULT_RULES.is_known(group)
    due = {segment.id for segment in segments if is_member(segment, own, world.clock.now, known=known)}
    asked = {segment.id for segment in segments}
    return [f"{profile_id} is in {held}, not in {due}"] if held & asked != due else []


def _compare_announcements(world: World) -> list[str]:
    told: dict[tuple[str, str], dict[int, bool]] = defaultdict(dict)
    for one in world.announced:
        told[one.profile_id, one.segment].setdefault(one.number, one.entered)
    faults = []
    for pair, numbers in told.items():
        turns = [numbers[number] for number in sorted(numbers)]
        if any(one is other for one, other in pairwise(turns)) and not _merged(world, pair[0]):
            faults.append(f"{pair} was announced as {turns}")
    return faults


def _merged(world: World, profile_id: str) -> bool:
    profile = ProfileStore(world.database).get(profile_id)
    return profile is not None


def _strike(random: Random, crash: float) -> Hook:
    def hook(_operation: str, _table: str) -> None:
        if random.random() < crash:
            raise CrashError

    return hook


def _survive(world: World, to: int) -> None:
    while True:
        try:
            return world.advance(to)
        except CrashError:
            continue  # tick died; the next minute's takes up from its cursor


def _event(random: Random, index: int, at: int, person: int) -> Event:
    user, device = f"user_id:{person}", f"anonymous_id:{person}-{random.randrange(4)}"
    arrival = at + random.choice([0, 0, 0, 3_600, 86_400]) * SECOND + index
    sort = random.random()
    if sort < 0.05:
        traits = {"plan": random.choice(["gold", "silver"]), "points": random.randrange(9)}
        both = (user, device)
        return an_event(index, at=at, arrival=arrival, links=both, type="identify", name=None, traits=traits)
    email = f"email:{person}"
    choices: list[tuple[str, ...]] = [(user,), (device,), (device,), (user, device), (email, device), (user, email)]
    links = random.choice(choices)
    if sort < 0.3:
        name = random.choice(["Order Completed", "Order Completed", "Order Refunded"])
        properties = {"order_id": f"{person}-{random.randrange(9)}", "revenue": random.choice([5, 20, 9.99])}
        return an_event(index, at=at, arrival=arrival, links=links, name=name, properties=properties)
    return an_event(index, at=at, arrival=arrival, links=links, name="Wish Made" if sort > 0.9 else "Product Viewed")
