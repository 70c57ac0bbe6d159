"""What the live definitions need of each event name: state keeps that and no more."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b

from regulars.domain.keeps import Keep
from regulars.domain.needs import Need

UNBOUNDED = 1 << 40


@dataclass(frozen=True, kw_only=True)
class Watch:
    """
    What to keep of one event name, beside how many there were: each keep with its size.

    `since` is the catalog version with which this came to be: older state lacks something of it.
    """

    keeps: Mapping[Keep, int] = field(default_factory=dict)
    since: int = 0

    @cached_property
    def by_id(self) -> Mapping[str, tuple[Keep, int]]:
        """The keeps under the names by which state knows them."""
        return {keep.id: (keep, size) for keep, size in self.keeps.items()}

    @cached_property
    def print(self) -> str:
        """Ten characters that differ where what is kept differs."""
        text = " ".join(sorted(f"{keep.id}:{size}" for keep, size in self.keeps.items()))
        return blake2b(text.encode(), digest_size=5).hexdigest()

    @cached_property
    def unbounded(self) -> "Watch":
        """The same without limits, for a person whose events are read anew."""
        return replace(self, keeps=dict.fromkeys(self.keeps, UNBOUNDED))


NOTHING = Watch()


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


def unite(needs: Iterable[Need]) -> dict[str, Watch]:
    """Unite what several definitions need of each event name."""
    united: dict[str, dict[Keep, int]] = defaultdict(dict)
    for event, keep, size in needs:
        keeps = united[event]
        if keep is not None:
            keeps[keep] = max(size, keeps.get(keep, 0))
    return {event: Watch(keeps=keeps) for event, keeps in united.items()}


def succeed(before: Mapping[str, tuple[str, int]], needs: Mapping[str, Watch], version: int) -> dict[str, Watch]:
    """Date the watches of the next version: one that was there before, by its print, keeps its date."""
    return {name: replace(watch, since=_since(watch, before.get(name), version)) for name, watch in needs.items()}


def _since(watch: Watch, before: tuple[str, int] | None, version: int) -> int:
    return before[1] if before and before[0] == watch.print else version
