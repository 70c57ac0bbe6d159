"""The gate before a message, beside a brute-force reading of caps and quiet hours on the person's own clocks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.instants import SECOND, from_micros, to_micros
from regulars.domain.journeys import Channel, Class, Send
from regulars.domain.messaging import Cap, Messaging, QuietHours, parse_messaging
from regulars.domain.sending import GO, Go, Later, NotSent, Sent, Standing, may_send, quiet_until
from regulars.errors import DefinitionError

MINUTE = 60 * SECOND
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu"]
CHANGES = [  # around changes of the clocks
    datetime(2026, 3, 28, 20, tzinfo=UTC),
    datetime(2026, 10, 24, 20, tzinfo=UTC),
    datetime(2026, 3, 7, 20, tzinfo=UTC),
    datetime(2026, 10, 31, 20, tzinfo=UTC),
    datetime(2018, 11, 3, 20, tzinfo=UTC),
    datetime(2026, 4, 4, 10, tzinfo=UTC),
]
CHANNELS: tuple[Channel, ...] = ("email", "sms", "in_app")
KINDS: tuple[Class, ...] = ("marketing", "transactional")
instants = st.builds(
    lambda change, seconds: to_micros(change) + seconds * SECOND,
    st.sampled_from(CHANGES),
    st.integers(-60 * 600, 60 * 2_000),
)
zones = st.sampled_from(ZONES)
minutes = st.integers(0, 1_439)
quiet = st.builds(lambda start, end: QuietHours(start=start, end=end), minutes, minutes)
caps = st.builds(
    lambda most, days, channel, kind, kept, priority: Cap(
        most=most, days=days, channel=channel, kind=kind, kept=min(kept, most), priority=priority
    ),
    st.integers(0, 4),
    st.integers(1, 4),
    st.one_of(st.none(), st.sampled_from(CHANNELS)),
    st.sampled_from(KINDS),
    st.integers(0, 2),
    st.integers(1, 100),
)
sends = st.builds(
    lambda channel, kind, hold: Send(
        id="s", channel=channel, template="t", purpose="p", kind=kind, quiet="hold" if hold else "skip"
    ),
    st.sampled_from(CHANNELS),
    st.sampled_from(KINDS),
    st.booleans(),
)
FINE = Standing(consents=True)


def is_quiet(hours: list[QuietHours], instant: int, zone: str) -> bool:
    """Read the clock of a zone at an instant, and compare it with each window, minute by minute."""
    local = from_micros(instant).astimezone(ZoneInfo(zone))
    now = local.hour * 60 + local.minute
    for one in hours:
        minute = one.start
        while minute != one.end:
            if minute == now:
                return True
            minute = (minute + 1) % 1_440
    return False


@given(st.lists(quiet, min_size=1, max_size=2), instants, zones)
def test_quiet_ends_with_the_first_minute_in_which_it_is_not(hours: list[QuietHours], now: int, zone: str) -> None:
    found = quiet_until(hours, now, zone)

    if not is_quiet(hours, now, zone):
        assert found is None
        return
    expected = now // MINUTE * MINUTE
    while is_quiet(hours, expected, zone) and expected < now + 3 * 1_440 * MINUTE:
        expected += MINUTE
    assert found == expected or expected >= now + 3 * 1_440 * MINUTE


@given(
    sends,
    st.lists(caps, max_size=3),
    st.lists(st.tuples(st.integers(0, 6 * 1_440), st.sampled_from(CHANNELS), st.sampled_from(KINDS)), max_size=8),
    instants,
    zones,
    st.integers(0, 100),
)
def test_caps_count_calendar_days_of_the_person(
    send: Send, policy: list[Cap], ago: list[tuple[int, Channel, Class]], now: int, zone: str, priority: int
) -> None:
    before = [Sent(now - back * MINUTE, channel, kind) for back, channel, kind in ago]

    found = may_send(send, FINE, before, Messaging(caps=tuple(policy)), now, zone=zone, priority=priority)

    assert found == (GO if all(fits(cap, send, before, now, zone, priority) for cap in policy) else NotSent("capped"))


def fits(cap: Cap, send: Send, before: list[Sent], now: int, zone: str, priority: int) -> bool:
    """Count by the dates that the person's calendar shows."""
    if cap.kind != send.kind or (cap.channel and cap.channel != send.channel):
        return True
    clock = ZoneInfo(zone)
    today = from_micros(now).astimezone(clock).date()
    days = {today - timedelta(days=back) for back in range(cap.days)}
    counted = [
        one
        for one in before
        if from_micros(one.at).astimezone(clock).date() in days
        and one.kind == cap.kind
        and (not cap.channel or one.channel == cap.channel)
    ]
    return len(counted) < (cap.most if priority >= cap.priority else cap.most - cap.kept)


