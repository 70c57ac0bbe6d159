"""A batch of stream records: read, grouped, applied in order, and given back from the first group that failed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from regulars.adapters.observability import journal, log_failure
from regulars.adapters.wire import Image, from_wire
from regulars.domain.instants import SECOND
from regulars.stores.database import Item

Answer = dict[str, list[dict[str, str]]]  # {"batchItemFailures": [{"itemIdentifier": …}]}


@dataclass(frozen=True, slots=True)
class Record:
    """One change as a stream tells it; its images are read when asked for, since they may be unreadable."""

    table: str
    sequence: str
    keys: tuple[str, ...]
    name: str
    body: Mapping[str, Any]

    @property
    def stored(self) -> int:
        """An instant (microseconds) by which the change had been made: the stream tells the second that it began in."""
        return (int(self.body["ApproximateCreationDateTime"]) + 1) * SECOND

    @property
    def old(self) -> Item | None:
        """The item as it was. Raises ValueError."""
        return _image(self.body.get("OldImage"))

    @property
    def new(self) -> Item | None:
        """The item as it is now. Raises ValueError."""
        return _image(self.body.get("NewImage"))

    @property
    def change(self) -> tuple[Item | None, Item | None]:
        """Both images. Raises ValueError."""
        return self.old, self.new


Group = Callable[[Record], str]
Apply = Callable[[str, Sequence[Record]], None]


def records_of(event: Mapping[str, Any]) -> list[Record]:
    """Read the records of an invocation, in order."""
    return [_record(raw) for raw in event["Records"]]


def by_partition(record: Record) -> str:
    """Group by partition key."""
    return record.keys[0]


def apply_in_order(records: Sequence[Record], group: Group, apply: Apply) -> Answer:
    """
    Apply group after group, each with all of its records, in the order in which the groups first appear.

    The first group that fails ends it: what comes after may build on it. Its lowest sequence number tells Lambda where
    to begin again; records of groups that were applied come a second time then, and change nothing.
    """
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(group(record), []).append(record)
    for key, members in groups.items():
        try:
            apply(key, members)
        except Exception as error:  # noqa: BLE001 (whatever it was, Lambda has to hear which record to begin with)
            first = members[0]
            log_failure("records failed", error, table=first.table, sequence=first.sequence)
            journal.count("groups_failed")  # its alarm knows the function; the log line says which table
            return {"batchItemFailures": [{"itemIdentifier": first.sequence}]}
    return {"batchItemFailures": []}


def _record(raw: Mapping[str, Any]) -> Record:
    body = raw["dynamodb"]
    return Record(
        table=str(raw["eventSourceARN"]).split("/")[1],
        sequence=body["SequenceNumber"],
        keys=tuple(key["S"] for key in body["Keys"].values()),
        name=raw["eventName"],
        body=body,
    )


def _image(image: Image | None) -> Item | None:
    return None if image is None else from_wire(image)
