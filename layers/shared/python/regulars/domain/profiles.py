"""A profile: the set of identifiers that belong to one person, and how it came to be that set."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

PREFIX = "p_"
RELEASED = 100  # cuts that a profile remembers after their release
SPLIT = "~"  # in the id of a profile that left another one: its founder, and when it left


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Edge:
    """What tied two identifiers together: an event by a rule, at an instant (microseconds) of the platform's clock."""

    one: str
    other: str
    event: str = ""
    rule: str = ""
    since: int = 0


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Cut:
    """An edge that `by` cut at `until`: its ends do not come into one profile again, unless it is `released`."""

    edge: Edge
    until: int
    by: str
    released: int = 0


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Hold:
    """An identifier that tied too many together in an hour, and ties nobody since, unless it was `released`."""

    owner: str
    since: int
    released: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """
    The identifiers of one person, or a tombstone that points to the profile they went into.

    `since` is when it was founded (microseconds), `changed`, `event` and `rule` when and by what it changed last: the
    stream of profiles is the identity log. `absorbed` names the tombstones that lead to it; a tombstone's `ends` are
    the identifiers that its last event tied together. `ties` hold what a split would have taken apart, `cuts` what
    it did; `holds` are of owners that may tie nobody. One that is being `erased` since an instant takes nobody in.
    """

    profile_id: str
    version: int = 0
    owners: tuple[str, ...] = ()
    since: int = 0
    merges: int = 0
    merged_into: str | None = None
    event: str = ""
    rule: str = ""
    changed: int = 0
    absorbed: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    ties: tuple[Edge, ...] = ()
    cuts: tuple[Cut, ...] = ()
    holds: tuple[Hold, ...] = ()
    erased: int = 0

    @property
    def held(self) -> frozenset[str]:
        """The owners that tie nobody for now."""
        return frozenset(hold.owner for hold in self.holds if not hold.released)

    @property
    def standing(self) -> tuple[Cut, ...]:
        """The cuts that nobody has released."""
        return tuple(cut for cut in self.cuts if not cut.released)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """
    The `id` part of an identifier: which profile it was attached to, and by which event.

    `since` is the event's instant, `attached` that of the platform's clock (microseconds); `to` is the identifier that
    it was tied to, empty for a founder. `proven` says that a server, or a signature of one, has confirmed it.
    One that was `erased`, at an instant of the platform's clock, is a tombstone: nothing is tied to it again.
    """

    owner: str
    profile_id: str
    version: int = 0
    event: str = ""
    since: int = 0
    to: str = ""
    attached: int = 0
    proven: bool = False
    erased: int = 0


def alone(owner: str) -> str:
    """Name the profile of an identifier that is attached to no other."""
    return PREFIX + owner


def founder(profile_id: str) -> str:
    """The owner that a profile is named by."""
    return profile_id.removeprefix(PREFIX).partition(SPLIT)[0]


def split_off(owner: str, now: int) -> str:
    """Name the profile that an owner founds by leaving another one: no profile was ever called so."""
    return f"{alone(owner)}{SPLIT}{now:x}"


def is_older(one: Profile, other: Profile) -> bool:
    """Say which of two profiles survives their merge."""
    return (one.since, one.profile_id) < (other.since, other.profile_id)


def merge(survivor: Profile, loser: Profile, ends: tuple[str, str], *, event: str, now: int) -> tuple[Profile, Profile]:
    """Let a profile take another in, which becomes a tombstone that remembers by what."""
    grown = replace(
        survivor,
        owners=union([survivor.owners, loser.owners]),
        merges=survivor.merges + loser.merges + 1,
        absorbed=tuple(dict.fromkeys((*survivor.absorbed, *loser.absorbed, loser.profile_id))),
        ties=(*survivor.ties, *loser.ties),
        cuts=remembered({*survivor.cuts, *loser.cuts}),
        holds=(*survivor.holds, *loser.holds),
        event=event,
        rule="merge",
        changed=now,
    )
    gone = replace(loser, merged_into=survivor.profile_id, ends=ends, event=event, rule="merge", changed=now)
    return grown, gone


def remembered(cuts: Iterable[Cut]) -> tuple[Cut, ...]:
    """Keep all cuts that stand, and the newest of those that were released: a row has an end."""
    found = sorted(set(cuts))
    old = sorted((cut for cut in found if cut.released), key=lambda cut: cut.released)[-RELEASED:]
    return tuple(cut for cut in found if not cut.released or cut in old)


def root_of(profile_id: str, profiles: Mapping[str, Profile]) -> str:
    """Follow tombstones to the live profile."""
    while (profile := profiles.get(profile_id)) and profile.merged_into:
        profile_id = profile.merged_into
    return profile_id


def union(groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """All owners of several groups, each once, in a fixed order."""
    return tuple(sorted({owner for group in groups for owner in group}))
