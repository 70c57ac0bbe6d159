"""Checks of a personal trait in a segment, turned into checks of the facets that are kept of it in clear."""

from collections.abc import Callable, Container, Iterable, Mapping

from regulars.domain.checks import Anniversary, Check, Compares, Exists, IsIn
from regulars.domain.facet_values import normal_form
from regulars.domain.facets import FACETS, Facet, name_of
from regulars.errors import DefinitionError

Hasher = Callable[[str, str], str]  # the hash of a text in its normal form, as a value of a trait


def facet_of(trait: str, check: Check, planned: Mapping[str, Iterable[Facet]], hasher: Hasher) -> tuple[str, Check]:
    """
    Turn a check of a personal trait into one of what is kept of it in clear; `hasher` hides the values that it names.

    Raises DefinitionError for what no planned facet can answer.
    """
    facets = frozenset(planned.get(trait, ()))
    match check:
        case Exists():
            return trait, check
        case Compares("equals", value):
            return _needs("hash", trait, facets), Compares("equals", _hidden(trait, value, hasher))
        case IsIn(values):
            hidden = tuple(_hidden(trait, value, hasher) for value in values)
            return _needs("hash", trait, facets), IsIn(hidden)
        case Anniversary():
            return _needs("month_day", trait, facets), check
        case _:
            said = ", ".join(name_of(trait, facet) for facet in FACETS if facet in facets) or "none of it"
            raise DefinitionError(
                "where",
                f"{trait} is personal and kept sealed: a segment asks whether it exists, equals or is in, or asks a "
                f"facet that the tracking plan names ({said})",
            )


def _hidden(trait: str, value: object, hasher: Hasher) -> str:
    text = normal_form(value)
    if text is None:
        raise DefinitionError("where", f"{trait} is compared with a text or a whole number")
    return hasher(trait, text)


def _needs(facet: Facet, trait: str, facets: Container[str]) -> str:
    if facet not in facets:
        raise DefinitionError(
            "where",
            f"{trait} is personal and kept sealed: to ask this, let the tracking plan of identify calls name x-facets: "
            f"[{facet}] at it; it holds for what is said from then on",
        )
    return name_of(trait, facet)
