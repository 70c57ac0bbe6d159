"""A person of many identifiers is evaluated once a minute, loses nothing by it, and still leaves on the second."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from local.world.chaos import CrashError, SeededChaos
from local.world.world import START, World
from regulars.domain.events import Event
from regulars.domain.heads import MANY_OWNERS, evaluated
from regulars.domain.instants import SECOND
from regulars.domain.segment_definitions import parse
from regulars.domain.timers import MINUTE
from regulars.stores.database import TableName
from regulars.stores.memberships import MembershipStore
from tests.builders import an_event, an_identify, an_order
from tests.oracle import is_member

DEVICES = 30
RULES = {
    "identifiers": [
        {"kind": "user_id", "from": ["userId"], "limit": 1, "known": True},
        {"kind": "anonymous_id", "from": ["anonymousId"], "limit": 100},
    ],
    "max_ties_an_hour": 1_000,
}
HOT = "p_user_id:u"
READY = START + 5 * MINUTE
SEGMENTS: dict[str, dict[str, Any]] = {
    "odd": {"where": {"any": [{"event": "Product Viewed", "count": {"equals": n}} for n in range(1, 300, 2)]}},
    "busy": {"where": {"event": "Product Viewed", "count": {"at_least": 5}, "within": "20 seconds"}},
    "bought": {"where": {"event": "Order Completed", "within": "90 seconds"}},
    "gold": {"where": {"trait": "plan", "equals": "gold"}},
}


def device(number: int) -> tuple[str]:
    """One of the devices of the person."""
    return (f"anonymous_id:{number}",)


def a_hot_person(*segments: str, devices: int = DEVICES, world: World | None = None) -> World:
    """A person on many devices, evaluated with each of them, and minutes ago."""
    world = world or World()
    world.define("identity", "rules", RULES)
    for name in segments:
        world.define("segment", name, SEGMENTS[name])
    world.store(*(an_identify(number, links=("user_id:u", *device(number))) for number in range(devices)))
    world.advance(READY)
    return world


def views(seconds: int, devices: int = DEVICES) -> Iterator[Event]:
    """A look each second, each time from the next device."""
    for second in range(seconds):
        yield an_event(1_000 + second, at=READY + second * SECOND, links=device(second % devices))


def members(world: World, profile_id: str = HOT) -> set[str]:
    """The segments that somebody is in."""
    _, memberships = MembershipStore(world.database).of(profile_id)
    return {name for name, membership in memberships.items() if membership.member}


def count_evaluations(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note the instant of each evaluation from now on."""
    instants: list[int] = []

    def note(head: object, owners: int, catalog: int, now: int, **more: bool) -> object:
        instants.append(now)
        return evaluated(head, owners, catalog, now, **more)  # type: ignore[arg-type]  # it is a head

    monkeypatch.setattr("regulars.pipeline.evaluate.evaluated", note)
    return instants


@pytest.mark.parametrize(("devices", "most"), [(DEVICES, 5), (MANY_OWNERS - 1, 180)])
def test_in_a_flood_a_person_of_many_identifiers_is_evaluated_once_a_minute(
    monkeypatch: pytest.MonkeyPatch, devices: int, most: int
) -> None:
    world = a_hot_person("odd", devices=devices)
    instants = count_evaluations(monkeypatch)
    for view in views(180, devices):
        world.advance(view.at)
        world.store(view)
    world.advance(READY + 5 * MINUTE)

    assert most - 2 <= len(instants) <= most


def test_who_was_put_off_is_what_they_are_at_the_end_of_their_minute() -> None:
    world = a_hot_person("odd")
    world.store(an_event(1, at=READY, links=device(1)))
    world.settle()
    world.advance(READY + SECOND)
    world.store(an_event(2, at=READY + SECOND, links=device(2)))

    world.advance(READY + MINUTE - 1)
    before = members(world)
    world.advance(READY + MINUTE)
    assert (before, members(world)) == ({"odd"}, set())


def test_one_timer_waits_for_a_person_however_much_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    world = a_hot_person("odd")
    sent: list[float] = []
    send = world.queue.send

    def note(body: str, delay: float) -> str:
        sent.append(delay)
        return send(body, delay)

    monkeypatch.setattr(world.queue, "send", note)
    for view in views(59):
        world.advance(view.at)
        world.store(view)
    world.settle()

    assert sent == [59]


