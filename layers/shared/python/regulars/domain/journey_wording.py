"""Journeys in plain words: what a step does, what a way waits for, who enters."""

from regulars.domain.calendars import date_of
from regulars.domain.journey_parts import WEEKDAYS
from regulars.domain.journeys import (
    Arm,
    Awaited,
    Branch,
    Enlist,
    Entry,
    EventEntry,
    Exit,
    Hold,
    Move,
    ScheduleEntry,
    SegmentChange,
    SegmentEntry,
    Send,
    Signal,
    Split,
    Step,
    Update,
    Wait,
    WaitForDate,
    WaitForTime,
    Way,
    Webhook,
)
from regulars.domain.wording import filtered, in_one, long, selected

NOBODY = "0 %"
RARELY = "begun anew a hundred times"
_CHANNELS = {"email": "e-mail", "sms": "text message", "in_app": "in-app message"}


def step_in_words(step: Step) -> str:
    """Say what a step does."""
    match step:
        case Wait(_, length):
            return f"wait {long(length)}"
        case WaitForTime(_, at, weekdays):
            return f"wait for {time_in_words(at)}{_on(weekdays)}"
        case WaitForDate():
            return _date(step)
        case Hold(_, at_most):
            return f"wait for what happens, at most {long(at_most)}"
        case Branch():
            return "the first that is true"
        case Split():
            return "draw lots"
        case Send(channel=channel, template=template, purpose=purpose):
            return f"{_CHANNELS[channel]} {template}, for {purpose}"
        case _:
            return _does(step)


def _does(step: Step) -> str:
    match step:
        case Webhook(_, to):
            return f"call {to}"
        case Update(_, traits):
            return f"set {', '.join(sorted(traits))}"
        case Enlist(_, list, joins):
            return f"{'join' if joins else 'leave'} list {list}"
        case Move(_, journey):
            return f"move to {journey}"
        case Exit():
            return "leave"
        case _:
            return "again"


def entry_in_words(entry: Entry) -> str:
    """Say who enters."""
    match entry.by:
        case EventEntry(selection, key):
            who = f"{selected(selection)}{f', for each {key}' if key else ''}"
        case SegmentEntry(segment, change, enrol):
            future = f"{'enters' if change == 'entered' else 'leaves'} {segment}"
            who = {"future": future, "current": f"is in {segment}", "both": f"is in {segment} or enters it"}[enrol]
        case ScheduleEntry(segment, at, weekdays, date):
            when = f" on {date_of(date)}" if date is not None else _on(weekdays)
            who = f"members of {segment} at {time_in_words(at)}{when}"
        case _:
            who = "whom a program lets in"
    if entry.open and entry.by:
        who = f"{who}, or whom a program lets in"
    return f"{who}, if {in_one(entry.when)}" if entry.when else who


def signal_in_words(signal: Signal) -> str:
    """Say what happens."""
    match signal:
        case SegmentChange(segment, change):
            return f"{'enters' if change == 'entered' else 'leaves'} {segment}"
        case Awaited(selection, same):
            shared = " and ".join(here if here == there else f"{here} as {there}" for here, there in same)
            return f"{selected(selection)}{f' with the same {shared}' if shared else ''}"


def ways_in_words(step: Step) -> tuple[str, ...]:
    """Name the ways that lead on from a step, in the order of its answers; of those that have but one, nothing."""
    match step:
        case Hold(_, at_most, ways):
            unrest = (RARELY,) if any(way.restarts for way in ways) else ()
            return (*(_way(way) for way in ways), f"after {long(at_most)}", *unrest)
        case Branch(_, arms):
            return (*(_arm(arm) for arm in arms), "otherwise")
        case Split(_, parts):
            rest = 100 - sum(part.percent for part in parts)
            return (*(f"{part.name} {part.percent} %" for part in parts), f"{rest} %")
        case WaitForDate():
            return ("then", "there is none, or it is past")
        case Webhook():
            return ("answered", "failed")
        case _:
            return ("",)


def time_in_words(minutes: int) -> str:
    """Write a time of day."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _way(way: Way) -> str:
    return f"{signal_in_words(way.signal)}{': begin anew' if way.restarts else ''}"


def _arm(arm: Arm) -> str:
    asked = [in_one(arm.when)] if arm.when else []
    return " and ".join(asked + ([f"entered with {filtered(arm.entry)}"] if arm.entry else []))


def _on(weekdays: frozenset[int]) -> str:
    return f" on {', '.join(WEEKDAYS[day].capitalize() for day in sorted(weekdays))}" if weekdays else ""


def _date(step: WaitForDate) -> str:
    around = f"{long(abs(step.offset))} {'before' if step.offset < 0 else 'after'} " if step.offset else ""
    at = f", at {time_in_words(step.at)}" if step.at is not None else ""
    return f"wait for {around}{step.trait}{at}"
