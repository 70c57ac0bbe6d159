"""
Patterns for SQL: the same matches in RE2 as in the engine that the stream runs.

Both are linear and know the same syntax but for a little; a pattern that says what the other would understand
otherwise is said in another way, or refused.
"""

import re

from regulars.errors import DefinitionError

# What ECMA calls white space; RE2 means five characters of ASCII.
_SPACES = r"\t\n\x0b\f\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}"
_SAME = frozenset("dDwWtnrfvbAz")
_TOKEN = re.compile(r"\\(?P<escape>.)|(?P<open>\[\^?)|(?P<close>\])|(?P<group>\(\?[^)]*)|.", re.DOTALL)
_GROUPS = re.compile(r"\(\?(:|[ims]+:?|[ims]*-[ims]+:?)")


def translate(pattern: str) -> str:
    """Say a pattern in RE2's way. Raises DefinitionError for one that cannot be said."""
    said, in_class = "", False
    position = 0
    while position < len(pattern):
        token = _TOKEN.match(pattern, position)
        assert token
        position = token.end()
        if escape := token["escape"]:
            said += _escape(escape, pattern, in_class=in_class)
        elif token["open"]:
            if in_class:
                raise _refused(pattern, "[ within [ ]: write \\[")
            in_class, said = True, said + token[0]
        elif token["group"]:
            group = None if in_class else _GROUPS.match(token[0])
            if not in_class and not group:
                raise _refused(pattern, f"{token[0][:4]}")
            said += group[0] if group else token[0][0]
            position = token.start() + len(group[0] if group else token[0][0])
        elif in_class and token[0] in "&~" and pattern[position : position + 1] == token[0]:
            raise _refused(pattern, f"{token[0] * 2} within [ ]")
        elif in_class and token[0] == "-" and pattern[position : position + 1] == "-":
            raise _refused(pattern, "-- within [ ]")
        else:
            in_class = in_class and not token["close"]
            said += token[0]
    return said


def _escape(letter: str, pattern: str, *, in_class: bool) -> str:
    if letter == "s":
        return _SPACES if in_class else f"[{_SPACES}]"
    if letter == "S" and not in_class:
        return f"[^{_SPACES}]"
    if letter == "b" and in_class:
        raise _refused(pattern, "\\b within [ ]")
    if letter in _SAME or not (letter.isalnum() or letter.isspace() or not letter.isascii()):
        return f"\\{letter}"
    raise _refused(pattern, f"\\{letter}")


def _refused(pattern: str, what: str) -> DefinitionError:
    return DefinitionError("matches", f"has {pattern}, and {what} in it means something else, or nothing, to SQL")
