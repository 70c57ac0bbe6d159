import pytest

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
