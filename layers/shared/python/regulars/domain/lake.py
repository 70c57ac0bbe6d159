"""
The lake: what a row of its files holds, what makes two rows one, and the views through which everybody reads it.

Files are written at least once, so a row may lie there twice: a view takes one row a key. A new column goes to the end
and raises VERSION; a column is never renamed, and never gets another kind, because old files stay as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from regulars.domain.instants import DAY, to_text
from regulars.domain.retention import DEFAULT

VERSION = 4
# An instant has microseconds and is UTC; `sealed` is a map from names to ciphertext.
Kind = Literal["text", "texts", "number", "instant", "bytes", "sealed"]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table of the lake."""

    name: str
    kind: Kind
    means: str


@dataclass(frozen=True, slots=True)
class Derived(Column):
    """A column that no file holds: the view computes it."""

    expression: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LakeTable:
    """
    One table: its columns in the order of its files.

    `ends` is until when a row is kept, in SQL; without it, for as long as the people it names.

    Rows with the same `key` on the same day are one row; of its copies the first by `best` counts. The day is that of
    `dated`. Merged files are in the order of `order`.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    best: str
    dated: str
    order: tuple[str, ...]
    derived: tuple[Derived, ...] = ()
    ends: str = ""

    @property
    def files(self) -> str:
        """The name under which a query engine knows the files, copies and all."""
        return f"{self.name}_files"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)


_DAYS = DEFAULT // DAY
_EVENT = "owner || ' ' || moment"
EVENTS = LakeTable(
    name="events",
    columns=(
        Column("owner", "text", "the identifier that the event belongs to, `kind:hash`"),
        Column("moment", "text", "instant, source and message id: with `owner` the key of the event"),
        Column("happened", "instant", "when it happened; never later than its arrival"),
        Column("arrival", "instant", "when the door took it; its day is the day of the file"),
        Column("type", "text", "track, identify, page, screen, group or alias"),
        Column("name", "text", "the name of a track call, page or screen"),
        Column("source", "text", "the source that sent it"),
        Column("message_id", "text", "the id that its sender gave it"),
        Column("links", "texts", "all identifiers that it names, highest priority first"),
        Column("properties", "text", "clear properties, JSON"),
        Column("traits", "text", "clear traits, JSON"),
        Column("context", "text", "clear context, JSON"),
        Column("sealed_traits", "sealed", "personal traits by name, each under the key of `owner`; base64"),
        Column("sealed", "bytes", "all else that is personal, under the key of `owner`"),
        Column("fingerprint", "bytes", "tells another body under the same key"),
        Column("proven", "number", "1 if a server key or a signature stands for whom it names, 0 if not; null before"),
        Column("kept_until", "instant", "when its period ends (docs/retention.md); null before: 13 months"),
    ),
    key=("owner", "moment"),
    best="arrival",
    dated="arrival",
    order=("name", "happened", "owner", "moment"),
    derived=(Derived("event", "text", "the key of the event in one text, as `identity` names it", _EVENT),),
    ends=f"coalesce(kept_until, arrival + INTERVAL '{_DAYS}' DAY)",
)
IDENTITY = LakeTable(
    name="identity",
    columns=(
        Column("profile_id", "text", "the profile that changed"),
        Column("version", "number", "its versions count from 1"),
        Column("change", "text", "joined, merged (it took another one in), tombstone (it went into one) or parted"),
        Column("rule", "text", "by which rule of identity resolution"),
        Column("event", "text", "because of which event: the column `event` of `events`"),
        Column("changed", "instant", "when it was decided; its day is the day of the file"),
        Column("owners", "texts", "all its identifiers from then on; of a tombstone, those that it took along"),
        Column("joined", "texts", "those that came with this change; null where the version before is not known"),
        Column("parted", "texts", "those that left with it; null where the version before is not known"),
        Column("merged_into", "text", "of a tombstone: where it went"),
        Column("since", "instant", "when the profile was founded"),
        Column("merges", "number", "how many profiles it has taken in"),
    ),
    key=("profile_id", "version"),
    best="joined IS NULL",
    dated="changed",
    order=("profile_id", "version"),
)
REFUSED = LakeTable(
    name="refused",
    columns=(
        Column("owner", "text", "the identifier that was left out"),
        Column(
            "rule", "text", "what was in its way: a kind (its limit), merges, identifiers, cut, never, held, unproven"
        ),
        Column("event", "text", "of which event, the first of the day: the column `event` of `events`"),
        Column("source", "text", "the source that sent that event"),
        Column("refused", "instant", "when that was decided; its day is the day of the file"),
    ),
    key=("owner", "rule"),
    best="refused",
    dated="refused",
    order=("owner", "rule"),
    ends=f"(refused + INTERVAL '{_DAYS}' DAY)",
)
REMAINS = LakeTable(
    name="remains",
    columns=(
        Column("arrived", "instant", "the day on which they arrived, its first instant: it is the day of the file"),
        Column("type", "text", "track, identify, page, screen, group or alias"),
        Column("name", "text", "the name of a track call, page or screen"),
        Column("source", "text", "the source that sent them"),
        Column("events", "number", "how many events there were, to the nearest multiple of `k`"),
        Column("k", "number", "so many people or more had such events, and none of them is known any more"),
    ),
    key=("type", "name", "source"),
    best="events",
    dated="arrived",
    order=("type", "name", "source"),
    ends=f"(arrived + INTERVAL '{_DAYS}' DAY)",
)
OF_PEOPLE: Mapping[str, LakeTable] = {table.name: table for table in (EVENTS, IDENTITY, REFUSED)}
TABLES: Mapping[str, LakeTable] = {**OF_PEOPLE, REMAINS.name: REMAINS}


def day_text(instant: int) -> str:
    """Write the day of an instant, in UTC, as the folders of the lake are named."""
    return to_text(instant)[:10]
