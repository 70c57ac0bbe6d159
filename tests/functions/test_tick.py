"""Each minute, what is due within minutes goes to the queue, once."""

from regulars.domain.timers import MINUTE, Timer, slot_of
from regulars.stores.timers import TimerStore
from tests.functions.pipeline import NOW, Pipeline


def set_timers(pipeline: Pipeline, **due: int) -> None:
    """Timers that wait in the table."""
    for name, instant in due.items():
        TimerStore(pipeline.database).set(Timer(f"p_{name}", instant))


def waiting(pipeline: Pipeline, name: str, due: int) -> bool:
    """Say whether a timer is still in the table."""
    timer = Timer(f"p_{name}", due)
    return pipeline.database.get("timers", slot_of(timer), timer.profile_id) is not None


def test_hands_on_what_is_due_within_three_minutes(pipeline: Pipeline) -> None:
    set_timers(pipeline, now=NOW, soon=NOW + 2 * MINUTE, later=NOW + 10 * MINUTE)

    assert pipeline.call("tick", {"source": "aws.events"}) == {"handed": 2}
    assert len(pipeline.queued()) == 2
    assert waiting(pipeline, "later", NOW + 10 * MINUTE)
    assert not waiting(pipeline, "soon", NOW + 2 * MINUTE)


def test_hands_on_nothing_twice(pipeline: Pipeline) -> None:
    set_timers(pipeline, now=NOW)
    pipeline.call("tick", {})

    assert pipeline.call("tick", {}) == {"handed": 0}


def test_catches_up_on_minutes_in_which_it_did_not_run(pipeline: Pipeline) -> None:
    pipeline.call("tick", {})
    set_timers(pipeline, missed=NOW + 20 * MINUTE)
    pipeline.now = NOW + 60 * MINUTE

    assert pipeline.call("tick", {}) == {"handed": 1}
    (message,) = pipeline.queued()
    assert message == {"profile_id": "p_missed", "due": NOW + 20 * MINUTE, "hops": 0}
