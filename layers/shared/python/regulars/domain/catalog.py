"""What the pipeline lives by: the identity rules and the live segments as one value."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from regulars.domain.identity_rules import DEFAULT_RULES, IdentityRules
from regulars.domain.segments import Segment, needs, reads_orders, traits_read
from regulars.domain.watches import Watch, Watches, succeed, unite


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """
    All that is live at one version of the catalog.

    `segments` are those that people are evaluated for, the coming ones among them; of the `paused` ones memberships
    stay as they are.
    """

    watches: Watches = field(default_factory=lambda: Watches(by_event={}))
    segments: tuple[Segment, ...] = ()
    paused: tuple[Segment, ...] = ()
    rules: IdentityRules = DEFAULT_RULES

    @property
    def told(self) -> tuple[Segment, ...]:
        """The segments whose transitions the world is told of."""
        return tuple(segment for segment in self.segments if not segment.coming)

    @property
    def coming(self) -> Mapping[str, Segment]:
        """The coming version of each segment that has one."""
        return {segment.id: segment for segment in self.segments if segment.coming}

    @property
    def shown(self) -> Mapping[str, Segment]:
        """The segments whose memberships readers see, by id."""
        return {segment.id: segment for segment in (*self.told, *self.paused)}

    @property
    def version(self) -> int:
        """The version that parts and heads are stamped with."""
        return self.watches.version


def key_print(write_key: str) -> str:
    """The form in which a write key is kept: whoever reads the catalog cannot send with it."""
    return sha256(write_key.encode()).hexdigest()[:40]


def next_watches(before: Watches, segments: Iterable[Segment]) -> Watches:
    """What is to be kept once these segments are the live ones."""
    live = list(segments)
    united = unite(need for segment in live for need in needs(segment))
    traits = frozenset(trait for segment in live for trait in traits_read(segment))
    return succeed(before, united, traits=traits, orders=any(reads_orders(segment) for segment in live))


def watches_to_text(watches: Watches) -> str:
    """Write watches as JSON."""
    by_event = {
        name: [watch.instants, sorted(watch.sums), sorted(watch.days.items()), watch.since]
        for name, watch in watches.by_event.items()
    }
    content = {"by_event": by_event, "traits": sorted(watches.traits), "orders": watches.orders}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def watches_from_text(version: int, text: str) -> Watches:
    """Read watches back."""
    content = json.loads(text)
    by_event = {
        name: Watch(instants=instants, sums=frozenset(sums), days=dict(days), since=since)
        for name, (instants, sums, days, since) in content["by_event"].items()
    }
    return Watches(
        version=version,
        by_event=by_event,
        traits=frozenset(content["traits"]),
        orders=content["orders"],
    )
