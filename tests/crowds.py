"""Random people for segments: odd values, ties, instants at and beside edges of windows, days of changing clocks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from random import Random
from typing import Any

from regulars.domain.calendars import Calendar
from regulars.domain.events import Event, Sealed, moment_of
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.instants import DAY, HOUR, SECOND, to_micros
from regulars.domain.profiles import alone

NAMES = ("Product Viewed", "Order Completed", "Cart", "Ünïcode 'quoted\"", "Page Viewed")
OF_ORDERS = ("Order Completed", "Order Completed", "Order Updated", "Order Refunded", "Order Cancelled")
REVENUES = (0, 1, 3, 0.5, "1.333333", 9.99, 1.5, None)
PROPERTIES = ("n", "n", "price", "plan", "a.b", "cart.size", 'odd"na\\me', "cart")
FEW = (0, 1, 2, 3, 0.5, "2", 1.0, None, True)  # values of `n`, which often are the same, and add up to what is asked
TRAITS = ("plan", "points", "due", "email", "a.b", "n")
LENGTHS = (SECOND, 10 * SECOND, 60 * SECOND, HOUR, 6 * HOUR, DAY, 2 * DAY, 7 * DAY, 30 * DAY)
_DUE = ("2024-02-29", "2023-02-28", "2023-03-01", "2000-12-31", "1999-01-01", "2018-02-18", "2018-11-04", "2011-12-30")
TEXTS = (
    *("", "1", "1.0", " 10 ", "1e3", "0.0000005", "-2.5", "gold", "Gold", "go", "silver", "é", "e\u0301", "ſ", "😀x"),
    *('a"b', "a\\b", "a/b", "x\ny", "tab\t", "\x01", "null", "true", "x" * 99 + "yz", "x" * 99 + "yy", "x" * 950),
    *(
        "12",
        "123456789012345678901234",
        "1e400",
        "+5",
        ".5",
        "5.",
        "1_000",
        "٣",
        "NaN",
        "Infinity",
        "0x10",
        "[1]",
        "{}",
    ),
    *_DUE,
    *(
        "2023-02-29",
        "0000-01-01",
        "0001-01-01",
        "0002-01-01",
        "9998-12-31T23:59:59-23:00",
        "9999-12-31",
        "2024-02-29T23:30:00Z",
        "2024-02-29 23:30",
    ),
    *("2024-03-31T01:30:00+01:00", "2018-02-18T02:59:59.999999Z", "2018-11-04T03:00:00-00:00", "2024-03-31T24:00:00Z"),
    *(
        "2011-12-30T10:00:00+14:00",
        "2011-12-30T09:59:59.9Z",
        "2024-10-27T00:30:00.000001+23:59",
        "2024-03-31T10:00:60Z",
    ),
)
NUMBERS = (
    *(0, 1, 1.0, -1, 2, 3, 10, 9.99, 0.1, 0.30000000000000004, 5e-7, 2.5e-6, 1.5e-6, -2.5e-6, -0.0, 1e-7, 1e15),
    *(1e16, 2**53, 2**53 + 1, 2.0**53, 10**20, -(10**15), 10**15 + 1, 1e300, 123456789.123456789, 999999999999999.9),
)
OTHERS: tuple[Any, ...] = (
    *(True, False, None, [], [1], ["gold", 1.0, None, [1], {"b": 1}], [True, "1"], {}, {"b": 1}, {"size": 2}),
    *({"b": {"c": "x"}}, {"size": "gold", "b": [2]}, ["é", 'a"b']),
)
ZONES = (  # a zone, and a day near which its clocks change
    *(("UTC", "2024-02-29"), ("UTC", "2023-03-01"), ("Europe/Berlin", "2024-03-31"), ("Europe/Berlin", "2024-10-27")),
    *(("America/Sao_Paulo", "2018-02-18"), ("America/Sao_Paulo", "2018-11-04"), ("Asia/Kolkata", "2024-02-29")),
    *(("Pacific/Apia", "2011-12-31"), ("America/St_Johns", "2010-11-07"), ("Africa/Cairo", "2024-10-31")),
)


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """A person: the id, whether known, and the raw events of all identifiers."""

    profile_id: str
    owners: Sequence[str]
    events: Sequence[Event] = field(default_factory=list)

    @property
    def known(self) -> bool:
        """Whether an identifier makes the profile a known one."""
        return DEFAULT_RULES.is_known(self.owners)

    @property
    def has_profile(self) -> bool:
        """Whether there is a row for the profile, or its identifier is all there is."""
        return self.profile_id != alone(self.owners[0])


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """People, at an instant, in a calendar; `strays` name nobody, and `is_past` says that nothing happens later."""

    people: Sequence[Somebody]
    now: int
    calendar: Calendar
    strays: Sequence[Event] = ()
    is_past: bool = False


def a_crowd(random: Random, number: int = 100, most: int = 14) -> Crowd:
    """Make people up."""
    zone, day = random.choice(ZONES)
    calendar = Calendar(zone)
    middle = to_micros(datetime.fromisoformat(day).replace(tzinfo=UTC))
    today = calendar.day_of(middle) + random.choice([-1, 0, 0, 1, 2, 8])
    now = random.choice(
        [calendar.start_of(today) + random.choice([-1, 0, 1, HOUR]), middle + random.randrange(3 * DAY)]
    )
    edges = _edges(now, calendar)
    is_past = random.random() < 0.5
    people = [_somebody(random, index, edges, most) for index in range(number)]
    if is_past:
        people = [replace(one, events=[event for event in one.events if event.at <= now]) for one in people]
        people = [one for one in people if one.events or one.has_profile]
    strays = [_event(random, "nobody:x", index, edges) for index in range(number // 5)]
    return Crowd(people=people, now=now, calendar=calendar, strays=strays, is_past=is_past)


def a_value(random: Random) -> Any:
    """Some value that JSON holds."""
    kind = random.random()
    if kind < 0.45:
        return random.choice(NUMBERS)
    if kind < 0.85:
        return random.choice(TEXTS)
    return random.choice(OTHERS)


def _edges(now: int, calendar: Calendar) -> list[int]:
    """Instants at which windows begin, calendar days among them."""
    today = calendar.day_of(now)
    days = [calendar.start_of(today - back) for back in (-1, 0, 1, 2, 3, 6, 7, 13, 14, 29, 30)]
    return [now, *(now - length for length in LENGTHS), *days]


def _somebody(random: Random, index: int, edges: Sequence[int], most: int) -> Somebody:
    kinds = random.choice(
        [
            ["user_id"],
            ["anonymous_id"],
            ["email"],
            ["anonymous_id", "user_id"],
            ["anonymous_id", "anonymous_id", "ios.id"],
        ]
    )
    owners = [f"{kind}:{index}{letter}" for kind, letter in zip(kinds, "abc", strict=False)]
    has_profile = len(owners) > 1 or random.random() < 0.2
    profile_id = f"p_{owners[0]}~{index:x}" if has_profile else alone(owners[0])
    own = [_instant(random, edges) for _ in range(3)]  # at which several things happen at once
    events = [_event(random, random.choice(owners), number, edges, own) for number in range(random.randrange(most + 1))]
    if events and len(owners) > 1 and random.random() < 0.3:
        events += _twins(random, owners, events)
    if not has_profile and not events:
        events = [_event(random, owners[0], 0, edges)]  # who has neither is nobody yet
    return Somebody(profile_id=profile_id, owners=owners, events=events)


def _twins(random: Random, owners: Sequence[str], events: Sequence[Event]) -> list[Event]:
    """One event again, sent for another identifier, saying something else under the same id."""
    one = random.choice(events)
    others = [owner for owner in owners if owner != one.owner]
    traits = {name: a_value(random) for name in one.traits if not isinstance(one.traits[name], Sealed)}
    body = {"owner": others[0], "links": (others[0],), "traits": traits}
    return [Event(**{**{name: getattr(one, name) for name in one.__dataclass_fields__}, **body})]


def _event(random: Random, owner: str, number: int, edges: Sequence[int], own: Sequence[int] = ()) -> Event:
    at = random.choice(own) if own and random.random() < 0.5 else _instant(random, edges)
    is_identify = random.random() < 0.25
    is_order = random.random() < 0.25
    name = random.choice(OF_ORDERS if is_order else NAMES)
    properties = _of_an_order(random) if is_order else {}
    return Event(
        owner=owner,
        links=(owner,),
        moment=moment_of(at, "web", f"m{number % 4}"),
        type="identify" if is_identify else random.choice(["track", "track", "page"]),
        name=None if is_identify else name,
        at=at,
        arrival=at + SECOND + number,
        properties={**properties, **(_properties(random) if random.random() < 0.9 else {})},
        traits=_traits(random, owner) if is_identify else {},
    )


def _of_an_order(random: Random) -> Mapping[str, Any]:
    revenue = random.choice(REVENUES)
    return {"order_id": random.choice(["o-1", "o-2", 3]), **({} if revenue is None else {"revenue": revenue})}


def _instant(random: Random, edges: Sequence[int]) -> int:
    at = random.choice(edges) + random.choice([-1, 0, 0, 1, -SECOND, SECOND, random.randrange(-DAY, HOUR)])
    return at - random.randrange(400) * DAY if random.random() < 0.1 else at


def _properties(random: Random) -> Mapping[str, Any]:
    found = {name: a_value(random) for name in PROPERTIES if random.random() < 0.5}
    found["n"] = random.choice(FEW)
    if random.random() < 0.3:
        found["a"] = {"b": a_value(random)}
    return found


def _traits(random: Random, owner: str) -> Mapping[str, Any]:
    found = {name: a_value(random) for name in TRAITS if random.random() < 0.5}
    found["n"] = random.choice(FEW)
    if "due" in found and random.random() < 0.7:
        found["due"] = random.choice([text for text in TEXTS if text[:2] in ("20", "19")])
    if "email" in found:
        found["email"] = Sealed(owner, f"c{random.randrange(9)}")
    elif random.random() < 0.05:
        found["plan"] = Sealed(owner, "c")
    return found


def written(value: Any) -> str:
    """Write a value as the lake does."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
