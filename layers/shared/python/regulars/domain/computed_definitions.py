"""Read computed traits from their definitions, each of which may name others."""

from collections.abc import Mapping
from typing import Any

from regulars.domain.calendars import Calendar
from regulars.domain.checks import Compares, Recent
from regulars.domain.computed import AnyMeasure, ComputedTrait, Rfm, Score, Step, What
from regulars.domain.definition_reading import duration, fields, only, plain, word
from regulars.domain.measure_definitions import fits, read_measure, read_orders_measure
from regulars.domain.measuring import is_amount, is_time
from regulars.domain.reserved_events import AUDIENCE_EVENTS
from regulars.domain.segments import COUNTS, Measure
from regulars.errors import DefinitionError

Contents = Mapping[str, Mapping[str, Any]]  # definitions as they are written, by id
KINDS = ("event", "orders", "score", "rfm")
MAX_STEPS = 20
_TEXTS = {"id", "name", "description"}
_SCORES = ("recency", "frequency", "monetary")


def parse_computed(
    id: str,
    definition: Mapping[str, Any],
    others: Contents | None = None,
    *,
    calendar: Calendar | None = None,
) -> ComputedTrait:
    """
    Read a computed trait from its definition, as in `catalog/computed-traits/*.yaml`; it may name `others`.

    Raises DefinitionError, with the path of what is wrong.
    """
    name = word(definition.get("name", id), "name")
    if not isinstance(definition.get("description", ""), str):
        raise DefinitionError("description", "is a text")
    rest = {field: value for field, value in definition.items() if field not in _TEXTS}
    try:
        what = _Definitions(others or {}, calendar or Calendar()).what(rest, "")
    except DefinitionError as error:
        raise DefinitionError(error.path.removeprefix("."), error.message) from None
    return ComputedTrait(id=id, name=name, what=what)


def parse_all_computed(contents: Contents, calendar: Calendar | None = None) -> dict[str, ComputedTrait]:
    """Read all computed traits of a workspace. Raises DefinitionError."""
    return {id: parse_computed(id, content, contents, calendar=calendar) for id, content in contents.items()}


def read_others(contents: Contents, changed: str, calendar: Calendar) -> dict[str, ComputedTrait]:
    """
    Read all computed traits after a change of one, or without it.

    Raises DefinitionError, with the name of another one that would be wrong.
    """
    read = {}
    for id, content in contents.items():
        try:
            read[id] = parse_computed(id, content, contents, calendar=calendar)
        except DefinitionError as error:
            if id == changed:
                raise
            what = f"computed trait {id} reads it, and would be wrong ({error})"
            raise DefinitionError("", f"{what}: change or delete that first") from None
    return read


class _Definitions:
    """Reads what a definition computes, with all others at hand."""

    def __init__(self, contents: Contents, calendar: Calendar) -> None:
        self._contents = contents
        self._calendar = calendar

    def what(self, raw: Mapping[str, Any], path: str) -> What:
        """Read any of the four kinds. Raises DefinitionError."""
        if "score" in raw:
            only(raw, {"score"}, path)
            return self._score(raw["score"], f"{path}.score")
        if "rfm" not in raw:
            return self._measure(raw, path)
        only(raw, {"rfm"}, path)
        asks = fields(raw["rfm"], f"{path}.rfm", "{recency: …, frequency: …, monetary: …}")
        only(asks, _SCORES, f"{path}.rfm")
        recency, frequency, monetary = (self._score_of(asks.get(each), f"{path}.rfm.{each}") for each in _SCORES)
        if not is_time(recency.of):
            raise DefinitionError(f"{path}.rfm.recency", "is a score of a time, such as {orders: last_time}")
        return Rfm(recency, frequency, monetary)

    def _measure(self, raw: Mapping[str, Any], path: str) -> AnyMeasure:
        if "orders" in raw:
            return read_orders_measure(raw, path)
        if "event" in raw:
            measure = read_measure(raw, path, self._calendar)
            if measure.selection.event in AUDIENCE_EVENTS:
                raise DefinitionError(
                    f"{path}.event", "is what third parties say: only a segment may ask, with audience"
                )
            return measure
        raise DefinitionError(path, f"says what it computes: one of {', '.join(KINDS)}")

    def _score_of(self, raw: object, path: str) -> Score:
        """Read a score, or the name of one."""
        if not isinstance(raw, str):
            return self._score(raw, path)
        named = self._named(raw, path)
        if "score" not in named:
            raise DefinitionError(path, f"{raw} is no score")
        return self._score(named["score"], path)

    def _score(self, raw: object, path: str) -> Score:
        asks = fields(raw, path, "{of: {orders: revenue}, steps: [50, 200, 500]}")
        only(asks, {"of", "steps"}, path)
        of = self._measure_of(asks.get("of"), f"{path}.of")
        steps = asks.get("steps")
        if not isinstance(steps, list) or not 0 < len(steps) <= MAX_STEPS:
            raise DefinitionError(f"{path}.steps", f"is a list of 1 to {MAX_STEPS}, that which is reached first first")
        return Score(of, _steps(of, steps, f"{path}.steps"))

    def _measure_of(self, raw: object, path: str) -> AnyMeasure:
        """Read a measure, or the name of a computed trait that is one."""
        named = raw
        if isinstance(raw, str):
            content = self._named(raw, path)
            named = {field: value for field, value in content.items() if field not in _TEXTS}
            if "score" in content or "rfm" in content:
                raise DefinitionError(path, f"{raw} is a score itself")
        of = self._measure(fields(named, path, "{orders: revenue}"), path)
        if not (is_amount(of) or is_time(of) or _is_count(of)):
            raise DefinitionError(path, "is a number, an amount or a time: of a value there is no score")
        if is_time(of) and of.window:
            raise DefinitionError(
                path, "asks for all time: the steps of a time move, and so have no window beside them"
            )
        return of

    def _named(self, id: str, path: str) -> Mapping[str, Any]:
        if id not in self._contents:
            raise DefinitionError(path, f"there is no computed trait {id[:64]}")
        return self._contents[id]


def _is_count(measure: AnyMeasure) -> bool:
    return (measure.function in COUNTS) if isinstance(measure, Measure) else measure.of == "count"


def _steps(of: AnyMeasure, raw: list[Any], path: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    heights: list[float] = []
    for index, one in enumerate(raw):
        here = f"{path}[{index}]"
        if is_time(of):
            steps.append(Recent("within_last", duration(one, here)))
            heights.append(-duration(one, here))
        else:
            value = plain(one, here)
            if isinstance(value, str | bool):
                raise DefinitionError(here, "is a number")
            steps.append(Compares("at_least", value))
            fits(of, steps[-1], here)
            heights.append(value)
        if heights[1:] and heights[-1] <= heights[-2]:
            how = "shorter" if is_time(of) else "more"
            raise DefinitionError(here, f"is {how} than the step before it")
    return tuple(steps)
