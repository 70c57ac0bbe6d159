"""Nothing more is done with who is restricted or erased on their way through a journey; rows of who has ended go."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from local.world.journeys import Journeys
from local.world.world import World
from regulars.domain.instants import DAY, HOUR, SECOND
from regulars.pipeline.restricting import Restricter
from regulars.pipeline.seizing import Seizer
from regulars.stores.database import Item
from regulars.stores.events import from_item
from regulars.stores.journeys import JourneyStore
from tests.builders import START, an_event, an_identify
from tests.sending import JANE as SENT_TO
from tests.sending import Sending
from tests.world.passages import passages, send_once

JANE = "user_id:jane"
STEPS: dict[str, Any] = {
    "update": {"update": {"tier": "gold"}},
    "join": {"join": "vip"},
    "leave": {"leave": "vip"},
    "move": {"move": "other"},
    "split": {"split": [{"name": "a", "percent": 100, "steps": [{"update": {"tier": "gold"}}]}]},
    "send": {"send": {"channel": "email", "template": "hello", "purpose": "newsletter"}},
}


def underway(step: str = "") -> tuple[World, Journeys, Counter[tuple[str, str]]]:
    """Let Jane wait a day for a step, or for the end."""
    world = World(tick_every=90 * DAY)
    world.define("list", "vip", {"name": "Vip"})
    sent: Counter[tuple[str, str]] = Counter()
    on = Journeys(world, deliver=send_once(sent), look_every=DAY)
    on.publish("other", {"enter": {"api": True}, "steps": [{"update": {"moved": True}}]})
    steps = [{"wait": "1 day"}, *([STEPS[step]] if step else [])]
    on.publish("j", {"enter": {"event": "Signed Up"}, "steps": steps})
    world.store(an_identify(1, links=(JANE, "anonymous_id:a"), at=START, arrival=START))
    world.advance(START + 60 * SECOND)
    at = START + 61 * SECOND
    world.store(an_event(2, name="Signed Up", at=at, arrival=at, links=(JANE,)))
    world.advance(START + HOUR)
    assert [one.ending for one in passages(world)] == [None]
    return world, on, sent


def said(world: World) -> list[tuple[str, str]]:
    """List what happened to people but for what journeys tell of themselves."""
    events = map(from_item, world.database.all("events"))
    return sorted((event.type, str(event.name)) for event in events if event.source != "journeys")


def restrict(owner: str) -> Callable[[World], object]:
    return lambda world: Restricter(world.database, map).restrict(owner)


def seize(world: World) -> object:
    return Seizer(world.database, world.clock).seize(JANE, "q1")


@pytest.mark.parametrize("strike", [restrict(JANE), restrict("anonymous_id:a"), seize], ids=["own", "other", "seized"])
@pytest.mark.parametrize("step", STEPS)
def test_nothing_is_done_with_somebody_stopped_on_the_way(step: str, strike: Callable[[World], object]) -> None:
    world, on, sent = underway(step)
    before = said(world)
    strike(world)
    world.advance(START + 3 * DAY)

    assert said(world) == before
    assert not sent
    assert [one.ending for one in passages(world)] == ["stopped"]
    assert not [run for run in on.machines.executions.values() if run.runs]


def test_who_has_nothing_before_them_but_the_end_has_finished() -> None:
    world, _, _ = underway()
    restrict(JANE)(world)
    world.advance(START + 3 * DAY)
    assert [one.ending for one in passages(world)] == ["finished"]


def test_a_program_lets_nobody_in_who_is_erased() -> None:
    world = World(tick_every=90 * DAY)
    on = Journeys(world, deliver=send_once(Counter()), look_every=DAY)
    on.publish("j", {"enter": {"api": True}, "steps": [{"wait": "1 day"}]})
    seize(world)
    world.wanted_port.send(
        [{"enter": {"journey": "j", "owner": JANE, "key": "", "occasion": "api 1", "at": world.clock.now, "event": ""}}]
    )
    world.advance(START + 3 * DAY)

    assert passages(world) == []
    assert on.machines.executions == {}


def test_the_row_of_who_ended_while_a_webhook_was_called_goes_in_its_time() -> None:
    sending = Sending({"id": "coupon", "webhook": {"to": "coupons"}})
    sending.meet()
    passage = sending.enter()
    until = START + 90 * DAY

    def ended(_webhook: str) -> None:
        store = JourneyStore(sending.database)
        standing = store.passage(SENT_TO, "welcome", passage.id)
        assert standing is not None
        store.save(replace(standing, ended=START, ending="exit", expires=until))

    sending.post.callee.before = ended
    sending.deliver(passage, "coupon")
    assert [row["expires"] for row in rows(sending, "passage#")] == [until // SECOND]


def rows(sending: Sending, prefix: str) -> list[Item]:
    """Read the rows of a kind."""
    return [row for row in sending.database.all("journeys") if str(row["item"]).startswith(prefix)]
