"""Reading an import mapping from `catalog/imports/*.yaml`; what does not hold together is refused, saying where."""

import codecs
import re
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any, cast, get_args

from regulars.domain.cells import CellFormat, CellType, zone_of
from regulars.domain.mappings import MESSAGE_ID, CallMapping, Column, Constant, Field, ImportMapping, Template, Tree
from regulars.errors import DefinitionError

_HOLE = re.compile(r"\{([^{}]*)\}")
_TIME = re.compile(r"([01]\d|2[0-3])(:[0-5]\d){1,2}", re.ASCII)
_SECTIONS = ("properties", "traits", "context")
_TEXTS = ("event", "name", "userId", "anonymousId", "groupId")
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "track": ("event",),
    "identify": (),
    "group": ("groupId",),
    "page": (),
    "screen": (),
}
_TYPES = get_args(CellType)
_OF_DATES = {"format", "at", "zone"}
_SAMPLE = datetime(2003, 4, 15, 16, 27, 38)  # noqa: DTZ001 - only its text is looked at
MAX_CALLS = 5
MAX_DEPTH = 5


def parse_mapping(id: str, definition: Mapping[str, Any]) -> ImportMapping:
    """Read an import mapping. Raises DefinitionError."""
    _only(definition, {"name", "description", "source", "key", "repeats", "encoding", "calls"}, "")
    if not isinstance(definition.get("description", ""), str):
        raise DefinitionError("description", "is a text")
    calls = definition.get("calls")
    if not isinstance(calls, list) or not 0 < len(calls) <= MAX_CALLS:
        raise DefinitionError("calls", f"is a list of 1 to {MAX_CALLS} calls")
    key = definition.get("key")
    if not isinstance(key, list) or not key:
        raise DefinitionError("key", "is a list of the columns that tell one row from another")
    return ImportMapping(
        id=id,
        name=_text(definition.get("name", id), "name"),
        source=_text(definition.get("source"), "source"),
        key=tuple(_text(name, f"key[{index}]") for index, name in enumerate(key)),
        calls=tuple(_call(call, f"calls[{index}]") for index, call in enumerate(calls)),
        repeats=_flag(definition, "repeats", "", default=True),
        encoding=_encoding(definition.get("encoding", "utf-8")),
    )


def _call(raw: object, path: str) -> CallMapping:
    if not isinstance(raw, Mapping):
        raise DefinitionError(path, "is one call, such as {type: track, event: Order Completed, userId: '{customer}'}")
    _only(raw, {"type", "timestamp", *_TEXTS, *_SECTIONS}, path)
    type = raw.get("type")
    if not isinstance(type, str) or type not in _NEEDS:
        raise DefinitionError(f"{path}.type", f"is one of {', '.join(_NEEDS)}")
    if "userId" not in raw and "anonymousId" not in raw:
        raise DefinitionError(path, "needs a userId or an anonymousId")
    for name in _NEEDS[type]:
        if name not in raw:
            raise DefinitionError(path, f"needs {name}, as every {type} call")
    fields: dict[str, Field | Tree] = {}
    for name, value in raw.items():
        if name != "type":
            fields[name] = _part(name, value, f"{path}.{name}")
    return CallMapping(type=type, fields=fields, needs=_NEEDS[type])


def _part(name: str, raw: object, path: str) -> Field | Tree:
    if name in _SECTIONS:
        return _tree(raw, path, 1)
    field = _field(raw, path)
    if name == "timestamp" and not (isinstance(field, Column) and field.how.type == "date"):
        raise DefinitionError(path, "is a column of type date, such as {column: date, type: date}")
    if name in _TEXTS and _is_other_than_text(field):
        raise DefinitionError(path, "is text")
    return field


def _is_other_than_text(field: Field) -> bool:
    if isinstance(field, Constant):
        return not isinstance(field.value, str)
    return isinstance(field, Column) and field.how.type != "text"


def _tree(raw: object, path: str, depth: int) -> Tree:
    if not isinstance(raw, Mapping) or not raw:
        raise DefinitionError(path, "is an object of fields")
    if depth > MAX_DEPTH:
        raise DefinitionError(path, f"is nested deeper than {MAX_DEPTH}")
    tree: dict[str, Field | Tree] = {}
    for name, value in raw.items():
        nested = isinstance(value, Mapping) and not value.keys() & {"column", "template", "constant"}
        inner = f"{path}.{name}"
        if not isinstance(name, str) or not 0 < len(name) <= 200 or inner.endswith("context.import"):
            raise DefinitionError(inner, "is no name that a field may have")
        tree[name] = _tree(value, inner, depth + 1) if nested else _field(value, inner)
    return tree


