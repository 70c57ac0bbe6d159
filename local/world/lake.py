"""The lake in memory, and the in-memory world writing to it."""

from collections.abc import Callable, Iterator, Sequence

from local.world.memory import Change
from local.world.world import World
from regulars.domain.lake import EVENTS, IDENTITY, LakeTable
from regulars.domain.lake_files import StoredFile, folder
from regulars.domain.lake_rows import event_row, identity_row
from regulars.pipeline.archive import Archive
from regulars.pipeline.lake import Format
from regulars.stores.events import from_item as event_from_item
from regulars.stores.profiles import from_item as profile_from_item


class MemoryLake:
    """A bucket in memory; `hook` is called before and after each change of it: there chaos strikes."""

    def __init__(self, hook: Callable[[], None] = lambda: None) -> None:
        self.content: dict[str, bytes] = {}
        self.hook = hook

    def put(self, key: str, content: bytes) -> None:
        """Store a file, whatever stood there."""
        self.hook()
        self.content[key] = content
        self.hook()

    def get(self, key: str) -> bytes | None:
        """Read a file; None when there is none."""
        return self.content.get(key)

    def files(self, table: LakeTable, *, since: str) -> Iterator[StoredFile]:
        """List the files of a table from a day on, in the order of their names."""
        begin, prefix = folder(table, since), f"{table.name}/"
        keys = sorted(key for key in self.content if key.startswith(prefix) and key > begin)
        yield from [StoredFile(key, len(self.content[key])) for key in keys]

    def remove(self, keys: Sequence[str]) -> None:
        """Remove files, one by one."""
        for key in keys:
            self.hook()
            self.content.pop(key, None)
        self.hook()


def archive(world: World, lake: MemoryLake, format: Format) -> None:
    """Let a world write to a lake."""
    archive = Archive(lake, format, world.journal, world.clock)

    def keep_events(changes: Sequence[Change]) -> None:
        new = [change for change in changes if change.old is None and change.new is not None]
        rows = [event_row(event_from_item(change.new)) for change in new if change.new]
        archive.store(EVENTS, rows, sequence=str(changes[0].sequence))

    def keep_identity(changes: Sequence[Change]) -> None:
        both = [(change.old, change.new) for change in changes if change.new is not None]
        rows = [
            identity_row(profile_from_item(old) if old else None, profile_from_item(new)) for old, new in both if new
        ]
        archive.store(IDENTITY, rows, sequence=str(changes[0].sequence))

    world.let_read("events", keep_events)
    world.let_read("profiles", keep_identity)
