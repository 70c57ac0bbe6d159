"""A profile: the set of identifiers that belong to one person, and how it came to be that set."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

PREFIX = "p_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """
    The identifiers of one person, or a tombstone that points to the profile they went into.

    `since` is when it was founded (microseconds), `changed`, `event` and `rule` when and by what it changed last: the
    stream of profiles is the identity log.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The `id` part of an identifier: which profile it was attached to, by which event, and when (microseconds)."""

    owner: str
    profile_id: str
    version: int = 0
    event: str = ""
    since: int = 0


def alone(owner: str) -> str:
    """Name the profile of an identifier that is attached to no other."""
    return PREFIX + owner


def founder(profile_id: str) -> str:
    """The owner that a profile is named by."""
    return profile_id.removeprefix(PREFIX)


def is_older(one: Profile, other: Profile) -> bool:
    """Say which of two profiles survives their merge."""
    return (one.since, one.profile_id) < (other.since, other.profile_id)


def root_of(profile_id: str, profiles: Mapping[str, Profile]) -> str:
    """Follow tombstones to the live profile."""
    while (profile := profiles.get(profile_id)) and profile.merged_into:
        profile_id = profile.merged_into
    return profile_id


def union(groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """All owners of several groups, each once, in a fixed order."""
    return tuple(sorted({owner for group in groups for owner in group}))
