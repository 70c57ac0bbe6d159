"""How long a report on a journey takes over a million events of its own, beside counting them by name and no more."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import duckdb

from benchmarks.tables import console, table
from regulars.adapters.lake_engine import LakeEngine, lake_engine
from regulars.adapters.parquet import Parquet
from regulars.analytics.journey_counts import Span
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_reports import report
from regulars.domain.lake import EVENTS
from regulars.domain.lake_rows import event_row
from tests.journey_lives import NOW, a_life, events_of

EVENTS_WANTED, LIVES, ROUNDS, MEMORY = 1_000_000, 2_000, 3, "2GB"
FLOOR = f"SELECT name, json_extract_string(properties, '$.version'), count(*) FROM {EVENTS.files} GROUP BY ALL"
JOURNEY = parse_journey(
    "welcome",
    {
        "enter": {"event": "Signed Up"},
        "purpose": "newsletter",
        "goal": {"event": "Order Completed", "within": "14 days", "exit": False},
        "holdout": 10,
        "steps": [
            {"wait": "1 day"},
            {
                "id": "subject",
                "split": [
                    {"name": name, "percent": 50, "steps": [{"send": {"channel": "email", "template": name}}]}
                    for name in ("short", "long")
                ],
            },
            {"repeat": {"times": 2, "steps": [{"wait": "7 days"}, {"send": {"channel": "email", "template": "tip"}}]}},
        ],
    },
)
# The same lives again and again, of other people.
_AGAIN = """
SELECT * REPLACE (owner || n AS owner, moment || n AS moment, message_id || n AS message_id,
  replace(properties, '"passage":"', '"passage":"' || n || '-') AS properties)
FROM read_parquet('{base}'), range({times}) AS again (n)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """Seconds of a report over so many events, and of counting them by name and version and no more."""

    events: int
    passages: int
    seconds: float
    floor: float

    @property
    def ratio(self) -> float:
        """How many times the floor."""
        return self.seconds / self.floor


def measure(events: int = EVENTS_WANTED) -> Reported:
    """Make a lake, report on it and count in it by turns; raises AssertionError where the sums do not hold."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        path, rows, passages = _made(folder, events)
        with lake_engine({EVENTS.name: [str(path)]}, folder, memory=MEMORY) as engine:
            reports, floors = list[float](), list[float]()
            for _ in range(ROUNDS):
                reports.append(_seconds(lambda: _report(engine, passages)))
                floors.append(_seconds(lambda: engine._rows(FLOOR)))
    return Reported(events=rows, passages=passages, seconds=median(reports), floor=median(floors))


def print_reports() -> list[dict[str, Any]]:
    """Measure, and show it."""
    one = measure()
    shown = table("A report on a journey", "events", "passages", "seconds", "counting by name", "ratio")
    shown.add_row(f"{one.events:,}", f"{one.passages:,}", f"{one.seconds:.2f}", f"{one.floor:.2f}", f"{one.ratio:.1f}")
    console.print(shown)
    return [asdict(one) | {"ratio": one.ratio}]


def _report(engine: LakeEngine, passages: int) -> None:
    counts = engine.journey(Span(journey=JOURNEY.id, since=0, until=NOW), {1: JOURNEY}, NOW)
    [found] = report(counts, {1: JOURNEY}, None)
    assert found.entered == found.held_out + found.waiting + found.endings.total() == passages
    assert {one.kind for one in found.trials} == {"held_out", "everything", "split"}


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def _made(folder: Path, wanted: int) -> tuple[Path, int, int]:
    random = Random(1)
    base, path = folder / "base.parquet", folder / "events/day=2026-01-01/1.parquet"
    events = events_of([a_life(JOURNEY, random, f"user_id:{number}", 1) for number in range(LIVES)])
    base.write_bytes(Parquet().write(EVENTS, [event_row(event) for event in events]))
    path.parent.mkdir(parents=True)
    times = -(-wanted // len(events))
    with duckdb.connect() as database:
        again = _AGAIN.format(base=base, times=times)
        database.execute(f"COPY ({again}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    return path, len(events) * times, LIVES * times
