"""What each function may do, read back from the templates."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from infra.templates import Template, Templates, resources


@dataclass(frozen=True, slots=True, order=True)
class Permission:
    """One action on one thing, such as `dynamodb:GetItem` on `tables/events`."""

    action: str
    thing: str


def permissions(templates: Templates) -> dict[str, set[Permission]]:
    """Return everything each function may do."""
    names = {identity(each["Role"]): name for name, each in functions(templates).items()}
    allowed: dict[str, set[Permission]] = {name: set() for name in names.values()}
    for policy in resources(templates.platform, "IAM::Policy").values():
        for role in policy["Roles"]:
            if identity(role) in names:  # else it is that of a state machine
                allowed[names[identity(role)]].update(_statements(policy, templates))
    return allowed


def functions(templates: Templates) -> dict[str, Template]:
    """Return each function's properties by the name of its folder."""
    found = resources(templates.platform, "Lambda::Function").values()
    return {each["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]: each for each in found}


def identity(reference: Any) -> str:
    """Return the logical id, or the name of the export, that a reference is about."""
    match reference:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]} | {"Fn::ImportValue": str(name)}:
            return name
        case {"Fn::Join": [_, [first, *rest]]}:
            return identity(first) + "".join(str(each) for each in rest)
    return str(reference)


def paths(templates: Templates) -> dict[str, str]:
    """Return the short path, such as `tables/events`, of every logical id and every export."""
    found = dict(_paths(templates.platform)) | dict(_paths(templates.data)) | dict(_paths(templates.alarms))
    for output in templates.data["Outputs"].values():
        if "Export" in output:
            found[output["Export"]["Name"]] = found[identity(output["Value"])]
    return found


def _paths(template: Template) -> Iterator[tuple[str, str]]:
    for name, each in template["Resources"].items():
        path = each.get("Metadata", {}).get("aws:cdk:path", name)
        yield name, "/".join(path.removesuffix("/Resource").split("/")[1:])


def _statements(policy: Template, templates: Templates) -> Iterator[Permission]:
    known = paths(templates)
    for statement in policy["PolicyDocument"]["Statement"]:
        for action in _listed(statement["Action"]):
            for resource in _listed(statement.get("Resource", [])):
                yield Permission(action, _thing(identity(resource), known))
            for resource in _listed(statement.get("NotResource", [])):
                yield Permission(action, f"all but {_thing(identity(resource), known)}")


def _thing(name: str, known: dict[str, str]) -> str:
    base, slash, rest = name.partition("/")
    return known.get(base, base) + slash + rest


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
