import json
import os
import re
from pathlib import Path

import pytest

from infra.permissions import functions, identity, paths
from infra.templates import Templates, resources, synthesize

STREAMED = ("events", "identities", "memberships", "profiles", "tallies")
TABLES = (*STREAMED, "audit", "catalog", "journeys", "quarantine", "timers", "vault")
EXPORTS = {
    *((f"tables/{table}", attribute) for table in TABLES for attribute in ("Arn", "Ref")),
    *((f"tables/{table}", "StreamArn") for table in STREAMED),
    *((f"keys/{key}", "Arn") for key in ("audit", "events", "profiles", "vault", "workspace")),
    ("buckets/exports", "Arn"),
    ("buckets/exports", "Ref"),
    ("buckets/failures", "Arn"),
    ("buckets/failures", "Ref"),
    ("buckets/answers", "Arn"),
    ("buckets/answers", "Ref"),
    ("buckets/lake", "Arn"),
    ("buckets/lake", "Ref"),
    ("buckets/large", "Arn"),
    ("buckets/large", "Ref"),
    ("buckets/anchors", "Arn"),
    ("buckets/anchors", "Ref"),
    ("people/pool", "Arn"),
    ("people/pool", "Ref"),
    ("people/pool/client", "Ref"),
}


def exported(templates: Templates) -> set[tuple[str, str]]:
    values = [output["Value"] for output in templates.data["Outputs"].values() if "Export" in output]
    return {
        (paths(templates)[identity(value)], "Ref" if "Ref" in value else value["Fn::GetAtt"][1]) for value in values
    }


def but_for_code(templates: Templates) -> str:
    """Leave the fingerprints of code out: somebody may be writing it while the tests run."""
    return re.sub("[0-9a-f]{64}", "…", json.dumps(templates.platform))


def test_the_data_stack_exports_exactly_this(deployed: Templates) -> None:
    assert exported(deployed) == EXPORTS


def test_the_platform_imports_nothing_but_exports(deployed: Templates) -> None:
    imported = set(re.findall(r'"Fn::ImportValue": "([^"]+)"', json.dumps(deployed.platform)))

    assert imported <= {output["Export"]["Name"] for output in deployed.data["Outputs"].values() if "Export" in output}


def test_the_data_stack_knows_nothing_of_the_platform(deployed: Templates) -> None:
    assert "platform" not in json.dumps(deployed.data)


def test_the_outputs_are_what_a_newcomer_needs(deployed: Templates) -> None:
    named = {
        *(name for name, each in deployed.data["Outputs"].items() if "Export" not in each),
        *deployed.platform["Outputs"],
    }

    assert named == {
        "AlarmTopic",
        "AnchorsBucket",
        "ApiUrl",
        "AthenaWorkgroup",
        "EventBus",
        "LakeBucket",
        "UserPoolClientId",
        "UserPoolId",
    }


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """The stage `dev`, synthesized where nobody ever signed in."""
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            environment.delenv(name)
        environment.setenv("HOME", str(tmp_path_factory.mktemp("nobody")))
        return synthesize(tmp_path_factory.mktemp("elsewhere"))


def test_synthesis_asks_no_account_anything(elsewhere: Templates) -> None:
    artifacts = elsewhere.manifest["artifacts"].values()
    stacks = [each for each in artifacts if each["type"] == "aws:cloudformation:stack"]

    assert {each["environment"] for each in stacks} == {"aws://unknown-account/eu-west-1"}
    assert "missing" not in elsewhere.manifest


def test_synthesis_says_the_same_everywhere(elsewhere: Templates, deployed: Templates) -> None:
    assert elsewhere.data == deployed.data
    assert but_for_code(elsewhere) == but_for_code(deployed)


def test_production_is_protected_as_a_whole(in_production: Templates) -> None:
    artifact = in_production.manifest["artifacts"]["regulars-prod-data"]

    assert artifact["properties"]["terminationProtection"] is True


def test_the_platform_has_room_for_ten_programs_and_more(tmp_path: Path) -> None:
    programs = ",".join(f"program{number}:analyst" for number in range(10))
    found = synthesize(tmp_path, stage="prod", programs=programs, sender="a@shop.example", alarm_email="a@shop.example")

    assert max(len(each["Resources"]) for each in (found.data, found.platform, found.alarms)) <= 470  # of 500


def test_what_state_machines_of_journeys_ask_keeps_its_name(in_production: Templates) -> None:
    named = [each["FunctionName"] for each in functions(in_production).values() if "FunctionName" in each]
    roles = [each["RoleName"] for each in resources(in_production.platform, "IAM::Role").values() if "RoleName" in each]

    assert {"regulars-prod-deliver", "regulars-prod-journey_step"} <= set(named)
    assert roles == ["regulars-prod-journey_role"]


@pytest.mark.parametrize("name", ["prod-eu", "Prod", "1st", "a" * 21, "a_b"])
def test_a_stage_whose_name_could_begin_another_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="is no name of a stage"):
        synthesize(tmp_path, stage=name)
