"""Journeys: read, gone through, drawn, and made into state machines that lead the same way."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given

from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_drawing import draw
from regulars.domain.journey_lengths import longest
from regulars.domain.journey_machines import compile_journey
from regulars.domain.journey_walks import walk
from regulars.domain.journeys import ANEW, LEAVE, Hold, Move, every, turns
from regulars.errors import DefinitionError
from tests.journeys import gone, journeys, read

READY = sorted((Path(__file__).parents[2] / "catalog" / "journeys").glob("*.yaml"))


@given(journeys)
def test_steps_have_names_of_their_own(definition: dict[str, Any]) -> None:
    ids = [step.id for step in every(read(definition).steps)]

    assert len(set(ids)) == len(ids)


@given(journeys)
def test_who_moves_ends_in_the_other_journey(definition: dict[str, Any]) -> None:
    journey = read(definition)
    moves = any(isinstance(step, Move) for step in every(journey.steps))

    for seed in range(10):
        assert gone(journey, seed).moved in ((None, "welcome_back") if moves else (None,))


def test_a_hold_begins_anew_and_who_never_comes_to_rest_leaves() -> None:
    definition = {"at_most": "1 hour", "until": [{"event": "A", "restart": True}]}
    journey = read({"enter": {"api": True}, "steps": [{"hold": definition}, {"join": "vip"}]})
    ways = turns(journey.steps[0])
    way = walk(journey.steps)

    assert [next(way).name, way.send(0).name, way.send(0).name] == ["hold_1"] * 3
    assert ways == (ANEW, (), LEAVE)
    with pytest.raises(StopIteration):
        way.send(2)


def test_an_answer_that_a_step_has_no_way_for_is_refused() -> None:
    way = walk(read({"enter": {"api": True}, "steps": [{"join": "vip"}]}).steps)
    next(way)

    with pytest.raises(ValueError, match="join_1 has 1 ways, and none of number 1"):
        way.send(1)


def test_turns_of_what_is_repeated_are_told_apart() -> None:
    inner = {"repeat": {"times": 2, "steps": [{"join": "vip"}]}}
    journey = read({"enter": {"api": True}, "steps": [{"repeat": {"times": 2, "steps": [inner]}}]})

    assert gone(journey, 0).places == ["join_1#1.1", "join_1#1.2", "join_1#2.1", "join_1#2.2"]


@given(journeys)
def test_a_picture_names_every_step_once(definition: dict[str, Any]) -> None:
    journey = read(definition)
    lines = draw(journey).splitlines()

    assert lines[0] == "flowchart TD"
    for step in every(journey.steps):
        assert (
            sum(line.lstrip().startswith((f"s_{step.id}[", f"s_{step.id}{{", f"s_{step.id}(")) for line in lines) <= 1
        )


@pytest.mark.parametrize(
    "name", ['"]; click a "javascript:alert(1)"', "<script>", "a --> b", "#quot;", "%%{init}%%", "\n"]
)
def test_what_a_definition_says_is_no_markup_in_a_picture(name: str) -> None:
    journey = read({"enter": {"event": name}, "steps": ["exit"]})
    line = next(line for line in draw(journey).splitlines() if line.startswith("  enter(["))

    text = line.removeprefix('  enter(["').removesuffix('"])')
    assert not set(text) & set('"<>[]{}|\n%')
    assert "-->" not in text


@pytest.mark.parametrize("path", READY, ids=lambda path: path.stem)
def test_the_ready_journeys_hold_together(path: Path) -> None:
    journey = parse_journey(path.stem, yaml.safe_load(path.read_text()))

    assert compile_journey(journey).definition["StartAt"]
    assert draw(journey)


SEND = {"channel": "email", "template": "hello"}
ENTER = {"event": "Product Added", "key": "cart_id"}
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"steps": ["exit"]}, "enter", "is an object"),
    ({"enter": ENTER}, "steps", "is a list of steps"),
    ({"enter": ENTER, "steps": []}, "steps", "has at least one step"),
    ({"enter": {"event": "A", "segment": "b"}, "steps": ["exit"]}, "enter", "is by one of"),
    ({"enter": {"api": False}, "steps": ["exit"]}, "enter", "is by one of"),
    ({"enter": {"api": True, "enrol": "both"}, "steps": ["exit"]}, "enter", "does not know enrol"),
    ({"enter": {"event": "A", "at_once": 2}, "steps": ["exit"]}, "enter.at_once", "only with a key"),
    ({"enter": {"event": "A", "again": "soon"}, "steps": ["exit"]}, "enter.again", "is a number and a unit"),
    ({"enter": {"event": "A", "again": 3}, "steps": ["exit"]}, "enter.again", "always, never"),
    ({"enter": {"segment": "a", "change": "left", "enrol": "both"}, "steps": ["exit"]}, "enter.enrol", "is future"),
    (
        {"enter": {"schedule": {"segment": "a", "at": "09:00"}}, "steps": ["exit"]},
        "enter.schedule",
        "is on days of the week",
    ),
    (
        {"enter": {"schedule": {"segment": "a", "at": "24:00", "days": ["monday"]}}, "steps": ["exit"]},
        "enter.schedule.at",
        "is a time of day",
    ),
    (
        {"enter": {"schedule": {"segment": "a", "at": "09:00", "date": "soon"}}, "steps": ["exit"]},
        "enter.schedule.date",
        "is a day such as",
    ),
    ({"enter": ENTER, "steps": [{"send": SEND}]}, "steps[0].send", "says for which purpose"),
    ({"enter": ENTER, "steps": [{"send": {**SEND, "purpose": "A B"}}]}, "steps[0].send.purpose", "is the id of"),
    (
        {"enter": ENTER, "steps": [{"send": {**SEND, "purpose": "a", "channel": "fax"}}]},
        "steps[0].send.channel",
        "is one of email",
    ),
    ({"enter": ENTER, "steps": [{"wait": "1 day", "hold": {}}]}, "steps[0]", "is one step"),
    ({"enter": ENTER, "steps": [{"sleep": "1 day"}]}, "steps[0]", "is one step"),
    ({"enter": ENTER, "steps": [{"wait": "soon"}]}, "steps[0].wait", "is a number and a unit"),
    ({"enter": ENTER, "steps": [{"wait": "400 days"}]}, "steps[0].wait", "at most 365 days"),
    ({"enter": ENTER, "steps": [{"wait": "200 days"}] * 2}, "steps", "may take 400 days"),
    ({"enter": ENTER, "steps": ["exit", {"wait": "1 day"}]}, "steps[1]", "is never reached"),
    (
        {
            "enter": ENTER,
            "steps": [{"branch": [{"when": {"event": "A"}, "steps": ["exit"]}, {"otherwise": ["exit"]}]}, "exit"],
        },
        "steps[1]",
        "is never reached",
    ),
    ({"enter": ENTER, "steps": [{"wait": {"date": "birthday"}}]}, "steps[0].wait.date", "is personal"),
    ({"enter": ENTER, "steps": [{"update": {"email": "a@b.c"}}]}, "steps[0].update", "is personal"),
    ({"enter": ENTER, "steps": [{"id": "a", "join": "b"}] * 2}, "steps[1].id", "as another step is"),
    ({"enter": ENTER, "steps": [{"id": "end", "join": "b"}]}, "steps[0].id", "as the end of a journey is"),
    ({"enter": ENTER, "steps": [{"wait": "1 day"}] * 51}, "steps", "more than 50 steps"),
    (
        {"enter": {"api": True}, "steps": [{"hold": {"at_most": "1 day", "until": [{"event": "A", "same": "b"}]}}]},
        "steps[0].hold.until[0].same",
        "enter by an event",
    ),
    (
        {"enter": ENTER, "steps": [{"hold": {"at_most": "1 day", "until": []}}]},
        "steps[0].hold.until",
        "is a list of 1 to 9",
    ),
    (
        {
            "enter": ENTER,
            "steps": [{"hold": {"at_most": "1 day", "until": [{"event": "A", "restart": True, "steps": []}]}}],
        },
        "steps[0].hold.until[0].steps",
        "is never reached",
    ),
    ({"enter": {"api": True}, "steps": [{"branch": [{"entry": {"a": 1}}]}]}, "steps[0].branch[0].entry", "by an event"),
    ({"enter": ENTER, "steps": [{"branch": [{"otherwise": []}]}]}, "steps[0].branch", "has 1 to 9 ways"),
    (
        {"enter": ENTER, "steps": [{"branch": [{"otherwise": []}, {"when": {"event": "A"}}]}]},
        "steps[0].branch[0]",
        "comes last",
    ),
    (
        {"enter": ENTER, "steps": [{"split": [{"name": "a", "percent": 60}, {"name": "b", "percent": 60}]}]},
        "steps[0].split",
        "more than 100 percent",
    ),
    (
        {"enter": ENTER, "steps": [{"split": [{"name": "a", "percent": 6}, {"name": "a", "percent": 6}]}]},
        "steps[0].split",
        "two parts alike",
    ),
    ({"enter": ENTER, "holdout": 10, "steps": ["exit"]}, "holdout", "is measured by a goal"),
    ({"enter": ENTER, "holdout": 100, "goal": {"event": "A"}, "steps": ["exit"]}, "holdout", "at most 99"),
    (
        {"enter": ENTER, "exit": [{"event": "A", "change": "left"}], "steps": ["exit"]},
        "exit[0]",
        "does not know change",
    ),
    (
        {"enter": ENTER, "steps": [{"repeat": {"times": 2, "steps": []}}]},
        "steps[0].repeat.steps",
        "something to repeat",
    ),
    ({"enter": ENTER, "steps": ["exit"], "sql": "DROP TABLE"}, "", "does not know sql"),
    ({"enter": {"event": "A", "where": {"email": "a@b.c"}}, "steps": ["exit"]}, "enter.where", "is personal"),
    ({"enter": {"event": "A", "key": "email"}, "steps": ["exit"]}, "enter.key", "is personal"),
]


@pytest.mark.parametrize(
    ("definition", "path", "message"), WRONG, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_does_not_hold_together_is_refused_where_it_stands(
    definition: dict[str, Any], path: str, message: str
) -> None:
    with pytest.raises(DefinitionError, match=message) as refused:
        parse_journey("x", definition)

    assert refused.value.path == path


def test_no_step_is_called_as_the_end_is() -> None:
    journey = read({"enter": {"api": True}, "steps": [{"send": {**SEND, "template": "end", "purpose": "a"}}]})

    assert [step.id for step in journey.steps] == ["send_1"]


def nested(depth: int) -> Iterator[object]:
    """Steps within steps."""
    steps: list[object] = ["exit"]
    for _ in range(depth):
        steps = [{"repeat": {"times": 20, "steps": [{"join": "vip"}, *steps]}}]
    yield from steps


def test_what_is_nested_too_deep_is_refused() -> None:
    with pytest.raises(DefinitionError, match="nested deeper than 6"):
        parse_journey("x", {"enter": ENTER, "steps": list(nested(7))})


def test_a_hold_takes_as_long_as_its_longest_way() -> None:
    hold = {
        "hold": {
            "at_most": "2 days",
            "until": [{"event": "A", "steps": [{"wait": "5 days"}]}],
            "otherwise": [{"wait": "1 day"}],
        }
    }
    journey = parse_journey("x", {"enter": ENTER, "steps": [hold]})

    assert longest(journey.steps) == 7 * 86_400 * 1_000_000
    assert isinstance(journey.steps[0], Hold)
