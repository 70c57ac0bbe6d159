"""
The JSON Schemas of a tracking plan, draft 2020-12, within limits: what one takes to check is bounded by its size.

A `$ref` leads to `$defs` of the same schema and is replaced by what is there; none leads anywhere else. A `pattern` is
run by an engine that takes time in proportion to the text, whoever wrote either.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

from regulars.domain.facets import FACETS
from regulars.errors import DefinitionError

Privacy = Literal["personal", "sensitive", "none"]
Section = Literal["properties", "traits", "context"]
SECTIONS: tuple[Section, ...] = get_args(Section)
Schema = Mapping[str, Any]
PRIVACY = "x-privacy"
FACETED = "x-facets"
MAX_BYTES = 50_000
MAX_DEPTH = 12
MAX_SCHEMAS = 3_000
MAX_PATTERN = 500
MAX_VALUES = 1_000
FORMATS = frozenset("date-time date time duration email hostname ipv4 ipv6 uri uri-reference uuid json-pointer".split())
NOTES = frozenset("title description examples default deprecated $comment".split()) | {PRIVACY, FACETED}
_NUMBERS = frozenset(
    "multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength maxItems minItems minContains"
    " maxContains maxProperties minProperties uniqueItems type".split()
)
_ONE = frozenset("additionalProperties items contains not if then else".split())
_MANY = frozenset("allOf anyOf oneOf prefixItems".split())
_NAMED = frozenset("properties patternProperties dependentSchemas".split())
_OTHERS = frozenset("required dependentRequired enum const pattern format $ref $defs".split())
KEYWORDS = NOTES | _NUMBERS | _ONE | _MANY | _NAMED | _OTHERS


def read_schema(raw: object, path: str) -> Schema:
    """
    Read a schema of an object: check it, and put what its references lead to in their places.

    Raises DefinitionError.
    """
    if not isinstance(raw, Mapping):
        raise DefinitionError(path, "is a JSON Schema of an object")
    if len(json.dumps(raw)) > MAX_BYTES:
        raise DefinitionError(path, f"has at most {MAX_BYTES} bytes")
    if raw.get("type", "object") != "object":
        raise DefinitionError(f"{path}.type", "is object: these are fields by name")
    schema = _Reader(raw.get("$defs", {}), path).read(raw, path, ())
    assert isinstance(schema, Mapping)
    return schema


class _Reader:
    def __init__(self, definitions: object, path: str) -> None:
        if not isinstance(definitions, Mapping):
            raise DefinitionError(f"{path}.$defs", "is an object of schemas")
        self._definitions = definitions
        self._left = MAX_SCHEMAS

    def read(self, raw: object, path: str, through: tuple[str, ...], depth: int = 0) -> Schema | bool:
        self._left -= 1
        if depth > MAX_DEPTH or self._left < 0:
            raise DefinitionError(path, f"nests at most {MAX_DEPTH} schemas, and has {MAX_SCHEMAS} in all")
        if isinstance(raw, bool):
            return raw
        if not isinstance(raw, Mapping):
            raise DefinitionError(path, "is a schema: an object, true or false")
        if "$ref" in raw:
            return self._follow(raw, path, through, depth)

        def inner(content: object, where: str) -> Schema | bool:
            return self.read(content, where, through, depth + 1)

        return {
            str(name): _keyword(str(name), content, f"{path}.{name}", inner)
            for name, content in raw.items()
            if name != "$defs"
        }

    def _follow(self, raw: Mapping[str, Any], path: str, through: tuple[str, ...], depth: int) -> Schema | bool:
        reference = raw["$ref"]
        name = reference.removeprefix("#/$defs/") if isinstance(reference, str) else None
        if name == reference or name not in self._definitions:
            raise DefinitionError(f"{path}.$ref", "leads to #/$defs/… of the same schema, and nowhere else")
        if name in through:
            raise DefinitionError(f"{path}.$ref", "leads back to itself: write out as many levels as there are")
        if raw.keys() - {"$ref"} - NOTES:
            raise DefinitionError(f"{path}.$ref", "stands by itself")
        meant = self.read(self._definitions[name], f"{path}.$ref", (*through, str(name)), depth)
        notes = {note: raw[note] for note in raw.keys() & NOTES}
        return {**meant, **notes} if isinstance(meant, Mapping) else meant


def _keyword(name: str, content: Any, path: str, inner: Callable[[object, str], Schema | bool]) -> Any:
    if name not in KEYWORDS:
        raise DefinitionError(path, f"is no keyword that a plan has; it has {', '.join(sorted(KEYWORDS))}")
    if name in _ONE:
        return inner(content, path)
    if name in _MANY:
        return [inner(each, f"{path}[{index}]") for index, each in enumerate(_a_list(content, path))]
    if name in _NAMED:
        return {key: inner(each, f"{path}.{key}") for key, each in _an_object(content, path).items()}
    _check(name, content, path)
    return content


def _check(name: str, content: Any, path: str) -> None:
    match name:
        case "enum":
            _a_list(content, path)
        case "format" if content not in FORMATS:
            raise DefinitionError(path, f"is one of {', '.join(sorted(FORMATS))}")
        case "pattern" if not isinstance(content, str) or len(content) > MAX_PATTERN:
            raise DefinitionError(path, f"is a regular expression of at most {MAX_PATTERN} characters")
        case "x-facets" if not isinstance(content, list) or not _are_facets(content):
            raise DefinitionError(path, f"is a list of different ones of {', '.join(FACETS)}")
        case "x-privacy" if content not in get_args(Privacy):
            raise DefinitionError(path, f"is one of {', '.join(get_args(Privacy))}")


def _are_facets(content: list[Any]) -> bool:
    named = [facet for facet in content if isinstance(facet, str) and facet in FACETS]
    return 0 < len(named) == len(content) == len(set(named))


def _a_list(content: object, path: str) -> list[Any]:
    if not isinstance(content, list) or not 0 < len(content) <= MAX_VALUES:
        raise DefinitionError(path, f"is a list of 1 to {MAX_VALUES}")
    return content


def _an_object(content: object, path: str) -> dict[str, Any]:
    if not isinstance(content, dict) or not all(isinstance(key, str) and len(key) <= MAX_PATTERN for key in content):
        raise DefinitionError(path, "is an object of schemas by name")
    return content
