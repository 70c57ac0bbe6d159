"""Definitions of blocked values: texts, and patterns, that are no identifier."""

from collections.abc import Mapping

from regulars.domain.blocked_values import Blocked
from regulars.domain.patterns import LONGEST
from regulars.errors import DefinitionError

PATTERNS = 20  # of a list: each is run on each identifier of an event


def parse_blocked(raw: object, path: str) -> Blocked:
    """Read a list of blocked values. Raises DefinitionError."""
    if not isinstance(raw, list):
        raise DefinitionError(path, 'is a list of texts and patterns, such as ["0000", {matches: "^test-"}]')
    texts, patterns = [], []
    for index, each in enumerate(raw):
        if isinstance(each, Mapping):
            patterns.append(_pattern(each, f"{path}[{index}]"))
        elif isinstance(each, str):
            texts.append(each.lower())
        else:
            raise DefinitionError(f"{path}[{index}]", f'is a text: write it in quotes, such as "{each}"')
    if len(patterns) > PATTERNS:
        raise DefinitionError(path, f"has at most {PATTERNS} patterns: put several into one, as (^test-|^demo-)")
    return Blocked(frozenset(texts), tuple(patterns))


def _pattern(raw: Mapping[object, object], path: str) -> str:
    pattern = raw.get("matches")
    if set(raw) != {"matches"} or not isinstance(pattern, str) or not 0 < len(pattern) <= LONGEST:
        raise DefinitionError(path, f'is {{matches: "^test-"}}, a pattern of 1 to {LONGEST} characters')
    return pattern
