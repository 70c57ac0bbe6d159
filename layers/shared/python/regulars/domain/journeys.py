"""
A journey is a tree of steps that somebody goes through: a page of YAML that a marketer can read aloud.

`regulars.domain.journey_definitions` reads it; `journey_walks` says what somebody meets on the way, and every engine
that runs journeys agrees with that. Lengths are microseconds, times of day minutes after midnight.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from regulars.domain.checks import Plain
from regulars.domain.segments import Node, Selection, Where

Change = Literal["entered", "left"]
Channel = Literal["email", "sms", "in_app"]
Class = Literal["marketing", "transactional"]
Quiet = Literal["hold", "skip"]
Missing = Literal["go_on", "exit"]
Weekday = int  # 0 is Monday
Steps = tuple["Step", ...]


@dataclass(frozen=True, slots=True)
class Awaited:
    """
    An event of the person who goes through, and in which properties it equals the event that they entered by.

    `same` pairs a property of this event with one of that: this cart, this order. One without a value is never equal.
    """

    selection: Selection
    same: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentChange:
    """The person enters a segment, or leaves it."""

    segment: str
    change: Change = "entered"


Signal = Awaited | SegmentChange


@dataclass(frozen=True, slots=True)
class EventEntry:
    """Who does this enters; with a `key`, once for each value of that property: for each cart, each order."""

    selection: Selection
    key: str | None = None


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """Who enters a segment, or leaves it; `enrol` says whether also, or only, those who are in it at the start."""

    segment: str
    change: Change = "entered"
    enrol: Literal["future", "current", "both"] = "future"


@dataclass(frozen=True, slots=True)
class ScheduleEntry:
    """All members of a segment, at a time of day on the workspace's clocks: on days of the week, or on one date."""

    segment: str
    at: int
    weekdays: frozenset[Weekday] = frozenset()
    date: int | None = None  # the number of a day; None for every week


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    Who enters, and how often.

    Of one person a key goes through once at a time. `again` is how long after it entered it may enter anew (None:
    never); `cool_down` how long after any entry of the person none follows; `at_once` how many of a person's keys may
    be under way. An `open` journey may be entered by a program, too, and by a move from another journey: with a key
    that these choose; `by` None only so.
    """

    by: EventEntry | SegmentEntry | ScheduleEntry | None
    open: bool = False
    when: Node | None = None
    again: int | None = 0
    cool_down: int = 0
    at_once: int = 1


@dataclass(frozen=True, slots=True)
class Wait:
    """Go on after this long."""

    id: str
    length: int


@dataclass(frozen=True, slots=True)
class WaitForTime:
    """Go on when the person's clocks show this time of day, on one of these days of the week if some are named."""

    id: str
    at: int
    weekdays: frozenset[Weekday] = frozenset()


@dataclass(frozen=True, slots=True)
class WaitForDate:
    """
    Go on at the date that a trait tells, so much later (`offset`, earlier if below 0), at a time of the person's day.

    `missing` says what becomes of those whose trait tells none, or one that is past.
    """

    id: str
    trait: str
    offset: int = 0
    at: int | None = None
    missing: Missing = "go_on"


@dataclass(frozen=True, slots=True)
class Way:
    """What to do when something happens while holding; `restarts` begins the holding anew and goes nowhere."""

    signal: Signal
    steps: Steps = ()
    restarts: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """Wait for the first of several things to happen, and at most so long; then go the other way."""

    id: str
    at_most: int
    ways: tuple[Way, ...]
    otherwise: Steps = ()


@dataclass(frozen=True, slots=True)
class Arm:
    """One way of a branch: for whom a condition holds, and whose entry passes the filters."""

    when: Node | None
    entry: tuple[Where, ...]
    steps: Steps


