"""Read a segment from its definition, and refuse what does not hold together, saying where."""

from collections.abc import Mapping
from typing import Any

from regulars.domain.durations import read_duration
from regulars.domain.instants import DAY
from regulars.domain.numbers import to_amount
from regulars.domain.personal_names import is_personal_trait
from regulars.domain.segments import (
    COMPARISONS,
    All,
    Comparison,
    Happened,
    Node,
    Not,
    OneOf,
    Orders,
    Segment,
    Total,
    TraitIs,
    walk,
)
from regulars.domain.watches import MAX_INSTANTS
from regulars.errors import DefinitionError

STATUSES = ("live", "draft", "paused", "archived")
MAX_DEPTH = 10
MAX_NODES = 200
_LONGEST = 3_650 * DAY


def parse(id: str, definition: Mapping[str, Any], *, version: int = 1) -> Segment:
    """
    Read a segment from its definition, as in `catalog/segments/*.yaml`.

    Raises DefinitionError, with the path of what is wrong.
    """
    _only(definition, {"id", "name", "description", "where", "anonymous", "status"}, "")
    anonymous = definition.get("anonymous", False)
    if not isinstance(anonymous, bool):
        raise DefinitionError("anonymous", "is true or false")
    if definition.get("status", "live") not in STATUSES:
        raise DefinitionError("status", f"is one of {', '.join(STATUSES)}")
    name = _word(definition.get("name", id), "name")
    if not isinstance(definition.get("description", ""), str):
        raise DefinitionError("description", "is a text")
    where = _node(definition.get("where"), "where", 1)
    if sum(1 for _ in walk(where)) > MAX_NODES:
        raise DefinitionError("where", f"has more than {MAX_NODES} conditions")
    return Segment(
        id=id,
        name=name,
        where=where,
        anonymous=anonymous,
        version=version,
    )


def _node(raw: object, path: str, depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise DefinitionError(path, f"is nested deeper than {MAX_DEPTH}")
    if not isinstance(raw, Mapping) or not raw:
        raise DefinitionError(path, "is one condition, such as {event: Order Completed}")
    for key, read in (("all", _all), ("any", _any), ("not", _not)):
        if key in raw:
            _only(raw, {key}, path)
            return read(raw[key], f"{path}.{key}", depth)
    for key, read_leaf in (("trait", _trait), ("event", _event), ("orders", _orders)):
        if key in raw:
            return read_leaf(raw, path)
    raise DefinitionError(path, f"names none of all, any, not, trait, event, orders: {', '.join(map(str, raw))}")


def _all(raw: object, path: str, depth: int) -> Node:
    return All(_nodes(raw, path, depth))


def _any(raw: object, path: str, depth: int) -> Node:
    return OneOf(_nodes(raw, path, depth))


def _not(raw: object, path: str, depth: int) -> Node:
    return Not(_node(raw, path, depth + 1))


def _nodes(raw: object, path: str, depth: int) -> tuple[Node, ...]:
    if not isinstance(raw, list) or not raw:
        raise DefinitionError(path, "is a list of at least one condition")
    return tuple(_node(inner, f"{path}[{index}]", depth + 1) for index, inner in enumerate(raw))


def _trait(raw: Mapping[str, Any], path: str) -> Node:
    trait = _word(raw["trait"], f"{path}.trait")
    _only(raw, {"trait", "exists", *COMPARISONS}, path)
    if "exists" in raw:
        _only(raw, {"trait", "exists"}, path)
        if not isinstance(raw["exists"], bool):
            raise DefinitionError(f"{path}.exists", "is true or false")
        return TraitIs(trait, "exists", raw["exists"])
    if is_personal_trait(trait):
        raise DefinitionError(
            path,
            f"{trait} is personal and kept sealed: of it a segment may ask only whether it exists",
        )
    comparison, value = _comparison(raw, path)
    if not isinstance(value, str | int | float):
        raise DefinitionError(f"{path}.{comparison}", "is text, a number, true or false")
    if isinstance(value, bool) and comparison != "equals":
        raise DefinitionError(f"{path}.{comparison}", "compares numbers or text; for true and false use equals")
    return TraitIs(trait, comparison, value)


def _event(raw: Mapping[str, Any], path: str) -> Node:
    event = _word(raw["event"], f"{path}.event")
    _only(raw, {"event", "within", "count", "sum"}, path)
    if "sum" in raw:
        return _total(event, raw, path)
    within = _duration(raw["within"], f"{path}.within") if "within" in raw else None
    if "count" not in raw:
        return Happened(event, "at_least", 1, within)
    comparison, times = _comparison(raw["count"], f"{path}.count")
    if isinstance(times, bool) or not isinstance(times, int) or times < 0:
        raise DefinitionError(f"{path}.count.{comparison}", "is a whole number, 0 or more")
    if within and times + 1 > MAX_INSTANTS:
        raise DefinitionError(f"{path}.count.{comparison}", f"is at most {MAX_INSTANTS - 1} within a window")
    return Happened(event, comparison, times, within)


def _total(event: str, raw: Mapping[str, Any], path: str) -> Node:
    if "count" in raw:
        raise DefinitionError(path, "asks for a count or a sum, not both: use all")
    if not isinstance(raw["sum"], Mapping):
        raise DefinitionError(f"{path}.sum", "is {of: a property, at_least: a number}")
    of = _word(raw["sum"].get("of"), f"{path}.sum.of")
    comparison, value = _comparison({k: v for k, v in raw["sum"].items() if k != "of"}, f"{path}.sum")
    days = None
    if "within" in raw:
        within = _duration(raw["within"], f"{path}.within")
        if within % DAY or within > 400 * DAY:
            raise DefinitionError(f"{path}.within", "of a sum is a number of whole days, at most 400")
        days = within // DAY
    return Total(event, of, comparison, _amount(value, f"{path}.sum.{comparison}"), days)


def _orders(raw: Mapping[str, Any], path: str) -> Node:
    of = raw["orders"]
    if of not in ("count", "revenue"):
        raise DefinitionError(f"{path}.orders", "is count or revenue")
    _only(raw, {"orders", *COMPARISONS}, path)
    comparison, value = _comparison(raw, path)
    amount = _amount(value, f"{path}.{comparison}")
    return Orders(of, comparison, amount)


def _amount(value: object, path: str) -> int:
    amount = None if isinstance(value, str) else to_amount(value)
    if amount is None:
        raise DefinitionError(path, "is a number")
    return amount


def _comparison(raw: object, path: str) -> tuple[Comparison, Any]:
    given = [name for name in COMPARISONS if isinstance(raw, Mapping) and name in raw]
    if len(given) != 1 or not isinstance(raw, Mapping):
        raise DefinitionError(path, f"has exactly one of {', '.join(COMPARISONS)}")
    return given[0], raw[given[0]]


def _duration(raw: object, path: str) -> int:
    length = read_duration(raw)
    if length is None:
        raise DefinitionError(path, "is a number and a unit, such as 10 seconds, 6 hours or 14 days")
    if not 0 < length <= _LONGEST:
        raise DefinitionError(path, "is longer than nothing and at most 3650 days")
    return length


def _word(raw: object, path: str) -> str:
    if not isinstance(raw, str) or not 0 < len(raw) <= 200:
        raise DefinitionError(path, "is a text of 1 to 200 characters")
    return raw


def _only(raw: Mapping[str, Any], allowed: set[str], path: str) -> None:
    if unknown := sorted(str(key) for key in raw if key not in allowed):
        raise DefinitionError(path, f"does not know {', '.join(unknown)}; it takes {', '.join(sorted(allowed))}")
