"""Programs sign in with a secret of their own, for one role, and only where the stage names them."""

from pathlib import Path

import pytest

from infra.stage import PROGRAM_ROLES, read_programs
from infra.templates import Template, Templates, resources, synthesize
from regulars.domain import roles


@pytest.fixture(scope="module")
def with_programs(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """A stage with two programs."""
    folder: Path = tmp_path_factory.mktemp("programs")
    return synthesize(folder, programs="crm:service, warehouse:analyst")


@pytest.fixture
def clients(with_programs: Templates) -> dict[str, Template]:
    found = resources(with_programs.platform, "Cognito::UserPoolClient").values()
    return {each["ClientName"]: each for each in found}


def test_without_programs_there_is_nothing_to_ask_for_tokens(deployed: Templates) -> None:
    kinds = {each["Type"] for each in (deployed.data["Resources"] | deployed.platform["Resources"]).values()}

    assert not kinds & {"AWS::Cognito::UserPoolDomain", "AWS::Cognito::UserPoolResourceServer"}


def test_a_program_gets_tokens_of_its_role_only(clients: dict[str, Template]) -> None:
    assert clients.keys() == {"crm", "warehouse"}
    for name, role in {"crm": "service", "warehouse": "analyst"}.items():
        client = clients[name]
        assert client["GenerateSecret"]
        assert client["AllowedOAuthFlows"] == ["client_credentials"]
        [scope] = client["AllowedOAuthScopes"]
        assert scope["Fn::Join"][1][-1] == f"/{role}"
        assert "ALLOW_USER_PASSWORD_AUTH" not in client.get("ExplicitAuthFlows", [])


def test_the_gateway_knows_people_and_programs(with_programs: Templates) -> None:
    [authorizer] = resources(with_programs.platform, "ApiGatewayV2::Authorizer").values()

    assert len(authorizer["JwtConfiguration"]["Audience"]) == 3


def test_the_roles_are_those_that_the_functions_take() -> None:
    assert set(PROGRAM_ROLES) == roles.PROGRAM_ROLES


@pytest.mark.parametrize(
    "text", ["crm", "crm:admin", "crm:privacy", "Crm:service", "a:service,a:analyst", "crm:service;"]
)
def test_what_is_no_list_of_programs_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not name:role"):
        read_programs(text)


def test_no_text_names_no_program() -> None:
    assert read_programs(" , ") == {}
