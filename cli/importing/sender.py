"""Sending batches to the door, and what it answers about each call."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cli.errors import AnswerError
from cli.http import Http
from cli.importing.batches import Event, Reject, body_of


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of the calls of a batch."""

    accepted: int = 0
    duplicates: int = 0
    deferred: int = 0
    quarantined: Sequence[Reject] = field(default=())
    known: int = 0

    def __add__(self, other: "Receipt") -> "Receipt":
        return Receipt(
            self.accepted + other.accepted,
            self.duplicates + other.duplicates,
            self.deferred + other.deferred,
            [*self.quarantined, *other.quarantined],
            self.known + other.known,
        )


class Sender:
    """Sends with the write key of a source; safe to use by several threads."""

    def __init__(self, http: Http, write_key: str) -> None:
        self._http, self._auth = http, (write_key, "")

    def send(self, events: Sequence[Event]) -> Receipt:
        """Send calls; return when each is stored or quarantined. Raises AnswerError, UserError."""
        if not events:
            return Receipt()
        try:
            answer = self._http.send(
                "POST",
                "/v1/batch",
                content=body_of(events),
                auth=self._auth,
                headers={"content-type": "application/json"},
            )
        except AnswerError as error:
            if error.status == 413 and len(events) > 1:
                middle = len(events) // 2
                return self.send(events[:middle]) + self.send(events[middle:])
            if error.status == 401:
                error.fix = "say --write-key …, or mint another one: regulars source keys mint <source>"
            raise
        return _read(answer, events)


def _read(answer: dict[str, Any], events: Sequence[Event]) -> Receipt:
    refused = [one for one in answer.get("verdicts", []) if one.get("verdict") == "quarantined"]
    quarantined = [events[one["index"]].reject(f"quarantined: {one.get('code')}") for one in refused]
    return Receipt(answer.get("accepted", 0), answer.get("duplicate", 0), answer.get("deferred", 0), quarantined)
