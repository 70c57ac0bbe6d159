"""Definitions of limits: how many values of a kind one profile may hold, ever or attached within a time."""

from collections.abc import Mapping

from regulars.domain.durations import read_duration
from regulars.domain.instants import DAY
from regulars.errors import DefinitionError

MOST = 1_000
_LONGEST = 3_650 * DAY
_WORDS = {"weekly": 7 * DAY, "monthly": 30 * DAY, "annually": 365 * DAY}


def parse_limit(raw: object, path: str) -> tuple[int, int | None]:
    """Read a limit, and the time in which attachments count against it: None for ever. Raises DefinitionError."""
    if not isinstance(raw, Mapping):
        return whole_number(raw, path, MOST), None
    if set(raw) != {"count", "within"}:
        raise DefinitionError(path, "is a whole number, or {count: 5, within: 7 days}")
    return whole_number(raw["count"], f"{path}.count", MOST), _within(raw["within"], f"{path}.within")


def whole_number(raw: object, path: str, most: int) -> int:
    """Read a whole number from 1. Raises DefinitionError."""
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 < raw <= most:
        raise DefinitionError(path, f"is a whole number from 1 to {most}")
    return raw


def _within(raw: object, path: str) -> int | None:
    if raw == "ever":
        return None
    within = _WORDS.get(raw) if isinstance(raw, str) else None
    within = within or read_duration(raw)
    if not within or within > _LONGEST:
        raise DefinitionError(
            path, f"is ever, {', '.join(_WORDS)}, or a time such as 7 days, at most {_LONGEST // DAY} days"
        )
    return within
