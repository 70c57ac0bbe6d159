"""The pieces of which the schemas of requests and answers are made."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
ANY: Schema = {"description": "any JSON"}
FIELDS: Schema = {"type": "object", "additionalProperties": True}
ID: Schema = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,62}$"}
PROFILE_ID: Schema = {"type": "string", "pattern": "^p_[a-z0-9_.]{1,40}:[a-z2-7]{26}(~[0-9a-f]{1,20})?$"}
MASKED: Schema = {"type": "boolean", "description": "the value is personal and was not opened for this caller"}


def an_object(properties: Mapping[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    """Describe an object that has exactly these fields."""
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "properties": dict(properties),
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def ref(name: str) -> Schema:
    """Name a schema of the description."""
    return {"$ref": f"#/components/schemas/{name}"}


def a_list(items: Schema) -> Schema:
    """Describe a list."""
    return {"type": "array", "items": items}


def named(values: Schema) -> Schema:
    """Describe values under names."""
    return {"type": "object", "additionalProperties": values}


def or_null(schema: Schema) -> Schema:
    """Describe what may be null."""
    return {**schema, "type": [schema["type"], "null"]}


def a_page(name: str, items: Schema) -> Schema:
    """Describe a page of a list, and where it goes on."""
    return an_object(
        {name: items, "next": {**or_null(TEXT), "description": "the cursor to go on with; null at the end"}}
    )
