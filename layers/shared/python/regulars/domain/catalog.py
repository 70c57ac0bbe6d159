"""What the pipeline lives by: settings, identity rules, live segments, computed traits and rates as one value."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from regulars.domain.calendars import UTC_DAYS, Calendar
from regulars.domain.compiling import Compiled, compile_all
from regulars.domain.computed import ComputedTrait, Reader
from regulars.domain.computing import CompiledTrait, compile_trait
from regulars.domain.identity_rules import DEFAULT_RULES, IdentityRules
from regulars.domain.live_journeys import LiveJourney
from regulars.domain.needs import needs
from regulars.domain.people import Person
from regulars.domain.profiles import alone
from regulars.domain.purposes import NO_PURPOSES, Purposes
from regulars.domain.rates import NO_RATES, Rates
from regulars.domain.segments import Segment, reads_orders, traits_read
from regulars.domain.standing import Consent
from regulars.domain.watches import Watches, succeed, unite
from regulars.domain.workspace import DEFAULT_WORKSPACE, Workspace

Prints = Mapping[str, tuple[str, int]]  # by event name: what is watched, and since which version of the catalog


@dataclass(frozen=True, kw_only=True)
class Live:
    """
    All that is live at one version of the catalog; `rates` are there for those who asked for them.

    `segments` are those that people are evaluated for, the coming ones among them; of the `paused` ones memberships
    stay as they are. At the version `look` something else came to mean something else to them.
    """

    watches: Watches = field(default_factory=lambda: Watches(by_event={}))
    segments: tuple[Segment, ...] = ()
    paused: tuple[Segment, ...] = ()
    computed: tuple[ComputedTrait, ...] = ()
    journeys: tuple[LiveJourney, ...] = ()  # the versions that people go through
    rules: IdentityRules = DEFAULT_RULES
    workspace: Workspace = DEFAULT_WORKSPACE
    purposes: Purposes = NO_PURPOSES
    rates_version: int = 0
    rates: Rates = NO_RATES
    look: int = 0

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

    @cached_property
    def compiled(self) -> Mapping[str, Compiled]:
        """The segments as functions, by the name of their rows."""
        return compile_all(self.segments, self.workspace.calendar)

    @property
    def by_id(self) -> Mapping[str, Compiled]:
        """The live segments as functions, by id."""
        return {segment.id: self.compiled[segment.rows] for segment in self.told}

    @cached_property
    def computing(self) -> tuple[CompiledTrait, ...]:
        """The computed traits as functions, in the order of their ids."""
        return tuple(compile_trait(trait, self.workspace.calendar) for trait in self.computed)

    @cached_property
    def readers(self) -> Mapping[str, frozenset[str]]:
        """Which segments read what: `event#` and a name, `trait#` and a name, the orders, or consent."""
        readers: dict[str, set[str]] = defaultdict(set)
        for id, compiled in self.compiled.items():
            for name in compiled.reads:
                readers[name].add(id)
        return {name: frozenset(ids) for name, ids in readers.items()}

    @cached_property
    def asking(self) -> Mapping[str, Compiled]:
        """The conditions of journeys as functions, by the ids that their segments have."""
        asked = [segment for one in self.journeys for segment in one.conditions.values()]
        compiled = compile_all([*self.segments, *asked], self.workspace.calendar)
        return {segment.id: compiled[segment.rows] for segment in asked}

    @cached_property
    def wanted(self) -> frozenset[str]:
        """The names of events that journeys listen to."""
        return frozenset[str]().union(*(one.events for one in self.journeys))

    def journey(self, id: str, version: int) -> LiveJourney | None:
        """Give a version of a journey that people go through."""
        return next((one for one in self.journeys if (one.journey.id, one.journey.version) == (id, version)), None)

    def next_change(self, segment: Segment, person: Person, now: int) -> int | None:
        """Give the next instant at which time alone may change a membership; of a paused segment there is none."""
        compiled = self.compiled.get(segment.rows)
        return compiled.next_change(person, now) if compiled else None

    def welcomes(self, owner: str) -> bool:
        """Say whether a segment takes in somebody of whom nothing is known but one identifier."""
        known = self.rules.is_known([owner])
        consent = Consent(purposes=self.purposes, known=known, kinds=self.rules.known_kinds)
        newcomer = Person(profile_id=alone(owner), known=known, consent=consent)
        return any(each.is_member(newcomer, 0) for each in self.compiled.values())

    def reads(self, changed: Iterable[str]) -> frozenset[str]:
        """Choose of what has changed that which some segment reads."""
        return frozenset(name for name in changed if name in self.readers)


def next_watches(before: Watches, readers: Iterable[Reader], calendar: Calendar = UTC_DAYS) -> Watches:
    """Say what is to be kept once these segments and computed traits are the live ones."""
    return _watches(prints(before), readers, calendar, before.version + 1)


def prints(watches: Watches) -> Prints:
    """Tell of each event name by what print it is watched, and since when."""
    return {name: (watch.print, watch.since) for name, watch in watches.by_event.items()}


def watches_to_text(watches: Watches) -> str:
    """Write since when each event name is watched as it is; what is watched, the definitions tell."""
    return json.dumps(prints(watches), ensure_ascii=False, separators=(",", ":"))


def watches_from_text(version: int, text: str, readers: Iterable[Reader], calendar: Calendar = UTC_DAYS) -> Watches:
    """Read watches back, of what was live with them."""
    before = {name: (print, since) for name, (print, since) in json.loads(text).items()}
    return _watches(before, readers, calendar, version)


def _watches(before: Prints, readers: Iterable[Reader], calendar: Calendar, version: int) -> Watches:
    live = list(readers)
    united = unite(need for reader in live for need in needs(reader, calendar))
    segments = [reader for reader in live if isinstance(reader, Segment)]
    return Watches(
        version=version,
        by_event=succeed(before, united, version),
        traits=frozenset(trait for segment in segments for trait in traits_read(segment)),
        orders=any(reads_orders(segment) for segment in segments),
    )
