"""
Erase a person: who belongs to whom is erased, and what the rows of others still say of them.

What is erased is the closure of an identifier: all owners of its profile, and every profile that went into it. Profiles
that were split off stay, and forget by whom they were once tied.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from regulars.domain.heads import Head
from regulars.domain.profiles import Cut, Edge, Link, Profile, alone, founder


@dataclass(frozen=True, slots=True, kw_only=True)
class Doomed:
    """
    One identifier that is erased, and the profiles that were ever named by it.

    `others` are profiles of other people that were once split from theirs, and may remember it.
    """

    owner: str
    profiles: tuple[str, ...]
    others: tuple[str, ...] = ()


def closure(owner: str, profile: Profile | None) -> Sequence[Doomed]:
    """List who is erased with an identifier; `profile` is the live one that it belongs to, if any."""
    owners = (owner,) if profile is None else profile.owners
    named = () if profile is None else (profile.profile_id, *profile.absorbed)
    return [
        Doomed(
            owner=each,
            profiles=tuple(dict.fromkeys((alone(each), *(name for name in named if founder(name) == each)))),
        )
        for each in owners
    ]


def neighbours(profile: Profile) -> Sequence[str]:
    """List the identifiers from which this profile was cut: their rows remember the cut, too."""
    ends = {end for cut in profile.cuts for end in (cut.edge.one, cut.edge.other)}
    return sorted(ends - set(profile.owners))


def redacted_profile(profile: Profile, gone: Collection[str]) -> Profile:
    """Take out of a row of somebody else what it says of those who are gone; a tombstone tells who went along."""
    return replace(
        profile,
        owners=tuple(owner for owner in profile.owners if owner not in gone),
        absorbed=tuple(name for name in profile.absorbed if founder(name) not in gone),
        event=_redacted(profile.event, gone),
        ties=tuple(_edge(edge, gone) for edge in profile.ties if not _touches(edge, gone)),
        cuts=tuple(_cut(cut, gone) for cut in profile.cuts if not _touches(cut.edge, gone)),
        holds=tuple(hold for hold in profile.holds if hold.owner not in gone),
        ends=() if set(profile.ends) & set(gone) else profile.ends,
    )


def redacted_link(link: Link, gone: Collection[str]) -> Link:
    """Take out of a link of somebody else what it says of those who are gone."""
    return replace(link, event=_redacted(link.event, gone), to="" if link.to in gone else link.to)


def redacted_head(head: Head, gone: Collection[str]) -> Head:
    """Take out of the head of somebody else's memberships whom it remembers of those who are gone."""
    return replace(
        head,
        bare=head.bare - frozenset(gone),
        skipped=head.skipped - frozenset(gone),
        absorbed=frozenset(name for name in head.absorbed if founder(name) not in gone),
    )


def is_by(event: str, gone: Collection[str]) -> bool:
    """Say whether an event, named as `owner moment`, belongs to somebody who is gone."""
    return event.partition(" ")[0] in gone


def _redacted(event: str, gone: Collection[str]) -> str:
    return "" if is_by(event, gone) else event


def _edge(edge: Edge, gone: Collection[str]) -> Edge:
    return replace(edge, event=_redacted(edge.event, gone))


def _cut(cut: Cut, gone: Collection[str]) -> Cut:
    return replace(cut, edge=_edge(cut.edge, gone))


def _touches(edge: Edge, gone: Collection[str]) -> bool:
    return edge.one in gone or edge.other in gone
