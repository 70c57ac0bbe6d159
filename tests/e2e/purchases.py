"""A thousand purchases of the CDNOW shop as a file to import, and what must come out of it."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).parents[2]
_MASTER = ROOT / "tests" / "data" / "cdnow_master.csv.gz"
_SAMPLE = ROOT / "catalog" / "samples" / "purchases.csv"

Totals = Mapping[str, tuple[int, Decimal]]


def write(path: Path, count: int) -> Totals:
    """Write the first purchases of customers who are not in the sample; give orders and revenue of each customer."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["customer_id", "date", "cds", "dollars"])
        totals: dict[str, tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
        for row in islice(_rows(), count):
            writer.writerow(row.values())
            orders, revenue = totals[row["customer_id"]]
            totals[row["customer_id"]] = (orders + 1, revenue + Decimal(row["dollars"]))
    return dict(totals)


def _rows() -> Iterator[dict[str, str]]:
    with _SAMPLE.open(newline="") as file:
        sample = {row["customer_id"] for row in csv.DictReader(file)}
    with gzip.open(_MASTER, "rt", newline="") as master:
        yield from (row for row in csv.DictReader(master) if row["customer_id"] not in sample)
