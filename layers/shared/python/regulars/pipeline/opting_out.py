"""
Opt people out of sale and sharing: a denial under each of their identifiers, so that a split leaves none without it.

It is the word that a browser says with `Sec-GPC: 1`: `categories.gpc` in `catalog/consent.yaml` says which purposes
count as sale or sharing. To agree again is a new decision of the person.
"""

from regulars.domain.consent import GPC
from regulars.domain.privacy_requests import Request
from regulars.domain.purpose_definitions import parse_purposes
from regulars.domain.recorded_decisions import DECISIONS, opted_out
from regulars.domain.state import CONSENT
from regulars.errors import InvalidRequestError
from regulars.pipeline.people import People
from regulars.pipeline.ports import Many
from regulars.stores.database import Database
from regulars.stores.definitions import DefinitionStore
from regulars.stores.events import EventStore
from regulars.stores.identities import IdentityStore


class OptOuts:
    """Writes denials to the ledger of consent, once for each request and identifier."""

    def __init__(self, database: Database, many: Many) -> None:
        self._people = People(database, many)
        self._identities = IdentityStore(database)
        self._events = EventStore(database)

    def opt_out(self, owner: str, request: Request) -> int:
        """Deny sale and sharing for whoever an identifier leads to; say how many denials are new."""
        owners = self._people.named(owner)
        at = max([request.verified, *(self._since(each, request.id) for each in owners)])
        return sum(
            sum(self._events.insert([opted_out(owner=each, request=request.id, by=request.verified_by, at=at)]))
            for each in owners
        )

    def _since(self, owner: str, request: str) -> int:
        """Say from when on a word counts after all that was decided, by clocks that are ahead, too."""
        part = self._identities.part(owner, CONSENT)
        own = f"#{DECISIONS}#{request}"
        words = part.state.consent.values() if part else ()
        return max((word.at + (not word.moment.endswith(own)) for word in words), default=0)


def check_mapped(database: Database) -> None:
    """Make sure that an opt-out would deny something. Raises InvalidRequestError."""
    found = DefinitionStore(database).get("consent", "purposes")
    if found is None or not parse_purposes(found.content).categories.get(GPC):
        raise InvalidRequestError(
            "no purpose counts as sale or sharing, so an opt-out would deny nothing: name those that do in"
            " catalog/consent.yaml, under categories.gpc, such as [advertising]"
        )
