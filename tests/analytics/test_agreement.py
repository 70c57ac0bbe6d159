"""Where engines could differ, they do not: amounts, days of zones, dates, lots."""

import json
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.analytics.dates import read
from regulars.analytics.setting import Setting
from regulars.analytics.terms import Term, column
from regulars.analytics.values import Value
from regulars.analytics.words import DUCKDB
from regulars.analytics.zones import day_of, on_or_after, stretches
from regulars.domain.calendars import Calendar
from regulars.domain.dates import read_date
from regulars.domain.instants import DAY, HOUR
from regulars.domain.numbers import to_amount
from regulars.domain.values import scalar
from tests.crowds import NUMBERS, OTHERS, TEXTS

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Pacific/Apia",
    "America/St_Johns",
    "Africa/Cairo",
]
YEARS = range(-20 * 365, 60 * 365, 5)  # days since 1970, in which these zones changed their clocks
DATABASE = duckdb.connect(config={"threads": 1})
MICRO = 1_000_000

digits = st.text("0123456789", max_size=25)
numerals = st.builds(
    "".join, st.tuples(st.sampled_from(["", "-", "+", " "]), digits, st.sampled_from(["", ".", "e", "."]), digits)
)
exponents = st.builds("{}e{}".format, numerals, st.integers(-40, 40))
amounts = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-1e16, 1e16),
    st.integers(-(10**17), 10**17),
    st.integers(-(10**8), 10**8).map(lambda number: number / 10_000_000),
    numerals,
    exponents,
    st.sampled_from([*TEXTS, *NUMBERS, *OTHERS]),
)


def ask(term: Term, values: list[object]) -> list[object]:
    """Evaluate a term over a column `x` of values."""
    text = term.sql(dialect="duckdb")
    rows = DATABASE.execute(f"SELECT {text} FROM (SELECT unnest($1) AS x)", [values]).fetchall()
    return [value for (value,) in rows]


def value() -> Value:
    return Value(column("x"), DUCKDB, lambda term: term)


@settings(deadline=None, max_examples=200)
@given(st.lists(amounts, min_size=1, max_size=20))
def test_an_amount_is_the_same_millionths(found: list[object]) -> None:
    read_by_sql = ask(value().amount, [json.dumps(each, ensure_ascii=False) for each in found])

    as_millionths = [None if each is None else int(each * MICRO) for each in read_by_sql]  # type: ignore[operator]  # a number here
    assert as_millionths == [to_amount(each) for each in found]


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.one_of(amounts, st.text(max_size=120), st.floats(allow_nan=False, allow_infinity=False)), min_size=1)
)
def test_a_value_is_the_same_text(found: list[object]) -> None:
    told = ask(value().scalar, [json.dumps(each, ensure_ascii=False) for each in found])

    assert [json.loads(str(each)) if each else None for each in told] == [
        json.loads(each) if (each := scalar(one)) else None for one in found
    ]


@pytest.mark.parametrize("zone", ZONES)
def test_an_instant_is_on_the_same_day(zone: str) -> None:
    calendar = Calendar(zone)
    clocks = stretches(calendar, 70 * 366 * DAY)
    instants = [edge for day in YEARS for edge in _around(calendar, day)]

    assert ask(day_of(column("x"), clocks, DUCKDB), list(instants)) == [calendar.day_of(each) for each in instants]


@pytest.mark.parametrize("zone", ZONES)
def test_days_begin_at_the_same_instant(zone: str) -> None:
    calendar = Calendar(zone)
    clocks = stretches(calendar, 70 * 366 * DAY)
    changed = {each.start // DAY for each in clocks if each.start is not None and each.start > 0}
    for day in [each + step for each in sorted(changed) for step in (-1, 0, 1)]:
        instants = list(_around(calendar, day))

        found = ask(on_or_after(column("x"), day, clocks), list(instants))
        assert found == [calendar.day_of(each) >= day for each in instants], day


def _around(calendar: Calendar, day: int) -> Iterator[int]:
    start = calendar.start_of(day)
    for edge in (start, start - 30 * 60 * MICRO, start + HOUR, start + 2 * HOUR, start + 3 * HOUR, start + DAY):
        yield from (edge - 1, edge, edge + 1)


parts = st.sampled_from(
    ["2024", "0001", "0002", "9999", "9998", "-", "02", "29", "30", "T", " ", "23", "24", ":", "59", "60"]
)
rests = st.sampled_from([".5", ".123456", ".1234567", "Z", "+05:30", "-23:59", "+24:00", "z", "\n", "", "00"])


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.one_of(st.sampled_from(TEXTS), st.lists(st.one_of(parts, rests), max_size=14).map("".join)), min_size=1)
)
def test_a_date_is_read_alike(texts: list[str]) -> None:
    when = read(column("x"), Setting(now=0), lambda term: term)
    days, instants = ask(when.day, list(texts)), ask(when.instant, list(texts))

    dates = [read_date(each) for each in texts]
    assert days == [date.number if date and date.is_day else None for date in dates]
    assert instants == [date.number if date and not date.is_day else None for date in dates]


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.builds(
            "{}-{:02}-{:02}{}{:02}:{:02}{}{}".format,
            st.sampled_from(["2024", "2023", "0002", "9998", "1969"]),
            st.integers(0, 13),
            st.integers(0, 32),
            st.sampled_from("T "),
            st.integers(0, 24),
            st.integers(0, 60),
            st.sampled_from(["", ":00", ":59", ":60", ":07.1", ":07.123456"]),
            st.sampled_from(["", "Z", "+05:30", "-11:00", "+23:59", "-00:00", "+24:00", "+05:60"]),
        ),
        min_size=1,
    )
)
def test_an_instant_is_read_alike(texts: list[str]) -> None:
    when = read(column("x"), Setting(now=0), lambda term: term)

    dates = [read_date(each) for each in texts]
    assert ask(when.instant, list(texts)) == [date.number if date else None for date in dates]
