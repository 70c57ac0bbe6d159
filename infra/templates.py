"""The stacks as CloudFormation sees them, without bundling: for tests and for the docs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aws_cdk import App

from infra.app import FLAGS, build

Template = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    data: Template
    platform: Template
    alarms: Template
    manifest: dict[str, Any]


def synthesize(folder: Path, *, stage: str = "dev", **context: str) -> Templates:
    """Write both templates to a folder, calling nobody, and return them."""
    app = App(
        outdir=str(folder), context={**FLAGS, "stage": stage, "local": "1", **context, "aws:cdk:bundling-stacks": []}
    )
    data, platform = build(app)
    app.synth()
    within = _read(folder / platform.template_file)
    return Templates(
        data=_read(folder / data.template_file),
        platform=within,
        alarms=_nested(folder, within),
        manifest=_read(folder / "manifest.json"),
    )


def _nested(folder: Path, within: Template) -> Template:
    """Read the one stack in the stack, with what it is given in the place of its parameters."""
    [given] = resources(within, "CloudFormation::Stack").values()
    [file] = folder.glob("*.nested.template.json")
    return dict(_filled(_read(file), given.get("Parameters", {})))


def _filled(part: Any, parameters: Mapping[str, Any]) -> Any:
    match part:
        case {"Ref": str(name)} if name in parameters:
            return parameters[name]
        case dict():
            return {name: _filled(value, parameters) for name, value in part.items()}
        case list():
            return [_filled(value, parameters) for value in part]
    return part


def _read(file: Path) -> Template:
    template: Template = json.loads(file.read_text())
    return template


def resources(template: Template, kind: str) -> dict[str, Template]:
    """Return the properties of every resource of a type, by its logical id."""
    found = template["Resources"].items()
    return {name: each.get("Properties", {}) for name, each in found if each["Type"] == f"AWS::{kind}"}
