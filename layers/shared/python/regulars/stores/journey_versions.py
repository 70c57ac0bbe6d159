"""Versions of journeys in the catalog table: what was published, and what has become of it."""

from regulars.domain.journey_lives import Version
from regulars.stores.database import Database, Put
from regulars.stores.definitions import Definition, from_item, write_of


class VersionStore:
    """Reads the versions of journeys; every read is consistent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, journey: str) -> list[Version]:
        """Read the versions of a journey, the newest first."""
        items = self._database.query("catalog", "journey_version", prefix=f"{journey}#")
        return [read_version(from_item(item)) for item in items][::-1]

    def all(self) -> list[Version]:
        """Read the versions of all journeys."""
        return [read_version(from_item(item)) for item in self._database.query("catalog", "journey_version")]

    def get(self, journey: str, number: int) -> Version | None:
        """Read one version."""
        item = self._database.get("catalog", "journey_version", _key(journey, number))
        return read_version(from_item(item)) if item else None

    def save(self, version: Version) -> None:
        """Write a version over the row that was read. Raises ConflictError."""
        write = write_version(version)
        self._database.put(write.table, write.item, was=write.was)


def write_version(version: Version) -> Put:
    """Lay out the write of a version, on the condition of the row that it was read from."""
    content = {
        "definition": version.definition,
        "state": version.state,
        "machine": version.machine,
        "published": version.published,
        "by": version.by,
    }
    id = _key(version.journey, version.number)
    return write_of(
        Definition(kind="journey_version", id=id, content=content, changed=version.published, version=version.row)
    )


def read_version(definition: Definition) -> Version:
    """Read a version back."""
    journey, _, number = definition.id.partition("#")
    content = definition.content
    return Version(
        journey=journey,
        number=int(number),
        definition=content["definition"],
        state=content["state"],
        machine=content["machine"],
        published=content["published"],
        by=content.get("by", ""),
        row=definition.version,
    )


def _key(journey: str, number: int) -> str:
    return f"{journey}#{number:06}"
