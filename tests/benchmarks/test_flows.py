"""Every flow that is measured does its work, in a process of its own as valgrind runs it."""

import json

import pytest

from benchmarks import instructions
from benchmarks.flows import _FLOWS


@pytest.mark.parametrize("flow", sorted(_FLOWS))
def test_a_flow_runs(flow: str) -> None:
    assert "Error" not in instructions._run([], f"from benchmarks.flows import run; run({flow!r}, 1)")


def test_a_start_makes_the_clients_of_a_function() -> None:
    code = """
from benchmarks.startup import start; start("ingest")
from regulars.adapters import clients
assert clients.database()._connection._client
"""
    instructions._run([], code)


def test_the_parts_of_an_ingest_are_all_done() -> None:
    ended = instructions._end([], "from benchmarks.parts import run; run()")

    named = [json.loads(line)["stretch"] for line in ended.stdout.splitlines() if line.startswith('{"stretch"')]
    assert len(set(named)) == 14
    assert named[-1] == "an ingest, all of it"
