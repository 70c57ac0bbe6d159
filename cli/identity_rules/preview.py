"""What changed identity rules would have joined or refused, had they held for the newest events in the lake."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from regulars.domain.identifiers import kind_of
from regulars.domain.identity_rules import IdentityRules
from regulars.domain.instants import to_text
from regulars.domain.profiles import alone
from regulars.domain.rehearsal import Claim, Rehearsal

TOLD = 5
_MASKED = 6  # characters of a hash: enough to tell two apart, and nobody's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An identifier of an event that one set of rules lets join and the other refuses, by a limit of that one."""

    joins: Literal["after", "before"]
    owner: str
    kept: str
    limit: str
    at: int


@dataclass(slots=True, kw_only=True)
class Preview:
    """How two sets of rules differ over the same events."""

    events: int = 0
    people: tuple[int, int] = (0, 0)
    merges: tuple[int, int] = (0, 0)
    differences: list[Difference] = field(default_factory=list)

    def counts(self, joins: str) -> Counter[str]:
        """Count identifiers that join only under one set of rules, by the limit of the other."""
        return Counter(each.limit for each in self.differences if each.joins == joins)


def preview(before: IdentityRules, after: IdentityRules, claims: Iterable[Claim]) -> Preview:
    """Let the same claims, the oldest first, come under both sets of rules."""
    old, new = Rehearsal(before), Rehearsal(after)
    found = Preview()
    for claim in claims:
        found.events += 1
        were = {each.owner: each.limit for each in old.resolve(claim)}
        are = {each.owner: each.limit for each in new.resolve(claim)}
        for owner in claim.links:
            if (owner in were) != (owner in are):
                found.differences.append(
                    Difference(
                        joins="after" if owner in were else "before",
                        owner=owner,
                        kept=claim.links[0],
                        limit=were.get(owner) or are[owner],
                        at=claim.at,
                    )
                )
    found.people, found.merges = (old.people, new.people), (old.merges, new.merges)
    return found


def reads_otherwise(before: IdentityRules, after: IdentityRules) -> bool:
    """Say whether rules read or block other values: what those are is sealed."""

    def said(rules: IdentityRules) -> object:
        return rules.blocked, [(rule.kind, rule.places, rule.when, rule.blocked) for rule in rules.rules]

    return said(before) != said(after)


def describe(found: Preview) -> list[str]:
    """Say a preview in lines."""
    lines = [
        f"people of two identifiers and more: {found.people[0]:,}, and {found.people[1]:,} by the new rules;"
        f" merges: {found.merges[0]:,}, and {found.merges[1]:,}"
    ]
    for joins, verb in (("after", "would have joined"), ("before", "would have been refused")):
        counts = found.counts(joins)
        if not counts:
            continue
        by_limit = ", ".join(f"{limit} {number:,}" for limit, number in counts.most_common())
        lines.append(f"{counts.total():,} times an identifier {verb}, by limit: {by_limit}")
        lines += [f"    {_line(each)}" for each in _sample(found, joins)]
    return lines


def to_data(found: Preview) -> dict[str, Any]:
    """Say a preview for programs."""
    return {
        "events": found.events,
        "people": dict(zip(("before", "after"), found.people, strict=True)),
        "merges": dict(zip(("before", "after"), found.merges, strict=True)),
        "joined": _data(found, "after"),
        "refused": _data(found, "before"),
    }


def _data(found: Preview, joins: str) -> dict[str, Any]:
    sample = [
        {"refused": alone(each.owner), "from": alone(each.kept), "limit": each.limit, "at": to_text(each.at)}
        for each in _sample(found, joins)
    ]
    return {"by_limit": dict(found.counts(joins)), "sample": sample}


def _sample(found: Preview, joins: str) -> Sequence[Difference]:
    return [each for each in found.differences if each.joins == joins][:TOLD]


def _line(one: Difference) -> str:
    return f"{to_text(one.at)[:19]}  {_masked(one.owner)} with {_masked(one.kept)}  ({one.limit})"


def _masked(owner: str) -> str:
    return f"{kind_of(owner)} •••{owner.partition(':')[2][:_MASKED]}"
