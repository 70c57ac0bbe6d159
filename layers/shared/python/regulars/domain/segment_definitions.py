"""Read a segment from its definition, and refuse what does not hold together, saying where."""

from collections.abc import Callable, Mapping
from typing import Any

from regulars.domain.audiences import check_audiences
from regulars.domain.calendars import Calendar
from regulars.domain.check_definitions import CHECKS, some_checks
from regulars.domain.checks import Check, Compares, Exists
from regulars.domain.computed import ComputedTrait
from regulars.domain.computed_conditions import read_computed
from regulars.domain.decisions import is_purpose
from regulars.domain.definition_reading import fields, only, whole, word
from regulars.domain.measure_definitions import read_event, read_latest, read_orders, read_sequence, united
from regulars.domain.personal_names import is_personal_trait
from regulars.domain.reserved_events import JOINED, LEFT
from regulars.domain.segments import (
    All,
    Consented,
    Drawn,
    InAudience,
    InSegment,
    Latest,
    Node,
    Not,
    OneOf,
    Regular,
    Segment,
    Selection,
    Trait,
    Where,
    walk,
)
from regulars.errors import DefinitionError

STATUSES = ("live", "draft", "paused", "archived")
MAX_DEPTH = 10
MAX_NODES = 200
MAX_SEGMENTS_READ = 10  # each is asked as often as it is named, and so are those that it names
MAX_PERIODS = 800
LEAVES = (
    "trait",
    "computed",
    "event",
    "orders",
    "sequence",
    "latest",
    "segment",
    "list",
    "audience",
    "consent",
    "drawn",
)


def parse(
    id: str,
    definition: Mapping[str, Any],
    *,
    version: int = 1,
    calendar: Calendar | None = None,
    computed: Mapping[str, ComputedTrait] | None = None,
) -> Segment:
    """
    Read a segment from its definition, as in `catalog/segments/*.yaml`; its conditions may name `computed` traits.

    Without these at hand, conditions on them are read as they stand: nobody can be asked such a segment.

    Raises DefinitionError, with the path of what is wrong.
    """
    only(definition, {"id", "name", "description", "where", "anonymous", "status", "purpose", "channel"}, "")
    anonymous = definition.get("anonymous", False)
    if not isinstance(anonymous, bool):
        raise DefinitionError("anonymous", "is true or false")
    if definition.get("status", "live") not in STATUSES:
        raise DefinitionError("status", f"is one of {', '.join(STATUSES)}")
    name = word(definition.get("name", id), "name")
    if not isinstance(definition.get("description", ""), str):
        raise DefinitionError("description", "is a text")
    where = _Tree(id, calendar or Calendar(), computed).node(definition.get("where"), "where", 1)
    if sum(1 for _ in walk(where)) > MAX_NODES:
        raise DefinitionError("where", f"has more than {MAX_NODES} conditions")
    if sum(isinstance(node, InSegment) for node in walk(where)) > MAX_SEGMENTS_READ:
        raise DefinitionError("where", f"names other segments more than {MAX_SEGMENTS_READ} times")
    if sum(node.periods for node in walk(where) if isinstance(node, Regular)) > MAX_PERIODS:
        raise DefinitionError("where", f"looks at more than {MAX_PERIODS} periods of habits in all")
    needs = _needs(definition)
    segment = Segment(id=id, name=name, where=where, anonymous=anonymous, needs=needs, version=version)
    check_audiences(segment)
    return segment


def read_condition(
    id: str,
    raw: object,
    path: str,
    *,
    calendar: Calendar | None = None,
    computed: Mapping[str, ComputedTrait] | None = None,
) -> Node:
    """Read a condition in the words of segments that something else asks, such as a journey. Raises DefinitionError."""
    return _Tree(id, calendar or Calendar(), computed).node(raw, path, 1)


