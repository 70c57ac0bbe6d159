"""What holds for a whole workspace: where its days begin, what it counts money in, and who agrees to exports."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from regulars.domain.calendars import Calendar, is_zone
from regulars.domain.currencies import CURRENCIES
from regulars.domain.export_rules import DEFAULT_EXPORT_RULES, ExportRules, parse_export_rules
from regulars.errors import DefinitionError

_FIELDS = ("zone", "currency", "exports", "four_eyes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """
    The settings of a workspace; without a currency, amounts are added as they are; `exports` bounds what leaves.

    With `four_eyes` whoever takes the erasure of a person does not verify it.
    """

    zone: str = "UTC"
    currency: str | None = None
    exports: ExportRules = DEFAULT_EXPORT_RULES
    four_eyes: bool = False

    @property
    def calendar(self) -> Calendar:
        """The calendar that its days are counted by."""
        return Calendar(self.zone)


DEFAULT_WORKSPACE = Workspace()


def parse_workspace(definition: Mapping[str, Any]) -> Workspace:
    """
    Read the settings of a workspace from `catalog/workspace.yaml`.

    Raises DefinitionError, with the path of what is wrong.
    """
    if unknown := sorted(str(field) for field in definition if field not in (*_FIELDS, "id")):
        raise DefinitionError("", f"does not know {', '.join(unknown)}; it takes {', '.join(_FIELDS)}")
    zone = definition.get("zone", "UTC")
    if not isinstance(zone, str) or not is_zone(zone):
        raise DefinitionError("zone", "is the name of a time zone, such as Europe/Berlin or UTC")
    currency = definition.get("currency")
    if "currency" in definition and (not isinstance(currency, str) or currency not in CURRENCIES):
        raise DefinitionError("currency", "is a currency by its code in ISO 4217, such as EUR")
    four_eyes = definition.get("four_eyes", False)
    if not isinstance(four_eyes, bool):
        raise DefinitionError("four_eyes", "is true or false")
    exports = parse_export_rules(definition.get("exports", {}))
    return Workspace(zone=zone, currency=currency, exports=exports, four_eyes=four_eyes)
