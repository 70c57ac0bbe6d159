"""Rows of a file of identifiers, and the requests that carry them."""

import json
from collections.abc import Iterable, Iterator, Sequence

from cli.errors import AnswerError
from cli.http import Http
from cli.importing.batches import Event, Read
from cli.importing.records import Record
from cli.importing.sender import Receipt
from regulars.domain.cells import is_empty, read_text
from regulars.domain.extraction import look_up
from regulars.errors import CellError


def read_identifiers(records: Iterable[Record], column: str) -> Iterator[Read]:
    """Read the identifier of each row; a row without one is skipped."""
    for record in records:
        if record.row is None:
            yield Read(record=record, reason=record.reason)
        else:
            cell = record.row[column] if column in record.row else look_up(record.row, column)
            yield _read(record, column, cell)


def _read(record: Record, column: str, cell: object) -> Read:
    if is_empty(cell):
        return Read(record=record)
    try:
        text = read_text(cell)
    except CellError as error:
        return Read(record=record, reason=f"{column}: {error}")
    return Read(record=record, events=(Event(record=record, body=json.dumps(text).encode()),))


class RowSender:
    """Sends rows of one upload; safe to use by several threads."""

    def __init__(self, http: Http, path: str) -> None:
        self._http, self._path = http, path

    def send(self, events: Sequence[Event]) -> Receipt:
        """Send identifiers; return when each is stored or refused. Raises AnswerError, UserError."""
        if not events:
            return Receipt()
        try:
            answer = self._http.ask(
                "POST", f"{self._path}/rows", json={"rows": [json.loads(one.body) for one in events]}
            )
        except AnswerError as error:
            if error.status == 409:
                error.fix = "if it is wanted still, say the command with --anew"
            raise
        refused = [events[one["index"]].reject(one["reason"]) for one in answer["refused"]]
        return Receipt(answer["accepted"], answer["duplicates"], quarantined=refused, known=answer["known"])
