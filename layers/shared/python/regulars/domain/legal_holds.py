"""
Legal holds: while one stands, nothing of the people it names is deleted, neither by retention nor by an erasure.

It names identifiers, and means whoever they lead to at the time of asking: what is attached later is held too, a side
that is split off is another person, and held only if it is named.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from regulars.errors import ConflictingEditError, InvalidRequestError

Owners = frozenset[str]
HOLD = "h"  # the first letter of the id of one
HOLDS = 200  # that may stand at once: all of them are read before anything is deleted
MOST = 1_000  # identifiers of one


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHold:
    """
    A hold for a case, `placed` and `released` by user ids of the sign-in; instants are microseconds, 0 for none.

    It ends when it is released, or by itself at `until`.
    """

    id: str
    reference: str
    by: str
    placed: int
    until: int = 0
    identifiers: int = 0
    released: int = 0
    released_by: str = ""
    version: int = 0

    def stands(self, now: int) -> bool:
        """Say whether nothing may be deleted because of it."""
        return not self.released and (not self.until or now < self.until)


def place(*, id: str, reference: str, by: str, now: int, until: int, identifiers: int) -> LegalHold:
    """Make a hold that stands from now on. Raises InvalidRequestError."""
    if not reference:
        raise InvalidRequestError("reference says for which case they are held: its number, and nobody's name")
    if until and until <= now:
        raise InvalidRequestError("until is an instant in the future; leave it out to hold until somebody releases")
    if not 1 <= identifiers <= MOST:
        raise InvalidRequestError(f"a hold is for 1 to {MOST:,} identifiers: place another one for others")
    return LegalHold(id=id, reference=reference, by=by, placed=now, until=until, identifiers=identifiers)


def release(hold: LegalHold, *, by: str, now: int) -> LegalHold:
    """End a hold. Raises ConflictingEditError."""
    if not hold.stands(now):
        raise ConflictingEditError("the hold has ended before")
    return replace(hold, released=now, released_by=by)


def holding(person: Owners, named: Mapping[str, Owners]) -> tuple[str, ...]:
    """List the holds, of those that stand with whom each names, by which a person of these identifiers is held."""
    return tuple(sorted(id for id, owners in named.items() if person & owners))
