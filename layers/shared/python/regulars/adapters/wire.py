"""Items as DynamoDB's wire carries them: strings, whole numbers and bytes, each under the letter of its type."""

from base64 import b64decode
from binascii import b2a_base64
from collections.abc import Mapping
from json import JSONEncoder
from typing import Any

from regulars.stores.database import Item, Value

_quoted = JSONEncoder().encode
Image = Mapping[str, Mapping[str, Any]]


def to_wire(item: Item) -> dict[str, dict[str, str | bytes]]:
    """Write an item for a request; botocore does the base64."""
    return {name: to_value(value) for name, value in item.items()}


def to_value(value: Value) -> dict[str, str | bytes]:
    """Write one value for a request."""
    if isinstance(value, str):
        return {"S": value}
    return {"B": value} if isinstance(value, bytes) else {"N": str(value)}


def to_json(value: Value) -> str:
    """Write one value as JSON, bytes in base64."""
    if isinstance(value, str):
        return f'{{"S":{_quoted(value)}}}'
    if isinstance(value, bytes):
        return f'{{"B":"{b2a_base64(value, newline=False).decode()}"}}'
    return f'{{"N":"{value}"}}'


def from_wire(image: Image) -> Item:
    """
    Read an item back from a response, or from a stream record, where bytes are still base64.

    Raises ValueError for a type that no table holds.
    """
    return {name: from_value(value) for name, value in image.items()}


def from_value(value: Mapping[str, Any]) -> Value:
    """
    Read one value back.

    Raises ValueError for a type that no table holds.
    """
    match dict(value):
        case {"S": str(text)}:
            return text
        case {"N": str(number)}:
            return int(number)
        case {"B": bytes(content)}:
            return content
        case {"B": str(encoded)}:
            return b64decode(encoded, validate=True)
    raise ValueError(f"no table holds values of type {', '.join(sorted(value))}")
