"""
What an export looks like: JSON Lines or CSV, marked with the id of the export, so that a file tells where it is from.

JSON Lines begin with one object that says what the file is; in CSV each row has the id in its first column. No cell of
a CSV is a formula.
"""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from regulars.domain.csv_cells import safe
from regulars.domain.exports import Export
from regulars.domain.instants import to_text

_OWN = ("export", "profile_id", "since")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRow:
    """
    A member, since when (microseconds), and the values of traits and of computed traits, as JSON knows them.

    `masked` are the traits that were not opened.
    """

    profile_id: str
    since: int
    traits: Mapping[str, Any]
    computed: Mapping[str, Any] = field(default_factory=dict)
    masked: tuple[str, ...] = ()


def write_head(export: Export) -> bytes:
    """Write what a file begins with."""
    wish = export.wish
    if wish.format == "csv":
        return _csv([[*_OWN, *map(_column, wish.traits), *(f"computed.{id}" for id in wish.computed)]])
    said = {
        "export": export.id,
        "by": export.by,
        "approved_by": export.decided_by or None,
        "segment": wish.segment,
        "version": export.definition,
        "purpose": wish.purpose,
        "channel": wish.channel,
        "traits": list(wish.traits),
        "computed": list(wish.computed),
        "started_at": to_text(export.started),
    }
    return _lines([said])


def write_rows(export: Export, rows: Iterable[ExportRow]) -> bytes:
    """Write rows."""
    if export.wish.format == "csv":
        return _csv([_cells(export, row) for row in rows])
    return _lines(map(_object, rows))


def name_of(export: Export) -> str:
    """Name the file for whoever saves it."""
    return f"{export.wish.segment}-{export.id}.{export.wish.format}"


def _object(row: ExportRow) -> Mapping[str, Any]:
    said: dict[str, Any] = {"profile_id": row.profile_id, "since": to_text(row.since), "traits": dict(row.traits)}
    more = {"computed": dict(row.computed), "masked": list(row.masked)}
    return said | {name: value for name, value in more.items() if value}


def _cells(export: Export, row: ExportRow) -> Sequence[object]:
    values = [row.traits.get(name) for name in export.wish.traits]
    values += [row.computed.get(id) for id in export.wish.computed]
    return [export.id, row.profile_id, to_text(row.since), *map(_cell, values)]


def _cell(value: object) -> object:
    """Write a value into a cell: objects and lists as JSON, true and false as JSON does."""
    if isinstance(value, Mapping | list | bool):
        return json.dumps(value, ensure_ascii=False)
    return value


def _column(name: str) -> str:
    return f"trait.{name}" if name in _OWN else name


def _csv(rows: Iterable[Sequence[object]]) -> bytes:
    text = StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode(errors="backslashreplace")


def _lines(objects: Iterable[Mapping[str, Any]]) -> bytes:
    written = (json.dumps(each, ensure_ascii=False, separators=(",", ":")) + "\n" for each in objects)
    return "".join(written).encode(errors="backslashreplace")  # half a letter is as JSON writes it, too
