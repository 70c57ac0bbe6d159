"""The journeys that a person goes through, and went through."""

from collections.abc import Sequence
from dataclasses import dataclass

from regulars.domain.passages import Passage
from regulars.pipeline.people import People
from regulars.pipeline.ports import Many
from regulars.stores.database import Database
from regulars.stores.journeys import JourneyStore


@dataclass(frozen=True, slots=True)
class Passages:
    """Passages of a live profile, the newest first."""

    profile_id: str
    passages: Sequence[Passage]


class PassageReader:
    """Reads the passages of people; every read is consistent."""

    def __init__(self, database: Database, many: Many) -> None:
        self._people = People(database, many)
        self._journeys = JourneyStore(database)
        self._many = many

    def of(self, profile_id: str) -> Passages:
        """Read the passages of all identifiers of a person. Raises NotFoundError."""
        found = self._people.find(profile_id)
        passages = [one for each in self._many(self._journeys.passages, found.owners) for one in each]
        return Passages(found.profile_id, sorted(passages, key=place_of, reverse=True))


def place_of(passage: Passage) -> str:
    """Where a passage stands in that order; no two stand at the same place."""
    return f"{passage.at:020}#{passage.journey}#{passage.id}"
