"""Definitions of identity rules, as `catalog/identity.yaml` has them: read, and compared with those that are live."""

from collections.abc import Mapping
from typing import Any

from regulars.domain.blocked_definitions import parse_blocked
from regulars.domain.blocked_values import NOTHING
from regulars.domain.extraction import ACCOUNT, is_kind
from regulars.domain.identifiers import NOBODY
from regulars.domain.identity_limits import parse_limit, whole_number
from regulars.domain.identity_rules import DEFAULT_LIMIT, Condition, IdentifierRule, IdentityRules
from regulars.domain.patterns import check_pattern
from regulars.errors import DefinitionError

_RULES_FIELDS = ("identifiers", "blocked", "never", "max_merges", "max_identifiers", "max_ties_an_hour")
_RULE_FIELDS = ("kind", "from", "limit", "known", "when", "blocked")
_LONGEST = 200
_CONDITIONS = 10
_PAIRS = 100


def parse_rules(definition: Mapping[str, Any]) -> IdentityRules:
    """
    Read identity rules from `catalog/identity.yaml`: identifiers in the order of their priority.

    Raises DefinitionError.
    """
    if unknown := sorted(str(field) for field in definition if field not in _RULES_FIELDS):
        raise DefinitionError("", f"does not know {', '.join(unknown)}; it takes {', '.join(_RULES_FIELDS)}")
    raw = definition.get("identifiers")
    if not isinstance(raw, list) or not raw:
        raise DefinitionError("identifiers", "is a list of at least one kind")
    rules = tuple(_rule(entry, f"identifiers[{index}]") for index, entry in enumerate(raw))
    kinds = [rule.kind for rule in rules]
    if len(set(kinds)) < len(kinds):
        raise DefinitionError("identifiers", "names a kind twice")
    if not any((rule.kind, rule.limit, rule.within) == ("user_id", 1, None) for rule in rules):
        raise DefinitionError(
            "identifiers",
            "has user_id with limit 1: two user ids are never one person by themselves",
        )
    return IdentityRules(
        rules=rules,
        blocked=parse_blocked(definition["blocked"], "blocked") if "blocked" in definition else NOTHING,
        never=_never(definition.get("never", [])),
        max_merges=whole_number(definition.get("max_merges", 100), "max_merges", 100),
        max_identifiers=whole_number(definition.get("max_identifiers", 1_000), "max_identifiers", 1_000),
        max_ties_an_hour=whole_number(definition.get("max_ties_an_hour", 20), "max_ties_an_hour", 1_000),
    )


def check_rules(definition: Mapping[str, Any]) -> IdentityRules:
    """Read identity rules that are to go live, and make sure that their patterns can be run. Raises DefinitionError."""
    rules = parse_rules(definition)
    lists = [("blocked", rules.blocked)]
    lists += [(f"identifiers[{index}].blocked", rule.blocked) for index, rule in enumerate(rules.rules)]
    for path, blocked in lists:
        for pattern in blocked.patterns:
            check_pattern(pattern, path)
    return rules


def check_successor(before: IdentityRules | None, after: IdentityRules) -> None:
    """
    Make sure that rules may follow those that are live: the same kinds in the same order, new ones below them.

    Raises DefinitionError.
    """
    # The order decides under which identifier an event is kept, and events never move: a kind that came in above, or
    # that went, would make the same event lie elsewhere when it is sent again, and count twice.
    old, new = [rule.kind for rule in before.rules] if before else [], [rule.kind for rule in after.rules]
    if gone := [kind for kind in old if kind not in new]:
        raise DefinitionError("identifiers", f"keeps every kind that is live, and lacks {', '.join(gone)}")
    if new[: len(old)] != old:
        added = [kind for kind in new if kind not in old]
        below = f"; write {', '.join(added)} below {old[-1]}" if added else ""
        raise DefinitionError(
            "identifiers", f"keeps the order of the live kinds, new ones below them: {', '.join(old)}{below}"
        )
    if ACCOUNT in new and ACCOUNT not in old:
        raise DefinitionError("identifiers", f"has no {ACCOUNT}: that is an account's, and would make colleagues one")


def _rule(raw: object, path: str) -> IdentifierRule:
    if not isinstance(raw, Mapping):
        raise DefinitionError(path, "is {kind: email, from: [traits.email], limit: 5}")
    if unknown := sorted(str(field) for field in raw if field not in _RULE_FIELDS):
        raise DefinitionError(path, f"does not know {', '.join(unknown)}; it takes {', '.join(_RULE_FIELDS)}")
    kind = raw.get("kind")
    if not isinstance(kind, str) or not is_kind(kind):
        raise DefinitionError(
            f"{path}.kind",
            f"is up to 40 lower-case letters, digits, _ and ., is not {NOBODY}, and does not start with p_",
        )
    known = raw.get("known", False)
    if not isinstance(known, bool):
        raise DefinitionError(f"{path}.known", "is true or false")
    limit, within = parse_limit(raw.get("limit", DEFAULT_LIMIT), f"{path}.limit")
    return IdentifierRule(
        kind=kind,
        paths=_paths(raw["from"], f"{path}.from") if "from" in raw else (),
        limit=limit,
        within=within,
        known=known,
        when=_when(raw["when"], f"{path}.when") if "when" in raw else (),
        blocked=parse_blocked(raw["blocked"], f"{path}.blocked") if "blocked" in raw else NOTHING,
    )


def _when(raw: object, path: str) -> tuple[Condition, ...]:
    if not isinstance(raw, Mapping) or not 0 < len(raw) <= _CONDITIONS:
        raise DefinitionError(
            path, f"is up to {_CONDITIONS} paths and the value that each has, such as {{context.device.type: ios}}"
        )
    conditions = {_path(name, path): _value(value, f"{path}.{name}") for name, value in raw.items()}
    return tuple(sorted(conditions.items()))  # all have to hold: their order says nothing


def _value(raw: object, path: str) -> str | bool:
    if not isinstance(raw, bool | str) or (isinstance(raw, str) and not 0 < len(raw) <= _LONGEST):
        raise DefinitionError(path, f'is true, false, or a text of 1 to {_LONGEST} characters, such as "ios"')
    return raw


def _paths(raw: object, path: str) -> tuple[str, ...]:
    if not isinstance(raw, list) or not raw:
        raise DefinitionError(path, "is a list of one or more paths, such as [traits.email, context.traits.email]")
    return tuple(_path(text, f"{path}[{index}]") for index, text in enumerate(raw))


def _path(raw: object, path: str) -> str:
    if not isinstance(raw, str) or not 0 < len(raw) <= _LONGEST or not all(raw.split(".")):
        raise DefinitionError(path, "is a path of names with dots between them, such as traits.email")
    return raw


def _never(raw: object) -> frozenset[frozenset[str]]:
    if not isinstance(raw, list) or len(raw) > _PAIRS:
        raise DefinitionError("never", f"is a list of up to {_PAIRS} pairs of kinds, such as [[email, ga_client_id]]")
    for index, pair in enumerate(raw):
        kinds = [kind for kind in pair if isinstance(kind, str) and is_kind(kind)] if isinstance(pair, list) else []
        if len(kinds) != 2 or len(pair) != 2 or kinds[0] == kinds[1]:
            raise DefinitionError(f"never[{index}]", "is two different kinds, such as [email, ga_client_id]")
    return frozenset(frozenset(pair) for pair in raw)
