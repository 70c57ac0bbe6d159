"""Windows in SQL."""

from sqlglot import exp

from regulars.analytics.setting import Setting
from regulars.analytics.terms import TRUE, Term, all_of, negated, whole
from regulars.analytics.zones import on_or_after
from regulars.domain.instants import DAY
from regulars.domain.segments import CalendarDays, Rolling, Window


def in_window(window: Window | None, at: Term, setting: Setting) -> Term:
    """Say whether an instant is in a window that ends now."""
    match window:
        case None:
            return TRUE
        case Rolling(length):
            return between(at, setting.now - length, setting.now)
        case CalendarDays(number):
            today = setting.today
            return in_days(at, today - number + 1, today, setting)


def between(at: Term, after: int, until: int) -> Term:
    """Say whether an instant is in (after, until]."""
    return all_of([exp.GT(this=at.copy(), expression=whole(after)), exp.LTE(this=at.copy(), expression=whole(until))])


def in_days(at: Term, first: int, last: int, setting: Setting) -> Term:
    """Say whether an instant is on one of these calendar days."""
    clocks = setting.clocks
    return all_of([on_or_after(at, first, clocks), negated(on_or_after(at, last + 1, clocks))])


def start_of(window: Window | None, setting: Setting, start: int | None = None) -> int | None:
    """Tell an instant before which nothing is in a window, nor at or after `start`; None if there is none."""
    match window:
        case Rolling(length):
            begin: int | None = setting.now - length
        case CalendarDays(number):
            begin = (setting.today - number - 1) * DAY
        case None:
            begin = None
    found = [bound for bound in (begin, start) if bound is not None]
    return max(found, default=None)
