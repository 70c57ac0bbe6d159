"""
Patterns for SQL: the same matches in RE2 as in the engine that the stream runs.

Both are linear and know the same syntax but for a little: a pattern with something that the other one would understand
otherwise says it in another way, or is refused. Escapes mean what they mean in ECMA: digits and words are ASCII.
"""

import re

from regulars.errors import DefinitionError

_SPACES = r"\t\n\x0b\f\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}"
_WORD, _DIGIT = "A-Za-z0-9_", "0-9"
_SETS = {"s": f"[{_SPACES}]", "S": f"[^{_SPACES}]", "w": f"[{_WORD}]", "W": f"[^{_WORD}]", "d": "[0-9]", "D": "[^0-9]"}
_IN_CLASS = {"s": _SPACES, "w": _WORD, "d": _DIGIT}
_CONTROLS = frozenset("tnrfv")
_ANCHORS = frozenset("bAz")
_TOKEN = re.compile(
    r"\\(?P<escape>x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|.)"
    r"|\[(?P<inside>\^?\]?(?:\\.|[^\]\\])*)\]"
    r"|\((?P<group>\?(?:P?<[A-Za-z_0-9]+>|[a-zA-Z-]*[:)])?)?"
    r"|(?P<times>\{(?P<most>[0-9,]+)\}|[*+?])"
    r"|(?P<plain>.)",
    re.DOTALL,
)
_INSIDE = re.compile(r"\\(?P<escape>x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|.)|(?P<plain>.)", re.DOTALL)
_OTHERWISE = re.compile(r"\[|&&|~~|--")  # within brackets: sets of sets, to one of the two
_FLAGS = re.compile(r"\?[ims]*(-[ims]+)?[:)]")
_MOST = 1_000  # times that RE2 repeats


def translate(pattern: str) -> str:
    """Say a pattern in RE2's way. Raises DefinitionError for one that cannot be said."""
    said, repeated = [], 0
    for token in _TOKEN.finditer(pattern):
        times = token["times"]
        if times and repeated and (repeated > 1 or times != "?"):
            raise _refused(pattern, f"{times} after what is repeated already")
        repeated = repeated + 1 if times else 0  # once, and once more for a ? that makes it lazy
        said.append(_said(token, pattern))
    return "".join(said)


def _said(token: re.Match[str], pattern: str) -> str:
    if token["escape"] is not None:
        return _escaped(token["escape"], pattern)
    if token["inside"] is not None:
        return _class(token["inside"], pattern)
    if token["most"] and any(int(each) > _MOST for each in token["most"].split(",") if each):
        raise _refused(pattern, f"more than {_MOST} times")
    if token[0].startswith("("):
        return _group(token["group"] or "", pattern)
    if token["plain"] == "[":
        raise _refused(pattern, "a bracket that is not closed")
    return token[0]


def _group(opening: str, pattern: str) -> str:
    if not opening or opening.endswith(">"):
        return "("  # what a group is called, nobody asks
    if not _FLAGS.fullmatch(opening):
        raise _refused(pattern, f"({opening}")
    return f"({opening}"


def _class(inside: str, pattern: str) -> str:
    if _OTHERWISE.search(re.sub(r"\\.", "", inside)):
        raise _refused(pattern, "[, &&, ~~ or -- within brackets")
    return f"[{''.join(_of_class(token, pattern) for token in _INSIDE.finditer(inside))}]"


def _of_class(token: re.Match[str], pattern: str) -> str:
    escape = token["escape"]
    if escape is None:
        return token[0]
    if (escape in _SETS and escape not in _IN_CLASS) or escape in _ANCHORS:
        raise _refused(pattern, f"\\{escape} within brackets")
    return _IN_CLASS.get(escape) or _escaped(escape, pattern)


def _escaped(escape: str, pattern: str) -> str:
    if escape in _SETS:
        return _SETS[escape]
    if len(escape) > 1:
        return f"\\x{{{escape[1:]}}}"
    if escape in _CONTROLS or escape in _ANCHORS:
        return f"\\{escape}"
    if escape == "_":
        return escape
    if escape.isascii() and not escape.isalnum() and not escape.isspace():
        return f"\\{escape}"
    raise _refused(pattern, f"\\{escape}")


def _refused(pattern: str, what: str) -> DefinitionError:
    return DefinitionError(
        "matches", f"has {pattern}: {what} means something else, or nothing, in SQL; say it otherwise"
    )
