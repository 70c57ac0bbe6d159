"""What each function may do: written out a second time, so that no change of it goes unseen."""

import json

import pytest

from infra.permissions import Permission, identity, paths, permissions
from infra.templates import Templates, resources

TABLES = {
    "ingest": {
        "events": "GetItem PartiQLInsert",
        "catalog": "GetItem PutItem Query",
        "vault": "BatchGetItem GetItem PartiQLInsert",
        "quarantine": "GetItem PartiQLInsert",
        "tallies": "PutItem Query",
    },
    "drain_overflow": {
        "events": "GetItem PartiQLInsert",
        "catalog": "GetItem PutItem Query",
        "vault": "BatchGetItem GetItem PartiQLInsert",
        "quarantine": "GetItem PartiQLInsert",
        "tallies": "PutItem Query",
    },
    "resolve_identity": {
        "events": "Query",
        "identities": "BatchGetItem GetItem PutItem Query",
        "profiles": "BatchGetItem GetItem PutItem",
        "catalog": "GetItem Query",
        "tallies": "PutItem",
    },
    "evaluate_segments": {
        "identities": "PutItem Query",
        "events": "Query",
        "profiles": "GetItem",
        "memberships": "DeleteItem PutItem Query",
        "timers": "PutItem",
        "catalog": "GetItem Query",
    },
    "tick": {"timers": "DeleteItem Query", "catalog": "GetItem PutItem"},
    "announce": {},
    "profile_api": {
        "identities": "BatchGetItem GetItem Query",
        "profiles": "BatchGetItem GetItem",
        "memberships": "Query",
        "events": "GetItem Query",
        "vault": "GetItem",
        "catalog": "GetItem Query",
        "audit": "PartiQLInsert Query",
    },
    "unmerge": {
        "identities": "BatchGetItem GetItem PutItem Query",
        "profiles": "BatchGetItem GetItem PutItem",
        "memberships": "Query",
        "events": "GetItem Query",
        "vault": "GetItem",
        "catalog": "GetItem Query",
        "tallies": "DeleteItem GetItem",
        "audit": "PartiQLInsert Query",
    },
    "change_profile": {
        "identities": "BatchGetItem GetItem PutItem Query",
        "profiles": "GetItem PutItem",
        "events": "GetItem PartiQLInsert Query",
        "tallies": "GetItem PutItem",
        "vault": "BatchGetItem GetItem PartiQLInsert",
        "catalog": "GetItem PutItem Query",
        "audit": "PartiQLInsert Query",
    },
    "rebuild": {
        "events": "Query Scan",
        "identities": "GetItem PutItem Query",
        "profiles": "GetItem PutItem",
        "catalog": "GetItem PutItem Query",
    },
    "count_members": {
        "memberships/index/by_segment": "Query",
        "catalog": "GetItem Query",
        "tallies": "PutItem",
    },
    "backfill": {
        "events": "Query Scan",
        "identities": "PutItem Query Scan",
        "profiles": "GetItem",
        "memberships": "DeleteItem GetItem PutItem Query",
        "memberships/index/by_segment": "Query",
        "timers": "PutItem",
        "catalog": "DeleteItem GetItem PutItem Query",
    },
    "admin_api": {
        "catalog": "DeleteItem GetItem PutItem Query",
        "memberships": "GetItem Query",
        "memberships/index/by_segment": "Query",
        "quarantine": "GetItem PutItem Query",
        "events": "GetItem PartiQLInsert Query Scan",
        "identities": "BatchGetItem Scan",
        "profiles": "BatchGetItem",
        "vault": "BatchGetItem GetItem PartiQLInsert",
        "tallies": "BatchGetItem GetItem PartiQLInsert PutItem Query",
        "audit": "PartiQLInsert Query",
    },
    "erase": {
        "events": "DeleteItem GetItem PartiQLInsert PutItem Query Scan",
        "identities": "BatchGetItem DeleteItem GetItem PutItem Query",
        "profiles": "BatchGetItem DeleteItem GetItem PutItem",
        "memberships": "DeleteItem GetItem PutItem Query",
        "timers": "DeleteItem Scan",
        "quarantine": "DeleteItem Scan",
        "tallies": "DeleteItem PutItem Scan",
        "vault": "DeleteItem GetItem PutItem",
        "catalog": "BatchGetItem DeleteItem GetItem PartiQLInsert PutItem Query",
    },
    "export": {
        "catalog": "GetItem PutItem Query",
        "memberships": "GetItem Query",
        "memberships/index/by_segment": "Query",
        "identities": "BatchGetItem GetItem Query",
        "profiles": "BatchGetItem GetItem",
        "events": "Query",
        "vault": "GetItem",
        "audit": "PartiQLInsert Query",
    },
    "export_api": {
        "catalog": "GetItem PutItem Query",
        "memberships/index/by_segment": "Query",
        "vault": "GetItem",
        "audit": "PartiQLInsert Query",
    },
    "privacy_api": {
        "catalog": "GetItem PartiQLInsert PutItem Query",
        "vault": "GetItem",
        "audit": "PartiQLInsert Query",
    },
    "preview_segment": {"catalog": "GetItem Query", "audit": "PartiQLInsert Query"},
    "audit_api": {
        "audit": "PartiQLInsert Query",
        "identities": "GetItem Query",
        "profiles": "GetItem",
        "events": "Query",
        "vault": "GetItem",
    },
    "anchor_audit": {"audit": "Query"},
    "retain": {
        "events": "DeleteItem GetItem PutItem Query Scan",
        "identities": "BatchGetItem DeleteItem GetItem PutItem Query Scan",
        "profiles": "BatchGetItem DeleteItem GetItem PutItem",
        "memberships": "DeleteItem GetItem PutItem Query",
        "timers": "DeleteItem PutItem",
        "tallies": "DeleteItem PutItem Query",
        "vault": "ConditionCheckItem DeleteItem GetItem PutItem",
        "catalog": "GetItem PutItem Query",
    },
    "note_login": {"audit": "PartiQLInsert Query"},
    "preferences": {
        "identities": "BatchGetItem GetItem Query",
        "profiles": "GetItem",
        "events": "GetItem PartiQLInsert Query",
        "vault": "BatchGetItem GetItem PartiQLInsert",
        "catalog": "GetItem",
    },
    "serve_analytics": {},
    "archive": {},
    "compact": {"catalog": "GetItem PutItem Query", "identities": "GetItem", "profiles": "GetItem"},
}
OTHERS = {
    "evaluate_segments": {
        "sqs:ChangeMessageVisibility segments/evaluations",
        "sqs:DeleteMessage segments/evaluations",
        "sqs:GetQueueAttributes segments/evaluations",
        "sqs:GetQueueUrl segments/evaluations",
        "sqs:ReceiveMessage segments/evaluations",
        "sqs:SendMessage segments/evaluations",
    },
    "backfill": {"sqs:SendMessage segments/evaluations"},
    "ingest": {"sqs:SendMessage ingest/overflow"},
    "drain_overflow": {
        "sqs:ChangeMessageVisibility ingest/overflow",
        "sqs:DeleteMessage ingest/overflow",
        "sqs:GetQueueAttributes ingest/overflow",
        "sqs:GetQueueUrl ingest/overflow",
        "sqs:ReceiveMessage ingest/overflow",
    },
    "tick": {"sqs:SendMessage segments/evaluations", "sqs:SendMessage segments/tick_dead"},
    "announce": {"events:PutEvents announcements/bus"},
    "compact": {"sqs:SendMessage lake/compact_dead"},
    "erase": {"sqs:SendMessage erasing/erase_dead"},
    "count_members": {"sqs:SendMessage segments/count_members_dead"},
    "anchor_audit": {"sqs:SendMessage auditing/anchor_audit_dead"},
    "retain": {"sqs:SendMessage retaining/retain_dead"},
}
LAKE = {
    "archive": {"s3:PutObject"},
    "preview_segment": {"s3:GetObject"},
    "compact": {"s3:DeleteObject", "s3:GetObject", "s3:PutObject"},
    "erase": {"s3:DeleteObject", "s3:GetObject", "s3:PutObject"},
}
COUNTS = {"erase": ("s3:GetObject", "s3:PutObject"), "compact": ("s3:DeleteObject", "s3:GetObject")}
LARGE = {
    "archive": {"events": "GetObject"},
    "ingest": {"events": "GetObject PutObject", "quarantine": "GetObject PutObject", "overflow": "PutObject"},
    "drain_overflow": {
        "events": "GetObject PutObject",
        "quarantine": "GetObject PutObject",
        "overflow": "DeleteObject GetObject",
    },
    "resolve_identity": {"events": "GetObject"},
    "evaluate_segments": {"events": "GetObject"},
    "profile_api": {"events": "GetObject"},
    "unmerge": {"events": "GetObject"},
    "change_profile": {"events": "GetObject"},
    "preferences": {"events": "GetObject"},
    "rebuild": {"events": "GetObject"},
    "backfill": {"events": "GetObject"},
    "audit_api": {"events": "GetObject"},
    "admin_api": {"events": "GetObject PutObject", "quarantine": "GetObject"},
    "erase": {"events": "DeleteObject GetObject PutObject", "quarantine": "DeleteObject"},
    "export": {"events": "GetObject"},
    "retain": {"events": "DeleteObject GetObject"},
}
EXPORTS = {
    "export": "DeleteObject GetObject PutObject",
    "export_api": "DeleteObject GetObject",
    "erase": "DeleteObject",
}
ANCHORS = {
    "erase": {"s3:PutObject buckets/anchors/ledger/*"},
    "audit_api": {"s3:ListBucket buckets/anchors", "s3:GetObject buckets/anchors/anchors/*"},
    "anchor_audit": {
        "s3:ListBucket buckets/anchors",
        "s3:GetObject buckets/anchors/anchors/*",
        "s3:PutObject buckets/anchors/anchors/*",
    },
}
LAKE_TABLES = ("events", "identity", "refused")
POLLS = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
READS = {"GetItem", "BatchGetItem", "ConditionCheckItem", "Query", "Scan", *POLLS}
INSERTERS = ("ingest", "drain_overflow", "admin_api", "change_profile", "preferences")
RETAINED = ("events", "identities", "profiles", "memberships", "timers", "tallies", "vault")
POLLED = {
    "resolve_identity": {"events"},
    "evaluate_segments": {"identities", "profiles"},
    "announce": {"memberships"},
    "archive": {"events", "profiles", "tallies"},
}


