"""The synthesized cloud assembly: its stacks in order of dependency, and the assets they name."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

STACK = "aws:cloudformation:stack"
ASSETS = "cdk:asset-manifest"


@dataclass(frozen=True, slots=True)
class Template:
    """One stack of the assembly."""

    stack: str
    text: str

    def resources(self, *kinds: str) -> dict[str, dict[str, Any]]:
        """Return the properties of the resources of these types, by logical id."""
        resources = json.loads(self.text).get("Resources", {})
        return {
            name: resource.get("Properties", {}) for name, resource in resources.items() if resource["Type"] in kinds
        }

    def names(self, *kinds: str) -> dict[str, str]:
        """Return the logical id of each resource of these types, by the name that `infra/` gives it."""
        resources = json.loads(self.text).get("Resources", {})
        return {
            _name(resource, logical): logical for logical, resource in resources.items() if resource["Type"] in kinds
        }

    def digest(self) -> str:
        """Return what changes when anything in the stack does; its code is in it by hash."""
        return hashlib.blake2b(self.text.encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Asset:
    """One file to upload, made from a file or a folder of the assembly."""

    bucket: str
    key: str
    source: Path
    is_zipped: bool

    def body(self) -> bytes:
        """Return what to upload."""
        return _zipped(self.source) if self.is_zipped else self.source.read_bytes()


class Assembly:
    """The folder that a synthesis wrote."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"]

    def templates(self) -> list[Template]:
        """Return the stacks, each after those it needs."""
        needs = {name: list(artifact.get("dependencies", [])) for name, artifact in self._artifacts.items()}
        order = TopologicalSorter(needs).static_order()
        return [self._template(name) for name in order if self._is(name, STACK)]

    def _is(self, name: str, kind: str) -> bool:
        return bool(self._artifacts[name]["type"] == kind)

    def _template(self, name: str) -> Template:
        properties = self._artifacts[name]["properties"]
        text = (self._folder / properties["templateFile"]).read_text()
        return Template(properties.get("stackName", name), text)

    def assets(self, account: str, region: str) -> Iterator[Asset]:
        """Return what the stacks of one account and region need uploaded, each once."""
        for name in self._artifacts:
            if self._is(name, ASSETS):
                yield from self._assets_of(name, account, region)

    def _assets_of(self, name: str, account: str, region: str) -> Iterator[Asset]:
        def filled(text: str) -> str:
            known = {"AWS::AccountId": account, "AWS::Region": region, "AWS::Partition": "aws"}
            for variable, value in known.items():
                text = text.replace(f"${{{variable}}}", value)
            return text

        file = self._folder / self._artifacts[name]["properties"]["file"]
        for entry in json.loads(file.read_text())["files"].values():
            source = entry["source"]
            for target in entry["destinations"].values():
                yield Asset(
                    filled(target["bucketName"]),
                    filled(target["objectKey"]),
                    self._folder / source["path"],
                    source["packaging"] == "zip",
                )


def _name(resource: dict[str, Any], logical: str) -> str:
    """Return the construct's own id: `tables/events/Resource` is the construct `events`."""
    steps = str(resource.get("Metadata", {}).get("aws:cdk:path", "")).split("/")
    return steps[-2] if len(steps) > 1 else logical


def _zipped(folder: Path) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))
    return file.getvalue()
