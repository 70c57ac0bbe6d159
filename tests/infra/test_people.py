from pathlib import Path

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template as Synthesized

from infra.app import FLAGS, build
from infra.permissions import functions
from infra.templates import Template, Templates, resources


@pytest.fixture
def pool(deployed: Templates) -> Template:
    [only] = resources(deployed.data, "Cognito::UserPool").values()
    return only


@pytest.fixture
def client(deployed: Templates) -> Template:
    [only] = resources(deployed.data, "Cognito::UserPoolClient").values()
    return only


def test_nobody_signs_up_alone(pool: Template) -> None:
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"]


def test_everybody_has_a_second_factor_an_app_and_no_message(pool: Template) -> None:
    assert (pool["MfaConfiguration"], pool["EnabledMfas"]) == ("ON", ["SOFTWARE_TOKEN_MFA"])


def test_roles_are_groups(deployed: Templates) -> None:
    groups = {each["GroupName"] for each in resources(deployed.data, "Cognito::UserPoolGroup").values()}

    assert groups == {"admin", "analyst", "engineer", "marketer", "privacy", "service"}


def test_a_public_client_holds_nothing_to_steal(client: Template) -> None:
    assert not client["GenerateSecret"]
    assert set(client["ExplicitAuthFlows"]) == {
        "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
    }


def test_a_wrong_name_looks_like_a_wrong_password(client: Template) -> None:
    assert client["PreventUserExistenceErrors"] == "ENABLED"


def test_a_token_lives_an_hour(client: Template) -> None:
    assert client["AccessTokenValidity"] == 60


def test_no_token_is_handed_out_that_is_not_written_down(deployed: Templates, pool: Template) -> None:
    arn = pool["LambdaConfig"]["PreTokenGeneration"]["Fn::Join"][1]
    [permission] = [
        each
        for each in resources(deployed.platform, "Lambda::Permission").values()
        if each["Principal"] == "cognito-idp.amazonaws.com"
    ]

    assert arn[-1] == f":function:{functions(deployed)['note_login']['FunctionName']}"
    assert "Fn::ImportValue" in permission["SourceArn"]


def test_a_pool_without_the_trigger_can_be_asked_for(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path), context={**FLAGS, "note_logins": "0", "local": "1", "aws:cdk:bundling-stacks": []})
    data, _ = build(app)

    [pool] = Synthesized.from_stack(data).find_resources("AWS::Cognito::UserPool").values()
    assert "LambdaConfig" not in pool["Properties"]