@pytest.fixture(scope="session")
def allowed(deployed: Templates) -> dict[str, set[Permission]]:
    return permissions(deployed)


def of(service: str, granted: set[Permission]) -> set[Permission]:
    return {each for each in granted if each.action.startswith(f"{service}:")}


@pytest.mark.parametrize("function", sorted(TABLES))
def test_a_function_does_exactly_this_with_tables(allowed: dict[str, set[Permission]], function: str) -> None:
    used = {
        Permission(f"dynamodb:{action}", f"tables/{table}")
        for table, actions in TABLES[function].items()
        for action in actions.split()
    }
    polled = {
        Permission(f"dynamodb:{action}", f"tables/{table}") for table in POLLED.get(function, ()) for action in POLLS
    }

    assert of("dynamodb", allowed[function]) == used | polled


@pytest.mark.parametrize("function", sorted(TABLES))
def test_a_function_sends_and_receives_exactly_this(allowed: dict[str, set[Permission]], function: str) -> None:
    found = of("sqs", allowed[function]) | of("events", allowed[function])

    assert {f"{each.action} {each.thing}" for each in found} == OTHERS.get(function, set())


@pytest.mark.parametrize("function", sorted(TABLES))
def test_a_function_reads_and_writes_exactly_these_objects(allowed: dict[str, set[Permission]], function: str) -> None:
    found = {f"{each.action} {each.thing}" for each in of("s3", allowed[function])}
    failures = {"s3:ListBucket buckets/failures", "s3:PutObject buckets/failures/*"} if function in POLLED else set()

    if function == "erase":
        failures = {
            f"s3:{action} buckets/failures/aws/lambda/*" for action in ("GetObject", "PutObject", "DeleteObject")
        }
        failures.add("s3:ListBucket buckets/failures")
    large = {
        f"s3:{action} buckets/large/{prefix}/*"
        for prefix, actions in LARGE.get(function, {}).items()
        for action in actions.split()
    }
    tables = LAKE_TABLES[:2] if function == "preview_segment" else LAKE_TABLES
    lake = {f"{action} buckets/lake/{table}/*" for action in LAKE.get(function, ()) for table in tables}
    lake |= {f"{action} buckets/lake/remains/*" for action in COUNTS.get(function, ())}
    listed = {"s3:ListBucket buckets/lake"} if function in ("compact", "preview_segment", "erase") else set()
    listed |= {"s3:ListBucket buckets/large"} if function in ("erase", "retain") else set()
    listed |= {"s3:ListBucket buckets/exports"} if function in EXPORTS else set()
    exports = {f"s3:{action} buckets/exports/files/*" for action in EXPORTS.get(function, "").split()}
    assert found == failures | large | lake | listed | exports | ANCHORS.get(function, set())


