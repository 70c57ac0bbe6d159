"""A rehearsal ties together what resolution ties together."""

from random import Random
from typing import Any

import pytest

from regulars.domain.events import Event
from regulars.domain.identity_definitions import parse_rules
from regulars.domain.instants import DAY
from regulars.domain.rehearsal import Claim, Rehearsal
from tests.builders import START, an_event
from tests.resolving import Resolving

KINDS = ["user_id", "email", "anonymous_id", "card"]
RULES = parse_rules(
    {
        "identifiers": [
            {"kind": "user_id", "from": ["userId"], "limit": 1, "known": True},
            {"kind": "email", "limit": 2, "known": True},
            {"kind": "anonymous_id", "limit": {"count": 3, "within": "7 days"}},
        ],
        "never": [["email", "card"]],
        "max_merges": 3,
    }
)


def some_events(random: Random) -> list[Event]:
    owners = [f"{kind}:{number}" for kind in KINDS for number in range(4)]
    events = []
    for number in range(60):
        links = sorted(random.sample(owners, random.choice([1, 2, 2, 3, 4])), key=_rank)
        changes: dict[str, Any] = {"at": START + number * DAY // 2, "arrival": START + number * DAY}
        events.append(an_event(number, links=tuple(links), proven=random.random() < 0.3, **changes))
    return events


def _rank(owner: str) -> int:
    return KINDS.index(owner.split(":")[0])


@pytest.mark.parametrize("seed", range(100))
def test_gives_the_people_and_the_refusals_of_resolution(seed: int) -> None:
    events = some_events(Random(seed))
    world, rehearsal = Resolving(RULES), Rehearsal(RULES)
    world.resolve(*events)

    refused = [
        each.limit
        for event in events
        for each in rehearsal.resolve(Claim(links=event.links, at=event.at, arrival=event.arrival, proven=event.proven))
    ]

    assert (rehearsal.people, rehearsal.merges) == (len(world.groups()), world.counted("merges"))
    for limit in {*refused, "email", "user_id", "never", "unproven", "merges", "anonymous_id"}:
        assert refused.count(limit) == world.counted("identifiers_dropped", limit=limit)
