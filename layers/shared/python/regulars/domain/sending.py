"""
The gate before every message: whether it may go to this person now, must wait, or is not sent, and why.

It is asked at the moment of sending and again after every wait; nothing is sent past it. Who is asked for a second time
gets the same answer, as long as nothing has changed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from regulars.domain.calendars import Calendar
from regulars.domain.instants import SECOND, from_micros
from regulars.domain.journeys import Channel, Class, Send
from regulars.domain.messaging import Cap, Messaging, QuietHours

Reason = Literal[
    "gone",  # erased, or merged into somebody who is asked instead
    "suppressed",  # the address bounced, or its owner complained
    "restricted",
    "consent",
    "stopped",  # the journey, or this person's way through it
    "held_out",
    "capped",
    "quiet",
]
_MINUTE = 60 * SECOND
_DAY = 24 * 60  # minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is true of a person, of a message's purpose and channel, and of its journey, at the moment of asking."""

    consents: bool
    gone: bool = False
    suppressed: bool = False
    restricted: bool = False
    stopped: bool = False
    held_out: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was claimed for a person: sent, or perhaps sent."""

    at: int
    channel: Channel
    kind: Class


@dataclass(frozen=True, slots=True)
class NotSent:
    """It is not sent, and why."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Later:
    """It may go at this instant at the earliest: ask again then."""

    at: int


@dataclass(frozen=True, slots=True)
class Go:
    """It may go now: claim it, then send it."""


GO = Go()
Answer = Go | Later | NotSent


def may_send(
    send: Send, standing: Standing, before: Sequence[Sent], policy: Messaging, now: int, *, zone: str, priority: int = 0
) -> Answer:
    """
    Decide on a message to a person at an instant (microseconds).

    `before` are all messages that were claimed for them, `zone` is whose clocks they go by, `priority` the journey's.
    """
    if reason := _stands(send, standing):
        return NotSent(reason)
    if any(_is_full(cap, send, before, now, zone, priority) for cap in policy.caps):
        return NotSent("capped")
    hours = [one for one in policy.quiet if send.channel in one.channels and send.kind in one.kinds]
    later = quiet_until(hours, now, zone)
    if later is None:
        return GO
    return Later(later) if send.quiet == "hold" else NotSent("quiet")


def quiet_until(hours: Iterable[QuietHours], now: int, zone: str) -> int | None:
    """Give the first instant that lies in none of these hours on the clocks of a zone; None where now is one."""
    windows, clock = tuple(hours), ZoneInfo(zone)
    if not _is_quiet(windows, now, clock):
        return None
    minute = now // _MINUTE
    for number in range(minute + 1, minute + 3 * _DAY):  # clocks change by whole minutes
        if not _is_quiet(windows, number * _MINUTE, clock):
            return number * _MINUTE
    return now + 3 * _DAY * _MINUTE  # all day is quiet: asked again, and again


def _stands(send: Send, standing: Standing) -> Reason | None:
    reasons: tuple[tuple[bool, Reason], ...] = (
        (standing.gone, "gone"),
        (standing.suppressed, "suppressed"),
        (standing.restricted, "restricted"),
        (not standing.consents, "consent"),
        (standing.stopped, "stopped"),
        (standing.held_out and send.kind == "marketing", "held_out"),
    )
    return next((reason for holds, reason in reasons if holds), None)


def _is_full(cap: Cap, send: Send, before: Sequence[Sent], now: int, zone: str, priority: int) -> bool:
    if cap.kind != send.kind or cap.channel not in (None, send.channel):
        return False
    calendar = Calendar(zone)
    first = calendar.start_of(calendar.day_of(now) - cap.days + 1)
    counted = sum(one.at >= first and one.kind == cap.kind and cap.channel in (None, one.channel) for one in before)
    return counted >= cap.most - (cap.kept if priority < cap.priority else 0)


def _is_quiet(hours: Iterable[QuietHours], instant: int, clock: ZoneInfo) -> bool:
    local = from_micros(instant).astimezone(clock)
    minute = local.hour * 60 + local.minute
    return any(one.covers(minute) for one in hours)
