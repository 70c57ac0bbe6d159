"""Whoever changed is evaluated, once a batch; whoever is due is evaluated then."""

from dataclasses import replace
from typing import Any

import pytest

from regulars.domain.instants import DAY, SECOND
from regulars.domain.timers import Timer
from regulars.pipeline.evaluate import Evaluator
from regulars.stores.database import text
from regulars.stores.identities import IdentityStore
from tests.builders import an_event, an_identify, an_order
from tests.functions.pipeline import BUYERS, NOW, Pipeline
from tests.lambda_events import batch, message, messages

NOTHING: dict[str, list[dict[str, str]]] = {"batchItemFailures": []}
PAID = {"name": "Paying", "where": {"trait": "plan", "equals": "pro"}}


@pytest.fixture
def evaluated(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, set[str]]]:
    """Who is evaluated, with whom they absorbed."""
    seen: list[tuple[str, set[str]]] = []
    evaluate = Evaluator.evaluate

    def note(self: Evaluator, profile_id: str, *, absorbed: Any = (), **more: Any) -> None:
        seen.append((profile_id, set(absorbed)))
        evaluate(self, profile_id, absorbed=absorbed, **more)

    monkeypatch.setattr(Evaluator, "evaluate", note)
    return seen


def resolve(pipeline: Pipeline) -> None:
    """Fold what is stored, and look at no stream of what came of it."""
    pipeline.call("resolve_identity", pipeline.news("events"))


def test_whoever_buys_becomes_a_member(pipeline: Pipeline) -> None:
    pipeline.define("buyers", BUYERS)
    pipeline.store(an_order(1))
    resolve(pipeline)

    assert pipeline.call("evaluate_segments", pipeline.news("identities")) == NOTHING
    assert pipeline.members() == {"p_user_id:u": True}


def test_a_batch_that_comes_again_changes_nothing(pipeline: Pipeline) -> None:
    pipeline.define("buyers", BUYERS)
    pipeline.store(an_order(1))
    resolve(pipeline)
    records = pipeline.news("identities")
    pipeline.call("evaluate_segments", records)
    before = pipeline.items("memberships", "p_user_id:u")

    assert pipeline.call("evaluate_segments", records) == NOTHING
    assert pipeline.items("memberships", "p_user_id:u") == before


def test_one_person_is_evaluated_once_a_batch(pipeline: Pipeline, evaluated: list[tuple[str, set[str]]]) -> None:
    pipeline.define("buyers", BUYERS)
    pipeline.define("paying", PAID)
    pipeline.store(an_identify(1, links=("user_id:u",), plan="pro"))
    for number in (2, 3, 4):
        pipeline.store(an_order(number))
        resolve(pipeline)
    pipeline.call("evaluate_segments", pipeline.news("identities"))

    assert evaluated == [("p_user_id:u", set())]


def test_evaluates_nobody_whose_state_is_as_it_was(pipeline: Pipeline, evaluated: list[tuple[str, set[str]]]) -> None:
    pipeline.define("buyers", BUYERS)
    pipeline.store(an_order(1))
    resolve(pipeline)
    item = pipeline.items("identities", "user_id:u")["event#Order Completed"]
    same = batch(("identities", item, {**item, "v": 2, "marks": b"\x00" * 13}))

    assert pipeline.call("evaluate_segments", same) == NOTHING
    assert evaluated == []


def test_of_traits_only_those_matter_that_a_segment_reads(
    pipeline: Pipeline, evaluated: list[tuple[str, set[str]]]
) -> None:
    pipeline.define("paying", PAID)
    images = []
    for number, traits in enumerate(({"plan": "free"}, {"city": "x"}, {"plan": "pro"}), 1):
        pipeline.store(an_identify(number, links=("user_id:u",), **traits))
        resolve(pipeline)
        images.append(pipeline.items("identities", "user_id:u")["traits"])
    free, moved, pro = images

    pipeline.call("evaluate_segments", batch(("identities", free, moved)))
    assert evaluated == []
    pipeline.call("evaluate_segments", batch(("identities", moved, pro)))
    assert [profile_id for profile_id, _ in evaluated] == ["p_user_id:u"]
    assert pipeline.members("paying") == {"p_user_id:u": True}


def test_a_link_alone_wakes_nobody(pipeline: Pipeline, evaluated: list[tuple[str, set[str]]]) -> None:
    pipeline.define("buyers", BUYERS)
    pipeline.store(an_event(1, links=("user_id:u", "anonymous_id:a")))
    resolve(pipeline)
    records = pipeline.news("identities")["Records"]

    assert {record["dynamodb"]["Keys"]["part"]["S"] for record in records} == {"id"}
    assert pipeline.call("evaluate_segments", {"Records": records}) == NOTHING
    assert evaluated == []


def test_whoever_joins_brings_what_they_were_in(pipeline: Pipeline, evaluated: list[tuple[str, set[str]]]) -> None:
    pipeline.define("buyers", {**BUYERS, "anonymous": True})
    pipeline.store(an_order(1, links=("anonymous_id:a",)))
    pipeline.run()
    assert pipeline.members() == {"p_anonymous_id:a": True}
    pipeline.store(an_identify(2))
    resolve(pipeline)
    evaluated.clear()
    pipeline.call("evaluate_segments", pipeline.news("profiles"))

    assert evaluated == [("p_user_id:u", {"p_anonymous_id:a"})]
    assert pipeline.members() == {"p_user_id:u": True}