def _field(raw: object, path: str) -> Field:
    if isinstance(raw, str):
        return _template({"template": raw}, path) if "{" in raw or "}" in raw else Constant(_text(raw, path))
    if isinstance(raw, bool | int | float):
        return _constant({"constant": raw}, path)
    readers = {"column": _column, "template": _template, "constant": _constant}
    given = [name for name in readers if isinstance(raw, Mapping) and name in raw]
    if len(given) != 1 or not isinstance(raw, Mapping):
        raise DefinitionError(path, "is a text, a number, or an object with one of column, template, constant")
    return readers[given[0]](raw, path)


def _constant(raw: Mapping[str, Any], path: str) -> Field:
    _only(raw, {"constant"}, path)
    value = raw["constant"]
    if not isinstance(value, str | bool | int | float) or value != value or value in ("", float("inf"), -float("inf")):
        raise DefinitionError(path, "has a text, a number, true or false as its constant")
    return Constant(value)


def _template(raw: Mapping[str, Any], path: str) -> Field:
    _only(raw, {"template", "required", "skip"}, path)
    pieces = _HOLE.split(_text(raw["template"], path))
    texts, names = tuple(pieces[::2]), tuple(name.strip() for name in pieces[1::2])
    if not names or not all(names) or any("{" in text or "}" in text for text in texts):
        raise DefinitionError(path, "puts columns in braces, such as 'shop-{customer_id}', and has no other braces")
    if unknown := [name for name in names if name.startswith("$") and name != MESSAGE_ID]:
        raise DefinitionError(path, f"does not know {unknown[0]}; it takes columns and {MESSAGE_ID}")
    return Template(texts=texts, names=names, **_when_empty(raw, path))


def _column(raw: Mapping[str, Any], path: str) -> Field:
    type = raw.get("type", "text")
    if not isinstance(type, str) or type not in _TYPES:
        raise DefinitionError(f"{path}.type", f"is one of {', '.join(_TYPES)}")
    special = _OF_DATES if type == "date" else {"decimal"} if type == "number" else set()
    _only(raw, {"column", "type", "required", "skip", *special}, path)
    decimal = raw.get("decimal", ".")
    if decimal not in (".", ","):
        raise DefinitionError(f"{path}.decimal", "is '.' or ','")
    how = CellFormat(
        type=cast(CellType, type),
        decimal=decimal,
        date_format=_date_format(raw["format"], f"{path}.format") if "format" in raw else None,
        at=_time(raw.get("at", "00:00"), f"{path}.at"),
        zone=zone_of(_text(raw.get("zone", "UTC"), f"{path}.zone"), f"{path}.zone"),
    )
    return Column(name=_text(raw["column"], f"{path}.column"), how=how, **_when_empty(raw, path))


def _when_empty(raw: Mapping[str, Any], path: str) -> dict[str, bool]:
    required, skip = _flag(raw, "required", path), _flag(raw, "skip", path)
    if required and skip:
        raise DefinitionError(path, "either requires the cell or skips the row, not both")
    return {"required": required, "skip": skip}


def _date_format(raw: object, path: str) -> str:
    text = _text(raw, path)
    try:
        read = datetime.strptime(_SAMPLE.strftime(text), text)  # noqa: DTZ007 - only its day is looked at
    except ValueError:
        read = None
    if read is None or read.date() != _SAMPLE.date():
        raise DefinitionError(path, "has a year, a month and a day, such as '%d/%m/%Y'")
    return text


def _time(raw: object, path: str) -> time:
    if not isinstance(raw, str) or not _TIME.fullmatch(raw):
        raise DefinitionError(path, "is a time of day in quotes, such as '12:00'")
    return time.fromisoformat(raw)


def _encoding(raw: object) -> str:
    name = _text(raw, "encoding")
    try:
        name.encode(name)  # some codecs are not of text
        return codecs.lookup(name).name
    except (LookupError, ValueError) as error:
        raise DefinitionError("encoding", "is the name of one, such as utf-8, latin-1 or cp1252") from error


def _flag(raw: Mapping[str, Any], name: str, path: str, *, default: bool = False) -> bool:
    value = raw.get(name, default)
    if not isinstance(value, bool):
        raise DefinitionError(f"{path}.{name}".lstrip("."), "is true or false")
    return value


def _text(raw: object, path: str) -> str:
    if not isinstance(raw, str) or not 0 < len(raw) <= 200:
        raise DefinitionError(path, "is a text of 1 to 200 characters")
    return raw


def _only(raw: Mapping[str, Any], allowed: set[str], path: str) -> None:
    if unknown := sorted(str(key) for key in raw if key not in allowed):
        raise DefinitionError(path, f"does not know {', '.join(unknown)}; it takes {', '.join(sorted(allowed))}")
