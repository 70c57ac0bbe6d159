"""
Mend what was refused: drop, rename, convert and set fields of a message, in this order, for one message or for many.

A path is names with dots between them, such as `properties.products.0.price`; `*` stands for every item of a list, and
a dot within a name is written `\\.`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast, get_args

from regulars.domain.conversions import CONVERSIONS, Conversion
from regulars.errors import DefinitionError

MOST = 50
FIELDS = ("when", "drop", "rename", "convert", "set")
_DOT = re.compile(r"(?<!\\)\.")
_LONGEST, _DEEPEST = 200, 16
_ABSENT: Any = object()
Path = tuple[str, ...]
Change = Callable[[Any], Any]  # of the value at a path, or of _ABSENT; gives _ABSENT to remove it


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What to change in a message; `when` says which values a message must have for that."""

    when: Mapping[Path, Any] = field(default_factory=dict)
    drop: tuple[Path, ...] = ()
    rename: Mapping[Path, Path] = field(default_factory=dict)
    convert: Mapping[Path, Conversion] = field(default_factory=dict)
    set: Mapping[Path, Any] = field(default_factory=dict)


def parse_repair(definition: Mapping[str, Any]) -> Repair:
    """Read a repair. Raises DefinitionError."""
    if unknown := sorted(str(name) for name in definition if name not in FIELDS):
        raise DefinitionError("", f"does not know {', '.join(unknown)}; it takes {', '.join(FIELDS)}")
    parts = {name: _object(definition.get(name, {}), name) for name in FIELDS if name != "drop"}
    drop = definition.get("drop", [])
    if not isinstance(drop, list) or not all(isinstance(path, str) for path in drop):
        raise DefinitionError("drop", "is a list of paths, such as [properties.debug]")
    repair = Repair(
        when={_path(name, "when"): value for name, value in parts["when"].items()},
        drop=tuple(_path(name, "drop") for name in drop),
        rename={_path(old, "rename"): _target(old, new) for old, new in parts["rename"].items()},
        convert={_path(name, "convert"): _conversion(name, kind) for name, kind in parts["convert"].items()},
        set={_path(name, "set"): value for name, value in parts["set"].items()},
    )
    number = len(repair.drop) + len(repair.rename) + len(repair.convert) + len(repair.set)
    if not 0 < number <= MOST:
        raise DefinitionError("", f"changes 1 to {MOST} fields: say drop, rename, convert or set")
    return repair


def mend(message: Any, repair: Repair) -> Any:
    """
    Change a message; the one that was given stays as it is.

    Nothing is lost by it: a field is not renamed over another one, and what cannot be converted stays as it was.
    """
    if any(find(message, path) != value for path, value in repair.when.items()):
        return message
    for path in repair.drop:
        message = _change(message, path, lambda _: _ABSENT)
    for old, new in repair.rename.items():
        message = _rename(message, old, new)
    for path, kind in repair.convert.items():
        message = _change(message, path, CONVERSIONS[kind])
    for path, value in repair.set.items():
        message = _set(message, path, value)
    return message


def find(message: Any, path: Path) -> Any:
    """Give the value at a path, None where there is none; `*` leads nowhere."""
    found = _find(message, path)
    return None if found is _ABSENT else found


def _find(value: Any, path: Path) -> Any:
    for step in path:
        if isinstance(value, Mapping):
            value = value.get(step, _ABSENT)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return _ABSENT
    return value


def _change(container: Any, path: Path, change: Change, *, create: bool = False) -> Any:
    step, rest = path[0], path[1:]

    def changed(inner: Any) -> Any:
        return _change(inner, rest, change, create=create) if rest else change(inner)

    if isinstance(container, Mapping):
        if step not in container and not create:
            return container
        missing: Any = {} if rest else _ABSENT
        new = changed(container.get(step, missing))
        others = {name: value for name, value in container.items() if name != step}
        return others if new is _ABSENT else {**container, step: new}
    if isinstance(container, list):
        meant = [step in ("*", str(index)) for index in range(len(container))]
        new = [changed(item) if is_meant else item for item, is_meant in zip(container, meant, strict=True)]
        return [item for item in new if item is not _ABSENT]
    return container


def _set(message: Any, path: Path, value: Any) -> Any:
    return _change(message, path, lambda _: value, create=True)


def _rename(message: Any, old: Path, new: Path) -> Any:
    """Rename within each item of a list where both paths lead through the same one."""
    if "*" not in old:
        return _move(message, old, new)
    shared = len(old) - old[::-1].index("*")
    return _change(message, old[:shared], lambda item: _move(item, old[shared:], new[shared:]))


def _move(item: Any, old: Path, new: Path) -> Any:
    value = _find(item, old)
    if value is _ABSENT or _find(item, new) is not _ABSENT:
        return item
    moved = _set(_change(item, old, lambda _: _ABSENT), new, value)
    return moved if _find(moved, new) is not _ABSENT else item


def _object(raw: object, path: str) -> Mapping[str, Any]:
    if not isinstance(raw, dict) or not all(isinstance(name, str) for name in raw):
        raise DefinitionError(path, "is an object of paths, such as {properties.price: …}")
    return raw


def _path(raw: str, where: str) -> Path:
    path = tuple(step.replace("\\.", ".") for step in _DOT.split(raw))
    if not 0 < len(raw) <= _LONGEST or len(path) > _DEEPEST or not all(path):
        raise DefinitionError(
            where, f"has a path of up to {_DEEPEST} names with dots between, such as properties.price"
        )
    if where == "when" and "*" in path:
        raise DefinitionError(where, "compares single fields: it has no *")
    return path


def _target(old: str, raw: object) -> Path:
    if not isinstance(raw, str):
        raise DefinitionError("rename", "says old: new, two paths")
    before, after = _path(old, "rename"), _path(raw, "rename")
    shared = len(before) - before[::-1].index("*") if "*" in before else 0
    if before[:shared] != after[:shared] or "*" in after[shared:]:
        raise DefinitionError("rename", "goes through the same * in both paths")
    if len(before) == shared or len(after) == shared:
        raise DefinitionError("rename", "renames a field, not the items of a list")
    return after


def _conversion(path: str, raw: object) -> Conversion:
    if raw not in get_args(Conversion):
        raise DefinitionError(f"convert.{path}", f"is one of {', '.join(get_args(Conversion))}")
    return cast(Conversion, raw)
