"""New events are linked and folded, each once; what fails comes again."""

import pytest
from botocore.exceptions import EndpointConnectionError

from regulars.adapters import clients
from regulars.errors import UnavailableError
from regulars.stores.identities import IdentityStore
from tests.builders import an_event, an_identify, an_order
from tests.functions.pipeline import BUYERS, Pipeline

NOTHING: dict[str, list[dict[str, str]]] = {"batchItemFailures": []}


def count(pipeline: Pipeline, owner: str, name: str = "event#Order Completed") -> int:
    """How many events a part has counted."""
    part = IdentityStore(pipeline.database).part(owner, name)
    return part.state.count if part else 0


def test_folds_what_a_live_segment_reads(pipeline: Pipeline) -> None:
    pipeline.define("buyers", BUYERS)
    pipeline.store(an_order(1), an_order(2), an_event(3, links=("user_id:u",)))

    assert pipeline.call("resolve_identity", pipeline.news("events")) == NOTHING
    assert count(pipeline, "user_id:u") == 2
    assert "event#Product Viewed" not in pipeline.items("identities", "user_id:u")


def test_a_batch_that_comes_again_changes_nothing(pipeline: Pipeline) -> None:
    pipeline.define("buyers", BUYERS)
    pipeline.store(an_identify(1), an_order(2), an_order(3, links=("user_id:v",)))
    batch = pipeline.news("events")
    pipeline.call("resolve_identity", batch)
    before = [pipeline.items("identities", owner) for owner in ("user_id:u", "user_id:v", "anonymous_id:a")]

    assert pipeline.call("resolve_identity", batch) == NOTHING
    after = [pipeline.items("identities", owner) for owner in ("user_id:u", "user_id:v", "anonymous_id:a")]
    assert after == before
    assert count(pipeline, "user_id:u") == 1


def test_links_the_identifiers_of_an_event(pipeline: Pipeline) -> None:
    pipeline.store(an_identify(1, links=("user_id:u", "anonymous_id:a")))
    pipeline.call("resolve_identity", pipeline.news("events"))

    homes = {pipeline.items("identities", owner)["id"]["profile_id"] for owner in ("user_id:u", "anonymous_id:a")}
    (home,) = homes
    assert pipeline.database.get("profiles", str(home)) is not None


def test_stops_at_the_first_owner_that_cannot_be_folded(pipeline: Pipeline) -> None:
    pipeline.define("buyers", BUYERS)
    pipeline.store(an_order(1, links=("user_id:a",)))
    pipeline.store(an_order(2, links=("user_id:poison",)))
    pipeline.store(an_order(3, links=("user_id:a",)), an_order(4, links=("user_id:b",)))
    batch = pipeline.news("events")
    poison = batch["Records"][1]["dynamodb"]
    poison["NewImage"]["clear"] = {"B": "bm90IGpzb24="}

    answer = pipeline.call("resolve_identity", batch)
    assert answer == {"batchItemFailures": [{"itemIdentifier": poison["SequenceNumber"]}]}
    assert [count(pipeline, f"user_id:{owner}") for owner in ("a", "poison", "b")] == [2, 0, 0]


def test_what_was_behind_a_failure_is_folded_when_it_comes_again(pipeline: Pipeline) -> None:
    pipeline.define("buyers", BUYERS)
    pipeline.store(an_order(1, links=("user_id:poison",)), an_order(2, links=("user_id:b",)))
    batch = pipeline.news("events")
    whole = batch["Records"][0]["dynamodb"]["NewImage"]["clear"]
    batch["Records"][0]["dynamodb"]["NewImage"]["clear"] = {"B": ""}
    batch["Records"][0]["dynamodb"]["NewImage"]["at"] = {"L": []}
    pipeline.call("resolve_identity", batch)
    batch["Records"][0]["dynamodb"]["NewImage"] |= {"clear": whole, "at": {"N": "1"}}

    assert pipeline.call("resolve_identity", batch) == NOTHING
    assert [count(pipeline, f"user_id:{owner}") for owner in ("poison", "b")] == [1, 1]


def test_reads_a_segment_that_went_live_between_two_batches(pipeline: Pipeline) -> None:
    pipeline.store(an_order(1))
    pipeline.call("resolve_identity", pipeline.news("events"))
    pipeline.define("buyers", BUYERS)
    pipeline.store(an_order(2))
    pipeline.call("resolve_identity", pipeline.news("events"))

    assert count(pipeline, "user_id:u") == 2


def test_an_event_that_expired_folds_nothing(pipeline: Pipeline) -> None:
    pipeline.define("buyers", BUYERS)
    pipeline.store(an_order(1))
    pipeline.database.delete("events", "user_id:u", an_order(1).moment)
    removed = pipeline.news("events")["Records"][1]

    assert removed["eventName"] == "REMOVE"
    assert pipeline.call("resolve_identity", {"Records": [removed]}) == NOTHING
    assert count(pipeline, "user_id:u") == 0


def test_fails_as_a_whole_when_the_catalog_does_not_answer(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    pipeline.store(an_order(1))
    batch = pipeline.news("events")

    def down(*_arguments: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb")

    monkeypatch.setattr(clients.database()._connection, "_make_api_call", down)
    with pytest.raises(UnavailableError):
        pipeline.call("resolve_identity", batch)
