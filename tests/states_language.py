"""The rules of the Amazon States Language (https://states-language.net/spec.html) for what we write in it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

TOP = {"Comment", "StartAt", "States", "TimeoutSeconds", "Version"}
COMMON = {"Type", "Comment", "InputPath", "OutputPath", "Next", "End"}
WORK = {"Parameters", "ResultSelector", "ResultPath", "Retry", "Catch"}
FIELDS = {
    "Task": COMMON | WORK | {"Resource", "TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds"},
    "Wait": COMMON | {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"},
    "Choice": {"Type", "Comment", "InputPath", "OutputPath", "Choices", "Default"},
    "Succeed": {"Type", "Comment", "InputPath", "OutputPath"},
}
PATH = re.compile(r"\$(\.[A-Za-z_]\w*)*")  # a reference path, as plain as ours are
CONTEXT = re.compile(r"\$\$(\.[A-Za-z_]\w*)+")
MOST_SECONDS = 99_999_999
Faults = Iterator[str]


def faults(definition: Mapping[str, Any]) -> Faults:
    """Say what a definition breaks."""
    states = definition["States"]
    yield from _only(definition, TOP, "the machine")
    yield from _seconds(definition, "the machine")
    if definition["StartAt"] not in states:
        yield "StartAt is no state"
    for name, state in states.items():
        yield from (f"{name}: {fault}" for fault in _of_state(name, state))
        yield from (f"{name}: there is no {after}" for after in _after(state) if after not in states)
    yield from (f"{name} is never reached" for name in set(states) - _reached(definition["StartAt"], states))
    yield from (f"{name} leads to no end" for name in states if not _ends(name, states))


def _of_state(name: str, state: Mapping[str, Any]) -> Faults:
    kind = state.get("Type", "")
    if not 1 <= len(name) <= 80:
        yield "the name has 1 to 80 characters"
    if kind not in FIELDS:
        yield f"{kind} is no type"
        return
    yield from _only(state, FIELDS[kind], kind)
    if kind in ("Task", "Wait") and ("Next" in state) == (state.get("End") is True):
        yield "has one of Next and End"
    if kind == "Wait" and len(set(state) & {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"}) != 1:
        yield "waits for one thing"
    yield from _paths(state)
    yield from _seconds(state, kind)
    yield from _choices(state)
    for retrier in state.get("Retry", ()):
        yield from _retrier(retrier)
    for field in ("Retry", "Catch"):
        yield from _errors(state.get(field, ()))


def _only(what: Mapping[str, Any], fields: set[str], name: str) -> Faults:
    yield from (f"{name} does not know {field}" for field in set(what) - fields)


def _seconds(what: Mapping[str, Any], name: str) -> Faults:
    seconds = what.get("TimeoutSeconds", 1)
    if type(seconds) is not int or not 1 <= seconds <= MOST_SECONDS:
        yield f"{name} times out after a whole number of seconds"


def _paths(state: Mapping[str, Any]) -> Faults:
    for field in ("ResultPath", "TimestampPath", "InputPath", "OutputPath"):
        if field in state and not PATH.fullmatch(state[field]):
            yield f"{field} is no reference path"
    for field in ("Parameters", "ResultSelector"):
        yield from _template(state.get(field, {}))


def _template(template: object) -> Faults:
    if not isinstance(template, Mapping):
        return
    for name, value in template.items():
        if not name.endswith(".$"):
            yield from _template(value)
        elif not isinstance(value, str) or not (PATH.fullmatch(value) or CONTEXT.fullmatch(value)):
            yield f"{name} is no path"


def _choices(state: Mapping[str, Any]) -> Faults:
    if state["Type"] == "Choice" and not state.get("Choices"):
        yield "has no choices"
    for rule in state.get("Choices", ()):
        compared = set(rule) - {"Variable", "Next", "Comment"}
        if len(compared) != 1 or "Next" not in rule or not PATH.fullmatch(rule.get("Variable", "")):
            yield f"{rule} is no choice"


def _retrier(retrier: Mapping[str, Any]) -> Faults:
    known = {"ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy"}
    yield from _only(retrier, known, "a retrier")
    interval, longest = retrier.get("IntervalSeconds", 1), retrier.get("MaxDelaySeconds", 31_622_399)
    if type(interval) is not int or interval < 1 or not interval < longest < 31_622_400:
        yield "a retrier waits whole seconds, and MaxDelaySeconds longer than at first"
    if type(retrier.get("MaxAttempts", 3)) is not int or not 0 <= retrier.get("MaxAttempts", 3) <= MOST_SECONDS:
        yield "MaxAttempts is a whole number"
    if retrier.get("BackoffRate", 2) < 1:
        yield "BackoffRate is 1 or more"
    if retrier.get("JitterStrategy", "NONE") not in ("NONE", "FULL"):
        yield "JitterStrategy is NONE or FULL"


def _errors(handlers: list[Mapping[str, Any]]) -> Faults:
    for at, each in enumerate(handlers):
        names = each.get("ErrorEquals", [])
        if not names:
            yield "ErrorEquals names an error"
        if "States.ALL" in names and (len(names) > 1 or at + 1 < len(handlers)):
            yield "States.ALL stands alone, and last"


def _after(state: Mapping[str, Any]) -> list[str]:
    """List the states that a state may lead to."""
    handlers = [*state.get("Choices", ()), *state.get("Catch", ())]
    return [each[field] for each in (state, *handlers) for field in ("Next", "Default") if field in each]


def _reached(start: str, states: Mapping[str, Any]) -> set[str]:
    found, left = set[str](), [start]
    while left:
        name = left.pop()
        if name not in found and name in states:
            found.add(name)
            left += _after(states[name])
    return found


def _ends(name: str, states: Mapping[str, Any]) -> bool:
    reached = _reached(name, states)
    return any(states[each].get("End") is True or states[each]["Type"] == "Succeed" for each in reached)
