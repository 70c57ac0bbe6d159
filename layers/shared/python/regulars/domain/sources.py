"""A source: where events come from, and what the door does with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from regulars.errors import DefinitionError

FIELDS = ("id", "name", "description")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where events come from; a setting that a definition leaves out changes nothing."""

    id: str
    name: str


def parse_source(id: str, definition: Mapping[str, Any]) -> Source:
    """
    Read a source from its definition, as in `catalog/sources/*.yaml`.

    Raises DefinitionError, with the path of what is wrong.
    """
    if unknown := sorted(str(field) for field in definition if field not in FIELDS):
        raise DefinitionError("", f"does not know {', '.join(unknown)}; it takes {', '.join(FIELDS[1:])}")
    for field in ("name", "description"):
        _text(definition.get(field, id), field)
    return Source(id=id, name=str(definition.get("name", id)))


def known(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what this release has no setting for: a newer one may have written it."""
    return {field: value for field, value in definition.items() if field in FIELDS}


def _text(raw: object, path: str) -> None:
    if not isinstance(raw, str) or not 0 < len(raw) <= 200:
        raise DefinitionError(path, "is a text of 1 to 200 characters")
