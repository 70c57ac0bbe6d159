"""
Facets of personal traits: what a tracking plan lets be kept in clear of a trait that is sealed, under its own name.

The door makes them of the value before it is sealed: `email.domain`, `birthday.month_day`. No sender says them itself.
"""

from collections.abc import Container
from typing import Literal, get_args

from regulars.domain.personal_names import is_personal_trait

Facet = Literal[
    "hash",  # of the normal form, under the workspace's key: two that are equal are told to be, and no more
    "domain",  # of an e-mail address
    "country",  # of an address, or of a text of two letters
    "calling_code",  # of a phone number, such as +49
    "month_day",  # of a date, as that day of the year 2000: birthdays come round, and nobody's age is told
    "year",  # of a date
]
FACETS: tuple[Facet, ...] = get_args(Facet)


def name_of(trait: str, facet: str) -> str:
    """Name the trait under which a facet is kept."""
    return f"{trait}.{facet}"


def is_facet(name: str, planned: Container[str] = ()) -> bool:
    """Say whether this is the name of a facet: of a trait that is personal by its name, or that a plan says so of."""
    trait, _, facet = name.rpartition(".")
    return bool(trait) and facet in FACETS and (trait in planned or is_personal_trait(trait))
