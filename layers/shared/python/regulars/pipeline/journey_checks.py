"""Whether a journey fits what there is for it to name, and which journeys name something that is to go."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_machines import compile_journey
from regulars.domain.journey_names import Names, check_purposes, names_of
from regulars.domain.journey_parts import Known
from regulars.domain.journeys import Journey
from regulars.domain.purposes import Purposes
from regulars.domain.releases import Releases
from regulars.errors import DefinitionError
from regulars.pipeline.templates import has_templates
from regulars.stores.catalog import CatalogStore
from regulars.stores.journey_versions import VersionStore

Named = Literal["segments", "lists", "computed", "journeys"]


@dataclass(frozen=True, slots=True)
class User:
    """A journey that names something: as it is called in a sentence, and what it names."""

    title: str
    names: Names


class JourneyChecks:
    """Reads journeys beside all else that the catalog has."""

    def __init__(self, store: CatalogStore, versions: VersionStore) -> None:
        self._store = store
        self._versions = versions

    def draft(self, id: str, content: Mapping[str, Any]) -> Journey:
        """
        Read a journey as it is written, with segments, lists, purposes and computed traits that there are.

        The journeys that it moves to are asked for when it is published: two may move to each other.

        Raises DefinitionError.
        """
        known = Known(
            segments=[one.id for one in self._store.list("segment")],
            lists=[one.id for one in self._store.list("list")],
            purposes=self._store.purposes().by_id.keys(),
        )
        return self._read(id, content, self._store.releases(), known, number=1)

    def publishable(self, id: str, content: Mapping[str, Any], releases: Releases, number: int) -> Journey:
        """Read a journey that people are to go through: all that it names is there. Raises DefinitionError."""
        known = Known(
            segments=[segment.id for segment in releases.segments()],
            lists=[one.id for one in self._store.list("list")],
            purposes=self._store.purposes().by_id.keys(),
            journeys=[one.id for one in self._store.list("journey") if is_open(one.content)],
        )
        journey = self._read(id, content, releases, known, number=number)
        has_templates(self._store, journey)
        return journey

    def users(self, what: Named, id: str) -> list[str]:
        """Name the journeys that name something, drafts and versions that people go through."""
        return [user.title for user in self._users() if id in getattr(user.names, what)]

    def keeps_purposes(self, purposes: Purposes) -> None:
        """Make sure that no journey names a purpose, or a channel of one, that is to go. Raises DefinitionError."""
        for user in self._users():
            try:
                check_purposes(user.names, purposes)
            except DefinitionError as error:
                raise DefinitionError("purposes", f"{user.title} {error.message}, or change that") from None

    def _read(self, id: str, content: Mapping[str, Any], releases: Releases, known: Known, *, number: int) -> Journey:
        journey = parse_journey(
            id, content, version=number, calendar=releases.calendar, computed=releases.computed, known=known
        )
        compile_journey(journey)
        names = names_of(journey, content)
        check_purposes(names, self._store.purposes())
        for list in sorted(names.lists - set(known.lists or ())):
            raise DefinitionError("", f"reads the list {list}, and there is none: create it first")
        return journey

    def _users(self) -> Iterator[User]:
        releases = self._store.releases()
        for draft in self._store.list("journey"):
            try:
                journey = parse_journey(draft.id, draft.content, calendar=releases.calendar, computed=releases.computed)
            except DefinitionError:
                continue  # it has to be mended before it can be published
            yield User(f"the journey {draft.id}", names_of(journey, draft.content))
        contents = {(one.journey, one.number): one.definition for one in self._versions.all() if one.is_going}
        for one in releases.journeys:
            of = one.journey.id, one.journey.version
            if of in contents:
                title = f"version {of[1]} of the journey {of[0]}, which is {one.state},"
                yield User(title, names_of(one.journey, contents[of]))


def is_open(content: Mapping[str, Any]) -> bool:
    """Say whether a journey lets others move people to it, and programs let them in."""
    enter = content.get("enter")
    return isinstance(enter, dict) and enter.get("api") is True
