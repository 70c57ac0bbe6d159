"""The words of the Amazon States Language that machines in memory know: paths, templates, choices, retries."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

State = Mapping[str, Any]
RUNTIME = "States.Runtime"  # no state catches it, and none is tried again for it
_WORDS = {
    "Task": {
        *("Type", "Resource", "Parameters", "ResultSelector", "ResultPath"),
        *("TimeoutSeconds", "Retry", "Catch", "Next", "End"),
    },
    "Choice": {"Type", "Choices", "Default"},
    "Wait": {"Type", "TimestampPath", "Next"},
    "Succeed": {"Type"},
}


class StateError(Exception):
    """A state failed; `name` is what retriers and catchers know it by."""

    def __init__(self, name: str, cause: str) -> None:
        super().__init__(f"{name}: {cause}")
        self.name = name
        self.cause = cause


def check(states: Mapping[str, State]) -> None:
    """Refuse what machines in memory would go by otherwise than Step Functions. Raises ValueError."""
    for name, state in states.items():
        unknown = set(state) - _WORDS.get(state["Type"], set())
        if unknown:
            raise ValueError(f"machines in memory do not know {', '.join(sorted(unknown))} of the state {name}")


def looked_up(path: str, data: object, context: Mapping[str, Any]) -> Any:
    """Give what a path names, in the input or, after `$$`, in the context. Raises StateError."""
    inside, names = _split(path)
    found: Any = context if inside else data
    for name in names:
        if not isinstance(found, Mapping) or name not in found:
            raise StateError(RUNTIME, f"there is no {path}")
        found = found[name]
    return found


def filled(template: object, data: object, context: Mapping[str, Any]) -> Any:
    """Fill in a template: each name that ends in `.$` with what its path names. Raises StateError."""
    if not isinstance(template, Mapping):
        return template
    return {
        name.removesuffix(".$"): looked_up(value, data, context)
        if name.endswith(".$")
        else filled(value, data, context)
        for name, value in template.items()
    }


def put(path: str | None, data: Any, result: object) -> Any:
    """Put a result where a path of one name says, beside what there is; None drops it."""
    if path is None:
        return data
    _, names = _split(path)
    if not names:
        return result
    (name,) = names
    return {**data, name: result}


def chosen(state: State, data: object) -> str:
    """Give the state that a choice leads to. Raises StateError."""
    for rule in state["Choices"]:
        value = looked_up(rule["Variable"], data, {})
        if isinstance(value, int | float) and not isinstance(value, bool) and value == rule["NumericEquals"]:
            return cast(str, rule["Next"])
    if "Default" in state:
        return cast(str, state["Default"])
    raise StateError("States.NoChoiceMatched", "no choice is true")


def handler(handlers: Sequence[State], error: str) -> int | None:
    """Number the first retrier or catcher for an error; a run's own faults have none."""
    if error == RUNTIME:
        return None
    return next((at for at, one in enumerate(handlers) if _matches(one["ErrorEquals"], error)), None)


def _matches(names: Sequence[str], error: str) -> bool:
    return error in names or "States.ALL" in names or ("States.TaskFailed" in names and error != "States.Timeout")


@lru_cache(1_024)
def _split(path: str) -> tuple[bool, tuple[str, ...]]:
    start, *names = path.split(".")
    return start == "$$", tuple(names)
