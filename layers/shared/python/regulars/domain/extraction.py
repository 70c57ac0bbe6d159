"""Extraction: which identifiers a raw call names."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from regulars.domain.blocked_values import is_blocked
from regulars.domain.identifiers import NOBODY, Identifier, normalise
from regulars.domain.identity_rules import IdentifierRule, IdentityRules
from regulars.domain.spellings import Path

ACCOUNT = "group_id"  # an account's identifier and nobody's own
MOST = 20  # external ids of an event that count
_KIND = re.compile(r"(?!p_)[a-z0-9_.]{1,40}")


def is_kind(kind: str) -> bool:
    """Say whether a kind of identifier may be called so."""
    return _KIND.fullmatch(kind) is not None and kind != NOBODY


def extract(call: Mapping[str, Any], rules: IdentityRules) -> list[Identifier]:
    """
    List the unblocked identifiers of a raw call, highest priority first, each once.

    Kinds that no rule names come last, by name: only `context.externalIds` has them.
    """
    given = _external_ids(call)
    found: list[Identifier] = []
    met = _met(call, rules)
    for rule, needed in rules.steps:
        if met & needed == needed:
            found += _read(call, rule, rules)
        if given:
            found += _take(given, rule.kind, rules, rule)
    for kind in sorted(given):
        found += _take(given, kind, rules, None)
    return list(dict.fromkeys(found)) if len(found) > 1 else found


def with_owner(identifiers: Sequence[Identifier], rules: IdentityRules) -> Sequence[Identifier]:
    """Keep identifiers of kinds that no rule names only beside one that a rule names: that one owns the event."""
    return identifiers if identifiers and rules.rule(identifiers[0].kind) else ()


def _met(call: Mapping[str, Any], rules: IdentityRules) -> int:
    """Tell which conditions of the rules a call meets, a bit each."""
    bits, bit = 0, 1
    for path, wanted in rules.conditions:
        value = _follow(call, path)
        if value is not None and type(value) is type(wanted) and value == wanted:
            bits |= bit
        bit <<= 1
    return bits


def _read(call: Mapping[str, Any], rule: IdentifierRule, rules: IdentityRules) -> tuple[Identifier, ...]:
    for place in rule.places:
        value = normalise(rule.kind, _follow(call, place))
        if value and not is_blocked(value, rule.blocked, rules.blocked):
            return (Identifier(rule.kind, value),)
    return ()


def _take(
    given: dict[str, list[object]], kind: str, rules: IdentityRules, rule: IdentifierRule | None
) -> list[Identifier]:
    lists = (rule.blocked, rules.blocked) if rule else (rules.blocked,)
    values = (normalise(kind, value) for value in given.pop(kind, ()))
    return [Identifier(kind, value) for value in values if value and not is_blocked(value, *lists)]


def _external_ids(call: Mapping[str, Any]) -> dict[str, list[object]]:
    context = call.get("context")
    entries = context.get("externalIds") if isinstance(context, Mapping) else None
    found: dict[str, list[object]] = {}
    for entry in entries[:MOST] if isinstance(entries, list) else ():
        if isinstance(entry, Mapping) and entry.get("collection") == "users" and entry.get("encoding") == "none":
            kind = entry.get("type")
            if isinstance(kind, str) and is_kind(kind) and kind != ACCOUNT:
                found.setdefault(kind, []).append(entry.get("id"))
    return found


def look_up(call: Mapping[str, Any], path: str) -> object:
    """Follow a dotted path through nested objects; None where it ends early."""
    return _follow(call, path.split("."))


def _follow(call: Mapping[str, Any], names: Path | list[str]) -> object:
    value: object = call
    for name in names:
        if type(value) is not dict and not isinstance(value, Mapping):  # the type alone is told in a tenth of the time
            return None
        value = value.get(name)
        if value is None:
            return None
    return value
