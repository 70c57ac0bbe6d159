"""Extraction: which identifiers a raw call names."""

from collections.abc import Mapping
from typing import Any

from regulars.domain.blocked_values import is_blocked
from regulars.domain.identifiers import Identifier, normalise
from regulars.domain.identity_rules import IdentifierRule, IdentityRules


def extract(call: Mapping[str, Any], rules: IdentityRules) -> list[Identifier]:
    """List the unblocked identifiers of a raw call, highest priority first, each once."""
    found = (_read(call, rule) for rule in rules.rules)
    return list(dict.fromkeys(identifier for identifier in found if identifier))


def _read(call: Mapping[str, Any], rule: IdentifierRule) -> Identifier | None:
    if rule.when and look_up(call, rule.when[0]) != rule.when[1]:
        return None
    for path in rule.paths:
        value = normalise(rule.kind, look_up(call, path))
        if value and not is_blocked(value, rule.blocked):
            return Identifier(rule.kind, value)
    return None


def look_up(call: Mapping[str, Any], path: str) -> object:
    """Follow a dotted path through nested objects; None where it ends early."""
    value: object = call
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value
