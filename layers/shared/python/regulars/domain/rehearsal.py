"""Rehearsal: who would be one person if events came again under some rules, and nobody had been known before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from regulars.domain.claims import Refused
from regulars.domain.evidence import to_read, weigh
from regulars.domain.identifiers import kind_of
from regulars.domain.identity_rules import IdentityRules
from regulars.domain.linking import Attach, Merge, decide
from regulars.domain.profiles import Link, Profile, alone, merge, union


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What an event says of who is one person: the identifiers that it names, and when and how surely it says so."""

    links: Sequence[str]
    at: int
    arrival: int
    proven: bool = False
    event: str = ""


class Rehearsal:
    """Takes one claim after the other, as resolution does; cuts are not known to it."""

    def __init__(self, rules: IdentityRules) -> None:
        self.merges = 0
        self._rules = rules
        self._kinds = [rule.kind for rule in rules.rules]
        self._links: dict[str, Link] = {}
        self._profiles: dict[str, Profile] = {}

    @property
    def people(self) -> int:
        """How many profiles of two identifiers and more there are."""
        return len(self._profiles)

    def resolve(self, claim: Claim) -> tuple[Refused, ...]:
        """Tie together what a claim ties together; say what was refused."""
        named = sorted(dict.fromkeys(claim.links), key=self._rank)
        while True:
            homes = {owner: self._links[owner].profile_id for owner in named if owner in self._links}
            met = {name: self._profiles[name] for name in set(homes.values())}
            read = to_read(named, homes, met, self._rules, proven=claim.proven) | homes.keys()
            links = [self._links[owner] for owner in read]
            evidence = weigh(links, met, self._rules, at=claim.at, proven=claim.proven)
            decision = decide(named, homes, met, self._rules, evidence)
            match decision.step:
                case Attach(profile_id, newcomers, _):
                    self._attach(profile_id, newcomers, claim)
                case Merge(survivor, loser, ends):
                    self._merge(survivor, loser, ends, claim)
                case None:
                    self._confirm(homes.keys() - {each.owner for each in decision.refused}, claim)
                    return decision.refused

    def _rank(self, owner: str) -> tuple[int, str]:
        kind = kind_of(owner)
        return (self._kinds.index(kind), "") if kind in self._kinds else (len(self._kinds), kind)

    def _attach(self, profile_id: str | None, newcomers: Sequence[str], claim: Claim) -> None:
        name = profile_id or alone(newcomers[0])
        profile = self._profiles.get(name) or Profile(profile_id=name, since=claim.arrival)
        self._profiles[name] = replace(profile, owners=union([profile.owners, newcomers]))
        for owner in newcomers:
            self._links[owner] = Link(owner=owner, profile_id=name, since=claim.at, proven=claim.proven)

    def _merge(self, survivor: str, loser: str, ends: tuple[str, str], claim: Claim) -> None:
        gone = self._profiles.pop(loser)
        self._profiles[survivor], _ = merge(self._profiles[survivor], gone, ends, event=claim.event, now=claim.arrival)
        for owner in gone.owners:
            self._links[owner] = replace(self._links[owner], profile_id=survivor)
        self.merges += 1

    def _confirm(self, owners: set[str], claim: Claim) -> None:
        for owner in owners if claim.proven else ():
            if kind_of(owner) in self._rules.known_kinds:
                self._links[owner] = replace(self._links[owner], proven=True)
