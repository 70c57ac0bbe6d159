"""Worked examples of others, call by call: Segment Unify's algorithm, PostHog's rules of merging people."""

from collections.abc import Mapping
from typing import Any

import pytest

from regulars.domain.calls import Delivery, read
from regulars.domain.events import Event
from regulars.domain.identifiers import Identifier, owner_key
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.instants import SECOND
from regulars.domain.sources import Source
from tests.builders import START
from tests.resolving import Resolving

KEY = bytes(32)


class Visits:
    """Calls as they come in, one a second."""

    def __init__(self) -> None:
        self.world = Resolving()
        self.events: list[Event] = []

    def identify(self, user: str, device: str | None = None, **more: Any) -> Event:
        """Send an identify call; it is resolved at once."""
        said = {"userId": user, "anonymousId": device, **more}
        number = len(self.events) + 1
        message = {
            "type": "identify",
            "messageId": f"m-{number}",
            **{name: value for name, value in said.items() if value is not None},
        }
        received = START + number * SECOND
        delivery = Delivery(source=Source(id="web", name="Web"), received=received, rules=DEFAULT_RULES, hash_key=KEY)
        event = read(message, delivery).event
        self.events.append(event)
        self.world.resolve(event)
        return event

    def people(self) -> set[frozenset[str]]:
        """Give the identifiers of each profile."""
        return self.world.groups()


def people(*groups: Mapping[str, str]) -> set[frozenset[str]]:
    return {frozenset(owner_key(Identifier(*each), KEY) for each in group.items()) for group in groups}


def test_segment_drops_the_address_when_a_second_user_id_comes_with_it() -> None:
    """
    A profile has user_id abc123 and email E; an event comes with abc456 and E.

    Both would merge, and two user ids are one too many: E, of lower priority, is dropped. abc456 is a profile of its
    own without E, and abc123 keeps E.
    """
    visits = Visits()
    visits.identify("abc123", traits={"email": "e@x.example"})

    event = visits.identify("abc456", traits={"email": "e@x.example"})

    assert visits.people() == people({"user_id": "abc123", "email": "e@x.example"})  # abc456, alone, needs no row
    assert event.owner == owner_key(Identifier("user_id", "abc456"), KEY)
    assert visits.world.counted("identifiers_dropped", limit="user_id") == 1


def test_segment_gives_the_new_profile_what_comes_later() -> None:
    visits = Visits()
    visits.identify("abc123", traits={"email": "e@x.example"})
    visits.identify("abc456", traits={"email": "e@x.example"})

    visits.identify("abc456", "laptop")

    assert visits.people() == people(
        {"user_id": "abc123", "email": "e@x.example"}, {"user_id": "abc456", "anonymous_id": "laptop"}
    )


@pytest.mark.parametrize(
    "illegal",
    [
        *"anonymous GUEST distinctid distinct_id id not_authenticated email undefined true false".split(),
        *("[object Object]", "NaN", "None", "none", "null", "0", '"null"', "'guest'", " "),
    ],
)
def test_posthog_1_an_illegal_id_merges_nobody(illegal: str) -> None:
    visits = Visits()

    visits.identify(illegal, "laptop")
    visits.identify(illegal, "phone")

    assert visits.people() == set()
    assert [event.links for event in visits.events] == [
        (owner_key(Identifier("anonymous_id", device), KEY),) for device in ("laptop", "phone")
    ]


def test_posthog_2_neither_exists_so_one_person_has_both() -> None:
    visits = Visits()

    visits.identify("u", "laptop")

    assert visits.people() == people({"user_id": "u", "anonymous_id": "laptop"})


def test_posthog_2_one_exists_and_gets_the_other() -> None:
    visits = Visits()
    visits.identify("u", "laptop")

    visits.identify("u", "phone")

    u, laptop, phone = (
        owner_key(Identifier(*each), KEY)
        for each in (("user_id", "u"), ("anonymous_id", "laptop"), ("anonymous_id", "phone"))
    )
    assert visits.people() == {frozenset({u, laptop, phone})}


def test_posthog_2_the_same_id_and_the_same_person_change_nothing() -> None:
    visits = Visits()
    visits.identify("u", "laptop")
    before = visits.world.database.all("profiles")

    visits.identify("u", "laptop")
    visits.identify("u", "u")  # as an anonymous id it is another identifier, and the person's

    assert [row["profile_id"] for row in visits.world.database.all("profiles")] == [row["profile_id"] for row in before]


def test_posthog_3_two_people_who_are_known_are_not_merged_and_the_event_counts() -> None:
    visits = Visits()
    visits.identify("ann", "laptop")
    visits.identify("ben", "phone")

    event = visits.identify("ben", "laptop")

    assert visits.people() == people(
        {"user_id": "ann", "anonymous_id": "laptop"}, {"user_id": "ben", "anonymous_id": "phone"}
    )
    assert event.owner == owner_key(Identifier("user_id", "ben"), KEY)
