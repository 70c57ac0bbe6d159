"""Values of properties: found by name or path, and brought to one form in which equal values are the same text."""

import json
from collections.abc import Mapping
from typing import Any

from regulars.domain.segments import MAX_VALUE

_WHOLE = 2.0**53  # beyond it a double no longer tells one whole number from the next


def find(properties: Mapping[str, Any], path: str) -> Any:
    """Find a property by its name as it stands, else by its path; None if there is none."""
    if path in properties:
        return properties[path]
    if "." not in path:
        return None
    value: Any = properties
    for name in path.split("."):
        if not isinstance(value, Mapping) or name not in value:
            return None
        value = value[name]
    return value


def scalar(value: object) -> str | None:
    """Write a value as JSON, a text cut to 100 characters, so that equal values are one text; None for no value."""
    if isinstance(value, str):
        return json.dumps(value[:MAX_VALUE], ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return json.dumps(int(value) if -_WHOLE < value < _WHOLE and value == int(value) else float(value))
    return None
