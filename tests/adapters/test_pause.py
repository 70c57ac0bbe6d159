"""Waits between tries grow, differ, and end."""

import time

import pytest

from regulars.adapters.pause import FIRST, LONGEST, pause
from regulars.pipeline.resolve import TRIES


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was slept."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept


def test_waits_a_random_time_below_a_bound_that_doubles(waits: list[float]) -> None:
    for tries in range(4):
        for _ in range(200):
            pause(tries)
        some = waits[-200:]
        assert min(some) >= 0
        assert FIRST * 2**tries / 2 < max(some) <= FIRST * 2**tries
        assert len(set(some)) > 100


def test_all_tries_of_a_write_end_before_the_function_is_stopped(waits: list[float]) -> None:
    for tries in range(TRIES):
        pause(tries)

    assert max(waits) <= LONGEST
    assert TRIES * LONGEST < 60
