"""Records wait for company as long as their mapping says, and no longer."""

from dataclasses import replace

from tests.local.streams import Function, failing_at
from tests.local.trial import STRICT, TEN, Trial


def test_records_gather_until_the_first_has_waited_long_enough() -> None:
    trial = Trial(Function(), replace(STRICT, gathers=300), TEN[:2])
    trial.runner.drain()
    trial.now = 299.0
    trial.stream.records.append(TEN[2])
    trial.runner.drain()
    assert trial.function.batches == []
    assert trial.runner.next_try() == 300.0

    trial.now = 300.0
    trial.runner.drain()
    assert trial.function.batches == [[1, 2, 3]]


def test_a_full_batch_does_not_gather_and_what_is_left_does() -> None:
    trial = Trial(Function(), replace(STRICT, gathers=300, batch_size=4))
    trial.now = 7.0
    trial.runner.drain()
    assert trial.function.batches == [[1, 2, 3, 4], [5, 6, 7, 8]]
    assert trial.runner.next_try() == 307.0


def test_a_failed_batch_waits_for_no_company() -> None:
    answers = iter([failing_at(1), None])
    trial = Trial(Function(lambda _numbers: next(answers)), replace(STRICT, gathers=300, bisect=False), TEN[:1])
    trial.runner.drain()
    trial.now = 300.0
    trial.runner.drain()

    assert trial.function.batches == [[1], [1]]


def test_who_is_in_a_hurry_gathers_nothing() -> None:
    trial = Trial(Function(), replace(STRICT, gathers=300), TEN[:2])
    trial.runner.drain()
    assert trial.runner.hurry()
    trial.runner.drain()

    assert trial.function.batches == [[1, 2]]
    assert not trial.runner.hurry()
