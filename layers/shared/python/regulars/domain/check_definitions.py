"""Read the checks of a condition: `at_least: 3`, `in: [a, b]`, `within_last: 7 days`."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, cast

from regulars.domain.checks import (
    COMPARISONS,
    Affixed,
    Anniversary,
    Before,
    Check,
    Compares,
    Contains,
    Exists,
    IsIn,
    Matches,
    NotBefore,
    Recent,
)
from regulars.domain.dates import Dated
from regulars.domain.definition_reading import dated, duration, fields, only, plain, whole, word
from regulars.domain.patterns import LONGEST, check_pattern
from regulars.errors import DefinitionError

MAX_VALUES = 500
_MAX_ANNIVERSARY = 366
Reader = Callable[[object, str], Check]


def checks(raw: Mapping[str, Any], path: str) -> tuple[Check, ...]:
    """Read all checks among the fields of a condition. Raises DefinitionError."""
    return tuple(_READERS[name](raw[name], f"{path}.{name}") for name in _READERS if name in raw)


def some_checks(raw: Mapping[str, Any], path: str) -> tuple[Check, ...]:
    """Read at least one check. Raises DefinitionError."""
    found = checks(raw, path)
    if not found:
        raise DefinitionError(path, f"says what to compare with: one of {', '.join(_READERS)}")
    return found


def _compares(name: Any) -> Reader:
    def read(raw: object, path: str) -> Check:
        value = plain(raw, path)
        if isinstance(value, bool) and name != "equals":
            raise DefinitionError(path, "compares numbers or text; for true and false use equals")
        return Compares(name, value)

    return read


def _in(raw: object, path: str) -> Check:
    if not isinstance(raw, list) or not 0 < len(raw) <= MAX_VALUES:
        raise DefinitionError(path, f"is a list of 1 to {MAX_VALUES} values; for more of them upload a list")
    return IsIn(tuple(plain(value, f"{path}[{index}]") for index, value in enumerate(raw)))


def _contains(raw: object, path: str) -> Check:
    return Contains(plain(raw, path))


def _matches(raw: object, path: str) -> Check:
    pattern = word(raw, path)
    if len(pattern) > LONGEST:
        raise DefinitionError(path, f"is a pattern of at most {LONGEST} characters")
    check_pattern(pattern, path)
    return Matches(pattern)


def _flag(raw: object, path: str) -> bool:
    if not isinstance(raw, bool):
        raise DefinitionError(path, "is true or false")
    return raw


def _after(raw: object, path: str) -> Check:
    date = dated(raw, path)
    return NotBefore(Dated(date.number + 1, date.is_day))  # the next day, or the next microsecond


def _anniversary(raw: object, path: str) -> Check:
    if raw == "today":
        return Anniversary("within_next", 0)
    around = fields(raw, path, "{within_next: 7}, in calendar days, or today")
    only(around, {"within_next", "within_last"}, path)
    if len(around) != 1:
        raise DefinitionError(path, "is today, within_next or within_last so many days")
    (how, days), *_ = around.items()
    return Anniversary(
        cast(Literal["within_last", "within_next"], how), whole(days, f"{path}.{how}", most=_MAX_ANNIVERSARY)
    )


_READERS: Mapping[str, Reader] = {
    **{name: _compares(name) for name in COMPARISONS},
    "in": _in,
    "contains": _contains,
    "starts_with": lambda raw, path: Affixed("starts_with", word(raw, path)),
    "ends_with": lambda raw, path: Affixed("ends_with", word(raw, path)),
    "matches": _matches,
    "exists": lambda raw, path: Exists(_flag(raw, path)),
    "missing": lambda raw, path: Exists(not _flag(raw, path)),
    "before": lambda raw, path: Before(dated(raw, path)),
    "after": _after,
    "since": lambda raw, path: NotBefore(dated(raw, path)),
    "within_last": lambda raw, path: Recent("within_last", duration(raw, path)),
    "within_next": lambda raw, path: Recent("within_next", duration(raw, path)),
    "anniversary": _anniversary,
}
CHECKS = tuple(_READERS)
