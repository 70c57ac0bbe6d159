"""Who asks is read from the token's claims strictly: nothing that only looks like a role is one."""

import pytest

from regulars.domain.roles import GROUPS, ROLES, SCOPES, read_caller, read_groups
from regulars.errors import ForbiddenError, UnauthorizedError


@pytest.mark.parametrize(
    ("claim", "groups"),
    [
        ("[admin analyst]", {"admin", "analyst"}),
        ("[admin]", {"admin"}),
        ("admin", {"admin"}),
        (["admin", "eu-west-1_pool:Sso"], {"admin", "eu-west-1_pool:Sso"}),
        ("[eu-west-1_pool_Google admin]", {"eu-west-1_pool_Google", "admin"}),
        ("[notadmin]", {"notadmin"}),
        ("[a admin]", {"a", "admin"}),
    ],
)
def test_reads_groups_in_every_form_that_gateways_write(claim: object, groups: set[str]) -> None:
    assert read_groups(claim) == groups


@pytest.mark.parametrize(
    "claim",
    [
        "",
        "[]",
        " ",
        "[admin",
        "admin]",
        "[[admin]]",
        "[admin]\n",
        "[admin\nanalyst]",
        "[admin  analyst]",
        "[admin,analyst]",
        '["admin"]',
        "[ａｄｍｉｎ]",
        "[admin\u200b]",
        "[admin ádmin]",
        "admin\x00",
        None,
        True,
        1,
        {"admin": True},
        [],
        [["admin"]],
        ["admin", None],
        ["[admin]"],
        ["admin analyst"],
    ],
)
def test_reads_no_group_from_any_other_form(claim: object) -> None:
    assert read_groups(claim) == frozenset()


@pytest.mark.parametrize("claim", ["[notadmin]", "[Admin]", "[admins]", "[administrator admin:x]", "", None])
def test_refuses_who_has_no_role(claim: object) -> None:
    with pytest.raises(ForbiddenError, match="none of your groups is a role"):
        read_caller({"token_use": "access", GROUPS: claim}).must("segments:read")


@pytest.mark.parametrize("claims", [None, {}, {GROUPS: "[admin]"}, {"token_use": "id", GROUPS: "[admin]"}])
def test_refuses_what_is_no_access_token(claims: dict[str, object] | None) -> None:
    with pytest.raises(UnauthorizedError):
        read_caller(claims)


def test_unites_the_scopes_of_all_roles() -> None:
    caller = read_caller({"token_use": "access", "sub": "s", GROUPS: "[marketer privacy]"})

    assert caller.may("segments:write")
    assert caller.may("pii:read")
    assert not caller.may("sources:write")


def test_says_which_roles_hold_what_is_missing() -> None:
    caller = read_caller({"token_use": "access", GROUPS: "[analyst]"})

    with pytest.raises(ForbiddenError, match="segments:write, which the roles admin, engineer, marketer hold"):
        caller.must("segments:write")


def test_an_admin_may_do_all_but_see_what_is_sensitive_or_written_down_and_everybody_something() -> None:
    assert ROLES["admin"] == set(SCOPES) - {"sensitive:read", "audit:read"}
    assert all(scopes for scopes in ROLES.values())


def test_only_the_privacy_role_sees_what_is_sensitive() -> None:
    assert {role for role, scopes in ROLES.items() if "sensitive:read" in scopes} == {"privacy"}


def test_only_these_roles_read_personal_fields() -> None:
    assert {role for role, scopes in ROLES.items() if "pii:read" in scopes} == {"admin", "service", "privacy"}


PROGRAM = {"token_use": "access", "sub": "c1", "client_id": "c1", "scope": "regulars/service"}


def test_a_program_has_the_role_of_its_scope() -> None:
    caller = read_caller(PROGRAM)

    assert (caller.subject, set(caller.roles)) == ("c1", {"service"})


@pytest.mark.parametrize(
    "claims",
    [
        {"scope": "regulars/admin"},
        {"scope": "regulars/privacy"},
        {"scope": "service"},
        {"scope": "other/service"},
        {"scope": ["regulars/service"]},
        {"scope": "regulars/service", "username": "ann"},
        {"scope": "regulars/service", "sub": "a-person"},
        {"scope": "regulars/service", GROUPS: "[visitors]"},
    ],
)
def test_nothing_else_makes_a_program(claims: dict[str, object]) -> None:
    with pytest.raises(ForbiddenError):
        read_caller({**PROGRAM, **claims}).must("profiles:read")
