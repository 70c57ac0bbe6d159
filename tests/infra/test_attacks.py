"""What nobody can do with the deployed roles, and what no template tells."""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from infra.layers import ROOT
from infra.permissions import Permission, functions, permissions
from infra.templates import Templates, resources

FORBIDDEN = (
    # who one is, and what one may do
    "iam:PassRole",
    "iam:CreateAccessKey",
    "iam:PutRolePolicy",
    "sts:AssumeRole",
    "cognito-idp:AdminAddUserToGroup",
    "cognito-idp:AdminSetUserPassword",
    # code
    "lambda:UpdateFunctionCode",
    "lambda:InvokeFunction",
    "lambda:UpdateFunctionConfiguration",
    # what has to stay
    "dynamodb:DeleteTable",
    "dynamodb:UpdateTable",
    "dynamodb:ExportTableToPointInTime",
    "dynamodb:RestoreTableToPointInTime",
    "s3:DeleteBucket",
    "s3:PutBucketPolicy",
    "s3:BypassGovernanceRetention",
    "kms:ScheduleKeyDeletion",
    "kms:PutKeyPolicy",
    "kms:CreateGrant",
    "logs:DeleteLogGroup",
    # ways out of the account
    "ses:SendEmail",
    "sns:Publish",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
)
ASKING = {"urllib.request", "http.client", "socket", "httpx", "requests", "aiohttp", "urllib3"}
# What some need nevertheless, and to whom and what alone they may do it: tests/infra/test_permissions.py.
GIVEN = {
    "journey_api": {"iam:passrole"},  # to the state machines that it makes
    "deliver": {"ses:sendemail", "sns:publish"},  # to people
}
FUNCTIONS = sorted(each.name for each in (ROOT / "functions").iterdir() if (each / "handler.py").exists())
SECRETS = re.compile(
    r"AKIA[0-9A-Z]{16}|-----BEGIN|\b(?:wk|sk|pk)_[A-Za-z0-9]{8,}|eyJ[A-Za-z0-9_-]{20,}\.|xox[abp]-"
    r"|(?i:password|passwd|secret|token|api_?key)\"?\s*[:=]\s*\"[^\"$]{6,}\""
)


@pytest.fixture(scope="module")
def allowed(deployed: Templates) -> dict[str, set[Permission]]:
    return permissions(deployed)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_role_of_a_function_may_do_what_nothing_here_needs(
    allowed: dict[str, set[Permission]], function: str
) -> None:
    actions = {each.action.lower() for each in allowed[function]}

    given = GIVEN.get(function, set())
    assert {action for action in FORBIDDEN if action.lower() in actions - given} == set()
    assert {action.partition(":")[0] for action in actions - given} <= {
        "dynamodb", "events", "glue", "kms", "logs", "s3", "sqs", "states", "xray",
    }  # fmt: skip


def test_a_role_that_may_is_found(allowed: dict[str, set[Permission]]) -> None:
    assert "dynamodb:PartiQLInsert" in {each.action for each in allowed["note_login"]}
    assert len(FORBIDDEN) >= 20


def test_nobody_but_the_platform_may_take_on_a_role(deployed: Templates) -> None:
    trusted = {
        json.dumps(statement["Principal"], sort_keys=True)
        for template in (deployed.platform, deployed.data)
        for role in resources(template, "IAM::Role").values()
        for statement in role["AssumeRolePolicyDocument"]["Statement"]
    }

    assert trusted
    assert all(re.search(r'^\{"Service": "[a-z0-9.-]+\.amazonaws\.com"\}$', each) for each in trusted), trusted


def test_nothing_of_the_account_is_open_to_everybody(deployed: Templates) -> None:
    for template in (deployed.platform, deployed.data):
        for name, resource in template["Resources"].items():
            for statement in statements(resource.get("Properties", {})):
                if statement.get("Effect") == "Allow":
                    assert statement.get("Principal") not in ("*", {"AWS": "*"}), name


@pytest.mark.parametrize("which", ["data", "platform"])
def test_no_template_holds_a_secret(deployed: Templates, in_production: Templates, which: str) -> None:
    for templates in (deployed, in_production):
        text = json.dumps(getattr(templates, which)).replace('Token": "minutes"', "")

        assert SECRETS.findall(text) == []
        assert 'GenerateSecret": true' not in text


def test_the_search_for_secrets_finds_them() -> None:
    for said in ("AKIAIOSFODNN7EXAMPLE", '"password": "hunter22"', "wk_1234567890abcdef", '{"api_key":"abcdef123"}'):
        assert SECRETS.search(said), said


def test_no_state_machine_is_told_anything_but_ids(deployed: Templates) -> None:
    for machine in resources(deployed.platform, "StepFunctions::StateMachine").values():
        definition = json.dumps(machine["DefinitionString"])

        assert set(re.findall(r"\$\.(\w+)", definition)) <= {"id", "segments", "found", "wait", "more", "Map"}


def test_nothing_leaves_the_region(deployed: Templates) -> None:
    for template in (deployed.platform, deployed.data):
        text = json.dumps(template)

        assert set(re.findall(r"\b(?:af|ap|ca|eu|il|me|mx|sa|us)-[a-z]+-\d\b", text)) == {"eu-west-1"}
        assert not re.findall(r"ReplicationConfiguration|CopyActions|DestinationRegion|MultiRegion\": true", text)
        for table in resources(template, "DynamoDB::GlobalTable").values():
            assert [replica["Region"] for replica in table["Replicas"]] == ["eu-west-1"]
        assert resources(template, "S3::MultiRegionAccessPoint") == {}


def test_webhooks_alone_ask_an_address_that_somebody_named() -> None:
    asking = {
        path.relative_to(ROOT).as_posix()
        for folder in ("layers/shared/python", "functions")
        for path in (ROOT / folder).rglob("*.py")
        if imported(ast.parse(path.read_text()))
        & {"urllib.request", "http.client", "socket", "httpx", "requests", "aiohttp"}
    }

    assert asking == {
        "layers/shared/python/regulars/adapters/tokens.py",  # the keys of the user pool, by a setting
        "layers/shared/python/regulars/adapters/webhooks.py",  # public addresses only: tests/adapters/test_webhooks.py
    }


def imported(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(f"{node.module}.{each.name}" for each in node.names)}
    return found


def statements(properties: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in ("PolicyDocument", "KeyPolicy", "AssumeRolePolicyDocument"):
        document = properties.get(name)
        if isinstance(document, dict):
            yield from document.get("Statement", [])


def test_the_functions_are_those_of_the_folders(deployed: Templates) -> None:
    assert sorted(functions(deployed)) == FUNCTIONS
