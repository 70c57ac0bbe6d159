"""The CDNOW purchases as events: every row is real, exact duplicates and purchases of nothing included."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time
from hashlib import blake2b
from pathlib import Path

from regulars.domain.events import Event, moment_of
from regulars.domain.instants import to_micros

FILE = Path(__file__).parents[1] / "data" / "cdnow_master.csv.gz"


def rows() -> Iterator[dict[str, str]]:
    """Read the file row by row."""
    with gzip.open(FILE, "rt", newline="") as file:
        yield from csv.DictReader(file)


def purchases() -> Iterator[Event]:
    """Turn each row into a completed order, named by its content and how often that has come before."""
    seen: Counter[tuple[str, ...]] = Counter()
    for number, row in enumerate(rows()):
        key = tuple(row.values())
        seen[key] += 1
        message_id = blake2b(repr((key, seen[key])).encode(), digest_size=12).hexdigest()
        owner = f"user_id:{row['customer_id']}"
        at = to_micros(datetime.combine(datetime.fromisoformat(row["date"]), time(12), tzinfo=UTC))
        yield Event(
            owner=owner,
            links=(owner,),
            moment=moment_of(at, "store", message_id),
            type="track",
            name="Order Completed",
            at=at,
            arrival=at + number,
            properties={"order_id": message_id, "revenue": row["dollars"], "currency": "USD", "cds": int(row["cds"])},
        )