standings = st.builds(
    Standing,
    consents=st.booleans(),
    gone=st.booleans(),
    suppressed=st.booleans(),
    restricted=st.booleans(),
    stopped=st.booleans(),
    held_out=st.booleans(),
)


@given(sends, standings, st.lists(quiet, max_size=2), instants, zones)
def test_nothing_goes_to_somebody_of_whom_one_thing_speaks_against_it(
    send: Send, standing: Standing, hours: list[QuietHours], now: int, zone: str
) -> None:
    found = may_send(send, standing, [], Messaging(quiet=tuple(hours)), now, zone=zone)
    against = standing.gone or standing.suppressed or standing.restricted or standing.stopped or not standing.consents

    if against or (standing.held_out and send.kind == "marketing"):
        assert isinstance(found, NotSent)
    else:
        assert isinstance(found, Go | Later) or found == NotSent("quiet")


@given(sends, st.lists(quiet, max_size=2), instants, zones)
def test_who_is_asked_again_when_quiet_ends_may_send(send: Send, hours: list[QuietHours], now: int, zone: str) -> None:
    policy = Messaging(quiet=tuple(hours))
    found = may_send(replace(send, quiet="hold"), FINE, [], policy, now, zone=zone)

    if isinstance(found, Later):
        assert found.at > now
        again = may_send(replace(send, quiet="hold"), FINE, [], policy, found.at, zone=zone)
        assert again == GO or found.at >= now + 3 * 1_440 * MINUTE


def test_the_last_of_a_cap_is_kept_for_what_matters_more() -> None:
    send = Send(id="s", channel="email", template="t", purpose="p")
    policy = Messaging(caps=(Cap(most=2, days=7, kept=1, priority=50),))
    before = [Sent(0, "email", "marketing")]

    assert may_send(send, FINE, before, policy, MINUTE, zone="UTC", priority=49) == NotSent("capped")
    assert may_send(send, FINE, before, policy, MINUTE, zone="UTC", priority=50) == GO


def test_a_policy_is_read() -> None:
    found = parse_messaging(
        {
            "caps": [
                {"most": 3, "days": 7},
                {"most": 1, "days": 1, "channel": "sms", "kept": {"messages": 1, "priority": 9}},
            ],
            "quiet": [{"from": "21:00", "to": "08:00", "channels": ["sms"], "classes": ["marketing", "transactional"]}],
            "holdout": 5,
        }
    )

    assert found == Messaging(
        caps=(Cap(most=3, days=7), Cap(most=1, days=1, channel="sms", kept=1, priority=9)),
        quiet=(QuietHours(start=1_260, end=480, channels=frozenset({"sms"}), kinds=frozenset(KINDS)),),
        holdout=5,
    )


@pytest.mark.parametrize(
    ("definition", "path"),
    [
        ({"cap": []}, ""),
        ({"caps": {}}, "caps"),
        ({"caps": [{"most": 1}]}, "caps[0].days"),
        ({"caps": [{"most": -1, "days": 1}]}, "caps[0].most"),
        ({"caps": [{"most": 1, "days": 1, "channel": "fax"}]}, "caps[0].channel"),
        ({"caps": [{"most": 1, "days": 1, "kept": {"messages": 2, "priority": 1}}]}, "caps[0].kept.messages"),
        ({"quiet": [{"from": "21:00", "to": "21:00"}]}, "quiet[0].to"),
        ({"quiet": [{"from": "21:00", "to": "8"}]}, "quiet[0].to"),
        ({"quiet": [{"from": "21:00", "to": "08:00", "channels": []}]}, "quiet[0].channels"),
        ({"quiet": [{"from": "08:00", "to": "20:00"}, {"from": "20:00", "to": "08:00"}]}, "quiet"),
        ({"holdout": 101}, "holdout"),
    ],
)
def test_a_policy_that_does_not_hold_together_is_refused(definition: dict[str, Any], path: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_messaging(definition)

    assert refused.value.path == path
