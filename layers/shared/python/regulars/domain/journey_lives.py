"""The lives of a journey's versions: which deed makes which state of which, and what tells one version from another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from regulars.domain.journeys import Branch, Hold, Journey, Repeat, Split, Step, every
from regulars.domain.live_journeys import GOING, Life
from regulars.errors import WrongStateError

Deed = Literal["pause", "resume", "drain", "stop", "archive"]
DEEDS: tuple[Deed, ...] = get_args(Deed)
LIVES: tuple[Life, ...] = get_args(Life)
_AFTER: Mapping[Deed, Mapping[Life, Life]] = {
    "pause": {"live": "paused", "paused": "paused"},
    "resume": {"paused": "live", "live": "live"},
    "drain": {"live": "draining", "paused": "draining", "draining": "draining"},
    "stop": {"live": "stopped", "paused": "stopped", "draining": "stopped", "stopped": "stopped"},
    "archive": {"draining": "archived", "stopped": "archived", "archived": "archived"},
}
_FIX: Mapping[Deed, str] = {
    "pause": "publish it first",
    "resume": "who was drained or stopped is not resumed: publish it anew",
    "drain": "publish it first",
    "stop": "nobody goes through it",
    "archive": "drain or stop it first",
}
_RULES = ("name", "entry", "goal", "exits", "holdout", "priority")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """
    A version of a journey as it was published, by whom and when (microseconds), and the state machine of it.

    `row` is the version of the row that it was read from, 0 where it is to be written.
    """

    journey: str
    number: int
    definition: Mapping[str, Any] = field(default_factory=dict)
    state: Life = "preparing"
    machine: str = ""
    published: int = 0
    by: str = ""
    row: int = 0

    @property
    def was_published(self) -> bool:
        """Say whether people ever entered it: one whose publication was cut short took a number, and no more."""
        return self.published > 0

    @property
    def is_going(self) -> bool:
        """Say whether people go through it, or may."""
        return self.state in GOING

    @property
    def is_current(self) -> bool:
        """Say whether people enter it, or will once it is resumed."""
        return self.state in ("live", "paused")


@dataclass(frozen=True, slots=True)
class Difference:
    """What tells a version from the one before: ids of steps, and which rules of the whole journey are others."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


def chosen(deed: Deed, versions: Sequence[Version], number: int | None = None) -> list[Version]:
    """
    Choose which versions a deed is about, newest first: those of the journey, or one that is named.

    Raises WrongStateError where there is none that it can be done to, or one that it must not be done to.
    """
    fitting = _AFTER[deed]
    if number is not None:
        versions = [one for one in versions if one.number == number]
    if deed == "archive" and (entered := [one for one in versions if one.is_current]):
        raise _wrong(deed, entered[0])
    found = [one for one in versions if one.state in fitting]
    if not found:
        raise _wrong(deed, versions[0] if versions else None)
    if deed in ("stop", "archive"):
        return found
    current = [one for one in found if one.is_current]
    return (current or found)[:1]


def done(deed: Deed, version: Version) -> Version:
    """Give a version as it stands after a deed."""
    return replace(version, state=_AFTER[deed][version.state])


def _wrong(deed: Deed, version: Version | None) -> WrongStateError:
    if version is None:
        return WrongStateError(f"there is no such version that was published: {_FIX['pause']}")
    return WrongStateError(f"version {version.number} is {version.state}: {_FIX[deed]}")


def difference(before: Journey | None, after: Journey) -> Difference:
    """Say what is different; all of it is new where there was none before."""
    old, new = _steps(before), _steps(after)
    rules = [name for name in _RULES if before is not None and getattr(before, name) != getattr(after, name)]
    return Difference(
        added=_sorted(new.keys() - old.keys(), new),
        removed=_sorted(old.keys() - new.keys(), old),
        changed=_sorted((id for id in old.keys() & new.keys() if old[id] != new[id]), new),
        rules=tuple(rules),
    )


def _sorted(ids: Iterable[str], among: Mapping[str, Step]) -> tuple[str, ...]:
    chosen = set(ids)
    return tuple(id for id in among if id in chosen)


def _steps(journey: Journey | None) -> Mapping[str, Step]:
    return {step.id: _alone(step) for step in every(journey.steps)} if journey else {}


def _alone(step: Step) -> Step:
    """Give a step without those below it, which are told of by themselves."""
    match step:
        case Hold():
            return replace(step, ways=tuple(replace(way, steps=()) for way in step.ways), otherwise=())
        case Branch():
            return replace(step, arms=tuple(replace(arm, steps=()) for arm in step.arms), otherwise=())
        case Split():
            return replace(step, parts=tuple(replace(part, steps=()) for part in step.parts))
        case Repeat():
            return replace(step, steps=())
        case _:
            return step
