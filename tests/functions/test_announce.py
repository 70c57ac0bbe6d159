"""Who entered and who left is published, by ids alone."""

import pytest

from regulars.adapters import clients
from regulars.domain.instants import DAY, to_text
from regulars.domain.timers import Timer
from regulars.errors import UnavailableError
from tests.builders import an_order
from tests.functions.pipeline import BUYERS, NOW, Pipeline
from tests.lambda_events import messages


def test_tells_once_who_entered_and_once_who_left(pipeline: Pipeline) -> None:
    pipeline.define("buyers", BUYERS)
    pipeline.store(an_order(1, at=NOW), an_order(2, at=NOW))
    pipeline.run()
    assert [(kind, detail["number"]) for kind, detail in pipeline.published()] == [("Segment Entered", 1)]
    pipeline.now = NOW + DAY
    pipeline.call("evaluate_segments", messages(Timer("p_user_id:u", NOW + DAY)))
    pipeline.run()

    ((kind, detail),) = pipeline.published()
    assert kind == "Segment Exited"
    assert detail == {
        "profile_id": "p_user_id:u",
        "segment": "buyers",
        "since": to_text(NOW + DAY),
        "number": 2,
        "definition": 1,
        "reason": "time",
        "backfill": False,
    }


def test_tells_nothing_of_heads(pipeline: Pipeline) -> None:
    pipeline.define("buyers", BUYERS)
    pipeline.store(an_order(1, at=NOW - 2 * DAY))
    pipeline.run()

    assert "head" in pipeline.items("memberships", "p_user_id:u")
    assert pipeline.published() == []


def test_publishes_what_comes_before_a_row_that_cannot_be_read(pipeline: Pipeline) -> None:
    pipeline.define("buyers", BUYERS)
    for number, owner in enumerate(("user_id:a", "user_id:poison", "user_id:b"), 1):
        pipeline.store(an_order(number, links=(owner,)))
        pipeline.call("resolve_identity", pipeline.news("events"))
        pipeline.call("evaluate_segments", pipeline.news("identities"))
    rows = pipeline.news("memberships")
    poison = next(
        record["dynamodb"]
        for record in rows["Records"]
        if "poison" in record["dynamodb"]["Keys"]["profile_id"]["S"] and "member" in record["dynamodb"]["NewImage"]
    )
    poison["NewImage"]["since"] = {"S": 5}

    answer = pipeline.call("announce", rows)
    assert answer == {"batchItemFailures": [{"itemIdentifier": poison["SequenceNumber"]}]}
    assert [detail["profile_id"] for _, detail in pipeline.published()] == ["p_user_id:a"]


def test_a_bus_that_fails_brings_the_whole_batch_again(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline.define("buyers", BUYERS)
    pipeline.store(an_order(1))
    pipeline.call("resolve_identity", pipeline.news("events"))
    pipeline.call("evaluate_segments", pipeline.news("identities"))
    rows = pipeline.news("memberships")

    def refuse(**_request: object) -> dict[str, object]:
        return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}

    with monkeypatch.context() as patch:
        patch.setattr(clients.event_bridge(), "put_events", refuse)
        with pytest.raises(UnavailableError):
            pipeline.call("announce", rows)
    assert pipeline.call("announce", rows) == {"batchItemFailures": []}
    assert [kind for kind, _ in pipeline.published()] == ["Segment Entered"]
