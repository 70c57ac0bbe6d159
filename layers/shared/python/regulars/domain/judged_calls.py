"""What a tracking plan changes in a call: what it left out is noted, and what is sensitive is set apart."""

from collections.abc import Mapping
from typing import Any

from regulars.domain.judging import Report
from regulars.domain.plan_privacy import Declared

OMITTED = "omitted"
_NOTED = 20


def note_omissions(context: Mapping[str, Any], report: Report | None) -> Mapping[str, Any]:
    """Name in an event's context what its plan left out, as `protocols.omitted`: names of fields, never values."""
    if report is None or not report.dropped:
        return context
    said = context.get("protocols")
    names = [violation.where for violation in report.dropped[:_NOTED]]
    return {**context, "protocols": {**(said if isinstance(said, Mapping) else {}), OMITTED: names}}


def set_apart(personal: Mapping[str, Any], declared: Declared) -> Mapping[str, Any]:
    """Keep sensitive fields apart from what is personal otherwise; both are sealed together."""
    if not declared.sensitive:
        return personal
    apart = {
        section: {name: value for name, value in personal.get(section, {}).items() if name in names}
        for section, names in declared.sensitive.items()
    }
    found = {section: fields for section, fields in apart.items() if fields}
    if not found:
        return personal
    rest = {
        section: {name: value for name, value in fields.items() if name not in found[section]}
        if section in found
        else fields
        for section, fields in personal.items()
    }
    return {**{section: fields for section, fields in rest.items() if fields}, "sensitive": found}
