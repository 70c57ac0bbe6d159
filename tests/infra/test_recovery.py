"""What a restore finds in the deployed stacks, and that no function may read what was restored before it is clean."""

from typing import Any

from cli.recovery.account import short
from cli.recovery.backups import restored_name
from infra.permissions import paths, permissions
from infra.templates import Template, Templates, resources
from regulars.stores.database import KEYS


def test_the_stacks_have_what_a_restore_looks_for(deployed: Templates) -> None:
    known = {short(name): path for name, path in paths(deployed).items()}

    wanted = {f"tables{table}": f"tables/{table}" for table in KEYS}
    wanted |= {f"buckets{name}": f"buckets/{name}" for name in ("large", "lake", "anchors")}
    wanted |= {"keysworkspace": "keys/workspace"}
    assert {name: known.get(name) for name in wanted} == wanted


def test_no_function_may_read_a_restored_copy(deployed: Templates) -> None:
    """Each may use tables and indexes that are named whole: a copy has another name, and is in no policy."""
    named = [
        resource
        for policy in resources(deployed.platform, "IAM::Policy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if any(action.startswith("dynamodb:") for action in _listed(statement["Action"]))
        for resource in _listed(statement["Resource"])
    ]

    assert named
    assert restored_name("regulars-t", 0) != "regulars-t"
    assert all(_is_whole(each) for each in named)


def test_only_people_turn_the_key_of_the_workspace(deployed: Templates) -> None:
    granted = {
        each.action for allowed in permissions(deployed).values() for each in allowed if each.thing == "keys/workspace"
    }

    assert granted == {"kms:Decrypt", "kms:GenerateDataKey"}


def test_the_erasure_can_add_to_the_copies_of_the_ledger_and_read_or_change_none(deployed: Templates) -> None:
    granted = [
        (action, resource)
        for policy in resources(deployed.platform, "IAM::Policy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        for action in _listed(statement["Action"])
        for resource in _listed(statement.get("Resource", []))
        if "/ledger/*" in str(resource)
    ]

    assert [action for action, _ in granted] == ["s3:PutObject"]


def _is_whole(resource: Template | str) -> bool:
    """A reference to a table, its stream, or one index: nothing that ends in a star, or could be another table."""
    match resource:
        case {"Fn::ImportValue": _}:
            return True
        case {"Fn::Join": ["", [{"Fn::ImportValue": _}, str(rest)]]}:
            return rest.startswith("/index/") and "*" not in rest
    return False


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
