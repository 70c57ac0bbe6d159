"""
One trial of live journeys while everything goes wrong: crashes at every step, duplicates, lost answers, any order.

People come, come back under other identifiers, turn out to be one, take consent back, and order; afterwards each
passage has ended, nothing was sent twice, and nothing without consent at the moment of the claim.
"""

from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

from local.world.chaos import CrashError, SeededChaos
from local.world.journeys import Journeys
from local.world.memory import Hook
from local.world.post import Post
from local.world.world import START, World
from regulars.domain.events import Event
from regulars.domain.instants import DAY, SECOND
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journeys import END
from regulars.domain.passages import Passage
from regulars.domain.send_ledger import read_ledger_name
from regulars.domain.stepping import next_place
from regulars.errors import NotAcceptedError, UnknownOutcomeError
from regulars.pipeline.ports import Outgoing
from tests.builders import an_event
from tests.world.passages import own_events, passages

_REFUSES = 0.01
MINUTE = 60 * SECOND
PURPOSES = {"purposes": {"newsletter": {"name": "Newsletter", "channels": ["email"]}}}
CART: dict[str, Any] = {
    "enter": {"event": "Product Added", "key": "cart_id"},
    "purpose": "newsletter",
    "steps": [
        {
            "hold": {
                "at_most": "1 hour",
                "until": [
                    {"event": "Product Added", "same": "cart_id", "restart": True},
                    {"event": "Product Viewed", "steps": [{"wait": "10 minutes"}]},
                ],
            }
        },
        {"send": {"channel": "email", "template": "cart_reminder"}},
        {"split": [{"name": "a", "percent": 50, "steps": [{"wait": "2 hours"}]}]},
        {"branch": [{"when": {"event": "Order Completed"}, "steps": ["exit"]}, {"otherwise": []}]},
        {"send": {"channel": "email", "template": "last_call", "quiet": "skip"}},
    ],
    "exit": [{"event": "Order Completed", "same": "cart_id"}],
    "goal": {"event": "Order Completed", "same": "cart_id", "within": "2 days", "exit": False},
    "holdout": 5,
}


