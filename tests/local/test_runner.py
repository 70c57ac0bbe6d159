"""The event source runner keeps the contract that AWS documents for a stream's mapping."""

import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.world.chaos import SeededChaos
from local.world.lane import Record
from local.world.mapping import EventSourceMapping, mapping_of
from local.world.runner import NotInvokedError, Runner, StuckError, sequence_number
from tests.local.streams import Function, ListStream, a_record, failing_at, key_of, number_of
from tests.local.trial import STRICT, Trial


def poison(*bad: int) -> Function:
    def answer(numbers: Sequence[int]) -> object:
        if set(bad) & set(numbers):
            raise ValueError("poison")
        return None

    return Function(answer)


def test_a_batch_holds_no_more_records_than_the_mapping_says() -> None:
    trial = Trial(Function(), replace(STRICT, batch_size=4))

    trial.runner.drain()

    assert trial.function.batches == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10]]


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"batchItemFailures": []},
        {"batchItemFailures": None},
        {"failures": [1]},
        "ok",
        [],
        {"batchItemFailures": "no list"},
    ],
)
def test_an_answer_that_names_nothing_is_a_success(answer: object) -> None:
    trial = Trial(Function(answer))

    trial.runner.drain()

    assert trial.function.batches == [list(range(1, 11))]
    assert trial.runner.checkpoint("shard-1") == f"{10:012}"


@pytest.mark.parametrize(
    "entry",
    [
        {"itemIdentifier": ""},
        {"itemIdentifier": None},
        {"itemIdentifier": "unknown"},
        {"itemIdentifier": 5},
        {"wrongName": f"{5:012}"},
        "000000000005",
        None,
    ],
)
def test_an_identifier_that_names_no_record_fails_the_whole_batch(entry: object) -> None:
    answers = iter([{"batchItemFailures": [{"itemIdentifier": f"{7:012}"}, entry]}])
    trial = Trial(Function(lambda _: next(answers, None)), replace(STRICT, bisect=False))

    trial.runner.drain()

    assert trial.function.batches == [list(range(1, 11))] * 2


def test_the_lowest_reported_record_is_the_checkpoint() -> None:
    answers = iter([failing_at(7, 4, 9)])
    trial = Trial(Function(lambda _: next(answers, None)))

    trial.runner.step()
    checkpoint = trial.runner.checkpoint("shard-1")
    trial.runner.drain()

    assert checkpoint == f"{3:012}"
    assert trial.function.batches == [list(range(1, 11)), [4, 5, 6, 7, 8, 9, 10]]


def test_a_report_is_ignored_unless_the_mapping_asks_for_it() -> None:
    trial = Trial(Function(failing_at(4)), replace(STRICT, report=False))

    trial.runner.drain()

    assert trial.function.batches == [list(range(1, 11))]


def test_bisecting_isolates_a_poison_record() -> None:
    trial = Trial(poison(6))

    trial.runner.drain()

    assert trial.dead() == [6]
    assert trial.given_up[0].condition == "RetryAttemptsExhausted"
    assert trial.runner.checkpoint("shard-1") == f"{10:012}"


def test_bisecting_consumes_no_retries() -> None:
    trial = Trial(poison(6), replace(STRICT, retries=2))

    trial.runner.drain()

    assert [batch for batch in trial.function.batches if batch == [6]] == [[6]] * 3


def test_bisecting_isolates_a_record_that_is_reported_for_ever() -> None:
    trial = Trial(Function(lambda numbers: failing_at(6) if 6 in numbers else None))

    trial.runner.drain()

    assert trial.dead() == [6]


def test_without_bisecting_the_innocent_go_with_the_guilty() -> None:
    trial = Trial(poison(6), replace(STRICT, bisect=False))

    trial.runner.drain()

    assert trial.dead() == list(range(1, 11))
    assert len(trial.function.batches) == 4


def test_without_a_bound_a_poison_record_blocks_its_shard() -> None:
    trial = Trial(poison(6), EventSourceMapping())

    with pytest.raises(StuckError):
        trial.runner.drain(limit=50)

    assert trial.runner.waiting() == {f"{n:012}" for n in range(1, 11)}


def test_what_is_older_than_allowed_is_given_up_unseen() -> None:
    trial = Trial(Function(), replace(STRICT, max_age=60))
    young = a_record(11)
    trial.stream.records.append({**young, "dynamodb": {**young["dynamodb"], "ApproximateCreationDateTime": 90.0}})
    trial.now = 100.0

    trial.runner.drain()

    assert trial.function.batches == [[11]]
    assert trial.dead() == list(range(1, 11))
    assert trial.given_up[0].condition == "RecordAgeExceeded"


