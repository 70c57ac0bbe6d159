import json

import pytest

from infra.permissions import identity, paths
from infra.templates import Template, Templates, resources
from regulars.domain.refused_claims import RefusedClaim
from regulars.stores.refused_claims import PREFIX, to_item


@pytest.fixture
def streams(deployed: Templates) -> dict[str, Template]:
    """The mappings from streams, by table."""
    known = paths(deployed)
    return {
        known[identity(mapping["EventSourceArn"])]: mapping
        for mapping in resources(deployed.platform, "Lambda::EventSourceMapping").values()
        if "StartingPosition" in mapping
    }


def test_every_consumer_gives_up_in_the_end(streams: dict[str, Template]) -> None:
    limits = {(each["MaximumRetryAttempts"], each["MaximumRecordAgeInSeconds"]) for each in streams.values()}

    assert limits == {(8, 6 * 3600)}


def test_every_consumer_isolates_a_bad_record(streams: dict[str, Template]) -> None:
    assert all(each["BisectBatchOnFunctionError"] for each in streams.values())
    assert all(each["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for each in streams.values())


def test_what_was_given_up_is_kept_whole(deployed: Templates, streams: dict[str, Template]) -> None:
    places = {each["DestinationConfig"]["OnFailure"]["Destination"]["Fn::ImportValue"] for each in streams.values()}

    assert {paths(deployed)[place] for place in places} == {"buckets/failures"}


def test_every_consumer_starts_with_the_oldest_change(streams: dict[str, Template]) -> None:
    assert {each["StartingPosition"] for each in streams.values()} == {"TRIM_HORIZON"}


def test_one_owner_is_never_in_two_hands(streams: dict[str, Template]) -> None:
    assert {each["ParallelizationFactor"] for each in streams.values()} == {1}


def test_only_new_events_wake_identity_resolution(streams: dict[str, Template]) -> None:
    filters = {table: each["FilterCriteria"]["Filters"] for table, each in streams.items() if "FilterCriteria" in each}

    [only] = filters["tables/events"]
    assert set(filters) == {"tables/events", "tables/tallies"}
    assert json.loads(only["Pattern"]) == {"eventName": ["INSERT"]}


def test_of_all_tallies_only_refused_claims_wake_anybody(streams: dict[str, Template]) -> None:
    [only] = streams["tables/tallies"]["FilterCriteria"]["Filters"]
    claim = RefusedClaim(owner="email:e", limit="email", event="user_id:u -#web#m", at=0)

    assert json.loads(only["Pattern"]) == {
        "eventName": ["INSERT"],
        "dynamodb": {"Keys": {"slot": {"S": [{"prefix": PREFIX}]}}},
    }
    assert str(to_item(claim)["slot"]).startswith(PREFIX)


def test_a_stream_has_two_readers_at_most(deployed: Templates) -> None:
    mappings = resources(deployed.platform, "Lambda::EventSourceMapping").values()
    sources = [json.dumps(each["EventSourceArn"]) for each in mappings]

    assert max(sources.count(source) for source in sources) <= 2
