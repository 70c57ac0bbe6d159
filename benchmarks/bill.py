"""
Dollars for a million events, and for a month in which nothing happens: counted units at list price (us-east-1).

Units and calls are counted. Times are assumed, because nothing here can measure them: 25 ms for a request at the door
and 150 ms for a stream batch of 100 is the paper model in which naive costs 11.91 and the goals were set; beside it
stands a dearer reading in which every call of a stream function waits 4 ms for DynamoDB, one after the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.units import Units
from local.world.bill import DOLLARS_PER_READ, DOLLARS_PER_WRITE

MILLION = 1_000_000
NAIVE = 11.91
HTTP_REQUEST = 1.00e-6
INVOCATION = 0.20e-6
GIGABYTE_SECOND = 1.33334e-5  # arm64
BUS_EVENT = 1.00e-6
QUEUE_REQUEST = 0.40e-6
LOG_GIGABYTE = 0.50
STORED_GIGABYTE = 0.25  # DynamoDB, a month
ALARM = 0.10
KEY = 1.00
METRIC = 0.30
MEMORY = 0.5  # gigabytes, of every function
DOOR_SECONDS = 0.025
BATCH_SECONDS = 0.150
BATCH = 100
CALL_SECONDS = 0.004
READERS = 2  # stream batches that an event is part of: of events, and of identities
ARCHIVED = 3_400  # events in a file of the lake, where much is going on: 6 MB of records
ARCHIVE_SECONDS = 2.0  # measured: half a second of a whole core, of which a function of 512 MB has a third
COMPACT_GIGABYTE_SECONDS = 60.0  # of a million events: 25 seconds of a core, 2 GB
PUT = 5.00e-6
LOG_BYTES = 900  # of a request: its metrics, Lambda's three lines, the access log
STORED_BYTES = 1_000  # an event as it lies in the table

MINUTES = 43_200  # in a month
TICK_READS = 25  # the cursor, and six minutes of four slots
POLLS = 5 * 3 * MINUTES  # five pollers of the queue, twenty seconds each
TICK_LOG_BYTES = 700


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """What is paid by being there: counted in the template."""

    alarms: int
    keys: int


def of_events(units: Units, *, waits: bool = False) -> dict[str, float]:
    """Itemise a million events of a mix; with `waits` stream functions wait for each call of the database."""
    requests = MILLION / units.events
    after_the_door = max(0.0, units.requests * MILLION - requests) * CALL_SECONDS
    batches = READERS * MILLION / BATCH
    streams = after_the_door if waits else batches * BATCH_SECONDS
    return {
        "DynamoDB writes": units.write_units * MILLION * DOLLARS_PER_WRITE,
        "DynamoDB reads": units.read_units * MILLION * DOLLARS_PER_READ,
        "HTTP API": requests * HTTP_REQUEST,
        "Lambda, door": requests * (INVOCATION + DOOR_SECONDS * MEMORY * GIGABYTE_SECOND),
        "Lambda, streams": batches * INVOCATION + streams * MEMORY * GIGABYTE_SECOND,
        "lake": MILLION / ARCHIVED * (INVOCATION + PUT + ARCHIVE_SECONDS * MEMORY * GIGABYTE_SECOND)
        + COMPACT_GIGABYTE_SECONDS * GIGABYTE_SECOND,
        "EventBridge": units.transitions * MILLION * BUS_EVENT,
        "logs": requests * LOG_BYTES / 1e9 * LOG_GIGABYTE,
    }


def of_an_idle_month(deployed: Deployed) -> dict[str, float]:
    """Itemise a month without an event."""
    tick_seconds = (TICK_READS + 1) * CALL_SECONDS
    return {
        f"{deployed.keys} KMS keys": deployed.keys * KEY,
        f"{deployed.alarms} alarms": deployed.alarms * ALARM,
        "polling of the queue": POLLS * QUEUE_REQUEST,
        "tick: Lambda": MINUTES * (INVOCATION + tick_seconds * MEMORY * GIGABYTE_SECOND),
        "tick: DynamoDB": MINUTES * (TICK_READS * DOLLARS_PER_READ + DOLLARS_PER_WRITE),
        "tick: logs and one metric": MINUTES * TICK_LOG_BYTES / 1e9 * LOG_GIGABYTE + METRIC,
    }


def total(items: Mapping[str, float]) -> float:
    """Add up."""
    return sum(items.values())
