"""What of an event a tracking plan does not allow: where, by which rule, and taking it out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from regulars.domain.telling import Own, text_tells

MASK = "•••"
UNPLANNED = "unplanned"  # the rule that an event breaks which no plan names
_LONGEST = 100
Step = str | int


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """Where, such as `properties.products[].price`, and the keyword of JSON Schema that was not met."""

    where: str
    rule: str


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One place of one event that breaks a rule; nothing is missing at it, so it can be taken out, unless `kept`."""

    path: tuple[Step, ...]
    rule: str
    kept: bool = False

    def told(self, own: Own) -> Violation:
        """Name the place without the numbers of items, and without names that tell a person."""
        where = ""
        for step in self.path:
            if isinstance(step, int):
                where += "[]"
            else:
                name = MASK if text_tells(step, own) else step if len(step) <= _LONGEST else f"{step[:_LONGEST]}…"
                where += f".{name}" if where else name
        return Violation(where, self.rule)


def order(faults: Iterable[Fault]) -> list[Fault]:
    """Bring faults into one order, whatever order the fields of the event came in."""
    return sorted(set(faults), key=lambda fault: (tuple(map(_key, fault.path)), fault.rule))


def take_out(content: Any, paths: Sequence[tuple[Step, ...]]) -> Any:
    """Take values out of nested content; the one that was given stays as it is."""
    if not paths:
        return content
    if any(not path for path in paths):
        return None
    below: dict[Step, list[tuple[Step, ...]]] = {}
    for step, *rest in paths:
        below.setdefault(step, []).append(tuple(rest))
    gone = {step for step, inner in below.items() if any(not path for path in inner)}
    keep: Callable[[Step, Any], Any] = lambda step, value: take_out(value, below.get(step, []))  # noqa: E731
    if isinstance(content, Mapping):
        return {name: keep(name, value) for name, value in content.items() if name not in gone}
    if isinstance(content, list):
        return [keep(index, value) for index, value in enumerate(content) if index not in gone]
    return content


def _key(step: Step) -> tuple[int, int, str]:
    return (0, step, "") if isinstance(step, int) else (1, 0, step)
