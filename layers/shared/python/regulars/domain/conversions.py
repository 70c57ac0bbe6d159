"""Turn a value into what it was meant to be; what cannot be turned stays as it is."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

from regulars.domain.instants import to_text
from regulars.domain.payloads import read_object
from regulars.domain.timestamps import parse
from regulars.errors import UnparseableError

Conversion = Literal["text", "number", "boolean", "instant", "object"]
_WHOLE = re.compile(r"[+-]?\d{1,38}", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,38}(\.\d{1,38})?([eE][+-]?\d{1,2})?", re.ASCII)
_BOOLEANS: Mapping[object, bool] = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def _text(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, bool | int | float) else value


def _number(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    plain = value.strip()
    if _WHOLE.fullmatch(plain):
        return int(plain)
    return float(plain) if _NUMBER.fullmatch(plain) else value


def _boolean(value: Any) -> Any:
    if isinstance(value, str | int):
        return _BOOLEANS.get(str(value).strip().lower(), value)
    return value


def _instant(value: Any) -> Any:
    instant = parse(value)
    return value if instant is None else to_text(instant)


def _object(value: Any) -> Any:
    """Read JSON that was sent as text, as `properties` sometimes are."""
    if not isinstance(value, str):
        return value
    try:
        return read_object(value.encode("utf-8", "surrogatepass"))
    except UnparseableError:
        return value


CONVERSIONS: Mapping[Conversion, Callable[[Any], Any]] = {
    "text": _text,
    "number": _number,
    "boolean": _boolean,
    "instant": _instant,
    "object": _object,
}
