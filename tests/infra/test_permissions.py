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
    "enter_journey": {
        "identities": "ConditionCheckItem GetItem Query",
        "profiles": "ConditionCheckItem GetItem",
        "journeys": "GetItem PartiQLInsert PutItem Query",
        "memberships": "GetItem Query",
        "memberships/index/by_segment": "Query",
        "catalog": "GetItem PutItem Query",
        "events": "GetItem PartiQLInsert Query",
        "vault": "BatchGetItem GetItem",
    },
    "journey_step": {
        "identities": "GetItem Query",
        "profiles": "GetItem",
        "journeys": "GetItem PartiQLInsert PutItem Query",
        "memberships": "GetItem Query",
        "catalog": "GetItem Query",
        "events": "GetItem PartiQLInsert Query",
        "tallies": "BatchGetItem PartiQLInsert PutItem",
        "vault": "BatchGetItem GetItem PartiQLInsert",
    },
    "announce": {},
    "profile_api": {
        "identities": "BatchGetItem GetItem Query",
        "profiles": "BatchGetItem GetItem",
        "memberships": "Query",
        "journeys": "GetItem Query",
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
        "journeys": "DeleteItem GetItem Query",
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
        "journeys": "DeleteItem PutItem Query Scan",
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
    "journey_api": {
        "catalog": "ConditionCheckItem GetItem PutItem Query",
        "journeys": "Query",
        "identities": "BatchGetItem GetItem Query",
        "profiles": "GetItem",
        "events": "GetItem PartiQLInsert Query",
        "tallies": "GetItem PutItem",
        "vault": "BatchGetItem GetItem PartiQLInsert",
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
        "journeys": "DeleteItem GetItem PutItem Query Scan",
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
    "inbox_api": {
        "journeys": "GetItem PutItem Query",
        "identities": "BatchGetItem GetItem Query",
        "profiles": "GetItem",
        "events": "Query",
        "vault": "GetItem",
    },
    "deliver": {
        "journeys": "ConditionCheckItem DeleteItem GetItem PartiQLInsert PutItem Query",
        "identities": "ConditionCheckItem Query",
        "profiles": "ConditionCheckItem GetItem",
        "catalog": "GetItem Query",
        "events": "GetItem PartiQLInsert Query",
        "vault": "BatchGetItem ConditionCheckItem GetItem PartiQLInsert",
    },
    "settle_sends": {
        "journeys": "GetItem PartiQLInsert PutItem",
        "identities": "BatchGetItem GetItem Query",
        "profiles": "GetItem",
        "catalog": "GetItem Query",
        "events": "GetItem PartiQLInsert Query",
        "tallies": "GetItem PutItem",
        "vault": "BatchGetItem GetItem PartiQLInsert",
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
    "resolve_identity": {"sqs:SendMessage journeys/wanted"},
    "enter_journey": {
        "sqs:ChangeMessageVisibility journeys/wanted",
        "sqs:DeleteMessage journeys/wanted",
        "sqs:GetQueueAttributes journeys/wanted",
        "sqs:GetQueueUrl journeys/wanted",
        "sqs:ReceiveMessage journeys/wanted",
        "sqs:SendMessage journeys/wanted",
    },
    "journey_step": {"sqs:SendMessage journeys/wanted"},
    "backfill": {"sqs:SendMessage segments/evaluations"},
    "journey_api": {"sqs:SendMessage journeys/wanted"},
    "ingest": {"sqs:SendMessage ingest/overflow"},
    "drain_overflow": {
        "sqs:ChangeMessageVisibility ingest/overflow",
        "sqs:DeleteMessage ingest/overflow",
        "sqs:GetQueueAttributes ingest/overflow",
        "sqs:GetQueueUrl ingest/overflow",
        "sqs:ReceiveMessage ingest/overflow",
    },
    "settle_sends": {
        "sqs:ChangeMessageVisibility messages/feedback",
        "sqs:DeleteMessage messages/feedback",
        "sqs:GetQueueAttributes messages/feedback",
        "sqs:GetQueueUrl messages/feedback",
        "sqs:ReceiveMessage messages/feedback",
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
    "enter_journey": {"events": "GetObject"},
    "journey_step": {"events": "GetObject"},
    "profile_api": {"events": "GetObject"},
    "unmerge": {"events": "GetObject"},
    "change_profile": {"events": "GetObject"},
    "preferences": {"events": "GetObject"},
    "journey_api": {"events": "GetObject PutObject"},
    "deliver": {"events": "GetObject"},
    "settle_sends": {"events": "GetObject"},
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
MOVERS = ("enter_journey", "journey_step")
LAKE_TABLES = ("events", "identity", "refused")
POLLS = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
READS = {"GetItem", "BatchGetItem", "ConditionCheckItem", "Query", "Scan", *POLLS}
INSERTERS = (
    "ingest",
    "drain_overflow",
    "admin_api",
    "change_profile",
    "journey_api",
    "preferences",
    "deliver",
    "settle_sends",
    "enter_journey",
    "journey_step",
)
RETAINED = ("events", "identities", "profiles", "memberships", "journeys", "timers", "tallies", "vault")
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
        ("retain", "tables/journeys"),
        *(("erase", f"tables/{table}") for table in ("events", "journeys", "quarantine", "tallies", "timers")),
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
    assert written == {(name, "dynamodb:PartiQLInsert") for name in INSERTERS if name != "enter_journey"} | erased


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
        ("change_profile", "tables/journeys"),  # what is lifted
        ("deliver", "tables/journeys"),  # a claim of which surely nothing was sent
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
        "inbox_api": {"kms:Decrypt"},
        "deliver": {"kms:Decrypt"},
        "settle_sends": {"kms:Decrypt"},
        "change_profile": {"kms:Decrypt", "kms:GenerateDataKey"},
        "admin_api": {"kms:Decrypt", "kms:GenerateDataKey"},
        "privacy_api": {"kms:Decrypt"},
        "export": {"kms:Decrypt"},
        "journey_api": {"kms:Decrypt", "kms:GenerateDataKey"},
        "enter_journey": {"kms:Decrypt"},
        "journey_step": {"kms:Decrypt", "kms:GenerateDataKey"},
        "export_api": {"kms:Decrypt"},
    }


def test_only_those_who_read_the_vault_can_decrypt_it(allowed: dict[str, set[Permission]]) -> None:
    holders = {name for name, granted in allowed.items() for each in granted if each.thing == "keys/vault"}

    assert holders == {
        "admin_api",
        "audit_api",
        "change_profile",
        "deliver",
        "drain_overflow",
        "enter_journey",
        "erase",
        "export",
        "export_api",
        "inbox_api",
        "ingest",
        "journey_api",
        "journey_step",
        "preferences",
        "privacy_api",
        "profile_api",
        "retain",
        "settle_sends",
        "unmerge",
    }


def test_texts_go_to_numbers_and_letters_come_from_the_domain_of_the_sender(
    allowed: dict[str, set[Permission]], deployed: Templates
) -> None:
    found = {f"{each.action} {each.thing}" for each in allowed["deliver"] if each.action[:3] in ("sns", "ses")}
    [condition] = [
        statement["Condition"]
        for policy in resources(deployed.platform, "IAM::Policy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Action"] == "ses:SendEmail"
    ]

    assert "sns:Publish all but arn:aws:sns:*:*:*" in found
    assert len(found) == 4
    assert any("identity/shop.example" in each for each in found)
    assert condition == {"StringLike": {"ses:FromAddress": "*@shop.example"}}


def test_only_who_publishes_journeys_makes_state_machines_of_that_stage_for_that_role(deployed: Templates) -> None:
    allowed, (role,) = (
        permissions(deployed),
        [name for name, path in paths(deployed).items() if path == "journeys/journey_role"],
    )
    of_states = {
        each
        for name, granted in allowed.items()
        for each in of("states", granted)
        if name not in MOVERS and not each.action.endswith((":StartExecution", ":StopExecution"))
    }
    passed = [
        statement
        for policy in resources(deployed.platform, "IAM::Policy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if "iam:PassRole" in json.dumps(statement["Action"])
    ]
    arns = {each.action: each.thing for each in of("states", allowed["journey_api"])}

    assert of_states == of("states", allowed["journey_api"])
    assert set(arns) == {
        f"states:{action}"
        for action in (
            "CreateStateMachine",
            "DeleteStateMachine",
            "TagResource",
            "ListExecutions",
        )
    }
    assert all(":stateMachine:regulars-dev-*" in arn or ":execution:regulars-dev-*" in arn for arn in arns.values())
    assert [identity(one["Resource"]) for one in passed] == [role]
    assert passed[0]["Condition"] == {"StringEquals": {"iam:PassedToService": "states.amazonaws.com"}}


def test_only_who_moves_people_starts_stops_and_releases_them_in_machines_of_that_stage(deployed: Templates) -> None:
    allowed = permissions(deployed)
    machines = ("StartExecution", "SendTaskSuccess", "ListExecutions")
    of_machines = {f"states:{action}" for action in machines}
    of_executions = {"states:StopExecution"}

    for function in MOVERS:
        granted = of("states", allowed[function])
        assert {each.action for each in granted} == of_machines | of_executions
        for each in granted:
            kind = "stateMachine" if each.action in of_machines else "execution"
            assert each.thing.endswith(f":{kind}:regulars-dev-*")


def test_the_machines_of_journeys_only_ask_who_answers_them(deployed: Templates) -> None:
    known = paths(deployed)
    asked = [
        known[identity(thing)]
        for policy in resources(deployed.platform, "IAM::Policy").values()
        if [known.get(identity(role)) for role in policy["Roles"]] == ["journeys/journey_role"]
        for statement in policy["PolicyDocument"]["Statement"]
        for thing in (statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]])
        if statement["Action"] == "lambda:InvokeFunction"
    ]

    assert sorted(asked) == ["messages/deliver", "passages/journey_step"]


def test_no_action_is_a_pattern(deployed: Templates) -> None:
    for policy in resources(deployed.platform, "IAM::Policy").values():
        for statement in policy["PolicyDocument"]["Statement"]:
            assert "*" not in json.dumps(statement["Action"])
            assert statement.get("Resource") != "*"


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
        ("tables/catalog", "journey"),
        ("tables/catalog", "journey_version", "live"),
    }