def test_only_who_looks_at_everybody_or_for_anybody_scans(
    allowed: dict[str, set[Permission]],
) -> None:
    scans = {(name, each.thing) for name, granted in allowed.items() for each in granted if "Scan" in each.action}
    actions = {each.action for granted in allowed.values() for each in granted}

    assert scans == {
        ("rebuild", "tables/events"),
        ("retain", "tables/events"),
        ("retain", "tables/identities"),
        *(("erase", f"tables/{table}") for table in ("events", "quarantine", "tallies", "timers")),
        *((name, f"tables/{table}") for name in ("backfill", "admin_api") for table in ("events", "identities")),
    }
    assert not actions & {"dynamodb:PartiQLSelect", "dynamodb:PartiQLDelete", "dynamodb:DeleteTable"}


def test_an_event_can_be_added_but_never_changed_except_by_an_erasure_or_its_end(
    allowed: dict[str, set[Permission]],
) -> None:
    written = {
        (name, each.action)
        for name, granted in allowed.items()
        for each in granted
        if each.thing == "tables/events" and each.action.removeprefix("dynamodb:") not in READS
    }

    erased = {(name, f"dynamodb:{action}") for name in ("erase", "retain") for action in ("DeleteItem", "PutItem")}
    assert written == {(name, "dynamodb:PartiQLInsert") for name in (*INSERTERS, "erase")} | erased


