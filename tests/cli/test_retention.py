"""For how long what is kept, from the terminal."""

from local.world.retaining import Retaining
from regulars.domain.instants import DAY
from tests.cli.conftest import Regulars


def test_the_periods_are_shown_and_that_no_sweep_has_ended(applied: Regulars) -> None:
    said = applied("retention", "show").out

    assert "any other event" in said
    assert "396 days" in said
    assert "no sweep has ended yet" in said


def test_what_the_last_sweep_did_is_shown(applied: Regulars) -> None:
    world = applied.platform.workspace.world
    applied.platform.workspace.send({"type": "track", "event": "Seen", "anonymousId": "d", "properties": {}})
    world.clock.advance_to(world.clock.now + 40 * DAY)
    Retaining(world=world).sweep()

    assert "1 forgotten" in applied("retention", "show").out
    assert applied.json("retention", "show")["sweep"]["found"]["forgotten"] == 1


def test_one_that_is_overdue_is_told(applied: Regulars) -> None:
    world = applied.platform.workspace.world
    Retaining(world=world).sweep()
    world.clock.advance_to(world.clock.now + 15 * DAY)

    assert "OVERDUE" in applied("retention", "show").out


def test_periods_of_fields_are_shown(applied: Regulars) -> None:
    workspace = applied.platform.workspace
    assert workspace.put("/v1/retention", {"definition": {"fields": {"context": "90 days"}}}).status == 200
    workspace.world.clock.advance_to(workspace.world.clock.now + DAY)

    assert "of any event, its fields of the class context" in applied("retention", "show").out
