"""How many segments a core decides in a second, beside json-logic-qubit and rule-engine on the same rules."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from random import Random
from statistics import median
from time import process_time
from typing import Any

from regulars.domain.calendars import UTC_DAYS
from regulars.domain.compiling import compile_all
from regulars.domain.people import Person
from regulars.domain.segment_definitions import parse

TOOLS = Path(".regulars/peers/tools")
RULES, PEOPLE, CHECKED, ROUNDS = 20, 200, 100, 7
_PLACES = ("DE", "FR", "GB", "US", "IT", "ES")
_PLANS = ("free", "pro", "team", "enterprise")
_SIGNS = {"equals": "==", "at_least": ">=", "at_most": "<=", "more_than": ">", "less_than": "<"}
Values = Mapping[str, Any]
Engine = Callable[[int, Values], bool]


@dataclass(frozen=True, slots=True)
class Decided:
    """Decisions in a second of processor time, and how many times as many as each peer ours makes of it."""

    engine: str
    a_second: float
    ratio: float


def measure() -> list[Decided]:
    """Let all engines decide the same rules about the same people; raises AssertionError where two disagree."""
    sys.path.append(str(TOOLS))
    random = Random(7)
    rules = [_tree(random, random.randint(5, 9)) for _ in range(RULES)]
    people = [_values(Random(seed)) for seed in range(PEOPLE)]
    engines = {"ours": _ours(rules, people), "json-logic-qubit": _json_logic(rules), "rule-engine": _rule_engine(rules)}
    for name, engine in engines.items():
        _agree(name, engine, engines["ours"], people[:CHECKED])
    taken: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(ROUNDS):
        for name, engine in engines.items():
            taken[name].append(_seconds(engine, people if name == "ours" else people[:40]))
    ours = median(taken["ours"])
    return [Decided(name, 1 / median(times), median(times) / ours) for name, times in taken.items()]


def _agree(name: str, engine: Engine, ours: Engine, people: Sequence[Values]) -> None:
    for rule in range(RULES):
        for values in people:
            assert bool(engine(rule, values)) is ours(rule, values), f"{name} disagrees about rule {rule}"


def _seconds(engine: Engine, people: Sequence[Values]) -> float:
    """Processor time of one decision."""
    began = process_time()
    for values in people:
        for rule in range(RULES):
            engine(rule, values)
    return (process_time() - began) / (RULES * len(people))


def _ours(rules: Sequence[Any], people: Sequence[Values]) -> Engine:
    segments = [parse(f"s{number}", {"where": rule}) for number, rule in enumerate(rules)]
    deciders = [compiled.is_member for compiled in compile_all(segments, UTC_DAYS).values()]
    known = {id(values): Person(known=True, values=values) for values in people}
    return lambda rule, values: deciders[rule](known[id(values)], 0)


def _json_logic(rules: Sequence[Any]) -> Engine:
    decide = import_module("json_logic").jsonLogic
    written = [_as_json_logic(rule) for rule in rules]
    return lambda rule, values: bool(decide(written[rule], values))


def _rule_engine(rules: Sequence[Any]) -> Engine:
    made = [import_module("rule_engine").Rule(_as_text(rule)) for rule in rules]
    return lambda rule, values: bool(made[rule].matches(values))


def _values(random: Random) -> Values:
    return {
        **{f"n{number}": random.randrange(1_000) for number in range(14)},
        **{f"c{number}": random.choice(_PLACES) for number in range(5)},
        **{f"p{number}": random.choice(_PLANS) for number in range(5)},
        **{f"b{number}": random.random() < 0.5 for number in range(4)},
        **{f"l{number}": random.sample(_PLANS, 2) for number in range(2)},
    }


def _tree(random: Random, leaves: int) -> dict[str, Any]:
    if leaves == 1:
        leaf = _leaf(random)
        return {"not": leaf} if random.random() < 0.15 else leaf
    first = random.randint(1, leaves - 1)
    return {random.choice(("all", "any")): [_tree(random, first), _tree(random, leaves - first)]}


def _leaf(random: Random) -> dict[str, Any]:
    match random.choices(("number", "text", "in", "flag", "list"), (45, 20, 15, 12, 8))[0]:
        case "number":
            return {"trait": f"n{random.randrange(14)}", random.choice(list(_SIGNS)[1:]): random.randrange(100, 900)}
        case "text":
            return {"trait": f"c{random.randrange(5)}", "equals": random.choice(_PLACES)}
        case "in":
            return {"trait": f"p{random.randrange(5)}", "in": random.sample(_PLANS, 2)}
        case "flag":
            return {"trait": f"b{random.randrange(4)}", "equals": random.random() < 0.5}
        case _:
            return {"trait": f"l{random.randrange(2)}", "contains": random.choice(_PLANS)}


def _as_json_logic(rule: Mapping[str, Any]) -> Any:
    match rule:
        case {"all": nodes}:
            return {"and": [_as_json_logic(node) for node in nodes]}
        case {"any": nodes}:
            return {"or": [_as_json_logic(node) for node in nodes]}
        case {"not": node}:
            return {"!": [_as_json_logic(node)]}
        case {"trait": trait, "in": values}:
            return {"in": [{"var": trait}, values]}
        case {"trait": trait, "contains": value}:
            return {"in": [value, {"var": trait}]}
        case {"trait": trait, **check}:
            (how, value), *_ = check.items()
            return {_SIGNS[how]: [{"var": trait}, value]}
    raise AssertionError(rule)


def _as_text(rule: Mapping[str, Any]) -> str:
    match rule:
        case {"all": nodes}:
            return f"({' and '.join(map(_as_text, nodes))})"
        case {"any": nodes}:
            return f"({' or '.join(map(_as_text, nodes))})"
        case {"not": node}:
            return f"(not {_as_text(node)})"
        case {"trait": trait, "in": values}:
            return f"({trait} in {json.dumps(values)})"
        case {"trait": trait, "contains": value}:
            return f"({json.dumps(value)} in {trait})"
        case {"trait": trait, **check}:
            (how, value), *_ = check.items()
            return f"({trait} {_SIGNS[how]} {json.dumps(value)})"
    raise AssertionError(rule)
