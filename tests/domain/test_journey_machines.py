"""State machines of journeys: valid, within the limits of Step Functions, and leading where the journey does."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.instants import SECOND, to_micros
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_lengths import history, transitions
from regulars.domain.journey_machines import (
    DELIVER,
    MAX_BYTES,
    MAX_STATES,
    STEP,
    compile_journey,
    machine_name,
    waits_until,
)
from regulars.domain.journeys import END, Hold, Journey, Send, Step, WaitForDate, Webhook, every, turns
from regulars.errors import DefinitionError
from tests.journeys import gone, journeys, read
from tests.states_language import faults
from tests.world.machine_trial import walked

READY = sorted((Path(__file__).parents[2] / "catalog" / "journeys").glob("*.yaml"))
ENTER = {"event": "Product Added", "key": "cart_id"}
SEND = {"channel": "email", "template": "hello", "purpose": "newsletter"}
YEAR = 365 * 86_400


def states_of(*steps: Any) -> Mapping[str, Any]:
    """The states of a journey of these steps."""
    states: Mapping[str, Any] = compile_journey(read({"enter": ENTER, "steps": list(steps)})).definition["States"]
    return states


@given(journeys, st.integers(0, 10**6))
def test_a_state_machine_leads_where_the_journey_does(definition: dict[str, Any], seed: int) -> None:
    journey = read(definition)
    way = gone(journey, seed)
    found = walked(journey, way)

    assert found.decided == [*way.decisions, (END, 0)]
    assert found.events <= history(journey.steps)


@given(journeys, st.integers(0, 10**6))
def test_a_place_takes_the_transitions_that_it_is_said_to_take(definition: dict[str, Any], seed: int) -> None:
    journey = read(definition)
    way = gone(journey, seed)
    steps = {step.id: step for step in every(journey.steps)}
    taken = [said(steps[place.partition("#")[0]], number) for place, number in way.decisions]
    most = 2 + sum(taken) + 3 * sum(way.quiet.values())

    assert most - taken.count(2) <= walked(journey, way).transitions <= most  # two ways may lead to the same state


def said(step: Step, number: int) -> int:
    """The transitions that a place takes which was left by a way."""
    if isinstance(step, Hold) and number == len(step.ways):
        return 1
    return 2 if isinstance(step, WaitForDate) and number == 1 else transitions(step)


@given(journeys)
def test_a_state_machine_keeps_the_rules_of_its_language(definition: dict[str, Any]) -> None:
    machine = compile_journey(read(definition))

    assert list(faults(machine.definition)) == []
    assert len(machine.definition["States"]) <= MAX_STATES
    assert len(machine.text) <= MAX_BYTES


@pytest.mark.parametrize("path", READY, ids=lambda path: path.stem)
def test_the_ready_journeys_keep_the_rules(path: Path) -> None:
    journey = parse_journey(path.stem, yaml.safe_load(path.read_text()))

    assert list(faults(compile_journey(journey).definition)) == []


def break_a_state(name: str, **fields: Any) -> Callable[[dict[str, Any]], None]:
    """Change a state so."""

    def change(definition: dict[str, Any]) -> None:
        definition["States"][name] = {**definition["States"][name], **fields}

    return change


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (break_a_state("join_1", Next="nowhere"), "there is no nowhere"),
        (break_a_state("join_1", Next="join_1"), "leads to no end"),
        (break_a_state("join_1", End=True), "one of Next and End"),
        (break_a_state("join_1", Type="Work"), "Work is no type"),
        (break_a_state("join_1", Seconds=3), "does not know Seconds"),
        (break_a_state("join_1", TimeoutSeconds=0), "whole number of seconds"),
        (break_a_state("join_1", ResultPath="answer"), "no reference path"),
        (break_a_state("join_1", Parameters={"a.$": "b"}), "a.$ is no path"),
        (break_a_state("join_1", Retry=[{"ErrorEquals": ["States.ALL", "A"]}]), "stands alone"),
        (break_a_state("join_1", Retry=[{"ErrorEquals": [], "MaxDelaySeconds": 1}]), "names an error"),
        (break_a_state("wait_1:until", Seconds=3), "waits for one thing"),
        (lambda definition: definition["States"].update({"x" * 81: {"Type": "Succeed"}}), "1 to 80 characters"),
        (lambda definition: definition.update(StartAt="x"), "StartAt is no state"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_rules_find_what_breaks_them(change: Callable[[dict[str, Any]], None], fault: str) -> None:
    machine = compile_journey(read({"enter": ENTER, "steps": [{"wait": "1 day"}, {"join": "vip"}]}))
    definition = {**machine.definition, "States": dict(machine.definition["States"])}
    change(definition)

    assert any(fault in each for each in faults(definition))


@given(journeys)
def test_a_choice_has_a_way_for_every_answer(definition: dict[str, Any]) -> None:
    journey = read(definition)
    states = compile_journey(journey).definition["States"]

    for step in every(journey.steps):
        choice = states.get(f"{step.id}:way")
        if choice:
            later = isinstance(step, Send)
            assert [each["NumericEquals"] for each in choice["Choices"]] == list(range(len(turns(step)) + later))


@given(journeys)
def test_what_is_sent_asks_one_function_and_all_else_the_other(definition: dict[str, Any]) -> None:
    journey = read(definition)
    states = compile_journey(journey).definition["States"]
    sent = {step.id for step in every(journey.steps) if isinstance(step, Send | Webhook)}

    for name, state in states.items():
        if state["Type"] == "Task":
            asked = state["Parameters"]
            assert asked["FunctionName"] == (DELIVER if name.partition("#")[0] in sent else STEP)
            assert asked["Payload"]["place"] == name
            assert set(asked["Payload"]) <= {"instance.$", "place", "token.$"}


def test_every_wait_asks_until_when() -> None:
    states = states_of({"wait": "1 day"}, {"wait": {"date": "renewal_date", "missing": "exit"}})

    assert states["wait_1"]["Next"] == "wait_1:until"
    assert states["wait_1:until"] == {"Type": "Wait", "TimestampPath": "$.answer.until", "Next": "wait_2"}
    assert [each["Next"] for each in states["wait_2:way"]["Choices"]] == ["wait_2:until", END]


@pytest.mark.parametrize("quiet", ["hold", "skip"])
def test_a_message_that_is_put_off_is_asked_again(quiet: str) -> None:
    states = states_of({"send": {**SEND, "quiet": quiet}}, {"join": "vip"})

    assert [each["Next"] for each in states["hello:way"]["Choices"]] == ["join_1", "hello:later"]
    assert states["hello:later"] == {"Type": "Wait", "TimestampPath": "$.answer.until", "Next": "hello"}


def test_the_last_state_notes_the_end() -> None:
    states = states_of("exit")

    assert states["exit_1"]["Next"] == END
    assert states[END]["End"] is True
    assert states[END]["Parameters"]["Payload"]["place"] == END


def test_nothing_but_the_end_of_a_hold_is_caught_and_all_else_is_tried_again() -> None:
    hold = states_of({"hold": {"at_most": "1 day", "until": [{"event": "A"}]}})["hold_1"]
    (retrier,) = hold["Retry"]

    assert [each["ErrorEquals"] for each in hold["Catch"]] == [["States.Timeout"]]
    assert "States.TaskFailed" in retrier["ErrorEquals"]
    assert not {"States.ALL", "States.Timeout"} & set(retrier["ErrorEquals"])


def test_a_run_ends_after_a_year() -> None:
    machine = compile_journey(read({"enter": ENTER, "steps": ["exit"]}))

    assert machine.definition["TimeoutSeconds"] == YEAR


def repeated(*steps: Any, times: tuple[int, ...]) -> Journey:
    """A journey that repeats steps within repetitions."""
    found = list(steps)
    for each in times:
        found = [{"repeat": {"times": each, "steps": found}}]
    return parse_journey("x", {"enter": ENTER, "steps": found})


@pytest.mark.parametrize(
    ("journey", "message"),
    [
        (repeated({"join": "vip"}, times=(20, 20, 20)), "events in the history of one run"),
        (repeated({"join": "a"}, {"join": "b"}, {"join": "c"}, times=(20, 20)), "more than 1,000 states"),
    ],
    ids=["history", "states"],
)
def test_what_is_more_than_step_functions_takes_is_refused(journey: Journey, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        compile_journey(journey)


@pytest.mark.parametrize("times", [(2, 2, 2, 2, 10), (2, 2, 10, 10), (2, 2, 2, 2, 2)], ids=str)
def test_the_longest_ids_make_names_that_step_functions_takes(times: tuple[int, ...]) -> None:
    journey = repeated({"id": "a" * 63, "wait": "1 hour"}, times=times)

    assert list(faults(compile_journey(journey).definition)) == []


@given(st.from_regex(r"[a-z][a-z0-9_]{0,62}", fullmatch=True), st.integers(1, 999_999))
def test_machines_have_short_names_of_their_own(journey: str, version: int) -> None:
    name = machine_name("production", journey, version)

    assert len(name) <= 80
    assert name.startswith("regulars-production-")
    assert len({name, machine_name("production", journey, version + 1), machine_name("dev", journey, version)}) == 3


def test_long_ids_that_begin_alike_are_told_apart() -> None:
    names = {machine_name("production", "a" * 62 + end, 1) for end in "bc"}

    assert len(names) == 2


def test_a_machine_never_goes_on_too_early() -> None:
    assert waits_until(1_767_225_600 * SECOND, 0) == "1971-01-01T00:00:00Z"  # a year is the most
    assert waits_until(1_767_225_600 * SECOND, 1_767_225_600 * SECOND) == "2026-01-01T00:00:00Z"
    assert waits_until(1_767_225_600 * SECOND + 1, 1_767_225_600 * SECOND) == "2026-01-01T00:00:01Z"


@given(st.integers(0, 2**52), st.integers(-(2**50), 2**50))
def test_a_machine_waits_until_the_instant_or_for_a_year(now: int, ahead: int) -> None:
    until = to_micros(datetime.fromisoformat(waits_until(now + abs(ahead), now)))

    assert 0 <= until - min(now + abs(ahead), now + YEAR * SECOND) < SECOND
