"""
Trials within a journey: those who went through beside those held out, and the parts of a split beside each other.

Each person is in one group, for what they were meant to get at their first passage, whatever they got then: to leave
out who did not get it would leave out others on one side than on the other. Who entered so lately that the goal may
still be met is in none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from regulars.domain.journeys import Journey, Split, every
from regulars.domain.proportions import Estimate, Share, adjusted, chance, difference, ratio

ENOUGH_PEOPLE = 100  # in each group
ENOUGH_GOALS = 10  # in both groups together, and as many who did not meet it
Kind = Literal["held_out", "everything", "split"]
Why = Literal["too_few_people", "too_few_goals"]
TREATED, HELD_OUT = "treated", "held_out"
NO_PART = "none"  # drawn for no part of a split
Row = tuple[str, str, int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """People of a trial: how many met the goal of those whose time is over, and whose time is not."""

    name: str
    share: Share
    early: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """
    A group beside another: how much more often it met the goal, and how likely chance alone makes such a difference.

    `adjusted` is that for all comparisons of the trial looked at together. Of too few nothing is said but `why`.
    """

    one: str
    other: str
    why: Why | None = None
    difference: Estimate | None = None
    ratio: Estimate | None = None
    chance: float | None = None
    adjusted: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """
    Groups that differ by lot alone, compared.

    `held_out` is the holdout of the journey, `everything` that of all journeys, among those who were meant to get a
    message; of a `split` `step` says which.
    """

    kind: Kind
    step: str = ""
    groups: Sequence[Group] = ()
    comparisons: Sequence[Comparison] = ()


def trials_of(journey: Journey, rows: Iterable[Row]) -> Sequence[Trial]:
    """
    Put together the trials of a version that has a goal, in its order.

    A row is the kind of trial, the step, the number of the group, how many of its people are over, of them with the
    goal, and whose time is not over. A trial in which nobody was held out is none.
    """
    if journey.goal is None:
        return []
    found: dict[tuple[str, str], dict[int, Group]] = {}
    names = {step.id: _parts(step) for step in every(journey.steps) if isinstance(step, Split)}
    for kind, step, number, over, met, early in rows:
        name = names.get(step, {}).get(number, NO_PART) if kind == "split" else (HELD_OUT if number else TREATED)
        found.setdefault((kind, step), {})[number] = Group(name=name, share=Share(met, over), early=early)
    made = [_lift(kind, groups) for kind in ("held_out", "everything") if (groups := found.get((kind, ""))) is not None]
    splits = [_split(step, found[("split", step)]) for step in names if ("split", step) in found]
    return [*(one for one in made if one), *splits]


def compare(one: Group, other: Group) -> Comparison:
    """Compare two groups, unless they are too few."""
    if why := _too_few(one.share, other.share):
        return Comparison(one=one.name, other=other.name, why=why)
    likely = chance(one.share, other.share)
    return Comparison(
        one=one.name,
        other=other.name,
        difference=difference(one.share, other.share),
        ratio=ratio(one.share, other.share),
        chance=likely,
        adjusted=likely,
    )


def compare_all(groups: Sequence[Group]) -> Sequence[Comparison]:
    """Compare each group with each later one; of several comparisons one is more easily found by chance."""
    found = [compare(one, other) for one, other in combinations(groups, 2)]
    said = [one.chance for one in found if one.chance is not None]
    corrected = iter(adjusted(said))
    return [one if one.chance is None else replace(one, adjusted=next(corrected)) for one in found]


def _lift(kind: Kind, groups: Mapping[int, Group]) -> Trial | None:
    if 1 not in groups:
        return None
    treated = groups.get(0, Group(name=TREATED, share=Share(0, 0)))
    return Trial(kind=kind, groups=[treated, groups[1]], comparisons=compare_all([treated, groups[1]]))


def _split(step: str, groups: Mapping[int, Group]) -> Trial:
    ordered = [groups[number] for number in sorted(groups)]
    return Trial(kind="split", step=step, groups=ordered, comparisons=compare_all(ordered))


def _parts(split: Split) -> Mapping[int, str]:
    return {number: part.name for number, part in enumerate(split.parts)}


def _too_few(one: Share, other: Share) -> Why | None:
    if min(one.whole, other.whole) < ENOUGH_PEOPLE:
        return "too_few_people"
    met, total = one.part + other.part, one.whole + other.whole
    return "too_few_goals" if min(met, total - met) < ENOUGH_GOALS else None
