"""Filter criteria of an event source mapping: which records a function is woken for."""

import json
from collections.abc import Mapping
from typing import Any

Patterns = tuple[Mapping[str, Any], ...]


def patterns_of(criteria: Mapping[str, Any] | None) -> Patterns:
    """Read `FilterCriteria`: each pattern is JSON in a string."""
    filters = (criteria or {}).get("Filters") or ()
    return tuple(json.loads(one["Pattern"]) for one in filters if one.get("Pattern"))


def passes(record: Mapping[str, Any], patterns: Patterns) -> bool:
    """Tell whether the record matches one of the patterns; without a pattern every record does."""
    return not patterns or any(_matches(record, pattern) for pattern in patterns)


def _matches(value: Any, pattern: Any) -> bool:
    if isinstance(pattern, Mapping):
        return _matches_each(value, pattern)
    return any(_matches_one(value, rule) for rule in pattern)


def _matches_each(value: Any, pattern: Mapping[str, Any]) -> bool:
    if "$or" in pattern:
        others = {key: rule for key, rule in pattern.items() if key != "$or"}
        either = any(_matches(value, branch) for branch in pattern["$or"])
        return either and _matches(value, others)
    value = _opened(value)
    return all(_matches(value.get(key, _ABSENT), rule) for key, rule in pattern.items())


def _opened(value: Any) -> Mapping[str, Any]:
    """Return a mapping to look into: the body of a queue's message may be JSON in a string."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, Mapping) else {}


_ABSENT = object()


def _matches_one(value: Any, rule: Any) -> bool:
    if not isinstance(rule, Mapping):
        return value is not _ABSENT and _same(value, rule)
    ((operator, operand),) = rule.items()
    if operator == "exists":
        return (value is not _ABSENT) == bool(operand)
    if operator == "anything-but":
        refused = operand if isinstance(operand, list) else [operand]
        return value is not _ABSENT and not _matches(value, refused)
    return isinstance(value, str) and _matches_text(value, operator, operand)


def _matches_text(value: str, operator: str, operand: str) -> bool:
    match operator:
        case "prefix":
            return value.startswith(operand)
        case "suffix":
            return value.endswith(operand)
        case "equals-ignore-case":
            return value.lower() == operand.lower()
    # A stream carries its numbers as strings, so AWS has no numeric operator for it either.
    raise ValueError(f"the filter operator {operator!r} is not one that a mapping understands")


def _same(value: Any, rule: Any) -> bool:
    return type(value) is type(rule) and bool(value == rule)
