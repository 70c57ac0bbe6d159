"""Times are read however they are written, and corrected by how far the sender's clock was off."""

from typing import Any

import pytest

from regulars.domain.instants import DAY, SECOND
from regulars.domain.timestamps import parse, read_times

NEW_YEAR = 1_767_225_600 * SECOND  # 2026-01-01
ALIKE = {
    "the SDKs of Segment": "2026-01-01T00:00:00.000Z",
    "Python": "2026-01-01T00:00:00+00:00",
    "Python with microseconds": "2026-01-01T00:00:00.000000+00:00",
    "another zone": "2026-01-01T05:30:00+05:30",
    "no zone": "2026-01-01T00:00:00",
    "a space": "2026-01-01 00:00:00Z",
    "small letters": "2026-01-01t00:00:00z",
    "a date": "2026-01-01",
    "nanoseconds": "2026-01-01T00:00:00.000000999Z",
    "seconds": 1_767_225_600,
    "seconds in decimals": 1_767_225_600.0,
    "milliseconds": 1_767_225_600_000,
    "microseconds": 1_767_225_600_000_000,
}
NO_TIME = {
    "nothing": None,
    "an empty text": "",
    "words": "yesterday",
    "a leap second": "2016-12-31T23:59:60Z",
    "the year 10000": "10000-01-01T00:00:00Z",
    "before the year 1": "0001-01-01T00:00:00+14:00",
    "too large a number": 10**30,
    "true": True,
    "a list": ["2026-01-01"],
    "a very long text": "2026-01-01T00:00:00." + "0" * 10_000 + "Z",
}


@pytest.mark.parametrize("written", ALIKE.values(), ids=ALIKE)
def test_reads_an_instant(written: object) -> None:
    assert parse(written) == NEW_YEAR


@pytest.mark.parametrize("written", NO_TIME.values(), ids=NO_TIME)
def test_reads_no_instant(written: object) -> None:
    assert parse(written) is None


def test_keeps_microseconds() -> None:
    assert parse("2026-01-01T00:00:00.123456Z") == NEW_YEAR + 123_456


@pytest.mark.parametrize(
    ("call", "sent_at", "at"),
    [
        ({"timestamp": NEW_YEAR}, None, NEW_YEAR),
        ({"timestamp": NEW_YEAR}, NEW_YEAR + 60 * SECOND, NEW_YEAR - 60 * SECOND),  # its clock is a minute fast
        ({"timestamp": NEW_YEAR}, NEW_YEAR - 60 * SECOND, NEW_YEAR),  # sent before it happened: never after its arrival
        ({"timestamp": NEW_YEAR + DAY}, None, NEW_YEAR),
        ({"timestamp": NEW_YEAR + DAY}, NEW_YEAR + DAY + 9, NEW_YEAR - 9),
        ({"timestamp": NEW_YEAR}, "2099-01-01T00:00:00Z", NEW_YEAR),  # a clock that jumped decades
        ({"timestamp": NEW_YEAR - DAY}, "garbage", NEW_YEAR - DAY),
        ({"timestamp": "garbage"}, NEW_YEAR, NEW_YEAR),
        ({}, NEW_YEAR - DAY, NEW_YEAR),
        ({"originalTimestamp": NEW_YEAR - DAY, "timestamp": NEW_YEAR}, None, NEW_YEAR - DAY),
        ({"originalTimestamp": "garbage", "timestamp": NEW_YEAR - DAY}, None, NEW_YEAR - DAY),
    ],
)
def test_counts_an_event_when_it_happened_by_our_clock(call: dict[str, Any], sent_at: object, at: int) -> None:
    assert read_times(call, sent_at=sent_at, received=NEW_YEAR).at == at


def test_names_an_event_by_its_sender_s_clock() -> None:
    first = read_times({"timestamp": "2026-01-01T00:00:00Z"}, sent_at=NEW_YEAR + 1, received=NEW_YEAR + 2)
    retry = read_times({"timestamp": "2026-01-01T00:00:00Z"}, sent_at=NEW_YEAR + 900, received=NEW_YEAR + 950)

    assert first.instant == retry.instant == NEW_YEAR


def test_keeps_a_time_that_it_cannot_read() -> None:
    times = read_times({"originalTimestamp": "gestern", "timestamp": "2026-01-01"}, sent_at=None, received=NEW_YEAR)

    assert times.kept == {"originalTimestamp": "gestern"}


def test_keeps_a_second_time_that_says_something_else() -> None:
    times = read_times({"originalTimestamp": NEW_YEAR, "timestamp": "2026-02-01"}, sent_at=None, received=NEW_YEAR)

    assert times.kept == {"timestamp": "2026-02-01"}
