"""Read the steps of a journey, and refuse what does not hold together, saying where."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast, get_args

from regulars.domain.calendars import Calendar
from regulars.domain.computed import ComputedTrait
from regulars.domain.decisions import is_purpose
from regulars.domain.definition_reading import duration, fields, only, plain, whole, word
from regulars.domain.instants import DAY
from regulars.domain.journey_parts import (
    EVENT_FIELDS,
    SEGMENT_FIELDS,
    Known,
    is_id,
    read_choice,
    read_fields,
    read_flag,
    read_id,
    read_percent,
    read_signal,
    read_time,
    read_weekdays,
)
from regulars.domain.journeys import (
    END,
    Arm,
    Branch,
    Channel,
    Class,
    Enlist,
    Exit,
    Hold,
    Missing,
    Move,
    Part,
    Quiet,
    Repeat,
    Send,
    Split,
    Step,
    Steps,
    Update,
    Wait,
    WaitForDate,
    WaitForTime,
    Way,
    Webhook,
    leaves,
)
from regulars.domain.measure_definitions import read_filters
from regulars.domain.personal_names import is_personal_trait
from regulars.domain.segment_definitions import read_condition
from regulars.domain.segments import Consented, InSegment, Node, walk
from regulars.errors import DefinitionError

MAX_STEPS = 50
MAX_DEPTH = 6
MAX_WAYS = 9  # of a hold and of a branch
MAX_PARTS = 10
MAX_TIMES = 20
MAX_TRAITS = 20
MAX_ANSWERS = 10
LONGEST = 365 * DAY
KINDS = (
    "wait",
    "hold",
    "branch",
    "split",
    "send",
    "webhook",
    "update",
    "join",
    "leave",
    "move",
    "exit",
    "repeat",
)
_CHANNELS = get_args(Channel)
_CLASSES = get_args(Class)
_QUIET = get_args(Quiet)
_MISSING = get_args(Missing)
_AROUND = ("before", "after")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the steps of a journey are read with; `by_event` says that people enter it by an event."""

    journey: str
    purpose: str | None
    by_event: bool
    calendar: Calendar = field(default_factory=Calendar)
    computed: Mapping[str, ComputedTrait] | None = None
    known: Known = field(default_factory=Known)

    def condition(self, raw: object, path: str) -> Node:
        """Read a condition in the words of segments. Raises DefinitionError."""
        node = read_condition(self.journey, raw, path, calendar=self.calendar, computed=self.computed)
        for each in walk(node):
            if isinstance(each, InSegment):
                self.known.must("segment", each.segment, path)
            if isinstance(each, Consented):
                self.known.must("purpose", each.purpose, path)
        return node


def read_steps(raw: object, setting: Setting) -> Steps:
    """Read the steps of a journey. Raises DefinitionError, with the path of what is wrong."""
    return _Reader(setting).steps(raw, "steps", 1)


