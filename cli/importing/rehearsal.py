"""A dry run: what a file would become, without sending anything."""

import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import typer

from cli.importing.batches import Read, read_rows
from cli.importing.records import Format, Source
from cli.importing.run import records_of
from cli.output import Output, counted, table
from regulars.domain.mappings import ImportMapping

INCOMPLETE = 3
SHOWN_CALLS = 3
SHOWN_REFUSALS = 20


@dataclass(slots=True)
class Tally:
    """What has been seen of a file."""

    rows: int = 0
    calls: int = 0
    skipped: int = 0
    refused: int = 0
    first: list[Any] = field(default_factory=list)
    refusals: list[tuple[int, str]] = field(default_factory=list)

    def add(self, read: Read) -> None:
        """Count a record in."""
        if read.record.row is None and read.reason is None:
            return
        self.rows += 1
        self.calls += len(read.events)
        if read.reason:
            self.refused += 1
            self.refusals += [(read.record.number, read.reason)] if len(self.refusals) < SHOWN_REFUSALS else []
        elif not read.events:
            self.skipped += 1
        self.first += [json.loads(event.body) for event in read.events[: SHOWN_CALLS - len(self.first)]]


def rehearse(output: Output, file: Path, kind: Format, mapping: ImportMapping, limit: int | None) -> None:
    """Map a file and show what came of it."""
    with closing(Source(file)) as source:
        records = records_of(source, kind, mapping.columns, mapping.encoding)
        tally = _count(islice(read_rows(mapping, records, file.name), limit))
    for call in tally.first:
        output.show(json.dumps(call, indent=2, ensure_ascii=False))
    if tally.refused:
        output.show(table(("line", "would be refused because"), tally.refusals))
    ends = f"{tally.skipped:,} skipped, {tally.refused:,} refused; nothing was sent"
    output.show(f"{counted(tally.rows, 'row')}: {counted(tally.calls, 'call')}, {ends}")
    output.data(
        {
            "read": tally.rows,
            "calls": tally.calls,
            "skipped": tally.skipped,
            "rejected": tally.refused,
            "first": tally.first,
            "refusals": [{"line": line, "reason": reason} for line, reason in tally.refusals],
        }
    )
    if tally.refused:
        raise typer.Exit(INCOMPLETE)


def _count(reads: Iterable[Read]) -> Tally:
    tally = Tally()
    for read in reads:
        tally.add(read)
    return tally
