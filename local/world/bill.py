"""The biller: read and write units as DynamoDB documents them for on-demand tables, and what they cost."""

from collections import Counter
from dataclasses import dataclass, field

WRITE_UNIT = 1_024
READ_UNIT = 4_096
DOLLARS_PER_WRITE = 0.625e-6
DOLLARS_PER_READ = 0.125e-6


@dataclass(slots=True)
class Bill:
    """Units by table, halves included; `requests` counts calls."""

    writes: Counter[str] = field(default_factory=Counter)
    reads: dict[str, float] = field(default_factory=dict)
    requests: Counter[str] = field(default_factory=Counter)

    def write(self, table: str, size: int, *, transaction: bool = False) -> None:
        """Bill one written item by the larger of its old and new size, twice within a transaction."""
        self.writes[table] += max(1, -(-size // WRITE_UNIT)) * (2 if transaction else 1)

    def read(self, table: str, size: int, *, consistent: bool, transaction: bool = False) -> None:
        """Bill one read by its size, half of it where it may be stale."""
        units = max(1, -(-size // READ_UNIT)) * (2 if transaction else 1)
        self.reads[table] = self.reads.get(table, 0) + (units if consistent or transaction else units / 2)

    def call(self, operation: str) -> None:
        """Count a call."""
        self.requests[operation] += 1

    @property
    def write_units(self) -> int:
        """Write units of all tables."""
        return sum(self.writes.values())

    @property
    def read_units(self) -> float:
        """Read units of all tables."""
        return sum(self.reads.values())

    @property
    def dollars(self) -> float:
        """What the units cost at list price (us-east-1, on demand)."""
        return self.write_units * DOLLARS_PER_WRITE + self.read_units * DOLLARS_PER_READ
