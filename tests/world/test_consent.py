"""What people consent to, through the whole pipeline: in any order, over merges, soon, and for how much."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.events import order_call
from benchmarks.units import WRITE_KEY, Counted, with_history
from local.world.world import World
from regulars.domain.events import Event
from regulars.domain.instants import SECOND
from regulars.domain.profiles import alone
from regulars.pipeline.consents import Consents
from regulars.pipeline.opening import Opener
from regulars.stores.memberships import MembershipStore
from tests.builders import an_event
from tests.consents import OWNERS, PURPOSES, consent_histories, is_allowed
from tests.workspace import Workspace

STAMP: dict[str, Any] = {"consent": {"categoryPreferences": {"C0002": True, "C0004": False}}}
LETTERS = {"where": {"event": "Signed Up"}, "anonymous": True, "purpose": "newsletter", "channel": "email"}
ASKED = [
    ("newsletter", "email"),
    ("newsletter", "sms"),
    ("advertising", None),
    ("analytics", None),
    ("orders", "email"),
]


def a_world() -> World:
    """A world with purposes, and a segment of those who may be sent letters."""
    world = World()
    world.define("consent", "purposes", PURPOSES)
    world.define("segment", "letters", LETTERS)
    return world


def store(world: World, events: list[Event], random: Random) -> None:
    """Store events, some at a time, each as it arrives."""
    while events:
        size = random.randint(1, 4)
        world.advance(world.clock.now + SECOND)
        world.store(*{(event.owner, event.moment): event for event in events[:size]}.values())
        events = events[size:]
        if random.random() < 0.5:
            world.settle()
    world.settle()


@settings(max_examples=60, deadline=None)
@given(consent_histories(), st.integers(0, 10**6))
def test_it_is_that_of_brute_force_whatever_order_and_however_people_are_joined(events: list[Event], seed: int) -> None:
    random, world = Random(seed), a_world()
    signing_up = [an_event(50 + at, links=(owner,), name="Signed Up") for at, owner in enumerate(OWNERS)]
    ties = [
        an_event(70 + at, links=("user_id:u", owner)) for at, owner in enumerate(OWNERS[1:]) if random.random() < 0.5
    ]
    everything = [*events, *signing_up, *ties]
    store(world, random.sample(everything, len(everything)) + random.sample(everything, len(everything) // 3), random)
    consents, memberships = Consents(world.database, map, world.clock), MembershipStore(world.database)

    for owner in OWNERS:
        asked = consents.of(alone(owner))
        theirs = [event for event in everything if event.owner in asked.found.owners]
        for purpose, channel in ASKED:
            assert asked.consent.allows(purpose, channel) is is_allowed(theirs, purpose, channel), (owner, purpose)
        _, rows = memberships.of(asked.found.profile_id)
        is_member = any(row.member for row in rows.values() if row.segment == "letters")
        assert is_member is is_allowed(theirs, "newsletter", "email")


def test_a_withdrawal_is_told_within_a_minute() -> None:
    world = a_world()
    links = ("user_id:u", "anonymous_id:a")
    given = an_event(1, links=links, name="Consent Given", properties={"purpose": "newsletter"}, proven=True)
    store(world, [given, an_event(2, links=links, name="Signed Up")], Random(1))
    [entered] = world.announced
    since = world.clock.now
    world.store(an_event(3, links=links[1:], name="Consent Withdrawn", at=since, arrival=since))
    world.settle()

    assert (entered.entered, [one.entered for one in world.announced]) == (True, [True, False])
    assert world.clock.now - since <= 60 * SECOND
    assert world.journal.counts["held_back"] > 0


def units_of(counted: Counted, calls: list[dict[str, Any]]) -> dict[str, float]:
    """Bill a request, and all that follows from it: write units by table."""
    bill, _ = counted.bill(lambda: counted.send(calls))
    return {table: units for table, units in bill.writes.items() if units}


def test_decisions_cost_one_write_for_those_of_an_owner_and_events_without_any_nothing() -> None:
    plain = [{**order_call(2_000 + index, person=index), "event": "Filter Chosen"} for index in range(20)]
    stamped = [{**call, "messageId": f"s-{at}", "context": STAMP} for at, call in enumerate(plain)]
    of_one = [{**call, "messageId": f"o-{at}", "context": STAMP} for at, call in enumerate([plain[0]] * 20)]

    assert units_of(with_history(), plain) == {"events": 20.0}
    assert units_of(with_history(), stamped) == {"events": 20.0, "identities": 20.0}
    assert units_of(with_history(), of_one)["identities"] == 1.0


def test_what_a_browser_signals_denies_its_person_and_stays_over_a_merge() -> None:
    counted = Counted()
    counted.world.define("consent", "purposes", PURPOSES)
    granted = {"consent": {"categoryPreferences": {"C0004": True}}}
    counted.send([{"type": "page", "anonymousId": "a", "context": granted}])
    opted_out = {"type": "page", "anonymousId": "a", "messageId": "gpc"}
    counted.world.clock.advance_to(counted.world.clock.now + SECOND)
    counted.door.receive(opted_out, type="page", write_keys=[WRITE_KEY], opted_out=True)
    counted.send([{"type": "identify", "userId": "u", "anonymousId": "a"}])
    consents = Consents(counted.world.database, map, counted.world.clock)
    owners = counted.world.database.partitions("identities", segment=0, of=1, limit=100).partitions

    assert len(owners) == 2
    assert [consents.of(alone(owner)).consent.allows("advertising") for owner in owners] == [False, False]


def test_the_ledger_tells_when_and_what_of_a_pseudonym_whose_key_is_gone() -> None:
    shop = Workspace()
    shop.world.define("consent", "purposes", PURPOSES)
    shop.send({"type": "identify", "userId": "ann", "anonymousId": "a-1"})
    body = {"purpose": "newsletter", "state": "granted", "proof": "form of 3 May", "reason": "asked", "text": "v7"}
    assert shop.ask("POST", "/v1/profiles/user_id:ann/consent", "service", body=body).status == 200
    shop.world.settle()
    owner = shop.owner("user_id", "ann")
    shop.world.database.put("vault", {"owner": owner})
    shop.start()
    [decision], _ = Consents(shop.world.database, map, shop.world.clock).decisions(
        alone(owner), Opener(shop.sealer, personal=True), before=None, limit=10
    )

    assert (decision.text, decision.by, decision.proof.value) == ("v7", "s-1", None)
    assert decision.matters == {"purpose:newsletter": False}
    assert decision.event.proven
    assert "form of 3 May" not in repr(decision.event)


@pytest.mark.parametrize("category", ["x" * 200, "\0", "💥", "__proto__", "purpose:newsletter", ""])
def test_strange_categories_are_kept_as_they_are_or_deny(category: str) -> None:
    counted = Counted()
    counted.world.define("consent", "purposes", PURPOSES)
    context = {"consent": {"categoryPreferences": {category: True}}}
    counted.send([{"type": "page", "anonymousId": "a", "context": context}])
    consents = Consents(counted.world.database, map, counted.world.clock)
    [owner] = counted.world.database.partitions("identities", segment=0, of=1, limit=100).partitions

    assert not consents.of(alone(owner)).consent.allows("newsletter")
    assert consents.of(alone(owner)).consent.allows("analytics") is (len(category) <= 100)
