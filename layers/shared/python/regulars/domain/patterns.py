"""
Patterns: regular expressions of a definition, run in time in proportion to the text, whoever wrote either.

The engine is that of tracking plans: linear, so without lookaround and references back, like RE2. Escapes mean
what they mean in ECMA: digits, words and their boundaries are ASCII, as in SQL. It is loaded when the first pattern is
run: a workspace without one never waits for it.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import cast

from regulars.errors import DefinitionError

LONGEST = 256
_PROGRAM = 100_000  # bytes of a compiled pattern: some thousand states
_CACHE = 1_000_000  # bytes that running it may fill
_HELD = 1_000
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def matches(pattern: str, text: str) -> bool:
    """Say whether a pattern is found anywhere in a text."""
    return _compiled(pattern)(text.encode(errors="replace").decode())


def check_pattern(pattern: str, path: str) -> None:
    """Make sure that a pattern can be run, and cheaply. Raises DefinitionError."""
    try:
        _compiled(pattern)
    except ValueError:
        raise DefinitionError(
            path,
            f"has {pattern}, which cannot be run: close each bracket, write no lookaround and no references back, and"
            f" repeat less, so that it compiles to {_PROGRAM} bytes at most",
        ) from None


@lru_cache(maxsize=_HELD)
def _compiled(pattern: str) -> Callable[[str], bool]:
    from jsonschema_rs import Draft202012Validator, RegexOptions  # twelve megabytes, for those who have a pattern

    options = RegexOptions(size_limit=_PROGRAM, dfa_size_limit=_CACHE)
    plain = _ESCAPE.sub(lambda found: r"(?-u:\b)" if found[1] == "b" else found[0], pattern)
    return cast("Callable[[str], bool]", Draft202012Validator({"pattern": plain}, pattern_options=options).is_valid)
