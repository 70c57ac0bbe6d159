"""What the live definitions need of each event name: state keeps that and no more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

MAX_INSTANTS = 101


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """
    What to keep of one event name.

    `instants` newest instants, `sums` of properties over all time, `days` sums of properties for each of so many
    newest calendar days (`""` counts). `since` is the catalog version with which this came to be: older state lacks
    something of it.
    """

    instants: int = 0
    sums: frozenset[str] = frozenset()
    days: Mapping[str, int] = field(default_factory=dict)
    since: int = 0

    def __or__(self, other: "Watch") -> "Watch":
        properties = self.days.keys() | other.days.keys()
        return Watch(
            instants=max(self.instants, other.instants),
            sums=self.sums | other.sums,
            days={name: max(self.days.get(name, 0), other.days.get(name, 0)) for name in properties},
            since=max(self.since, other.since),
        )

    @property
    def print(self) -> str:
        """Ten characters that differ where what is kept differs."""
        text = f"{self.instants}|{sorted(self.sums)}|{sorted(self.days.items())}"
        return blake2b(text.encode(), digest_size=5).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watches:
    """All that is watched, at one version of the catalog; `traits` are those that a live definition reads."""

    version: int = 0
    by_event: Mapping[str, Watch]
    traits: frozenset[str] = frozenset()
    orders: bool = False

    def since(self) -> int:
        """The version with which the newest watch came to be."""
        return max((watch.since for watch in self.by_event.values()), default=0)


def unite(needs: Iterable[tuple[str, Watch]]) -> dict[str, Watch]:
    """Unite what several definitions need of each event name."""
    united: dict[str, Watch] = {}
    for name, watch in needs:
        united[name] = united.get(name, Watch()) | watch
    return united


def succeed(before: Watches, needs: Mapping[str, Watch], *, traits: frozenset[str], orders: bool) -> Watches:
    """Make the next version; a watch keeps its `since` as long as it keeps the same."""
    version = before.version + 1
    by_event = {name: _dated(watch, before.by_event.get(name), version) for name, watch in needs.items()}
    return Watches(version=version, by_event=by_event, traits=traits, orders=orders)


def _dated(watch: Watch, before: Watch | None, version: int) -> Watch:
    since = before.since if before and before.print == watch.print else version
    return Watch(instants=watch.instants, sums=watch.sums, days=watch.days, since=since)
