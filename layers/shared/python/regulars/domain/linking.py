"""
Which profile the identifiers of an event belong to, by Segment Unify's rules: attach, merge, or drop the lowest.

The decision is one step at a time: apply it under the versions it was made from, read again, decide again, until
nothing is left to do. On a violated limit the identifier of lowest priority is dropped, for this decision only.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from regulars.domain.claims import Refused, admit
from regulars.domain.evidence import Evidence
from regulars.domain.identifiers import kind_of
from regulars.domain.identity_rules import IdentityRules
from regulars.domain.profiles import Profile, is_older, union


@dataclass(frozen=True, slots=True)
class Attach:
    """Give newcomers to a profile, tied to one of its owners; with `profile_id` None the highest of them founds one."""

    profile_id: str | None
    newcomers: tuple[str, ...]
    to: str


@dataclass(frozen=True, slots=True)
class Merge:
    """Let the older of two profiles take the other in; `ends` are the owners of each that the event ties together."""

    survivor: str
    loser: str
    ends: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Decision:
    """The next step, if any, and what was dropped to allow it, each with what was in its way."""

    step: Attach | Merge | None
    refused: tuple[Refused, ...] = ()


def decide(
    links: Sequence[str],
    homes: Mapping[str, str],
    profiles: Mapping[str, Profile],
    rules: IdentityRules,
    evidence: Evidence | None = None,
) -> Decision:
    """
    Decide the next step for the owners that an event names, highest priority first.

    `homes` says which live profile an owner is attached to, as far as it is attached; `profiles` holds those.
    """
    evidence = evidence or Evidence()
    kept, refused = admit(links, homes, profiles, rules, evidence)
    while len(kept) > 1:
        violated = _violation(kept, homes, profiles, rules, evidence)
        if violated is None:
            return Decision(_step(kept, homes, profiles), tuple(refused))
        refused.append(Refused(kept.pop(), violated))
    return Decision(None, tuple(refused))


def _step(kept: Sequence[str], homes: Mapping[str, str], profiles: Mapping[str, Profile]) -> Attach | Merge | None:
    roots = sorted({homes[owner] for owner in kept if owner in homes})
    newcomers = tuple(owner for owner in kept if owner not in homes)
    if len(roots) > 1:
        one, other = profiles[roots[0]], profiles[roots[1]]
        survivor, loser = (one, other) if is_older(one, other) else (other, one)
        ends = tuple(next(owner for owner in kept if homes.get(owner) == each.profile_id) for each in (survivor, loser))
        return Merge(survivor.profile_id, loser.profile_id, (ends[0], ends[1]))
    if newcomers:
        return Attach(
            roots[0] if roots else None, newcomers, next(owner for owner in kept if owner in homes or not roots)
        )
    return None


def _violation(
    kept: Sequence[str],
    homes: Mapping[str, str],
    profiles: Mapping[str, Profile],
    rules: IdentityRules,
    evidence: Evidence,
) -> str | None:
    roots = {homes[owner] for owner in kept if owner in homes}
    owners = union([kept, *(profiles[root].owners for root in roots)])
    if len(roots) == 1 and set(owners) == set(profiles[next(iter(roots))].owners):
        return None  # nothing would change: a limit lowered later undoes no old link
    if _is_cut(owners, (profiles[root] for root in roots)):
        return "cut"
    if len(owners) > rules.max_identifiers:
        return "identifiers"
    if len(roots) > 1 and sum(profiles[root].merges for root in roots) + len(roots) - 1 > rules.max_merges:
        return "merges"
    return _exceeded(owners, rules, evidence)


def _is_cut(owners: Sequence[str], profiles: Iterable[Profile]) -> bool:
    """Say whether somebody has said of two of these that they are not one person."""
    edges = [cut.edge for profile in profiles for cut in profile.standing]
    return bool(edges) and any({edge.one, edge.other} <= set(owners) for edge in edges)


def _exceeded(owners: Iterable[str], rules: IdentityRules, evidence: Evidence) -> str | None:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for owner in owners:
        by_kind[kind_of(owner)].append(owner)
    tight = (kind for kind, own in sorted(by_kind.items()) if len(own) > rules.limit(kind))
    counted = ((kind, evidence.count(by_kind[kind], rules.within(kind))) for kind in tight)
    return next((kind for kind, number in counted if number > rules.limit(kind)), None)