@dataclass(frozen=True, slots=True)
class Branch:
    """The first arm that is true; else the other way."""

    id: str
    arms: tuple[Arm, ...]
    otherwise: Steps = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a split: its name, how many percent, and their way."""

    name: str
    percent: int
    steps: Steps


@dataclass(frozen=True, slots=True)
class Split:
    """Draw lots, for each person once and for good (`by` names the lots); who is drawn for no part just goes on."""

    id: str
    parts: tuple[Part, ...]
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """A message: by which channel, of which template, for which purpose; in quiet hours it is held, or left out."""

    id: str
    channel: Channel
    template: str
    purpose: str
    kind: Class = "marketing"
    quiet: Quiet = "hold"


@dataclass(frozen=True, slots=True)
class Webhook:
    """
    Call somebody's address, and keep what is named of the answer: name and path.

    It is told only of who consents to the journey's `purpose`, by whichever channel; of everybody where that has none.
    """

    id: str
    to: str
    answers: tuple[tuple[str, str], ...] = ()
    failed: Missing = "go_on"
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Update:
    """Set traits of the person."""

    id: str
    traits: Mapping[str, Plain]


@dataclass(frozen=True, slots=True)
class Enlist:
    """Put the person on a static list, or take them off."""

    id: str
    list: str
    joins: bool


@dataclass(frozen=True, slots=True)
class Move:
    """Leave this journey and enter another one."""

    id: str
    journey: str


@dataclass(frozen=True, slots=True)
class Exit:
    """Leave the journey here."""

    id: str


@dataclass(frozen=True, slots=True)
class Repeat:
    """Go through some steps so many times."""

    id: str
    times: int
    steps: Steps


Step = (
    Wait | WaitForTime | WaitForDate | Hold | Branch | Split | Send | Webhook | Update | Enlist | Move | Exit | Repeat
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What the journey is for: an event within so long after the entry; `exits` says whether it ends the journey."""

    event: Awaited
    within: int
    exits: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A definition that people go through; `holdout` percent of those who enter are measured, and nothing is done."""

    id: str
    name: str
    entry: Entry
    steps: Steps
    goal: Goal | None = None
    exits: tuple[Signal, ...] = ()
    holdout: int = 0
    priority: int = 0
    version: int = 1


class Leave:
    """Where a way ends the journey."""


class Anew:
    """Where a way leads back to the beginning of its hold."""


END = "end"  # the place after the last step, where a passage ends; no step is called so
LEAVE, ANEW = Leave(), Anew()
MAX_RESTARTS = 100
Turn = Steps | Leave | Anew


def turns(step: Step) -> tuple[Turn, ...]:
    """
    List where each answer to a step leads: 0 the first, 1 the next; the journey then goes on with what follows it.

    A hold is answered with what happened, or the number after these once its time is over, and one that has begun anew
    as often as it may with the last number: whoever never comes to rest leaves. A branch and a split with
    the first that is true and the part that was drawn, or the number after these; a date and a webhook with 1 where
    there was none, or it failed; all others with 0.
    """
    match step:
        case Hold(_, _, ways, otherwise):
            unrest = (LEAVE,) if any(way.restarts for way in ways) else ()
            return (*(ANEW if way.restarts else way.steps for way in ways), otherwise, *unrest)
        case Branch():
            return inner(step)
        case Split():
            return (*inner(step), ())
        case WaitForDate(missing=instead) | Webhook(failed=instead):
            return ((), LEAVE if instead == "exit" else ())
        case Exit() | Move():
            return (LEAVE,)
        case _:
            return ((),)


def inner(step: Step) -> tuple[Steps, ...]:
    """The lists of steps right below a step, in the order in which they are written."""
    match step:
        case Hold(_, _, ways, otherwise):
            return (*(way.steps for way in ways), otherwise)
        case Branch(_, arms, otherwise):
            return (*(arm.steps for arm in arms), otherwise)
        case Split(_, parts):
            return tuple(part.steps for part in parts)
        case Repeat(_, _, steps):
            return (steps,)
        case _:
            return ()


def every(steps: Steps) -> Iterator[Step]:
    """List steps and all below them, in the order in which they are written."""
    for step in steps:
        yield step
        for below in inner(step):
            yield from every(below)


def signals(journey: Journey) -> Iterator[Signal]:
    """List what a journey listens to while somebody goes through."""
    yield from journey.exits
    if journey.goal:
        yield journey.goal.event
    for step in every(journey.steps):
        if isinstance(step, Hold):
            yield from (way.signal for way in step.ways)


def leaves(step: Step) -> bool:
    """Say whether nobody goes on after a step, whichever way they take."""
    if isinstance(step, Repeat):
        return _ends(step.steps)
    if isinstance(step, Split) and sum(part.percent for part in step.parts) == 100:
        return all(_ends(part.steps) for part in step.parts)
    return all(_ends(turn) for turn in turns(step) if not isinstance(turn, Anew))


def _ends(turn: Steps | Leave) -> bool:
    return isinstance(turn, Leave) or (bool(turn) and leaves(turn[-1]))