def test_a_key_can_be_made_but_never_overwritten_except_when_somebody_is_gone(
    allowed: dict[str, set[Permission]],
) -> None:
    written = {
        (name, each.action)
        for name, granted in allowed.items()
        for each in granted
        if each.thing == "tables/vault" and each.action.removeprefix("dynamodb:") not in READS
    }

    erased = {(name, f"dynamodb:{action}") for name in ("erase", "retain") for action in ("DeleteItem", "PutItem")}
    assert written == {(name, "dynamodb:PartiQLInsert") for name in INSERTERS} | erased


def test_a_row_of_the_audit_trail_is_put_behind_the_others_and_never_changed(
    allowed: dict[str, set[Permission]],
) -> None:
    actions = {each.action for granted in allowed.values() for each in granted if each.thing.startswith("tables/audit")}

    assert actions == {"dynamodb:PartiQLInsert", "dynamodb:Query"}


def test_only_who_replays_it_changes_what_is_in_quarantine(allowed: dict[str, set[Permission]]) -> None:
    written = {
        (name, each.action)
        for name, granted in allowed.items()
        for each in granted
        if each.thing == "tables/quarantine" and each.action.removeprefix("dynamodb:") not in READS
    }

    assert written == {
        ("ingest", "dynamodb:PartiQLInsert"),
        ("drain_overflow", "dynamodb:PartiQLInsert"),
        ("admin_api", "dynamodb:PutItem"),
        ("erase", "dynamodb:DeleteItem"),
    }


