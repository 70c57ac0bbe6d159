"""An instant as text sorts as time, and is what the calendar says."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.instants import to_micros, to_text

MOMENTS = st.datetimes(timezones=st.just(UTC))


@given(MOMENTS)
def test_writes_an_instant_as_the_calendar_does(moment: datetime) -> None:
    assert to_text(to_micros(moment)) == f"{moment.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


@given(MOMENTS, MOMENTS)
def test_text_sorts_as_time(one: datetime, other: datetime) -> None:
    assert (to_text(to_micros(one)) < to_text(to_micros(other))) == (one < other)
