"""What a decision about identifiers has to know beside who is with whom: proofs, and when identifiers were attached."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from regulars.domain.identifiers import kind_of
from regulars.domain.identity_rules import IdentityRules
from regulars.domain.profiles import Link, Profile, union


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """
    What is known of an event and of the links it meets.

    `at` is when the event happened, `proven` whether what it says of somebody known was proven. `since` says when
    owners were attached, as far as that matters; one that is not in it counts. `guarded` are profiles with a known
    identifier that a proven event attached.
    """

    at: int = 0
    proven: bool = True
    since: Mapping[str, int] = field(default_factory=dict)
    guarded: frozenset[str] = frozenset()

    def count(self, owners: Iterable[str], within: int | None) -> int:
        """Count owners, or only those that were attached within a time before the event."""
        if within is None:
            return sum(1 for _ in owners)
        return sum(1 for owner in owners if self.since.get(owner, self.at) > self.at - within)


def to_read(
    links: Sequence[str],
    homes: Mapping[str, str],
    profiles: Mapping[str, Profile],
    rules: IdentityRules,
    *,
    proven: bool,
) -> frozenset[str]:
    """List the owners whose links a decision depends on; mostly none."""
    attached = {owner for profile in profiles.values() for owner in profile.owners}
    counts = Counter(kind_of(owner) for owner in union([links, attached]))
    tight = {kind for kind, number in counts.items() if rules.within(kind) and number > rules.limit(kind)}
    if not proven and _may_take_over(links, homes, profiles, rules):
        tight |= rules.known_kinds
    return frozenset(owner for owner in attached if kind_of(owner) in tight)


def weigh(
    links: Iterable[Link], profiles: Mapping[str, Profile], rules: IdentityRules, *, at: int, proven: bool
) -> Evidence:
    """Make the evidence of an event from the links that were read."""
    read = {link.owner: link for link in links}
    sure = {owner for owner, link in read.items() if link.proven and kind_of(owner) in rules.known_kinds}
    guarded = frozenset(name for name, profile in profiles.items() if not sure.isdisjoint(profile.owners))
    return Evidence(at=at, proven=proven, since={owner: link.since for owner, link in read.items()}, guarded=guarded)


def _may_take_over(
    links: Sequence[str], homes: Mapping[str, str], profiles: Mapping[str, Profile], rules: IdentityRules
) -> bool:
    known = sum(rules.is_known(profile.owners) for profile in profiles.values())
    return known > 1 or (known == 1 and rules.is_known(owner for owner in links if owner not in homes))
