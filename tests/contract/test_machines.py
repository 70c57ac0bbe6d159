"""What the port `Machines` keeps: in memory, on Step Functions as moto plays it, and as the emulator does."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local.world.clock import SimulatedClock
from local.world.machines import MemoryMachines
from regulars.adapters.machines import StepFunctions
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_machines import STEP, compile_journey
from regulars.errors import ConflictError, NotFoundError
from regulars.pipeline.ports import Machines

ROLE = "arn:aws:iam::000000000000:role/journeys"
FUNCTIONS = {name: f"arn:aws:lambda:eu-west-1:000000000000:function:{name}" for name in ("journey_step", "deliver")}
NAMES = count(1)
DEFINITION = compile_journey(parse_journey("x", {"enter": {"api": True}, "steps": [{"wait": "1 day"}]})).text


@dataclass(frozen=True, slots=True)
class Place:
    """Machines under test, and where they are."""

    machines: Machines
    name: str  # of a state machine that there is not yet
    where: str


@pytest.fixture(params=["memory", "moto", pytest.param("emulator", marks=pytest.mark.e2e)])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """One after the other; what is asked there answers nothing."""
    name = f"regulars-test-{next(NAMES)}"
    if request.param == "memory":
        machines = MemoryMachines(SimulatedClock(0), {STEP: lambda _: None})
        yield Place(machines, name, "memory")
    elif request.param == "emulator":
        monkeypatch.setenv("AWS_ENDPOINT_URL", request.getfixturevalue("emulator").endpoint)
        yield Place(_on_aws(), name, "emulator")
    else:
        with mock_aws():
            yield Place(_on_aws(), name, "moto")


def _on_aws() -> StepFunctions:
    client: Any = boto3.client("stepfunctions")
    return StepFunctions(client, role=ROLE, functions=FUNCTIONS, tags={"app": "regulars"})


def names(machines: Machines, machine: str) -> list[str]:
    """The names of all that are under way."""
    found: list[str] = []
    after = None
    while True:
        page, after = machines.running(machine, after=after)
        found += page
        if after is None:
            return sorted(found)


def test_a_machine_is_created_once(place: Place) -> None:
    machine = place.machines.create(place.name, DEFINITION)

    assert place.machines.create(place.name, DEFINITION) == machine


def test_another_machine_of_the_same_name_is_refused(place: Place) -> None:
    if place.where == "moto":
        pytest.skip("moto finds a machine by its name alone")
    place.machines.create(place.name, DEFINITION)

    with pytest.raises(ConflictError):
        place.machines.create(place.name, DEFINITION.replace('"x 1"', '"x 2"'))


def test_a_passage_is_started_once(place: Place) -> None:
    machine = place.machines.create(place.name, DEFINITION)
    for _ in range(2):
        place.machines.start(machine, "p", {"instance": "u x p"})
    place.machines.start(machine, "p", {"instance": "u x q"})

    assert names(place.machines, machine) == ["p"]


def test_those_who_are_stopped_are_not_under_way(place: Place) -> None:
    machine = place.machines.create(place.name, DEFINITION)
    for passage in ("p", "q"):
        place.machines.start(machine, passage, {"instance": f"u x {passage}"})
    for passage in ("p", "p", "nobody"):
        place.machines.stop(machine, passage, "the version was stopped")
    place.machines.start(machine, "p", {"instance": "u x p"})

    assert names(place.machines, machine) == ["q"]


def test_what_somebody_started_by_hand_is_listed_and_stopped(place: Place) -> None:
    machine = place.machines.create(place.name, DEFINITION)
    place.machines.start(machine, "by-hand", {})
    listed = names(place.machines, machine)
    place.machines.stop(machine, "by-hand", "the version was stopped")

    assert (listed, names(place.machines, machine)) == (["by-hand"], [])


def test_many_are_listed_by_pages(place: Place) -> None:
    machine = place.machines.create(place.name, DEFINITION)
    started = [str(number) for number in range(110)]
    for passage in started:
        place.machines.start(machine, passage, {"instance": f"u x {passage}"})

    assert names(place.machines, machine) == sorted(started)


def test_a_machine_that_was_removed_starts_nobody(place: Place) -> None:
    machine = place.machines.create(place.name, DEFINITION)
    for _ in range(2):
        place.machines.delete(machine)

    with pytest.raises(NotFoundError):
        place.machines.start(machine, "p", {"instance": "u x p"})
    assert names(place.machines, machine) == []


def test_a_token_that_never_was_releases_nobody(place: Place) -> None:
    if place.where == "moto":
        pytest.skip("moto takes any token")

    assert not place.machines.release("A" * 64, {"way": 0})


def test_functions_stand_where_they_belong() -> None:
    with mock_aws():
        machine = _on_aws().create("regulars-test", DEFINITION)
        made = boto3.client("stepfunctions").describe_state_machine(stateMachineArn=machine)

    assert made["type"] == "STANDARD"
    assert made["roleArn"] == ROLE
    assert "${" not in made["definition"]
    states = json.loads(made["definition"])["States"]
    assert states["wait_1"]["Parameters"]["FunctionName"] == FUNCTIONS["journey_step"]
