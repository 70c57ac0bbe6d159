"""What a tracking plan changes in a call: what it left out is noted, and what is sensitive is set apart."""

from collections.abc import Mapping
from itertools import chain
from typing import Any

from regulars.domain.classification import Sorted
from regulars.domain.facets import is_facet
from regulars.domain.judging import Report
from regulars.domain.plan_privacy import Declared
from regulars.domain.telling import Own
from regulars.errors import InvalidEventError

OMITTED = "omitted"
_NOTED = 20


def note_omissions(context: Mapping[str, Any], report: Report | None) -> Mapping[str, Any]:
    """Name in an event's context what its plan left out, as `protocols.omitted`: names of fields, never values."""
    if report is None or not report.dropped:
        return context
    said = context.get("protocols")
    names = [violation.where for violation in report.dropped[:_NOTED]]
    return {**context, "protocols": {**(said if isinstance(said, Mapping) else {}), OMITTED: names}}


def faceted(declared: Declared, fields: Sorted, own: Own, hash_key: bytes) -> Mapping[str, Any]:
    """
    Give the traits of a call that may stand in clear, with the facets of those that may not.

    Raises InvalidEventError where the sender named a facet itself.
    """
    for name in chain(fields.traits, fields.personal_traits):
        if "." in name and is_facet(name, declared.facets):
            raise InvalidEventError("reserved_trait", "a facet of a personal trait is made of it, and never sent")
    if not declared.facets or not fields.personal_traits:
        return fields.traits
    from regulars.domain.facet_values import facets_of  # calendars, which few doors need

    return {**fields.traits, **facets_of(declared.facets, fields.personal_traits, own, hash_key)}


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
