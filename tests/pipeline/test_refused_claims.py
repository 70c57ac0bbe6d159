"""What did not join is written down once a day, and can be listed."""

from itertools import islice

import pytest

from regulars.domain.instants import DAY, to_text
from regulars.domain.refused_claims import RefusedClaim
from regulars.pipeline.refused_claims import RefusedClaims
from regulars.stores.refused_claims import RefusedClaimStore
from tests.builders import START, an_event
from tests.resolving import Resolving

ANN, BEN, LAPTOP = "user_id:ann", "user_id:ben", "anonymous_id:laptop"
TODAY, TOMORROW = (to_text(START + days * DAY)[:10] for days in (0, 1))


def told(world: Resolving, *days: str) -> list[RefusedClaim]:
    reader = RefusedClaims(world.database, lambda: START)
    return [claim for _, claim in reader.of(days or (TODAY,), after=None, limit=1_000)]


def a_shared_laptop() -> Resolving:
    world = Resolving()
    world.resolve(an_event(1, links=(ANN, LAPTOP)))
    return world


def test_tells_which_identifier_of_which_event_by_which_limit_and_when() -> None:
    world = a_shared_laptop()
    event = an_event(2, links=(BEN, LAPTOP))

    world.resolve(event)

    assert told(world) == [RefusedClaim(owner=LAPTOP, limit="user_id", event=f"{BEN} {event.moment}", at=event.arrival)]
    assert told(world)[0].source == "web"


def test_tells_the_first_of_a_day_whoever_resolves_the_others() -> None:
    world = a_shared_laptop()
    world.resolve(*(an_event(number, links=(BEN, LAPTOP)) for number in (2, 3)))
    another = Resolving(over=world.database)

    another.resolve(an_event(4, links=(BEN, LAPTOP)))

    assert [claim.event for claim in told(world)] == [f"{BEN} {an_event(2).moment}"]
    assert world.counted("identifiers_dropped", limit="user_id") == 2


def test_tells_it_again_the_next_day() -> None:
    world = a_shared_laptop()

    world.resolve(an_event(2, links=(BEN, LAPTOP)), an_event(3, links=(BEN, LAPTOP), arrival=START + DAY))

    assert [claim.at for claim in told(world, TODAY, TOMORROW)] == [an_event(2).arrival, START + DAY]


def test_a_process_asks_no_table_for_what_it_has_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    world = a_shared_laptop()
    world.resolve(an_event(2, links=(BEN, LAPTOP)))
    asked: list[str] = []
    monkeypatch.setattr(RefusedClaimStore, "add", lambda _self, claim: asked.append(claim.owner))

    world.resolve(an_event(3, links=(BEN, LAPTOP)))

    assert asked == []


def test_pages_are_the_whole_list_once() -> None:
    world = Resolving()
    store = RefusedClaimStore(world.database)
    claims = {
        RefusedClaim(owner=f"email:{number}", limit="email", event="user_id:u -#web#m", at=START + number % 2 * DAY)
        for number in range(50)
    }
    for claim in claims:
        store.add(claim)
    reader, found, after = RefusedClaims(world.database, lambda: START), list[RefusedClaim](), None

    while page := list(islice(reader.of((TODAY, TOMORROW), after=after, limit=7), 7)):
        found += [claim for _, claim in page]
        after = page[-1][0]

    assert (len(found), set(found)) == (50, claims)
