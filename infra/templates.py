"""The two stacks as CloudFormation sees them, without bundling: for tests and for the docs."""

import json
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
    manifest: dict[str, Any]


def synthesize(folder: Path, *, stage: str = "dev", **context: str) -> Templates:
    """Write both templates to a folder, calling nobody, and return them."""
    app = App(
        outdir=str(folder), context={**FLAGS, "stage": stage, "local": "1", **context, "aws:cdk:bundling-stacks": []}
    )
    data, platform = build(app)
    app.synth()
    return Templates(
        data=_read(folder / data.template_file),
        platform=_read(folder / platform.template_file),
        manifest=_read(folder / "manifest.json"),
    )


def _read(file: Path) -> Template:
    template: Template = json.loads(file.read_text())
    return template


def resources(template: Template, kind: str) -> dict[str, Template]:
    """Return the properties of every resource of a type, by its logical id."""
    found = template["Resources"].items()
    return {name: each.get("Properties", {}) for name, each in found if each["Type"] == f"AWS::{kind}"}
