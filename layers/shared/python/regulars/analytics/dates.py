"""Dates in SQL: a day or an instant read from a text, and what checks ask of one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from regulars.analytics.lets import Let
from regulars.analytics.setting import Setting
from regulars.analytics.terms import NULL, TRUE, Term, all_of, among, any_of, cast, enclosed, text, where, whole
from regulars.analytics.zones import day_of
from regulars.domain.calendars import Calendar, date_of
from regulars.domain.checks import Anniversary, Before, NotBefore, Recent
from regulars.domain.instants import DAY, SECOND

DateCheck = Before | NotBefore | Recent | Anniversary
_DAY = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z"
_INSTANT = (
    r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
    r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?\z"
)
_FRACTION, _OFFSET = r"\.([0-9]{1,6})", r"([+-][0-9]{2}:[0-9]{2})\z"
_FEBRUARY_29 = 229
_YEAR = 366


@dataclass(frozen=True, slots=True)
class When:
    """A date that is a day, as its number, or an instant; the other one is null."""

    day: Term
    instant: Term


def read(plain: Term, setting: Setting, let: Let) -> When:
    """Read a date from a text, as `domain/dates.py` does."""
    words = setting.words
    number = let(words.days_since_1970(exp.Substring(this=plain.copy(), start=whole(1), length=whole(10))))
    in_calendar = all_of(
        [
            exp.GTE(this=plain.copy(), expression=text("0002")),
            exp.LT(this=plain.copy(), expression=text("9999")),
        ]
    )
    is_instant = let(all_of([words.matches(plain.copy(), _INSTANT), in_calendar.copy()]))
    terms = [
        (cast(number.copy(), "BIGINT"), DAY),
        (_digits(plain, 12), 3_600 * SECOND),
        (_digits(plain, 15), 60 * SECOND),
        (_seconds(plain), SECOND),
        (cast(_padded(words.part(plain.copy(), _FRACTION)), "BIGINT"), 1),
    ]
    instant: Term = whole(0)
    for term, unit in terms:
        instant = exp.Add(this=instant, expression=exp.Mul(this=term, expression=whole(unit)))
    offset = _ahead(let(where(is_instant, words.part(plain.copy(), _OFFSET))))
    instant = exp.Sub(this=instant, expression=enclosed(offset))
    return When(
        let(where(all_of([words.matches(plain.copy(), _DAY), in_calendar]), number)),
        let(where(is_instant.copy(), instant)),
    )


def passes(check: DateCheck, dated: When, setting: Setting, let: Let) -> Term:
    """Say whether a date passes a check."""
    now, calendar = setting.now, setting.calendar
    match check:
        case Before(other):
            return _between(dated, None, other.instant(calendar), calendar)
        case NotBefore(other):
            return _between(dated, other.instant(calendar), None, calendar)
        case Recent("within_last", length):
            return _between(dated, now - length + 1, now + 1, calendar)
        case Recent(_, length):
            return _between(dated, now + 1, now + length + 1, calendar)
        case Anniversary():
            return _comes_round(check, dated, setting, let)


def _between(dated: When, start: int | None, end: int | None, calendar: Calendar) -> Term:
    """Ask for instants from `start` up to but without `end`, and for days that begin there."""
    sides = []
    for value, low, high in (
        (dated.instant, start, end),
        (dated.day, _first_day(start, calendar), _first_day(end, calendar)),
    ):
        if value == NULL:
            continue
        bounds: list[Term] = []
        if low is not None:
            bounds.append(exp.GTE(this=value.copy(), expression=whole(low)))
        if high is not None:
            bounds.append(exp.LT(this=value.copy(), expression=whole(high)))
        sides.append(all_of(bounds))
    return any_of(sides)


def _first_day(instant: int | None, calendar: Calendar) -> int | None:
    """Number the first day that begins at or after an instant."""
    if instant is None:
        return None
    day = instant // DAY - 2
    while calendar.start_of(day) < instant:
        day += 1
    return day


def _comes_round(check: Anniversary, dated: When, setting: Setting, let: Let) -> Term:
    """
    Ask whether one of the days that are reached is the date's in its year.

    A date within these days is reached itself; one before them comes round if its month and day are among theirs.
    """
    today = setting.today
    first, last = (today - check.days, today) if check.how == "within_last" else (today, today + check.days)
    sides = []
    for number in (dated.day, _day_of(dated.instant, setting, let)):
        if number != NULL:
            within = exp.Between(this=number.copy(), low=whole(first), high=whole(last))
            earlier = exp.LT(this=number.copy(), expression=whole(first))
            sides += [within, all_of([earlier, _falls_on(setting.words.month_day(number.copy()), first, last)])]
    return any_of(sides)


def _day_of(instant: Term, setting: Setting, let: Let) -> Term:
    return instant if instant == NULL else let(day_of(instant, setting.clocks, setting.words))


def _falls_on(month_day: Term, first: int, last: int) -> Term:
    if last - first >= _YEAR + 1:
        return TRUE
    reached = [date_of(day) for day in range(first, last + 1)]
    codes = {each.month * 100 + each.day for each in reached}
    if any((each.month, each.day) == (2, 28) and not _is_leap(each) for each in reached):
        codes.add(_FEBRUARY_29)
    return any_of(
        among(month_day.copy(), [whole(run[0])])
        if len(run) == 1
        else exp.Between(this=month_day.copy(), low=whole(run[0]), high=whole(run[-1]))
        for run in _runs(sorted(codes))
    )


def _is_leap(day: date) -> bool:
    return day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0)


def _runs(codes: list[int]) -> Iterable[list[int]]:
    """Group codes that follow each other in a leap year."""
    order = [month * 100 + day for month in range(1, 13) for day in range(1, _DAYS[month - 1] + 1)]
    run: list[int] = []
    for code in order:
        if code in codes:
            run.append(code)
        elif run:
            yield run
            run = []
    if run:
        yield run


_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _digits(plain: Term, start: int) -> Term:
    return cast(exp.Substring(this=plain.copy(), start=whole(start), length=whole(2)), "BIGINT")


def _seconds(plain: Term) -> Term:
    colon = exp.Substring(this=plain.copy(), start=whole(17), length=whole(1))
    return where(exp.EQ(this=colon, expression=text(":")), _digits(plain, 18), whole(0))


def _padded(fraction: Term) -> Term:
    return exp.Substring(
        this=enclosed(exp.DPipe(this=fraction, expression=text("000000"))), start=whole(1), length=whole(6)
    )


def _ahead(offset: Term) -> Term:
    """Turn an offset such as +05:30 into microseconds; none is 0."""
    minutes = exp.Add(this=exp.Mul(this=_digits(offset, 2), expression=whole(60)), expression=_digits(offset, 5))
    size = exp.Mul(this=enclosed(minutes), expression=whole(60 * SECOND))
    sign = exp.Substring(this=offset.copy(), start=whole(1), length=whole(1))
    signed = where(exp.EQ(this=sign, expression=text("-")), exp.Neg(this=enclosed(size)), size.copy())
    return where(exp.EQ(this=offset.copy(), expression=text("")), whole(0), signed)


def at(instant: Term) -> When:
    """Take microseconds as a date."""
    return When(NULL, instant)
