"""Times of day and dates on somebody's own clocks, beside a search minute by minute."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.instants import DAY, SECOND, from_micros, to_micros
from regulars.domain.journey_times import date_for, next_time, zone_of
from regulars.domain.journeys import WaitForDate, WaitForTime

MINUTE = 60 * SECOND
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu"]
CHANGES = [  # around changes of the clocks
    datetime(2026, 3, 28, 20, tzinfo=UTC),
    datetime(2026, 10, 24, 20, tzinfo=UTC),
    datetime(2026, 3, 7, 20, tzinfo=UTC),
    datetime(2026, 10, 31, 20, tzinfo=UTC),
    datetime(2018, 11, 3, 20, tzinfo=UTC),  # midnight itself is skipped in Brazil
    datetime(2026, 4, 4, 10, tzinfo=UTC),  # by half an hour on Lord Howe
]
instants = st.builds(
    lambda change, minutes: to_micros(change) + minutes * MINUTE, st.sampled_from(CHANGES), st.integers(-600, 2_000)
)


def searched(step: WaitForTime, now: int, zone: str) -> int:
    """Look at the clocks minute by minute; a time that they jump over comes with the jump."""
    clock = ZoneInfo(zone)
    instant = -(-now // MINUTE) * MINUTE
    while True:
        local = from_micros(instant).astimezone(clock)
        before = from_micros(instant - MINUTE).astimezone(clock)
        shows = local.hour * 60 + local.minute == step.at and not (local.fold and _showed(instant, local, clock))
        jumped = _minutes(before) < _day(local, before) + step.at < _minutes(local) and local > before
        if (shows or jumped) and (not step.weekdays or local.weekday() in step.weekdays):
            return instant
        instant += MINUTE


def _showed(instant: int, local: datetime, clock: ZoneInfo) -> bool:
    first = local.replace(fold=0)
    return to_micros(first.astimezone(UTC)) < instant and first.tzinfo is clock


def _minutes(local: datetime) -> int:
    return local.toordinal() * 1_440 + local.hour * 60 + local.minute


def _day(local: datetime, _before: datetime) -> int:
    return local.toordinal() * 1_440


@given(
    instants,
    st.sampled_from(ZONES),
    st.integers(0, 1_439),
    st.frozensets(st.integers(0, 6), max_size=3),
)
def test_a_time_of_day_is_the_first_that_the_clocks_show(now: int, zone: str, at: int, days: frozenset[int]) -> None:
    step = WaitForTime("x", at, days)

    assert next_time(step, now, zone) == searched(step, now, zone)


@pytest.mark.parametrize(
    ("now", "at", "expected"),
    [
        ("2026-11-22T07:59:00+01:00", 8 * 60, "2026-11-22T08:00:00+01:00"),
        ("2026-11-22T08:00:00+01:00", 8 * 60, "2026-11-22T08:00:00+01:00"),
        ("2026-11-22T08:00:01+01:00", 8 * 60, "2026-11-23T08:00:00+01:00"),
        ("2026-03-29T01:00:00+01:00", 150, "2026-03-29T03:00:00+02:00"),  # 02:30 is skipped
        ("2026-10-25T01:00:00+02:00", 150, "2026-10-25T02:30:00+02:00"),  # the first of the two
        ("2026-10-25T02:31:00+02:00", 150, "2026-10-26T02:30:00+01:00"),  # and not the second as well
    ],
)
def test_times_in_berlin(now: str, at: int, expected: str) -> None:
    found = next_time(WaitForTime("x", at), to_micros(datetime.fromisoformat(now)), "Europe/Berlin")

    assert from_micros(found) == datetime.fromisoformat(expected)


def test_a_day_that_a_zone_left_out_is_no_friday() -> None:
    friday = WaitForTime("x", 9 * 60, frozenset({4}))
    found = next_time(friday, to_micros(datetime(2011, 12, 30, 0, tzinfo=UTC)), "Pacific/Apia")

    assert from_micros(found).astimezone(ZoneInfo("Pacific/Apia")) == datetime(
        2012, 1, 6, 9, tzinfo=ZoneInfo("Pacific/Apia")
    )


NOW = to_micros(datetime(2026, 11, 22, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("step", "said", "expected"),
    [
        (WaitForDate("x", "t"), "2026-12-01", "2026-12-01T00:00:00+01:00"),
        (WaitForDate("x", "t", -7 * DAY), "2026-12-01", "2026-11-24T00:00:00+01:00"),
        (WaitForDate("x", "t", -7 * DAY, 9 * 60), "2026-12-01", "2026-11-24T09:00:00+01:00"),
        (WaitForDate("x", "t", DAY), "2026-12-01T10:30:00Z", "2026-12-02T10:30:00+00:00"),
        (WaitForDate("x", "t"), "2026-11-22T12:00:00Z", "2026-11-22T12:00:00+00:00"),
        (WaitForDate("x", "t"), "2026-11-22T11:59:59Z", None),
        (WaitForDate("x", "t"), "soon", None),
        (WaitForDate("x", "t"), 20261201, None),
        (WaitForDate("x", "t"), None, None),
    ],
)
def test_a_date_that_a_trait_tells(step: WaitForDate, said: object, expected: str | None) -> None:
    found = date_for(step, said, NOW, "Europe/Berlin")

    assert found == (None if expected is None else to_micros(datetime.fromisoformat(expected)))


@pytest.mark.parametrize("said", ["Mars/Olympus", "../../etc/passwd", "", None, 7, "a" * 10_000])
def test_a_zone_that_there_is_not_is_the_workspaces(said: object) -> None:
    assert zone_of(said, "Europe/Berlin") == "Europe/Berlin"
