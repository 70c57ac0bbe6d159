"""Words that simulations and reports share, and bars beside numbers."""

from collections.abc import Mapping

_WORDS = {
    "when": "the condition was not true",
    "no_key": "the event has no value of the key",
    "again": "entered before",
    "cool_down": "entered not long ago",
    "at_once": "as many are under way as may be",
    "held_out": "held out",
    "not_sent": "not sent",
    "too_long": "took a year",
    "sensitive": "the template names a sensitive trait",
    "missing_variable": "the template lacked a variable",
}
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def listed(counts: Mapping[str, int]) -> str:
    """List what was counted, the most first."""
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{_WORDS.get(name, name)} {number:,}" for name, number in ordered if number) or "none"


def share(part: int, whole: int) -> str:
    """Write how many of how many."""
    return f"{part:,} ({part / whole:.1%})" if whole else "none"


def bar(part: int, whole: int, width: int = 16) -> str:
    """Draw how many of how many."""
    eighths = round(part / whole * width * 8) if whole else 0
    full, rest = divmod(min(eighths, width * 8), 8)
    return (_EIGHTHS[8] * full + (_EIGHTHS[rest] if rest else "")).ljust(width)
