"""What archive and compaction ask of the lake: a place for files, and somebody who reads and writes Parquet."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from regulars.domain.lake import LakeTable, Row
from regulars.domain.lake_files import StoredFile
from regulars.domain.remains import Going
from regulars.domain.retention import Retention


class Lake(Protocol):
    """A bucket. Each call raises UnavailableError when it does not answer."""

    def put(self, key: str, content: bytes) -> None:
        """Store a file, whatever stood there."""

    def get(self, key: str) -> bytes | None:
        """Read a file; None when there is none."""

    def files(self, table: LakeTable, *, since: str) -> Iterator[StoredFile]:
        """List the files of a table from a day on, in the order of their names."""

    def remove(self, keys: Sequence[str]) -> None:
        """Remove files."""


@dataclass(frozen=True, slots=True)
class Merged:
    """One file made of several: its content, its rows, and how many copies of rows were left out."""

    content: bytes
    rows: int
    copies: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """
    A file without people who are gone: its content, None where nothing is left of it, and how many rows went.

    `named` are the keys of rows of others that named somebody who is gone: of events owner and moment, of changes of
    profiles the profile and its version.
    """

    content: bytes | None
    rows: int
    named: Sequence[tuple[str, str]] = ()


class Bench(Protocol):
    """Where files are merged."""

    def add(self, content: bytes) -> None:
        """Lay down a file."""

    def merge(self) -> Merged:
        """Make one file of all that was laid down: each row once, in order."""


class Format(Protocol):
    """Reads and writes the files."""

    def write(self, table: LakeTable, rows: Sequence[Row]) -> bytes:
        """Write rows as a file; the same rows make the same bytes."""

    def bench(self, table: LakeTable) -> AbstractContextManager[Bench]:
        """Make room for merging files of a table."""


@dataclass(frozen=True, slots=True)
class Retired:
    """A file without what is past its period: its content, None if nothing is left, and what became of its rows."""

    content: bytes | None
    gone: int
    restamped: int = 0
    fields: int = 0  # rows that stay, without some of theirs


class Retiring(Protocol):
    """Rewrites files without what is past its period."""

    def retire(
        self, table: LakeTable, content: bytes, rules: Retention, held: Sequence[str], now: int
    ) -> Retired | None:
        """Take out of a file what has ended, but of whom is held, and stamp the rest; None where nothing changes."""


class Rewriting(Protocol):
    """Rewrites files without some of what they hold, and keeps counts of it."""

    def write(self, table: LakeTable, rows: Sequence[Row]) -> bytes:
        """Write rows as a file; the same rows make the same bytes."""

    def rows(self, table: LakeTable, content: bytes) -> Sequence[Row]:
        """Give the rows of a file, as they were written."""

    def going(self, content: bytes, gone: Sequence[str], now: int) -> Sequence[Going]:
        """List the events of people in a file of events, but of what is past its period."""

    def forget(self, table: LakeTable, content: bytes, gone: Sequence[str]) -> Forgotten | None:
        """Take people out of a file; None where it says nothing of them."""