class _Tree:
    """Reads the tree of one segment."""

    def __init__(self, id: str, calendar: Calendar, computed: Mapping[str, ComputedTrait] | None) -> None:
        self._id = id
        self._calendar = calendar
        self._computed = computed

    def node(self, raw: object, path: str, depth: int) -> Node:
        """Read a condition and all below it. Raises DefinitionError."""
        if depth > MAX_DEPTH:
            raise DefinitionError(path, f"is nested deeper than {MAX_DEPTH}")
        if not isinstance(raw, Mapping) or not raw:
            raise DefinitionError(path, "is one condition, such as {event: Order Completed}")
        if "not" in raw:
            only(raw, {"not"}, path)
            return Not(self.node(raw["not"], f"{path}.not", depth + 1))
        for key, unite in (("all", All), ("any", OneOf)):
            if key in raw:
                only(raw, {key}, path)
                return unite(self._nodes(raw[key], f"{path}.{key}", depth + 1))
        return self._leaf(raw, path)

    def _nodes(self, raw: object, path: str, depth: int) -> tuple[Node, ...]:
        if not isinstance(raw, list) or not raw:
            raise DefinitionError(path, "is a list of at least one condition")
        return tuple(self.node(inner, f"{path}[{index}]", depth) for index, inner in enumerate(raw))

    def _leaf(self, raw: Mapping[str, Any], path: str) -> Node:
        kind = next((key for key in LEAVES if key in raw), None)
        match kind:
            case "event":
                return read_event(raw, path, self._calendar)
            case "sequence":
                return read_sequence(raw, path, self._calendar)
            case "latest":
                return read_latest(raw, path, self._calendar)
            case "computed":
                return read_computed(raw, path, self._computed)
            case "drawn":
                return self._drawn(raw, path)
            case "segment" | "list" | "audience":
                return _named(kind, raw, path)
            case None:
                known = ", ".join(("all", "any", "not", *LEAVES))
                raise DefinitionError(path, f"names none of {known}: {', '.join(map(str, raw))}")
            case _:
                return _LEAVES[kind](raw, path)

    def _drawn(self, raw: Mapping[str, Any], path: str) -> Node:
        only(raw, {"drawn"}, path)
        asks = fields(raw["drawn"], f"{path}.drawn", "{from: 0, to: 20}, in percent")
        only(asks, {"from", "to", "by"}, f"{path}.drawn")
        start = whole(asks.get("from", 0), f"{path}.drawn.from", most=99)
        end = whole(asks.get("to"), f"{path}.drawn.to", least=start + 1, most=100)
        return Drawn(start, end, word(asks.get("by", self._id), f"{path}.drawn.by"))


def _trait(raw: Mapping[str, Any], path: str) -> Node:
    trait = word(raw["trait"], f"{path}.trait")
    only(raw, {"trait", *CHECKS}, path)
    found = some_checks(raw, path)
    if is_personal_trait(trait) and not all(isinstance(check, Exists) for check in found):
        raise DefinitionError(
            path,
            f"{trait} is personal and kept sealed: of it a segment may ask only whether it exists, and what the "
            "tracking plan lets be kept in clear, such as email.domain; for people that you can name upload a list",
        )
    return united([Trait(trait, check) for check in found])


def _needs(definition: Mapping[str, Any]) -> Consented | None:
    """Read the consent without which nobody is in it."""
    if "purpose" not in definition:
        if "channel" in definition:
            raise DefinitionError("channel", "is one of a purpose: name that, too")
        return None
    return _purpose(definition, "purpose", "channel")


def _purpose(raw: Mapping[str, Any], path: str, channel_path: str) -> Consented:
    for field, place in (("purpose", path), ("channel", channel_path)):
        if field in raw and not is_purpose(raw[field]):
            raise DefinitionError(place, f"is the id of a {field} in catalog/consent.yaml, such as newsletter or email")
    return Consented(raw["purpose"], raw.get("channel"))


def _consent(raw: Mapping[str, Any], path: str) -> Node:
    """Of a purpose, whether it may go on: where nothing is said of the state, it is granted."""
    only(raw, {"consent"}, path)
    path = f"{path}.consent"
    asks = fields(raw["consent"], path, "{purpose: newsletter, channel: email, state: granted}")
    only(asks, {"purpose", "channel", "state"}, path)
    if "purpose" not in asks:
        raise DefinitionError(path, "names a purpose, such as {purpose: newsletter, channel: email}")
    state = asks.get("state", "granted")
    if state not in ("granted", "denied"):
        raise DefinitionError(f"{path}.state", "is granted or denied")
    found = _purpose(asks, f"{path}.purpose", f"{path}.channel")
    return found if state == "granted" else Not(found)


def _named(kind: str, raw: Mapping[str, Any], path: str) -> Node:
    """In something that has a name: another segment, a list, an audience."""
    only(raw, {kind, "provider"} if kind == "audience" else {kind}, path)
    name = word(raw[kind], f"{path}.{kind}")
    if kind == "audience":
        return InAudience(name, word(raw["provider"], f"{path}.provider") if "provider" in raw else None)
    return InSegment(name) if kind == "segment" else _listed(name)


def _listed(id: str) -> Node:
    """On a list: who joined it and has not left since."""
    of_list: tuple[Where, ...] = (Where("list", _is(id)),)
    return Latest(Selection(JOINED, of_list), Selection(LEFT, of_list))


def _is(value: str) -> Check:
    return Compares("equals", value)


_LEAVES: Mapping[str, Callable[[Mapping[str, Any], str], Node]] = {
    "trait": _trait,
    "orders": read_orders,
    "consent": _consent,
}