def test_a_merge_wakes_the_survivor_with_the_one_it_took_in(
    pipeline: Pipeline, evaluated: list[tuple[str, set[str]]]
) -> None:
    pipeline.define("buyers", BUYERS)
    pipeline.store(an_identify(1, links=("user_id:u", "email:e")), an_identify(2, links=("email:f", "anonymous_id:a")))
    pipeline.store(an_order(3, links=("email:f",)))
    pipeline.run()
    (loser,) = pipeline.members()
    pipeline.store(an_identify(4, links=("user_id:u", "email:f")))
    resolve(pipeline)
    evaluated.clear()
    pipeline.call("evaluate_segments", pipeline.news("profiles"))

    ((survivor, absorbed),) = evaluated
    assert loser in absorbed
    assert pipeline.members() == {survivor: True}


def test_stops_at_the_first_person_whose_images_cannot_be_read(pipeline: Pipeline) -> None:
    pipeline.define("buyers", BUYERS)
    for number, owner in enumerate(("user_id:a", "user_id:poison", "user_id:b"), 1):
        pipeline.store(an_order(number, links=(owner,)))
        resolve(pipeline)
    records = pipeline.news("identities")
    poison = next(record for record in records["Records"] if "poison" in record["dynamodb"]["Keys"]["owner"]["S"])
    poison["dynamodb"]["NewImage"]["state"] = {"M": {}}

    answer = pipeline.call("evaluate_segments", records)
    assert answer == {"batchItemFailures": [{"itemIdentifier": poison["dynamodb"]["SequenceNumber"]}]}
    assert pipeline.members() == {"p_user_id:a": True}


def test_whoever_will_leave_soon_is_queued_for_then(pipeline: Pipeline) -> None:
    pipeline.define("buyers", {**BUYERS, "where": {"event": "Order Completed", "within": "2 minutes"}})
    order = an_order(1, at=NOW - 120 * SECOND + 1)
    pipeline.store(order)
    resolve(pipeline)
    pipeline.call("evaluate_segments", pipeline.news("identities"))

    assert len(pipeline.queued()) == 1
    assert pipeline.items("memberships", "p_user_id:u")["head"]["armed"] == order.at + 120 * SECOND


def test_whoever_will_leave_later_waits_in_the_table(pipeline: Pipeline) -> None:
    pipeline.define("buyers", BUYERS)
    pipeline.store(an_order(1, at=NOW))
    resolve(pipeline)
    pipeline.call("evaluate_segments", pipeline.news("identities"))

    assert pipeline.queued() == []
    armed = pipeline.items("memberships", "p_user_id:u")["head"]["armed"]
    assert armed == NOW + DAY


def test_whoever_is_due_is_evaluated(pipeline: Pipeline) -> None:
    pipeline.define("buyers", BUYERS)
    pipeline.store(an_order(1, at=NOW))
    pipeline.run()
    pipeline.now = NOW + DAY

    assert pipeline.call("evaluate_segments", messages(Timer("p_user_id:u", NOW + DAY))) == NOTHING
    assert pipeline.members() == {"p_user_id:u": False}


def test_a_message_that_comes_early_waits_again(pipeline: Pipeline, evaluated: list[tuple[str, set[str]]]) -> None:
    pipeline.define("buyers", BUYERS)
    early = Timer("p_user_id:u", NOW + 1, hops=2)

    assert pipeline.call("evaluate_segments", messages(early)) == NOTHING
    assert evaluated == []
    pipeline.call("evaluate_segments", messages(replace(early, due=NOW)))
    assert evaluated == [("p_user_id:u", set())]
    assert len(pipeline.queued()) == 1


def test_a_message_that_cannot_be_read_fails_alone(pipeline: Pipeline, evaluated: list[tuple[str, set[str]]]) -> None:
    good = messages(Timer("p_a", NOW), Timer("p_b", NOW))["Records"]
    broken = message("m-broken", "[]")

    answer = pipeline.call("evaluate_segments", {"Records": [good[0], broken, good[1]]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m-broken"}]}
    assert [profile_id for profile_id, _ in evaluated] == ["p_a", "p_b"]


def test_a_part_that_was_removed_wakes_its_person(pipeline: Pipeline) -> None:
    pipeline.define("buyers", BUYERS)
    pipeline.store(an_order(1))
    pipeline.run()
    part = IdentityStore(pipeline.database).part("user_id:u", "event#Order Completed")
    assert part is not None
    pipeline.database.delete("events", "user_id:u", an_order(1).moment)
    pipeline.database.delete("identities", "user_id:u", part.name, was=part.version)
    pipeline.call("evaluate_segments", pipeline.news("identities"))

    assert pipeline.members() == {"p_user_id:u": False}
    assert text(pipeline.items("memberships", "p_user_id:u")["segment#buyers"], "segment_shard") == ""