def test_a_membership_that_ends_by_time_ends_on_the_second() -> None:
    world = a_hot_person("bought", "odd")
    world.store(an_order(1, at=READY))
    for view in views(180):
        world.advance(view.at)
        world.store(view)
    world.advance(READY + 5 * MINUTE)

    bought = [(one.entered, (one.since - READY) // SECOND) for one in world.announced if one.segment == "bought"]
    assert bought == [(True, 0), (False, 90)]


def test_who_joins_a_person_that_waits_brings_memberships_and_history() -> None:
    world = a_hot_person("odd", "gold")
    world.define("segment", "busy", {**SEGMENTS["busy"], "anonymous": True})
    for number in range(5):
        world.store(an_event(number, at=READY, links=("anonymous_id:new",)))
    world.store(an_event(9, at=READY, links=("anonymous_id:old",), name="Wish Made"))
    world.settle()
    world.define("segment", "wished", {"where": {"event": "Wish Made"}})
    world.store(an_identify(900, links=("user_id:u",), plan="gold"))
    world.settle()
    assert (members(world), members(world, "p_anonymous_id:new")) == ({"gold"}, {"busy"})

    for number, name in enumerate(("new", "old")):
        world.store(an_identify(901 + number, links=("user_id:u", f"anonymous_id:{name}")))
    world.settle()
    assert members(world) == {"gold"}
    world.advance(READY + MINUTE)
    assert members(world) >= {"wished"}
    assert members(world, "p_anonymous_id:new") == set()
    numbers = [one.number for one in world.announced if one.segment == "busy" and one.profile_id == HOT]
    assert numbers == [2]


def test_a_person_of_few_identifiers_remembers_no_instant() -> None:
    world = a_hot_person("odd", devices=2)
    world.define("segment", "twice", {"where": {"event": "Product Viewed", "count": {"at_least": 200}}})
    world.store(*views(2, 2))
    world.settle()
    writes: list[str] = []

    def note(operation: str, table: TableName) -> None:
        if operation == "put" and table == "memberships":
            writes.append(operation)

    world.store(*list(views(4, 2))[2:])
    world.database.hook = note
    world.settle()

    assert writes == []


@pytest.mark.parametrize("seed", range(8))
def test_a_minute_after_the_last_event_the_person_is_what_the_oracle_says(seed: int) -> None:
    world = a_hot_person(*SEGMENTS)
    history = live_through(world, Random(seed))
    world.advance(history[-1].arrival + MINUTE)

    assert members(world) == expected(history, world)
    assert world.journal.counts["evaluations_put_off"] > 0


@pytest.mark.parametrize("seed", range(8))
def test_whatever_dies_and_comes_again_what_was_put_off_is_evaluated(seed: int) -> None:
    random = Random(seed)
    world = a_hot_person(*SEGMENTS, world=World(chaos=SeededChaos(seed), lanes=3, batch=random.choice([1, 5, 50])))

    def strike(operation: str, _table: str) -> None:
        if operation != "insert" and random.random() < 0.02:
            raise CrashError

    world.database.hook = strike
    history = live_through(world, random)
    world.database.hook = None
    world.advance(history[-1].arrival + 6 * MINUTE)  # what a crash has hidden in the queue comes again

    assert members(world) == expected(history, world)
    assert world.given_up == []


def live_through(world: World, random: Random) -> list[Event]:
    """Let a person do things on all devices for some minutes; give all that they ever did."""
    history = [an_identify(number, links=("user_id:u", *device(number))) for number in range(DEVICES)]
    at = READY
    for number in range(150):
        at += random.choice([0, 0, 1, 1, 7, 30]) * SECOND
        survive(world, at)
        history.append(something(random, 10_000 + number, at))
        world.store(history[-1])
    return history


def expected(history: list[Event], world: World) -> set[str]:
    """The segments that a person with this history should be in now."""
    asked = [parse(name, content) for name, content in SEGMENTS.items()]
    return {segment.id for segment in asked if is_member(segment, history, world.clock.now, known=True)}


def something(random: Random, number: int, at: int) -> Event:
    """Something that the person does, now and then on a new device."""
    links: tuple[str, ...] = device(random.randrange(DEVICES))
    match random.randrange(10):
        case 0:
            return an_order(number, at=at, arrival=at, links=links)
        case 1 | 2:
            grown = device(random.randrange(60))
            plan = {"plan": random.choice(["gold", "silver"])}
            links = ("user_id:u", *grown)
            return an_event(number, at=at, arrival=at, links=links, type="identify", name=None, traits=plan)
    return an_event(number, at=at, arrival=at, links=links)


def survive(world: World, to: int) -> None:
    """Advance, whatever dies on the way."""
    while True:
        try:
            return world.advance(to)
        except CrashError:
            continue
