"""What a report needs of the catalog: the versions of a journey that were published, and its draft."""

from collections.abc import Mapping
from dataclasses import dataclass

from regulars.domain.catalog import Live
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journeys import Journey
from regulars.domain.live_journeys import Life
from regulars.errors import DefinitionError, NotFoundError
from regulars.stores.catalog import CatalogStore
from regulars.stores.definitions import Definition


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A version: its state, when it was published (microseconds), and the journey, None where it reads no more."""

    state: Life
    at: int
    journey: Journey | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Editions:
    """All that there is of a journey: versions by number, and the draft, None where there is none, or it is broken."""

    versions: Mapping[int, Published]
    draft: Journey | None

    @property
    def journeys(self) -> Mapping[int, Journey]:
        """The versions that read."""
        return {number: one.journey for number, one in self.versions.items() if one.journey}


def editions(catalog: CatalogStore, id: str) -> Editions:
    """Read all that there is of a journey. Raises NotFoundError."""
    live = catalog.live()
    draft = catalog.get("journey", id)
    found = [one for one in catalog.list("journey_version") if one.id.partition("#")[0] == id]
    if draft is None and not found:
        raise NotFoundError("no journey has this id")
    versions = {int(one.id.partition("#")[2]): _published(id, one, live) for one in found}
    return Editions(versions=versions, draft=_read(id, draft.content, 1, live) if draft else None)


def _published(id: str, one: Definition, live: Live) -> Published:
    content = one.content
    journey = _read(id, content["definition"], int(one.id.partition("#")[2]), live)
    return Published(state=content["state"], at=content["published"], journey=journey)


def _read(id: str, content: Mapping[str, object], version: int, live: Live) -> Journey | None:
    """Read a definition; one of long ago may name what is gone since."""
    computed = {one.id: one for one in live.computed}
    try:
        return parse_journey(id, content, version=version, calendar=live.workspace.calendar, computed=computed)
    except DefinitionError:
        return None
