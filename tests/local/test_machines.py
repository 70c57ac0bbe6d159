"""State machines in memory: time, tokens, retries, what chaos does, and what is told of those that fail."""

from collections import Counter
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest

from local.world.chaos import SeededChaos
from local.world.clock import SimulatedClock
from local.world.machines import REMEMBERED, MemoryMachines
from regulars.domain.instants import DAY, SECOND
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_machines import DELIVER, STEP, compile_journey, waits_until
from regulars.errors import ConflictError, NotFoundError

BEGIN = 1_767_225_600 * SECOND
HOUR = 3_600 * SECOND
HOLD = {"hold": {"at_most": "1 day", "until": [{"event": "A", "steps": [{"join": "came"}]}]}}
Function = Callable[[Mapping[str, Any]], Any]


class Killed(BaseException):
    """The process was killed."""


class Town:
    """One machine of some steps, whose places answer as they are told, else with 0 and for an hour."""

    def __init__(self, *steps: Any, **chances: Any) -> None:
        self.clock = SimulatedClock(BEGIN)
        self.asked: list[tuple[str, int]] = []
        self.tokens: list[str] = []
        self.answers: dict[str, Function] = {}
        self.told: list[Mapping[str, Any]] = []
        functions = {STEP: self.ask, DELIVER: self.ask}
        self.machines = MemoryMachines(self.clock, functions, told=self.told.append, **chances)
        journey = parse_journey("x", {"enter": {"api": True}, "steps": list(steps)})
        self.definition = compile_journey(journey).text
        self.machine = self.machines.create("regulars-x", self.definition)

    def ask(self, payload: Mapping[str, Any]) -> Any:
        """Answer a place."""
        self.asked.append((payload["place"], (self.clock() - BEGIN) // SECOND))
        if "token" in payload:
            self.tokens.append(payload["token"])
        if payload["place"] in self.answers:
            return self.answers[payload["place"]](payload)
        return {"way": 0, "until": waits_until(self.clock() + HOUR, self.clock())}

    def start(self, passage: str = "p") -> None:
        """Let somebody in."""
        self.machines.start(self.machine, passage, {"instance": f"u x {passage}"})

    def until(self, instant: int) -> None:
        """Let time go by since the beginning."""
        self.machines.run(BEGIN + instant)

    @property
    def status(self) -> str:
        """What became of the passage `p`."""
        return self.machines.executions[self.machine, "p"].status

    @property
    def places(self) -> list[str]:
        """The places that were asked, in order."""
        return [place for place, _ in self.asked]


def fails(times: int, error: BaseException) -> Function:
    """Raise an error so many times, and then answer."""
    left = [error] * times

    def answer(_payload: Mapping[str, Any]) -> Any:
        if left:
            raise left.pop()
        return {"way": 0, "until": None}

    return answer


def test_who_waits_goes_on_when_it_is_time() -> None:
    town = Town({"wait": "1 day"}, {"join": "vip"})
    town.start()
    town.until(HOUR - 1)

    assert town.places == ["wait_1"]
    assert town.machines.next_due() == BEGIN + HOUR
    town.until(HOUR)
    assert town.asked == [("wait_1", 0), ("join_1", 3_600), ("end", 3_600)]
    assert town.status == "SUCCEEDED"


def test_what_starts_twice_runs_once() -> None:
    town = Town({"join": "vip"})
    town.start()
    town.start()
    town.until(0)
    town.start()
    town.until(HOUR)

    assert town.places == ["join_1", "end"]


def test_a_name_is_free_again_after_ninety_days() -> None:
    town = Town({"join": "vip"})
    town.start()
    town.until(REMEMBERED)
    town.start()
    town.until(REMEMBERED + HOUR)

    assert town.places == ["join_1", "end"] * 2


def test_who_is_released_goes_the_way_that_is_told() -> None:
    town = Town(HOLD, {"join": "vip"})
    town.start()
    town.until(HOUR)

    assert town.machines.release(town.tokens[0], {"way": 0})
    town.until(HOUR)
    assert town.places == ["hold_1", "join_1", "join_2", "end"]
    assert not town.machines.release(town.tokens[0], {"way": 0})


def test_who_is_released_while_asked_holds_no_moment() -> None:
    town = Town(HOLD, {"join": "vip"})
    town.answers["hold_1"] = lambda payload: town.machines.release(payload["token"], {"way": 0})
    town.start()
    town.until(0)

    assert town.places == ["hold_1", "join_1", "join_2", "end"]


def test_a_hold_is_over_in_time_and_cannot_be_released_then() -> None:
    town = Town(HOLD, {"join": "vip"})
    town.start()
    town.until(DAY)

    assert town.asked == [("hold_1", 0), ("join_2", 86_400), ("end", 86_400)]
    assert not town.machines.release(town.tokens[0], {"way": 0})


def test_a_hold_that_begins_anew_has_all_its_time_and_another_token() -> None:
    restart = {"hold": {"at_most": "1 day", "until": [{"event": "A", "restart": True}]}}
    town = Town(restart)
    town.start()
    town.until(DAY - SECOND)
    assert town.machines.release(town.tokens[0], {"way": 0})
    town.until(3 * DAY)

    assert town.asked == [("hold_1", 0), ("hold_1", 86_399), ("end", 2 * 86_400 - 1)]
    assert len(set(town.tokens)) == 2


def test_a_token_that_never_was_releases_nobody() -> None:
    assert not Town(HOLD).machines.release("x", {"way": 0})


@pytest.mark.parametrize("error", [ValueError("no"), Killed()], ids=["raised", "killed"])
def test_what_fails_is_tried_again(error: BaseException) -> None:
    town = Town({"join": "vip"})
    town.answers["join_1"] = fails(3, error)
    town.start()
    town.until(HOUR)

    assert town.asked == [("join_1", 0), ("join_1", 2), ("join_1", 6), ("join_1", 14), ("end", 14)]
    assert town.machines.transitions == 6  # in, the state and three tries more, the end


def test_what_fails_for_good_ends_the_run_and_is_told() -> None:
    town = Town({"join": "vip"})
    town.answers["join_1"] = fails(100, ValueError("no"))
    town.start()
    town.until(DAY)

    assert town.status == "FAILED"
    assert len(town.asked) == 41
    assert 7 * 3_600 < town.asked[-1][1] < 9 * 3_600
    (event,) = town.told
    assert event["source"] == "aws.states"
    assert event["detail"] | {"executionArn": ""} == {
        "executionArn": "",
        "stateMachineArn": town.machine,
        "name": "p",
        "status": "FAILED",
        "input": '{"instance": "u x p"}',
        "error": "ValueError",
    }


@pytest.mark.parametrize(
    "answer", [{"way": 7, "until": None}, {"way": None, "until": None}, {"way": 0}, None, {"way": 1, "until": None}]
)
def test_an_answer_that_leads_nowhere_fails_the_run(answer: Any) -> None:
    town = Town({"send": {"channel": "email", "template": "a", "purpose": "b"}})
    town.answers["a"] = lambda _: answer
    town.start()
    town.until(DAY)

    assert town.status == "FAILED"


def test_who_is_stopped_goes_no_further() -> None:
    town = Town({"wait": "1 day"}, HOLD)
    town.start()
    town.until(0)
    town.machines.stop(town.machine, "p", "the version was stopped")
    town.machines.stop(town.machine, "p", "twice")
    town.machines.stop(town.machine, "nobody", "")
    town.until(DAY)

    assert town.places == ["wait_1"]
    assert [event["detail"]["status"] for event in town.told] == ["ABORTED"]


def test_who_stops_himself_while_asked_goes_no_further() -> None:
    town = Town({"join": "a"}, {"join": "b"})

    def stop(payload: Mapping[str, Any]) -> Mapping[str, Any]:
        town.machines.stop(town.machine, payload["instance"].split()[-1], "")
        return {"way": 0, "until": None}

    town.answers["join_1"] = stop
    town.start()
    town.until(DAY)

    assert town.places == ["join_1"]
    assert town.status == "ABORTED"


def test_a_run_of_more_than_a_year_times_out() -> None:
    town = Town({"wait": "1 day"})
    town.answers["wait_1"] = lambda _: {"way": 0, "until": waits_until(BEGIN + 400 * DAY, BEGIN + 100 * DAY)}
    town.start()
    town.until(366 * DAY)

    assert town.status == "TIMED_OUT"
    assert town.machines.next_due() is None


def test_a_machine_is_created_once_and_no_other_under_its_name() -> None:
    town = Town({"join": "vip"})

    assert town.machines.create("regulars-x", town.definition) == town.machine
    with pytest.raises(ConflictError):
        town.machines.create("regulars-x", town.definition.replace("vip", "x").replace('"x 1"', '"x 2"'))


def test_a_machine_that_was_deleted_starts_nobody_and_ends_those_who_go_on() -> None:
    town = Town({"wait": "1 day"})
    town.start()
    town.until(0)
    town.machines.delete(town.machine)
    town.machines.delete("nothing")
    with pytest.raises(NotFoundError):
        town.start("q")
    town.until(DAY)

    assert town.status == "ABORTED"


def test_what_step_functions_knows_otherwise_is_refused() -> None:
    machines = MemoryMachines(SimulatedClock(BEGIN), {})

    with pytest.raises(ValueError, match="do not know Seconds of the state a"):
        machines.create("x", '{"StartAt": "a", "States": {"a": {"Type": "Wait", "Seconds": 3, "Next": "a"}}}')


def test_those_under_way_are_listed_by_pages() -> None:
    town = Town({"wait": "1 day"})
    for number in range(250):
        town.start(str(number))
    town.until(0)
    town.machines.stop(town.machine, "3", "")
    found: list[str] = []
    after = None
    while True:
        page, after = town.machines.running(town.machine, after=after)
        found += page
        if after is None:
            break

    assert sorted(found) == sorted(str(number) for number in range(250) if number != 3)


def test_chaos_asks_twice_and_loses_answers_and_nobody_is_lost() -> None:
    town = Town(
        HOLD,
        {"wait": "1 day"},
        {"send": {"channel": "email", "template": "a", "purpose": "b"}},
        chaos=SeededChaos(1, crash=0.2, redeliver=0.2),
        random=Random(1),
    )
    for number in range(200):
        town.start(str(number))
    town.until(3 * DAY)
    statuses = Counter(run.status for run in town.machines.executions.values())

    assert statuses == {"SUCCEEDED": 200}
    assert len(town.asked) > 1.3 * 200 * 4
    assert town.machines.invocations == len(town.asked)


def test_chaos_is_the_same_for_the_same_seed() -> None:
    def asked() -> list[tuple[str, int]]:
        town = Town(HOLD, {"wait": "1 day"}, chaos=SeededChaos(2), random=Random(2))
        for number in range(50):
            town.start(str(number))
        town.until(3 * DAY)
        return town.asked

    assert asked() == asked()
