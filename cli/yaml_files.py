"""YAML that knows the line of everything in it, so that an error can say where."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cli.errors import UserError
from regulars.errors import DefinitionError

_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")
_LONGEST = 1_000_000


class _Loader(yaml.SafeLoader):
    """Plain YAML: no dates, no yes and no for booleans, no aliases, no name twice."""


_UNWANTED = {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool"}
_Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag not in _UNWANTED]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"true|false"), list("tf"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file: what it says, and where it says what."""

    path: Path
    content: dict[str, Any]
    node: yaml.Node

    def at(self, path: str) -> str:
        """Name file and line of what stands at a path such as `where.all[0].event`, or of the nearest above it."""
        node = self.node
        line = node.start_mark.line
        for name, index in _STEP.findall(path):
            found = _child(node, name, index)
            if found is None:
                break
            line, node = found
        return f"{shown(self.path)}:{line + 1}"

    def complaint(self, error: DefinitionError) -> UserError:
        """Say where in the file a definition does not hold together."""
        return UserError(str(error), where=self.at(error.path), fix="docs/catalog.md shows every field")


def load(path: Path) -> Document:
    """Read a YAML file that is one object. Raises UserError."""
    try:
        text = path.read_text(encoding="utf-8")
        if len(text) > _LONGEST:
            raise UserError("is larger than a definition may be", where=shown(path))
        loader = _Loader(text)
        node = loader.get_single_node()
        _refuse_oddities(node, path)
        content = loader.construct_document(node) if node else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UserError(f"is no YAML: {error.problem}", where=f"{shown(path)}:{line}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UserError("is no YAML that can be read", where=shown(path)) from error
    except OSError as error:
        raise UserError(error.strerror or "cannot be read", where=shown(path)) from error
    if node is None or not isinstance(content, dict):
        raise UserError("is not an object of fields", where=f"{shown(path)}:1", fix="docs/catalog.md shows the form")
    return Document(path=path, content=content, node=node)


def parse(text: str) -> object:
    """Read plain YAML out of a line. Raises YAMLError, ValueError."""
    return yaml.load(text, Loader=_Loader)


def shown(path: Path) -> str:
    """Write a path as people know it: from the folder that they are in, where it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _refuse_oddities(node: yaml.Node | None, path: Path) -> None:
    waiting, seen = [node], set[int]()
    while waiting:
        one = waiting.pop()
        if one is None or isinstance(one, yaml.ScalarNode):
            continue
        where = f"{shown(path)}:{one.start_mark.line + 1}"
        if id(one) in seen:
            raise UserError("uses an alias (*name), which definitions do not have", where=where, fix="write it out")
        seen.add(id(one))
        if isinstance(one, yaml.MappingNode):
            _refuse_repeats(one, path)
            waiting += [value for _, value in one.value]
        else:
            waiting += one.value


def _refuse_repeats(node: yaml.MappingNode, path: Path) -> None:
    names: set[str] = set()
    for key, _ in node.value:
        where = f"{shown(path)}:{key.start_mark.line + 1}"
        if not isinstance(key, yaml.ScalarNode):
            raise UserError("has a name that is not plain text", where=where)
        if key.value in names:
            raise UserError(f"says {key.value} twice", where=where)
        names.add(key.value)


def _child(node: yaml.Node, name: str, index: str) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode) and name:
        return next(((key.start_mark.line, value) for key, value in node.value if key.value == name), None)
    if isinstance(node, yaml.SequenceNode) and index and int(index) < len(node.value):
        child = node.value[int(index)]
        return child.start_mark.line, child
    return None
