"""A tracking plan read off events: what fields there are, of which type, how often, and with which few values."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cli.tracking_plan.traffic import Seen
from regulars.domain.plan_schemas import FORMATS
from regulars.domain.telling import Own, text_tells

FEW, OFTEN = 12, 20  # values that may be all there are, if each of so many events has one of them
DEEPEST, MOST_FIELDS = 4, 200
_LONGEST_VALUE, _HELD = 60, 60
_NOBODY = Own()
_TYPES: Mapping[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    dict: "object",
    list: "array",
}
_FORMATS: Mapping[str, Callable[[str], object]] = {
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII).fullmatch,
    "date": re.compile(r"\d{4}-\d\d-\d\d", re.ASCII).fullmatch,
    "uuid": re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII).fullmatch,
    "uri": re.compile(r"https?://\S+", re.ASCII).fullmatch,
}


@dataclass(slots=True)
class Shape:
    """What was seen at one place."""

    seen: int = 0
    types: Counter[str] = field(default_factory=Counter)
    texts: Counter[str] = field(default_factory=Counter)
    many: bool = False
    formats: set[str] = field(default_factory=lambda: set(_FORMATS))
    fields: dict[str, "Shape"] = field(default_factory=dict)
    items: "Shape | None" = None

    def add(self, value: Any, depth: int = 0) -> None:
        """Look at a value."""
        self.seen += 1
        self.types[_TYPES.get(type(value), "null")] += 1
        if isinstance(value, str):
            self._add_text(value)
        elif isinstance(value, dict) and depth < DEEPEST:
            self.add_fields(value, depth + 1)
        elif isinstance(value, list) and depth < DEEPEST:
            self.items = self.items or Shape()
            for item in value:
                self.items.add(item, depth + 1)

    def add_fields(self, fields: Mapping[str, Any], depth: int = 0) -> None:
        """Look at the fields of an object; a name that tells somebody is no name of a field."""
        for name, value in fields.items():
            if (name in self.fields or len(self.fields) < MOST_FIELDS) and not text_tells(name, _NOBODY):
                self.fields.setdefault(name, Shape()).add(value, depth)

    def _add_text(self, text: str) -> None:
        self.formats = {name for name in self.formats if _FORMATS[name](text)}
        if self.many:
            return
        self.texts[text] += 1
        if len(self.texts) > _HELD or len(text) > _LONGEST_VALUE:
            self.many = True
            self.texts.clear()


@dataclass(slots=True)
class Traffic:
    """What was seen of one name or type of events."""

    seen: int = 0
    sections: dict[str, Shape] = field(default_factory=dict)
    sealed_traits: Counter[str] = field(default_factory=Counter)


def infer(events: Iterable[Seen], *, required: float = 0.99, least: int = 20) -> dict[str, dict[str, Any]]:
    """
    Write definitions, as drafts, by id: of each name or type that was seen often enough.

    A field is required that a share of the events has. What is sealed is known by the names of traits at most.
    """
    found: dict[tuple[str, str], Traffic] = {}
    for event in events:
        key = ("event", event.name or "") if event.type == "track" else ("type", event.type)
        _look(found.setdefault(key, Traffic()), event)
    often = {key: traffic for key, traffic in found.items() if traffic.seen >= least}
    definitions: dict[str, dict[str, Any]] = {}
    for (scope, subject), traffic in sorted(often.items()):
        definitions[_id(subject, definitions)] = {
            scope: subject,
            "description": f"Inferred from {traffic.seen:,} events",
            "mode": "draft",
            **_sections(traffic, required),
        }
    return definitions


def _look(traffic: Traffic, event: Seen) -> None:
    traffic.seen += 1
    for section, fields in (("properties", event.properties), ("traits", event.traits)):
        traffic.sections.setdefault(section, Shape()).add_fields(fields)
    traffic.sealed_traits.update(event.sealed_traits)


def _sections(traffic: Traffic, required: float) -> dict[str, Any]:
    sections = {
        name: schema for name, shape in traffic.sections.items() if (schema := _object(shape, traffic.seen, required))
    }
    if sealed := sorted(name for name in traffic.sealed_traits if not text_tells(name, _NOBODY)):
        traits = sections.setdefault("traits", {})
        traits["properties"] = {**traits.get("properties", {}), **{name: {"x-privacy": "personal"} for name in sealed}}
    return sections


def _object(shape: Shape, seen: int, required: float) -> dict[str, Any]:
    if not shape.fields:
        return {}
    always = sorted(name for name, inner in shape.fields.items() if inner.seen >= required * seen)
    properties = {name: _schema(inner, required) for name, inner in sorted(shape.fields.items())}
    return {"properties": properties, **({"required": always} if always else {})}


def _schema(shape: Shape, required: float) -> dict[str, Any]:
    types = sorted(_types(shape))
    schema: dict[str, Any] = {"type": types[0] if len(types) == 1 else types}
    if types == ["string"]:
        return schema | _values(shape)
    if "object" in types:
        schema |= _object(shape, shape.types["object"], required)
    if "array" in types and shape.items and shape.items.seen:
        schema["items"] = _schema(shape.items, required)
    return schema


def _types(shape: Shape) -> set[str]:
    types = set(shape.types)
    return types - {"integer"} if "number" in types else types


def _values(shape: Shape) -> dict[str, Any]:
    if shape.formats & FORMATS:
        return {"format": min(shape.formats & FORMATS)}
    if not shape.many and len(shape.texts) <= FEW and min(shape.texts.values()) > 1 and shape.seen >= OFTEN:
        return {"enum": sorted(shape.texts)}
    return {}


def _id(subject: str, taken: Mapping[str, object]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", subject.lower()).strip("_")[:50]
    plain = plain if plain[:1].isalpha() else f"event_{plain}".rstrip("_")
    number, id = 2, plain
    while id in taken:
        number, id = number + 1, f"{plain}_{number}"
    return id
