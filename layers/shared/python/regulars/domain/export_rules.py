"""From how many people on an export takes a second person, and how many exports one person may ask for in a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from regulars.errors import DefinitionError

MOST_ROWS = 200_000  # people in one export: the file is put together in memory
MOST_A_DAY = 1_000
_FIELDS = ("approve_above", "approve_personal_above", "a_day")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRules:
    """
    What holds for exports of a workspace.

    Both thresholds count the people whom one person has taken out within a day without anybody else: above
    `approve_above` somebody else has to agree; above `approve_personal_above` already where personal traits are opened.
    """

    approve_above: int = 1_000
    approve_personal_above: int = 100
    a_day: int = 10

    def threshold(self, *, personal: bool) -> int:
        """Say above how many people somebody else has to agree."""
        return min(self.approve_above, self.approve_personal_above) if personal else self.approve_above


DEFAULT_EXPORT_RULES = ExportRules()


def parse_export_rules(raw: object) -> ExportRules:
    """Read `exports` of the settings of a workspace. Raises DefinitionError, with the path of what is wrong."""
    if not isinstance(raw, Mapping):
        raise DefinitionError("exports", f"is an object of {', '.join(_FIELDS)}")
    if unknown := sorted(str(field) for field in raw if field not in _FIELDS):
        raise DefinitionError("exports", f"does not know {', '.join(unknown)}; it takes {', '.join(_FIELDS)}")
    usual = DEFAULT_EXPORT_RULES
    return ExportRules(
        approve_above=_number(raw, "approve_above", usual.approve_above, 0, MOST_ROWS),
        approve_personal_above=_number(raw, "approve_personal_above", usual.approve_personal_above, 0, MOST_ROWS),
        a_day=_number(raw, "a_day", usual.a_day, 1, MOST_A_DAY),
    )


def _number(raw: Mapping[str, Any], name: str, usual: int, least: int, most: int) -> int:
    value = raw.get(name, usual)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise DefinitionError(f"exports.{name}", f"is a whole number from {least} to {most:,}")
    return value
