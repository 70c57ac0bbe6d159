"""By when a request of a person has to be met, by which law, and how it stands to that."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from regulars.domain.instants import DAY, SECOND

Law = Literal["gdpr", "ccpa"]
LAWS: tuple[Law, ...] = get_args(Law)
Extension = Literal["complexity", "number_of_requests"]  # the reasons of article 12(3) GDPR, which CCPA leaves open
EXTENSIONS: tuple[Extension, ...] = get_args(Extension)
Deadline = Literal["ahead", "soon", "overdue", "met", "missed"]
DEADLINES: tuple[Deadline, ...] = get_args(Deadline)
SOON = 7 * DAY
OPT_OUT_DAYS = 15  # business days
_MONTHS, _MORE_MONTHS = 1, 2
_DAYS, _MORE_DAYS = 45, 45


def due(received: int, law: Law, *, extended: bool) -> int:
    """Say by when: a month (GDPR, art. 12), and two more if it is extended; or 45 days (CCPA), and 45 more."""
    came = datetime.fromtimestamp(received / SECOND, UTC)
    if law == "gdpr":
        return _instant(_months_later(came, _MONTHS + extended * _MORE_MONTHS))
    return _instant(came + timedelta(days=_DAYS + extended * _MORE_DAYS))


def opt_out_due(received: int) -> int:
    """Say by when an opt-out is met: 15 business days (11 CCR 7026(f)), days but Saturdays and Sundays."""
    came = datetime.fromtimestamp(received / SECOND, UTC)
    passed = left = 0
    left = OPT_OUT_DAYS
    while left:
        passed += 1
        left -= (came.weekday() + passed) % 7 < 5
    return _instant(came + timedelta(days=passed))


def deadline(due: int, *, ended: int, now: int) -> Deadline:
    """Say how a request stands to its deadline; `ended` is 0 while it is open."""
    if ended:
        return "met" if ended <= due else "missed"
    if now > due:
        return "overdue"
    return "soon" if now > due - SOON else "ahead"


def _months_later(came: datetime, months: int) -> datetime:
    years, month = divmod(came.month - 1 + months, 12)
    year = came.year + years
    return came.replace(year=year, month=month + 1, day=min(came.day, monthrange(year, month + 1)[1]))


def _instant(at: datetime) -> int:
    return round(at.timestamp()) * SECOND
