"""Claims: which identifiers of an event may go together at all, before anything is counted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from regulars.domain.evidence import Evidence
from regulars.domain.identifiers import kind_of
from regulars.domain.identity_rules import IdentityRules
from regulars.domain.profiles import Profile

NEVER = "never"  # kinds that the rules keep apart
HELD = "held"  # one that has tied too many together in an hour
UNPROVEN = "unproven"  # a claim without proof on somebody whose identity was proven


@dataclass(frozen=True, slots=True)
class Refused:
    """An identifier that was left out of a decision, and what was in its way."""

    owner: str
    limit: str


def admit(
    links: Iterable[str],
    homes: Mapping[str, str],
    profiles: Mapping[str, Profile],
    rules: IdentityRules,
    evidence: Evidence,
) -> tuple[list[str], list[Refused]]:
    """Take identifiers in the order of their priority, and leave out those that may not join the ones above them."""
    kept: list[str] = []
    refused: list[Refused] = []
    for owner in dict.fromkeys(links):
        if _is_kept_apart(owner, kept, homes, rules):
            refused.append(Refused(owner, NEVER))
        elif kept and _is_held(owner, kept, homes, profiles):
            refused.append(Refused(owner, HELD))
        elif kept and not evidence.proven and _takes_over([*kept, owner], homes, profiles, rules, evidence):
            refused.append(Refused(owner, UNPROVEN))
        else:
            kept.append(owner)
    return kept, refused


def _is_kept_apart(owner: str, kept: Sequence[str], homes: Mapping[str, str], rules: IdentityRules) -> bool:
    if not rules.never:
        return False
    apart = [other for other in kept if frozenset((kind_of(owner), kind_of(other))) in rules.never]
    return any(owner not in homes or homes[owner] != homes.get(other) for other in apart)


def _is_held(owner: str, kept: Sequence[str], homes: Mapping[str, str], profiles: Mapping[str, Profile]) -> bool:
    held = {each for profile in profiles.values() for each in profile.held}
    if not held:
        return False
    joins = [other for other in kept if owner not in homes or homes[owner] != homes.get(other)]
    return any(owner in held or other in held for other in joins)


def _takes_over(
    owners: Sequence[str],
    homes: Mapping[str, str],
    profiles: Mapping[str, Profile],
    rules: IdentityRules,
    evidence: Evidence,
) -> bool:
    """Say whether an event without proof would tie somebody known to a person whose identity was proven."""
    roots = {homes[owner] for owner in owners if owner in homes}
    if roots.isdisjoint(evidence.guarded):
        return False
    known = sum(rules.is_known(profiles[root].owners) for root in roots)
    return known > 1 or rules.is_known(owner for owner in owners if owner not in homes)