def test_what_the_filter_refuses_is_passed_over_silently() -> None:
    criteria = {"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]}
    mapping = replace(mapping_of({"FilterCriteria": criteria}), batch_size=10)
    records = [a_record(1), a_record(2, eventName="MODIFY"), a_record(3)]
    trial = Trial(Function(), mapping, records)

    trial.runner.drain()

    assert trial.function.batches == [[1, 3]]
    assert trial.runner.checkpoint("shard-1") == f"{3:012}"


def test_a_failing_lane_does_not_hold_up_the_others() -> None:
    records = [a_record(n, key=f"key-{n % 7}") for n in range(1, 30)]
    trial = Trial(poison(1), replace(STRICT, lanes=4, batch_size=3, retries=-1), records)

    with pytest.raises(StuckError):
        trial.runner.drain(limit=60)

    waiting = trial.runner.waiting()
    stuck = {key_of(one) for one in records if sequence_number(one) in waiting}
    assert len(stuck) < 7
    assert trial.runner.checkpoint("shard-1") is None


def test_a_backoff_holds_a_failed_batch_until_it_is_due() -> None:
    now = 0.0
    answers = iter([failing_at(1)])
    function = Function(lambda _: next(answers, None))
    runner = Runner(
        replace(STRICT, bisect=False),
        ListStream([a_record(1)]),
        function,
        clock=lambda: now,
        backoff=lambda failures: 10.0 * failures,
    )
    runner.drain()
    early = len(function.batches)
    now = runner.next_try() or 0.0
    runner.drain()

    assert (early, now, len(function.batches)) == (1, 10.0, 2)


def test_a_call_that_was_not_made_costs_no_retry() -> None:
    calls = iter([NotInvokedError] * 5 + [None] * 5)

    def answer(_numbers: Sequence[int]) -> None:
        if error := next(calls):
            raise error

    trial = Trial(Function(answer), replace(STRICT, retries=0))

    trial.runner.drain()

    assert trial.dead() == []
    assert trial.function.batches == [list(range(1, 11))] * 6


@given(
    keys=st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=60),
    lanes=st.integers(1, 8),
    batch=st.integers(1, 7),
    seed=st.integers(0, 2**32),
)
def test_each_key_sees_every_record_first_in_order(keys: list[str], lanes: int, batch: int, seed: int) -> None:
    records = [a_record(n, key=key) for n, key in enumerate(keys, 1)]
    first_seen: dict[str, list[int]] = {}

    def function(batch_records: Sequence[Record]) -> None:
        for record in batch_records:
            seen = first_seen.setdefault(key_of(record), [])
            if number_of(record) not in seen:
                seen.append(number_of(record))

    runner = Runner(
        EventSourceMapping(batch_size=batch, lanes=lanes, bisect=True, report=True),
        ListStream(records),
        function,
        clock=lambda: 0.0,
        chaos=SeededChaos(seed, crash=0.2, redeliver=0.2, rewind=0.1),
    )

    runner.drain()

    assert sum(len(seen) for seen in first_seen.values()) == len(records)
    assert all(seen == sorted(seen) for seen in first_seen.values())
    assert runner.checkpoint("shard-1") == f"{len(keys):012}"


def test_the_same_seed_makes_the_same_history() -> None:
    def history(seed: int) -> list[list[int]]:
        function = Function()
        records = [a_record(n, key=str(n % 5)) for n in range(1, 50)]
        chaos = SeededChaos(seed, crash=0.2, redeliver=0.2)
        mapping = replace(STRICT, lanes=3, retries=-1)
        Runner(mapping, ListStream(records), function, clock=lambda: 0.0, chaos=chaos).drain()
        return function.batches

    assert history(7) == history(7)
    assert history(7) != history(8)


def test_lanes_may_be_worked_by_threads() -> None:
    function = Function()
    records = [a_record(n, key=str(n % 11)) for n in range(1, 500)]
    runner = Runner(replace(STRICT, lanes=4), ListStream(records), function, clock=lambda: 0.0)

    def work(lane: int) -> None:
        while runner.checkpoint("shard-1") != f"{499:012}":
            runner.work(lane)

    threads = [threading.Thread(target=work, args=(lane,)) for lane in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        runner.read()

    assert sorted(n for batch in function.batches for n in batch) == list(range(1, 500))
