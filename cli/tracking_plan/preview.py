"""What a changed tracking plan would have done to the newest events, as far as the lake can tell."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cli.tracking_plan.traffic import Seen
from regulars.domain.contexts import CLEAR_CONTEXT
from regulars.domain.personal_names import is_personal_property, is_personal_trait
from regulars.domain.plan_definitions import Mode
from regulars.domain.plans import Plan, Planned
from regulars.domain.telling import Own
from regulars.domain.violations import Fault, Violation

VERBS: Mapping[Mode, str] = {
    "draft": "would be left alone",
    "warn": "would be warned of",
    "quarantine": "would go to quarantine",
    "drop_property": "would lose fields",
}
TOLD = 5
_NOBODY = Own()


@dataclass(slots=True, kw_only=True)
class Effect:
    """What would have become of the events of one name or type; of those `unknown` what matters is sealed."""

    event: str
    mode: Mode
    seen: int = 0
    following: int = 0
    broken: int = 0
    unknown: int = 0
    violations: Counter[Violation] = field(default_factory=Counter)


def effects(before: Plan, after: Plan, events: Iterable[Seen]) -> list[Effect]:
    """Judge events by a plan that is to be, where it says something else than the one before."""
    found: dict[str, Effect] = {}
    for event in events:
        planned = _planned(after, event)
        if planned is None or _means_the_same(planned, _planned(before, event)):
            continue
        label = event.name or event.type
        effect = found.setdefault(label, Effect(event=label, mode=planned.mode))
        effect.seen += 1
        faults = planned.faults(event.message)
        known = [fault for fault in faults if _is_known(fault, event, planned)]
        effect.violations.update({fault.told(_NOBODY) for fault in known})
        effect.broken += bool(known)
        effect.unknown += bool(faults) and not known
        effect.following += not faults
    return sorted(found.values(), key=lambda effect: (-effect.seen, effect.event))


def to_data(effect: Effect) -> dict[str, Any]:
    """Say an effect for programs."""
    return {
        "event": effect.event,
        "mode": effect.mode,
        "seen": effect.seen,
        "following": effect.following,
        "broken": effect.broken,
        "unknown": effect.unknown,
        "violations": [
            {"where": one.where, "rule": one.rule, "events": number} for one, number in _most(effect.violations, None)
        ],
    }


def describe(effect: Effect) -> str:
    """Say an effect in a line, and what it comes from in the next ones."""
    parts = [f"{effect.following:,} follow"]
    if effect.broken:
        parts.append(f"{effect.broken:,} {VERBS[effect.mode]}")
    if effect.unknown:
        parts.append(f"of {effect.unknown:,} it is sealed whether they do")
    lines = [f"{effect.event}: of {effect.seen:,}, {', '.join(parts)}"]
    lines += [f"    {one.where} ({one.rule}): {number:,}" for one, number in _most(effect.violations, TOLD)]
    return "\n".join(lines)


def _most(violations: Counter[Violation], most: int | None) -> Sequence[tuple[Violation, int]]:
    return sorted(violations.items(), key=lambda one: (-one[1], one[0]))[:most]


def _planned(plan: Plan, event: Seen) -> Planned | None:
    return plan.find(event.message) or plan.base


def _means_the_same(one: Planned, other: Planned | None) -> bool:
    return other is not None and (one.mode, one.schemas) == (other.mode, other.schemas)


def _is_known(fault: Fault, event: Seen, planned: Planned) -> bool:
    """Say whether a fault is one: what seems to be missing may be sealed."""
    section, *inner = fault.path
    if not inner:
        return not event.has_more and not event.sealed_traits
    name = str(inner[0])
    if name in planned.declared.personal.get(str(section), frozenset()):
        return False
    match section:
        case "context":
            return name in CLEAR_CONTEXT and not (event.has_more and fault.kept)
        case "traits":
            return name not in event.sealed_traits and not is_personal_trait(name)
    return not is_personal_property(name) and not (event.has_more and (fault.kept or len(inner) > 1))