class _Reader:
    """Reads the steps of one journey, which all have ids of their own."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._ids: set[str] = set()

    def steps(self, raw: object, path: str, depth: int) -> Steps:
        """Read a list of steps and all below them. Raises DefinitionError."""
        if depth > MAX_DEPTH:
            raise DefinitionError(path, f"is nested deeper than {MAX_DEPTH}")
        if not isinstance(raw, list):
            raise DefinitionError(path, "is a list of steps, such as [{wait: 1 day}]")
        found = tuple(self._step(each, f"{path}[{index}]", depth) for index, each in enumerate(raw))
        for index, step in enumerate(found[:-1]):
            if leaves(step):
                raise DefinitionError(f"{path}[{index + 1}]", "is never reached: the step before leaves the journey")
        return found

    def _step(self, raw: object, path: str, depth: int) -> Step:
        asks: Mapping[str, Any] = {"exit": True} if raw == "exit" else fields(raw, path, "{wait: 1 day}")
        named = [kind for kind in KINDS if kind in asks]
        if len(named) != 1:
            raise DefinitionError(path, f"is one step, one of {', '.join(KINDS)}")
        (kind,) = named
        only(asks, {kind, "id", *_BESIDE.get(kind, ())}, path)
        id = self._id(asks, kind, path)
        if kind in _PLAIN:
            return _PLAIN[kind](id, asks[kind], f"{path}.{kind}")
        read: Callable[[str, Mapping[str, Any], str, int], Step] = getattr(self, f"_{kind}")
        return read(id, asks, path, depth)

    def _id(self, asks: Mapping[str, Any], kind: str, path: str) -> str:
        """Name a step: as it says, else by its template, or its kind and how manieth of that kind it is."""
        if len(self._ids) >= MAX_STEPS:
            raise DefinitionError("steps", f"has more than {MAX_STEPS} steps")
        if "id" in asks:
            id = read_id(asks["id"], f"{path}.id", "reminder")
        else:
            id = next(name for name in _names(kind, asks[kind]) if name not in self._ids | {END})
        if id == END:
            raise DefinitionError(f"{path}.id", f"is {END}, as the end of a journey is: call it something else")
        if id in self._ids:
            raise DefinitionError(f"{path}.id", f"is {id}, as another step is: give each its own")
        self._ids.add(id)
        return id

    def _join(self, id: str, asks: Mapping[str, Any], path: str, _depth: int) -> Enlist:
        return Enlist(id, self._list(asks["join"], f"{path}.join"), joins=True)

    def _leave(self, id: str, asks: Mapping[str, Any], path: str, _depth: int) -> Enlist:
        return Enlist(id, self._list(asks["leave"], f"{path}.leave"), joins=False)

    def _list(self, raw: object, path: str) -> str:
        return self._setting.known.must("list", read_id(raw, path, "vip"), path)

    def _move(self, id: str, asks: Mapping[str, Any], path: str, _depth: int) -> Move:
        to = read_id(asks["move"], f"{path}.move", "welcome_back")
        return Move(id, self._setting.known.must("journey", to, f"{path}.move"))

    def _hold(self, id: str, asks: Mapping[str, Any], path: str, depth: int) -> Hold:
        raw, path = asks["hold"], f"{path}.hold"
        example = "{at_most: 1 day, until: [{event: Order Completed, steps: [exit]}], otherwise: []}"
        said = read_fields(raw, path, example, frozenset({"at_most", "until", "otherwise"}))
        until = _listed(said.get("until"), f"{path}.until", MAX_WAYS, "things that may happen")
        return Hold(
            id,
            _length(said.get("at_most"), f"{path}.at_most"),
            tuple(self._way(one, f"{path}.until[{index}]", depth) for index, one in enumerate(until)),
            self.steps(said.get("otherwise", []), f"{path}.otherwise", depth + 1),
        )

    def _way(self, raw: object, path: str, depth: int) -> Way:
        allowed = EVENT_FIELDS | SEGMENT_FIELDS | {"steps", "restart"}
        asks = read_fields(raw, path, "{event: Order Completed, steps: [exit]}", allowed)
        only(asks, (SEGMENT_FIELDS if "segment" in asks else EVENT_FIELDS) | {"steps", "restart"}, path)
        setting = self._setting
        signal = read_signal(asks, path, setting.calendar, setting.known, by_event=setting.by_event)
        restarts = read_flag(asks.get("restart", False), f"{path}.restart")
        if restarts and "steps" in asks:
            raise DefinitionError(f"{path}.steps", "is never reached: restart begins the holding anew")
        return Way(signal, self.steps(asks.get("steps", []), f"{path}.steps", depth + 1), restarts)

    def _branch(self, id: str, asks: Mapping[str, Any], path: str, depth: int) -> Branch:
        path = f"{path}.branch"
        arms: list[Arm] = []
        otherwise: Steps = ()
        listed = _listed(asks["branch"], path, MAX_WAYS + 1, "ways")
        for index, one in enumerate(listed):
            here = f"{path}[{index}]"
            said = fields(one, here, "{when: {segment: vip}, steps: []}")
            if "otherwise" not in said:
                arms.append(self._arm(said, here, depth))
                continue
            only(said, {"otherwise"}, here)
            if index + 1 < len(listed):
                raise DefinitionError(here, "comes last: of the ways before it the first that is true is taken")
            otherwise = self.steps(said["otherwise"], f"{here}.otherwise", depth + 1)
        if not 0 < len(arms) <= MAX_WAYS:
            raise DefinitionError(path, f"has 1 to {MAX_WAYS} ways with a condition, and otherwise")
        return Branch(id, tuple(arms), otherwise)

    def _arm(self, asks: Mapping[str, Any], path: str, depth: int) -> Arm:
        only(asks, {"when", "entry", "steps"}, path)
        if not asks.keys() & {"when", "entry"}:
            raise DefinitionError(path, "says when, in the words of segments, or asks the entry: {entry: {value: 20}}")
        if "entry" in asks and not self._setting.by_event:
            raise DefinitionError(f"{path}.entry", "asks properties of the event of the entry: enter by an event")
        when = self._setting.condition(asks["when"], f"{path}.when") if "when" in asks else None
        entry = read_filters(asks.get("entry", {}), f"{path}.entry")
        return Arm(when, entry, self.steps(asks.get("steps", []), f"{path}.steps", depth + 1))

    def _split(self, id: str, asks: Mapping[str, Any], path: str, depth: int) -> Split:
        parts = []
        for index, one in enumerate(_listed(asks["split"], f"{path}.split", MAX_PARTS, "parts")):
            here = f"{path}.split[{index}]"
            part = read_fields(one, here, "{name: a, percent: 50, steps: []}", frozenset({"name", "percent", "steps"}))
            name = read_id(part.get("name"), f"{here}.name", "a")
            percent = read_percent(part.get("percent"), f"{here}.percent")
            parts.append(Part(name, percent, self.steps(part.get("steps", []), f"{here}.steps", depth + 1)))
        if sum(part.percent for part in parts) > 100:
            raise DefinitionError(f"{path}.split", "is more than 100 percent in all")
        if len({part.name for part in parts}) < len(parts):
            raise DefinitionError(f"{path}.split", "names two parts alike")
        by = read_id(asks["by"], f"{path}.by", "first_test") if "by" in asks else f"{self._setting.journey}.{id}"
        return Split(id, tuple(parts), by)

    def _repeat(self, id: str, asks: Mapping[str, Any], path: str, depth: int) -> Repeat:
        path = f"{path}.repeat"
        said = read_fields(asks["repeat"], path, "{times: 3, steps: [{wait: 7 days}]}", frozenset({"times", "steps"}))
        times = whole(said.get("times"), f"{path}.times", least=2, most=MAX_TIMES)
        steps = self.steps(said.get("steps"), f"{path}.steps", depth + 1)
        if not steps:
            raise DefinitionError(f"{path}.steps", "has something to repeat")
        if leaves(steps[-1]):
            raise DefinitionError(f"{path}.steps", "is done once only: its last step leaves the journey on every way")
        return Repeat(id, times, steps)

    def _send(self, id: str, asks: Mapping[str, Any], path: str, _depth: int) -> Send:
        path = f"{path}.send"
        allowed = frozenset({"channel", "template", "purpose", "class", "quiet"})
        said = read_fields(asks["send"], path, "{channel: email, template: welcome, purpose: newsletter}", allowed)
        purpose = said.get("purpose", self._setting.purpose)
        if purpose is None:
            raise DefinitionError(path, "says for which purpose of catalog/consent.yaml it is, or the journey does")
        if not is_purpose(purpose):
            raise DefinitionError(
                f"{path}.purpose", "is the id of a purpose in catalog/consent.yaml, such as newsletter"
            )
        return Send(
            id=id,
            channel=cast(Channel, read_choice(said.get("channel"), f"{path}.channel", _CHANNELS)),
            template=read_id(said.get("template"), f"{path}.template", "welcome"),
            purpose=self._setting.known.must("purpose", purpose, f"{path}.purpose"),
            kind=cast(Class, read_choice(said.get("class", "marketing"), f"{path}.class", _CLASSES)),
            quiet=cast(Quiet, read_choice(said.get("quiet", "hold"), f"{path}.quiet", _QUIET)),
        )

    def _webhook(self, id: str, asks: Mapping[str, Any], path: str, _depth: int) -> Webhook:
        path, purpose = f"{path}.webhook", self._setting.purpose
        asks = read_fields(
            asks["webhook"], path, "{to: crm, answers: {coupon: code}}", frozenset({"to", "answers", "failed"})
        )
        answers = asks.get("answers", {})
        if answers != {}:
            answers = fields(answers, f"{path}.answers", "{coupon: code}, a name and where it stands in the answer")
        if len(answers) > MAX_ANSWERS:
            raise DefinitionError(f"{path}.answers", f"keeps at most {MAX_ANSWERS} values of the answer")
        kept = [
            (read_id(name, f"{path}.answers", "coupon"), word(place, f"{path}.answers.{name}"))
            for name, place in answers.items()
        ]
        failed = read_choice(asks.get("failed", "go_on"), f"{path}.failed", _MISSING)
        return Webhook(
            id,
            read_id(asks.get("to"), f"{path}.to", "crm"),
            tuple(kept),
            cast(Missing, failed),
            self._setting.known.must("purpose", purpose, "purpose") if purpose else "",
        )


def _wait(id: str, raw: object, path: str) -> Step:
    if isinstance(raw, str):
        return Wait(id, _length(raw, path))
    asks = fields(raw, path, '1 day, {until: "09:00"} or {date: renewal_date, before: 7 days}')
    if "date" in asks:
        return _date(id, asks, path)
    only(asks, {"until", "days"}, path)
    at = read_time(asks.get("until"), f"{path}.until")
    return WaitForTime(id, at, read_weekdays(asks["days"], f"{path}.days") if "days" in asks else frozenset())


def _date(id: str, asks: Mapping[str, Any], path: str) -> Step:
    only(asks, {"date", *_AROUND, "at", "missing"}, path)
    trait = word(asks["date"], f"{path}.date")
    if is_personal_trait(trait):
        raise DefinitionError(f"{path}.date", f"{trait} is personal and kept sealed: a journey cannot read it")
    around = [name for name in _AROUND if name in asks]
    if len(around) > 1:
        raise DefinitionError(path, "is before the date or after it")
    offset = 0
    for name in around:
        offset = _length(asks[name], f"{path}.{name}") * (-1 if name == "before" else 1)
    at = read_time(asks["at"], f"{path}.at") if "at" in asks else None
    missing = read_choice(asks.get("missing", "go_on"), f"{path}.missing", _MISSING)
    return WaitForDate(id, trait, offset, at, cast(Missing, missing))


def _update(id: str, raw: object, path: str) -> Step:
    asks = fields(raw, path, "{onboarded: true}")
    if len(asks) > MAX_TRAITS:
        raise DefinitionError(path, f"sets at most {MAX_TRAITS} traits")
    if personal := sorted(str(name) for name in asks if is_personal_trait(str(name))):
        raise DefinitionError(path, f"{', '.join(personal)} is personal: a definition is no place for somebody's data")
    return Update(id, {word(name, path): plain(value, f"{path}.{name}") for name, value in asks.items()})


def _exit(id: str, raw: object, path: str) -> Step:
    if raw is not True:
        raise DefinitionError(path, "takes nothing: write `- exit`")
    return Exit(id)


def _length(raw: object, path: str) -> int:
    length = duration(raw, path)
    if length > LONGEST:
        raise DefinitionError(path, "is at most 365 days, as long as somebody may be in a journey")
    return length


def _listed(raw: object, path: str, most: int, what: str) -> Sequence[object]:
    if not isinstance(raw, list) or not 0 < len(raw) <= most:
        raise DefinitionError(path, f"is a list of 1 to {most} {what}")
    return raw


def _names(kind: str, asks: object) -> Iterator[str]:
    template = asks.get("template") if kind == "send" and isinstance(asks, Mapping) else None
    if isinstance(template, str) and is_id(template):
        yield template
    yield from (f"{kind}_{number}" for number in range(1, MAX_STEPS + 2))


_PLAIN: Mapping[str, Callable[[str, object, str], Step]] = {
    "wait": _wait,
    "update": _update,
    "exit": _exit,
}
_BESIDE: Mapping[str, tuple[str, ...]] = {"split": ("by",)}