@dataclass(slots=True)
class Seen:
    """What went out, or may have: how often each message, and which of them without consent at that moment."""

    sent: Counter[str] = field(default_factory=Counter)
    unasked: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trial did, and what was wrong afterwards."""

    passages: int
    endings: Counter[str]
    sent: int
    held_back: int
    transitions: int
    write_units: int
    faults: list[str]


def trial(seed: int, people: int, *, crash: float = 0.002) -> Outcome:
    """Send so many people through a journey while everything goes wrong."""
    random = Random(seed)
    world = World(lanes=3, batch=random.choice([10, 100]), tick_every=30 * DAY, chaos=SeededChaos(seed))
    post = Seen()
    on = Journeys(
        world,
        deliver=_sender(post, random),
        chaos=SeededChaos(seed + 1, crash=0.01),
        random=Random(seed),
        look_every=30 * DAY,
    )
    world.define("consent", "purposes", PURPOSES)
    for template in ("cart_reminder", "last_call"):
        world.define("template", template, {"channel": "email", "subject": template, "text": "Hello"})
    on.publish("cart", CART)
    world.database.hook = _strike(random, crash)
    lives = sorted(_lives(random, people), key=lambda one: one.at)
    for event in lives:
        _survive(world, on, event.at - random.choice([0, 0, 0, 5 * SECOND]))
        _store(world, event)
    _survive(world, on, world.clock.now + DAY)
    world.database.hook = None
    world.advance(world.clock.now + DAY)
    found = passages(world)
    return Outcome(
        passages=len(found),
        endings=Counter(str(one.ending) for one in found),
        sent=sum(post.sent.values()),
        held_back=sum(event.name == "Message Not Sent" for event in own_events(world)),
        transitions=on.machines.transitions,
        write_units=world.database.bill.write_units,
        faults=_faults(world, on, post, found) + _lost(lives, found),
    )


def _faults(world: World, on: Journeys, post: Seen, found: list[Passage]) -> list[str]:
    faults = [f"given up: {len(lost.records)} records" for lost in world.given_up]
    faults += [f"sent {times} times: {which}" for which, times in post.sent.items() if times > 1]
    faults += [f"sent without consent: {which}" for which in post.unasked]
    journey = parse_journey("cart", CART)
    faults += [f"a gap: {one}" for one in found if one.ending == "finished" and next_place(journey, one.answers) != END]
    faults += [f"never ended: {one}" for one in found if one.ending is None]
    faults += [f"failed: {one}" for one in found if one.ending == "failed"]
    faults += [f"still runs: {run.name}" for run in on.machines.executions.values() if run.runs]
    started = Counter(name for _, name in on.machines.executions)
    rows = {one.id for one in found if one.ending != "held_out"}
    faults += [f"started {times} times: {name}" for name, times in started.items() if times > 1]
    faults += [f"never started: {one.id}" for one in found if one.id not in started and one.ending in ("finished",)]
    faults += [f"runs without a row: {name}" for name in started if name not in rows]
    return faults


def _lost(lives: list[Event], found: list[Passage]) -> list[str]:
    """List the carts with which nobody entered, although something was put into them."""
    added = {str(event.properties["cart_id"]) for event in lives if event.name == "Product Added"}
    return [f"nobody entered with {cart}" for cart in sorted(added - {one.key for one in found})]


def _sender(seen: Seen, random: Random) -> Any:
    """Make the function `deliver` over a channel that fails now and then, and that counts what it may have taken."""

    def made(on: Journeys) -> Any:
        post = Post(on.world, on.sealer)

        def take(outgoing: Outgoing) -> None:
            owner, _, _ = read_ledger_name(outgoing.name)
            if not _consents(on, owner):
                seen.unasked.append(outgoing.name)
            luck = random.random()
            if luck < _REFUSES:
                raise NotAcceptedError("busy", again=True)
            seen.sent[outgoing.name] += 1
            if luck < 2 * _REFUSES:
                raise UnknownOutcomeError
            if luck < 3 * _REFUSES:
                raise CrashError

        post.channel.before = take
        deliveries = post.deliveries()
        return deliveries.answer

    return made


def _consents(on: Journeys, owner: str) -> bool:
    hook, on.world.database.hook = on.world.database.hook, None
    try:
        home = on.rooms.travellers.home(owner)
        return on.rooms.travellers.person(home, on.rooms.live()).consent.allows("newsletter", "email")
    finally:
        on.world.database.hook = hook


def _lives(random: Random, people: int) -> list[Event]:
    """Make a day of people: carts, some ordered, some by devices that turn out to be somebody's, some who withdraw."""
    events: list[Event] = []

    def say(name: str, *, at: int, by: tuple[str, ...], **properties: Any) -> None:
        number = len(events)
        arrival = at + number % 1_000
        said = an_event(number, name=name, at=at, arrival=arrival, links=by, properties=properties, proven=True)
        events.append(said)

    for person in range(people):
        user, device, cart = f"user_id:{person}aa", f"anonymous_id:{person}bb", f"{person}.0"
        at = START + random.randrange(24 * 60) * MINUTE + person % 59 * SECOND + 1_000 * (person % 900)
        by = random.choice([(user,), (device,), (device,)])
        said = {"email": f"{person}@example.com"}
        events.append(an_event(len(events), type="identify", name=None, at=at, arrival=at, links=(user,), traits=said))
        say("Consent Given", at=at, by=(user,), purpose="newsletter")
        at += random.randrange(1, 90) * SECOND
        for number in range(random.choice([1, 1, 1, 2])):
            say("Product Added", at=at + number, by=by, cart_id=f"{person}.{number}")
        later: list[tuple[float, int, str, tuple[str, ...], dict[str, Any]]] = [
            (0.3, 50, "Product Added", by, {"cart_id": cart}),
            (0.3, 70, "Product Viewed", by, {}),
            (0.6, 200, "Linked", (user, device), {}),
            (0.2, 200, "Product Added", (user,), {"cart_id": cart}),
            (0.3, 240, "Order Completed", (user,), {"cart_id": cart}),
            (0.2, 240, "Consent Withdrawn", (user,), {"purpose": "newsletter"}),
        ]
        for chance, minutes, name, whose, properties in later:
            if random.random() < chance:
                say(name, at=at + random.randrange(1, minutes) * MINUTE, by=whose, **properties)
    return events


def _strike(random: Random, crash: float) -> Hook:
    def hook(_operation: str, _table: str) -> None:
        if random.random() < crash:
            raise CrashError

    return hook


def _survive(world: World, on: Journeys, to: int) -> None:
    while True:
        try:
            return world.advance(to)
        except CrashError:
            on.restart()


def _store(world: World, event: Event) -> None:
    while True:
        try:
            world.store(event)
            return
        except CrashError:
            continue
