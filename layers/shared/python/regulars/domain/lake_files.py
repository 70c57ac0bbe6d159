"""
The files of the lake: how they are named, and which of them to merge.

A name tells what is in the file, by a print of its content: the same batch a second time overwrites itself, what stands
under a name never changes, and so a file may be removed once all of it is in another one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from regulars.domain.instants import DAY, HOUR, day_of
from regulars.domain.lake import LakeTable, day_text

BITE = 256 * 2**20  # bytes of files that are merged at once
LATEST = 32  # days back: what a stream function gave up on is kept for thirty, and may be done again until then
_GRACE = HOUR  # after the end of a day: what is late as a rule is in by then
_MERGED = "merged"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that lies in the lake."""

    key: str
    size: int

    @property
    def is_merged(self) -> bool:
        """Say whether compaction made it."""
        return self.key.rpartition("/")[2].startswith(f"{_MERGED}-")


def folder(table: LakeTable, day: str) -> str:
    """Name the folder of a day."""
    return f"{table.name}/day={day}/"


def batch_key(table: LakeTable, day: str, sequence: str, content: bytes) -> str:
    """Name the file of a batch, by the sequence number of its first record and by its content."""
    return f"{folder(table, day)}{sequence}-{_print(content)}.parquet"


def merged_key(table: LakeTable, day: str, content: bytes) -> str:
    """Name a merged file."""
    return f"{folder(table, day)}{_MERGED}-{_print(content)}.parquet"


def rewritten_key(key: str, content: bytes) -> str:
    """Name a file that stands for another one of the same day, and was made in the same way."""
    return f"{key.rpartition('-')[0]}-{_print(content)}.parquet"


def day_in(key: str) -> str:
    """Read the day in the name of a file."""
    return key.partition("/day=")[2].partition("/")[0]


def first_day(now: int) -> str:
    """Name the earliest day that can still get files."""
    return day_text((day_of(now) - LATEST) * DAY)


def is_closed(day: str, now: int) -> bool:
    """Say whether a day is over, so that only what is late can still come."""
    return day < day_text(now - _GRACE)


def to_merge(files: Sequence[StoredFile]) -> list[tuple[StoredFile, ...]]:
    """
    Choose which files of a day to merge into one each: all but large ones that are merged already.

    Each time leaves fewer files, until there is nothing to choose.
    """
    small = [file for file in files if not file.is_merged or file.size < BITE // 2]
    bites: list[list[StoredFile]] = []
    left = 0
    for file in sorted(small, key=lambda one: one.key):
        if not bites or file.size > left:
            bites.append([])
            left = BITE
        bites[-1].append(file)
        left -= file.size
    return [tuple(bite) for bite in bites if len(bite) > 1 or not bite[0].is_merged]


def _print(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()
