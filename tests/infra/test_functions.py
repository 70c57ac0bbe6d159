import re

import pytest

from infra.layers import ROOT
from infra.permissions import functions, identity, paths
from infra.templates import Template, Templates, resources

FOLDERS = sorted(path.parent.name for path in ROOT.glob("functions/*/handler.py"))
# What an account has at first, less what must stay unreserved.
CONCURRENCY = 900


def variables(function: Template) -> dict[str, object]:
    return dict(function["Environment"]["Variables"])


def test_every_function_folder_is_deployed(deployed: Templates) -> None:
    assert sorted(functions(deployed)) == FOLDERS


def test_nothing_else_runs(deployed: Templates) -> None:
    assert len(resources(deployed.platform, "Lambda::Function")) == len(functions(deployed))


def test_functions_run_on_arm_and_the_newest_python(deployed: Templates) -> None:
    machines = {(tuple(each["Architectures"]), each["Runtime"]) for each in functions(deployed).values()}

    assert machines == {(("arm64",), "python3.14")}


def test_every_function_states_its_limits(deployed: Templates) -> None:
    found = {name: (each["MemorySize"], each["Timeout"]) for name, each in functions(deployed).items()}

    assert found.pop("compact") == found.pop("erase") == (2_048, 900)
    assert found.pop("export") == (1_024, 900)
    hour = {"rebuild", "backfill", "count_members", "anchor_audit", "retain"}
    assert {found.pop(name) for name in hour} == {(512, 900)}
    assert found["note_login"] == (512, 5)  # Cognito waits no longer
    assert found.pop("preview_segment") == (3_008, 25)
    assert {memory for memory, _ in found.values()} == {512}
    assert all(timeout <= 60 for _, timeout in found.values())


def test_only_who_needs_it_carries_what_is_heavy(deployed: Templates) -> None:
    carried = {
        name: {paths(deployed)[identity(layer)] for layer in each["Layers"]}
        for name, each in functions(deployed).items()
    }
    hot = {"layers/dependencies", "layers/shared"}

    heavy = {name: layers - hot for name, layers in carried.items() if layers != hot}
    assert all(layers >= hot for layers in carried.values())
    assert heavy == {
        **{name: {"layers/lake"} for name in ("archive", "compact", "erase", "preview_segment")},
        **{name: {"layers/plans"} for name in ("ingest", "drain_overflow", "admin_api", "change_profile")},
    }


def test_what_people_wait_for_answers_before_the_api_gives_up(deployed: Templates) -> None:
    waited_for = {
        "admin_api",
        "audit_api",
        "change_profile",
        "export_api",
        "inbox_api",
        "journey_api",
        "ingest",
        "preferences",
        "preview_segment",
        "privacy_api",
        "profile_api",
        "serve_analytics",
        "unmerge",
    }

    assert all(functions(deployed)[name]["Timeout"] < 30 for name in waited_for)


def test_production_reserves_its_share_for_every_function(in_production: Templates) -> None:
    shares: dict[str, int] = {
        name: each.get("ReservedConcurrentExecutions", 0) for name, each in functions(in_production).items()
    }

    assert all(shares.values())
    assert sum(shares.values()) <= CONCURRENCY


def test_a_stage_for_trying_reserves_nothing(deployed: Templates) -> None:
    assert not any("ReservedConcurrentExecutions" in each for each in functions(deployed).values())


def test_the_environment_holds_no_secret(deployed: Templates) -> None:
    names = {name for each in functions(deployed).values() for name in variables(each)}

    assert not [name for name in names if re.search("secret|key|token|password", name, re.IGNORECASE)]


def test_traces_copy_no_payload(deployed: Templates) -> None:
    for function in functions(deployed).values():
        captured = variables(function)

        assert captured["POWERTOOLS_TRACER_CAPTURE_RESPONSE"] == "false"
        assert captured["POWERTOOLS_TRACER_CAPTURE_ERROR"] == "false"


def test_every_function_logs_to_its_own_group(deployed: Templates) -> None:
    groups = [identity(each["LoggingConfig"]["LogGroup"]) for each in functions(deployed).values()]

    assert len(set(groups)) == len(groups)


@pytest.mark.parametrize("stage", ["deployed", "in_production"])
def test_logs_are_encrypted_and_gone_after_thirty_days(stage: str, request: pytest.FixtureRequest) -> None:
    groups = resources(request.getfixturevalue(stage).platform, "Logs::LogGroup").values()

    assert groups
    assert all(each["RetentionInDays"] <= 30 and each["KmsKeyId"] for each in groups)


def test_only_who_waits_and_who_enrols_may_wake_themselves(deployed: Templates) -> None:
    recursive = {name for name, each in functions(deployed).items() if each.get("RecursiveLoop") == "Allow"}

    assert recursive == {"evaluate_segments", "enter_journey"}


def test_functions_are_told_where_things_are(deployed: Templates) -> None:
    told = {name for each in functions(deployed).values() for name in variables(each)}

    assert {name for name in told if not name.startswith("POWERTOOLS_")} == {
        "ANCHORS_BUCKET",
        "AUDIT_TABLE",
        "BACKFILLING",
        "CATALOG_TABLE",
        "CONFIGURATION_SET",
        "DELIVER",
        "ERASING",
        "EVALUATIONS_QUEUE",
        "EVENTS_TABLE",
        "JOURNEYS_TABLE",
        "EVENT_BUS",
        "EXPORTING",
        "EXPORTS_BUCKET",
        "FAILURES_BUCKET",
        "IDENTITIES_TABLE",
        "JOURNEY_ROLE",
        "JOURNEY_STEP",
        "LAKE_BUCKET",
        "LARGE_BUCKET",
        "MEMBERSHIPS_TABLE",
        "OVERFLOW_QUEUE",
        "PROFILES_TABLE",
        "QUARANTINE_TABLE",
        "REBUILDING",
        "SENDER",
        "SIGN_IN_CLIENT",
        "SIGN_IN_CLIENTS",
        "SIGN_IN_ISSUER",
        "SITE",
        "STAGE",
        "TALLIES_TABLE",
        "TIMERS_TABLE",
        "VAULT_TABLE",
        "WANTED_QUEUE",
        "WORKSPACE_CMK",
    }
