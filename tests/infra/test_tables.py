import re
from typing import Any

import pytest

from infra.layers import ROOT
from infra.permissions import identity, paths
from infra.templates import Template, Templates, resources

KEPT_FOR_EVER = {"audit", "catalog", "profiles", "vault"}
ROW = re.compile(r"^\| `(\w+)` \| `(\w+)`.*?\| (.*?) \| ([^ ]+) \| (.*?)\|$", re.MULTILINE)


def described() -> dict[str, tuple[str, str | None, str | None, set[str]]]:
    """Read the table of tables in docs/architecture.md."""
    page = (ROOT / "docs" / "architecture.md").read_text()
    section = page.partition("## Tables")[2].partition("## ")[0]
    return {
        name: (
            partition,
            first_word(sort),
            stream if stream.isidentifier() else None,
            set(re.findall(r"`(\w+)`", readers)),
        )
        for name, partition, sort, stream, readers in ROW.findall(section)
    }


def first_word(cell: str) -> str | None:
    found = re.match(r"`(\w+)`", cell)
    return found[1] if found else None


def tables(templates: Templates) -> dict[str, Template]:
    found = resources(templates.data, "DynamoDB::GlobalTable").items()
    return {paths(templates)[name].removeprefix("tables/"): table for name, table in found}


def replica(table: Template) -> Template:
    [only] = table["Replicas"]
    return dict(only)


def keys(schema: list[dict[str, str]]) -> tuple[str, ...]:
    return tuple(key["AttributeName"] for key in sorted(schema, key=lambda key: key["KeyType"]))


def readers(templates: Templates) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    known = paths(templates)
    for mapping in resources(templates.platform, "Lambda::EventSourceMapping").values():
        if "StartingPosition" not in mapping:
            continue
        table = known[identity(mapping["EventSourceArn"])].split("/")[1]
        found.setdefault(table, set()).add(known[identity(mapping["FunctionName"])].split("/")[1])
    return found


def test_the_architecture_describes_eleven_tables() -> None:
    assert len(described()) == 11


def test_tables_have_the_keys_and_streams_of_the_architecture(deployed: Templates) -> None:
    in_template = {
        name: (*keys(table["KeySchema"]), table.get("StreamSpecification", {}).get("StreamViewType"))
        for name, table in tables(deployed).items()
    }
    in_docs = {
        name: (partition, sort, stream) if sort else (partition, stream)
        for name, (partition, sort, stream, _) in described().items()
    }

    assert in_template == in_docs


def test_streams_wake_the_readers_of_the_architecture(deployed: Templates) -> None:
    woken = readers(deployed)
    in_docs = {name: functions for name, (_, _, _, functions) in described().items() if functions}

    assert woken == in_docs


def test_the_members_of_a_segment_are_found_by_keys_only(deployed: Templates) -> None:
    [index] = tables(deployed)["memberships"]["GlobalSecondaryIndexes"]

    assert index["IndexName"] == "by_segment"
    assert keys(index["KeySchema"]) == ("segment_shard", "profile_id")
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_what_may_age_out_does(deployed: Templates) -> None:
    expiring = {
        name
        for name, table in tables(deployed).items()
        if table.get("TimeToLiveSpecification") == {"AttributeName": "expires", "Enabled": True}
    }

    assert expiring == set(described()) - KEPT_FOR_EVER


@pytest.mark.parametrize("name", sorted(described()))
def test_a_table_can_be_taken_back_to_any_second(deployed: Templates, name: str) -> None:
    recovery = replica(tables(deployed)[name])["PointInTimeRecoverySpecification"]

    assert recovery == {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7 if name == "vault" else 30}


def test_each_class_of_data_has_a_key_of_its_own(deployed: Templates) -> None:
    known = paths(deployed)
    classes: dict[str, set[str]] = {}
    for name, table in tables(deployed).items():
        key = known[identity(replica(table)["SSESpecification"]["KMSMasterKeyId"])]
        classes.setdefault(key, set()).add(name)

    assert classes == {
        "keys/events": {"events", "quarantine", "tallies"},
        "keys/profiles": {"catalog", "identities", "journeys", "memberships", "profiles", "timers"},
        "keys/vault": {"vault"},
        "keys/audit": {"audit"},
    }


def test_tables_are_paid_for_by_use(deployed: Templates) -> None:
    assert {table["BillingMode"] for table in tables(deployed).values()} == {"PAY_PER_REQUEST"}


def test_nothing_deletes_the_data_of_production(in_production: Templates) -> None:
    lasting: list[Any] = [
        each
        for each in in_production.data["Resources"].values()
        if each["Type"].endswith(("GlobalTable", "::Bucket", "::Key", "::UserPool"))
    ]

    assert len(lasting) == 24
    assert {(each["DeletionPolicy"], each["UpdateReplacePolicy"]) for each in lasting} == {("Retain", "Retain")}
    assert all(replica(table)["DeletionProtectionEnabled"] for table in tables(in_production).values())


def test_a_stage_for_trying_leaves_nothing_behind(deployed: Templates) -> None:
    policies = {each.get("DeletionPolicy", "Delete") for each in deployed.data["Resources"].values()}

    assert policies == {"Delete"}


def test_keys_are_turned(deployed: Templates) -> None:
    every = resources(deployed.data, "KMS::Key") | resources(deployed.platform, "KMS::Key")

    assert len(every) == 6
    assert all(key["EnableKeyRotation"] for key in every.values())
