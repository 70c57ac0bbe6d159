"""Segments asked of a crowd: in SQL, over the rows that the lake would have, of the stream, and by brute force."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

import duckdb

from regulars.analytics.compiling import as_text, compile, scope_of
from regulars.analytics.setting import Setting
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.instants import from_micros
from regulars.domain.lake import EVENTS, day_text
from regulars.domain.lake_rows import event_row
from regulars.domain.lake_sql import TYPES
from regulars.domain.rates import NO_RATES
from regulars.domain.segments import Segment
from tests.crowds import Crowd, a_crowd
from tests.oracle import Life, belongs
from tests.segment_stream import Stream
from tests.trees import a_segment

TOGETHER = 5  # segments of one question


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many pairs of a person and a segment were asked, and those of which the answers differ."""

    cases: int
    members: int
    faults: Sequence[str]


def trial(seed: int, trees: int = 50, people: int = 100) -> Outcome:
    """Ask random segments of random people."""
    random = Random(seed)
    crowd = a_crowd(random, people)
    segments = [a_segment(random, crowd, f"s{index}", others=min(index, 8)) for index in range(trees)]
    faults: list[str] = []
    members = 0
    stream = Stream(crowd, segments) if crowd.is_past else None
    with loaded(crowd) as database:
        for start in range(0, trees, TOGETHER):
            asked = segments[start:][:TOGETHER]
            found = answer(database, crowd, asked, segments)
            wanted = expected(crowd, asked, segments)
            members += sum(map(len, wanted))
            faults += list(_faults(f"seed {seed}, SQL", asked, found, wanted))
            faults += list(_streamed(seed, stream, asked, wanted))
    return Outcome(trees * people, members, faults)


def _streamed(seed: int, stream: Stream | None, asked: Sequence[Segment], wanted: Sequence[set[str]]) -> Iterator[str]:
    if stream is None:
        return
    for segment, members in zip(asked, wanted, strict=True):
        if stream.can_ask(segment):
            yield from _faults(f"seed {seed}, stream", [segment], [stream.members(segment)], [members])


def _faults(who: str, asked: Sequence[Segment], found: Sequence[set[str]], wanted: Sequence[set[str]]) -> Iterator[str]:
    for segment, one, other in zip(asked, found, wanted, strict=True):
        if one != other:
            yield f"{who}, {segment.id}: {sorted(one ^ other)[:3]} {segment}"


def expected(crowd: Crowd, asked: Sequence[Segment], segments: Sequence[Segment]) -> list[set[str]]:
    """Say who is in each segment, by brute force."""
    by_id = {segment.id: segment for segment in segments}
    lives = [
        Life(
            events=list(one.events),
            known=one.known,
            profile_id=one.profile_id,
            calendar=crowd.calendar,
            segments=by_id,
        )
        for one in crowd.people
    ]
    return [{life.profile_id for life in lives if belongs(segment, life, crowd.now)} for segment in asked]


def answer(
    database: duckdb.DuckDBPyConnection, crowd: Crowd, asked: Sequence[Segment], segments: Sequence[Segment]
) -> list[set[str]]:
    """Say who is in each segment, in SQL."""
    setting = Setting(now=crowd.now, calendar=crowd.calendar)
    by_id = {segment.id: segment for segment in segments}
    scope = scope_of(DEFAULT_RULES.known_kinds, by_id, NO_RATES)
    rows = database.execute(as_text(compile(asked, setting, scope), setting)).fetchall()
    return [{row[0] for row in rows if row[2 + index]} for index in range(len(asked))]


@contextmanager
def loaded(crowd: Crowd) -> Iterator[duckdb.DuckDBPyConnection]:
    """Lay the events and the profiles of a crowd down as tables of the names of the lake's views."""
    columns = ", ".join(f"{one.name} {TYPES[one.kind]}" for one in EVENTS.columns)
    with duckdb.connect(config={"threads": 1}) as database:
        database.execute(f"CREATE TABLE events (day VARCHAR, {columns})")
        database.execute("CREATE TABLE people (owner VARCHAR, profile_id VARCHAR)")
        events = [event for one in crowd.people for event in one.events] + list(crowd.strays)
        rows = [(day_text(event.arrival), *_cells(event_row(event))) for event in events]
        if rows:
            marks = ", ".join("?" * (1 + len(EVENTS.columns)))
            database.executemany(f"INSERT INTO events VALUES ({marks})", rows)
        for one in crowd.people:
            if one.has_profile:
                database.executemany("INSERT INTO people VALUES (?, ?)", [(o, one.profile_id) for o in one.owners])
        yield database


def _cells(row: object) -> Iterator[object]:
    assert isinstance(row, dict)
    for column in EVENTS.columns:
        value = row[column.name]
        match column.kind:
            case "instant":
                yield None if value is None else from_micros(value).replace(tzinfo=None)
            case "texts":
                yield list(value)
            case _:
                yield value