def test_only_an_erasure_and_retention_delete_more_of_a_person_than_what_is_derived(
    allowed: dict[str, set[Permission]],
) -> None:
    deleted = {
        (name, each.thing)
        for name, granted in allowed.items()
        for each in granted
        if each.action == "dynamodb:DeleteItem"
    }

    assert deleted == {
        ("admin_api", "tables/catalog"),
        ("backfill", "tables/catalog"),
        ("backfill", "tables/memberships"),
        ("evaluate_segments", "tables/memberships"),
        ("tick", "tables/timers"),
        *(("retain", f"tables/{table}") for table in RETAINED),
        ("unmerge", "tables/tallies"),
        *(("erase", f"tables/{table}") for table in TABLES["erase"]),
    }


def test_only_these_open_the_workspace_key(allowed: dict[str, set[Permission]]) -> None:
    opened = {
        name: {each.action for each in granted if each.thing == "keys/workspace"} for name, granted in allowed.items()
    }

    assert {name: actions for name, actions in opened.items() if actions} == {
        "ingest": {"kms:Decrypt", "kms:GenerateDataKey"},
        "drain_overflow": {"kms:Decrypt", "kms:GenerateDataKey"},
        "audit_api": {"kms:Decrypt"},
        "profile_api": {"kms:Decrypt"},
        "unmerge": {"kms:Decrypt"},
        "preferences": {"kms:Decrypt"},
        "change_profile": {"kms:Decrypt", "kms:GenerateDataKey"},
        "admin_api": {"kms:Decrypt", "kms:GenerateDataKey"},
        "privacy_api": {"kms:Decrypt"},
        "export": {"kms:Decrypt"},
        "export_api": {"kms:Decrypt"},
    }


def test_only_those_who_read_the_vault_can_decrypt_it(allowed: dict[str, set[Permission]]) -> None:
    holders = {name for name, granted in allowed.items() for each in granted if each.thing == "keys/vault"}

    assert holders == {
        "admin_api",
        "audit_api",
        "change_profile",
        "drain_overflow",
        "erase",
        "export",
        "export_api",
        "ingest",
        "preferences",
        "privacy_api",
        "profile_api",
        "retain",
        "unmerge",
    }


def test_no_action_is_a_pattern(deployed: Templates) -> None:
    for policy in resources(deployed.platform, "IAM::Policy").values():
        for statement in policy["PolicyDocument"]["Statement"]:
            assert "*" not in json.dumps(statement["Action"])
            assert statement["Resource"] != "*"


def test_no_managed_policy_is_attached(deployed: Templates) -> None:
    assert not any("ManagedPolicyArns" in role for role in resources(deployed.platform, "IAM::Role").values())


def test_some_see_only_one_partition_of_a_table(deployed: Templates) -> None:
    known = paths(deployed)
    limited = {
        (
            known[identity(statement["Resource"])],
            *statement["Condition"]["ForAllValues:StringEquals"]["dynamodb:LeadingKeys"],
        )
        for policy in resources(deployed.platform, "IAM::Policy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if "dynamodb:LeadingKeys" in json.dumps(statement)
    }

    assert limited == {
        *(("tables/catalog", name) for name in ("cursor", "key_use", "privacy_request", "rebuild_progress")),
        ("tables/catalog", "consent", "identity", "retention"),
        ("tables/catalog", "export"),
        ("tables/catalog", "export", "export_quota"),
    }
