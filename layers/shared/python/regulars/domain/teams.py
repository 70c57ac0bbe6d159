"""Teams: who of those that work with people sees which segments, and which traits."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from regulars.domain.definition_reading import only
from regulars.domain.named import named
from regulars.errors import DefinitionError, ForbiddenError

LIMITED = frozenset({"marketer", "analyst", "service"})  # the roles that teams limit; the others see all
MAX_TEAMS = 100
MAX_NAMES = 1_000
ALL = "all"
_ID = re.compile(r"[a-z][a-z0-9_]{0,62}")
_FIELDS = ("name", "description", "segments", "traits")

Names = frozenset[str] | None  # None: all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What somebody sees: segments by id, traits and computed traits by name; None where it is all of them."""

    segments: Names = None
    traits: Names = None

    def sees_segment(self, id: str) -> bool:
        """Say whether a segment is seen."""
        return self.segments is None or id in self.segments

    def sees_trait(self, name: str) -> bool:
        """Say whether a trait is seen, and what is kept in clear of it."""
        return self.traits is None or name in self.traits or name.rpartition(".")[0] in self.traits

    def must_see(self, id: str) -> None:
        """Go on only with a segment that is seen, whether there is one or not. Raises ForbiddenError."""
        if not self.sees_segment(id):
            raise _hidden([f"the segment {id}"])

    def must_see_traits(self, names: Iterable[str]) -> None:
        """Go on only with traits that are seen. Raises ForbiddenError."""
        if hidden := [f"the trait {name}" for name in sorted(names) if not self.sees_trait(name)]:
            raise _hidden(hidden)

    def must_read(self, where: object) -> None:
        """Go on only with conditions of a segment that name nothing that is not seen. Raises ForbiddenError."""
        hidden = [f"the segment {id}" for id in sorted(named(where, "segment")) if not self.sees_segment(id)]
        traits = named(where, "trait") | named(where, "computed")
        hidden += [f"the trait {name}" for name in sorted(traits) if not self.sees_trait(name)]
        if hidden:
            raise _hidden(hidden)


def _hidden(what: Sequence[str]) -> ForbiddenError:
    return ForbiddenError(f"no team of yours sees {', '.join(what)}: an admin adds it in catalog/teams.yaml")


EVERYTHING = Sight()
NOTHING = Sight(segments=frozenset(), traits=frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Teams:
    """The teams of a workspace, by id, and what those see who are in none."""

    teams: Mapping[str, Sight] = field(default_factory=dict)
    others: Sight = EVERYTHING

    def sight(self, roles: Iterable[str], ids: Iterable[str]) -> Sight:
        """Say what somebody sees, by their roles and teams: of several teams all that any sees."""
        if not is_limited(roles):
            return EVERYTHING
        own = [self.teams.get(id, NOTHING) for id in ids]
        return _together(own) if own else self.others


def is_limited(roles: Iterable[str]) -> bool:
    """Say whether teams limit what somebody of these roles sees."""
    return LIMITED.issuperset(roles)


def parse_teams(definition: Mapping[str, Any]) -> Teams:
    """
    Read the teams of a workspace from `catalog/teams.yaml`.

    Raises DefinitionError, with the path of what is wrong.
    """
    only(definition, ("id", "teams", "others"), "")
    raw, others = definition.get("teams", {}), definition.get("others", ALL)
    if not isinstance(raw, Mapping) or len(raw) > MAX_TEAMS:
        raise DefinitionError("teams", f"is an object of up to {MAX_TEAMS} teams by id")
    if others not in (ALL, "none"):
        raise DefinitionError("others", "is all or none: what those see who are in no team")
    teams = {_id(id): _team(team, f"teams.{id}") for id, team in raw.items()}
    return Teams(teams=teams, others=EVERYTHING if others == ALL else NOTHING)


def _team(raw: object, path: str) -> Sight:
    if not isinstance(raw, Mapping):
        raise DefinitionError(path, "is an object with segments and traits")
    only(raw, _FIELDS, path)
    for each in ("name", "description"):
        if each in raw and not isinstance(raw[each], str):
            raise DefinitionError(f"{path}.{each}", "is a text")
    segments, traits = (_names(raw.get(each), f"{path}.{each}") for each in ("segments", "traits"))
    return Sight(segments=segments, traits=traits)


def _names(raw: object, path: str) -> Names:
    if raw == ALL:
        return None
    if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) > MAX_NAMES:
        raise DefinitionError(path, f"is all, or a list of up to {MAX_NAMES} names; say [] for none")
    for number, each in enumerate(raw):
        if not isinstance(each, str) or not each:
            raise DefinitionError(f"{path}.{number}", "is a name")
    return frozenset(map(str, raw))


def _id(raw: object) -> str:
    if not isinstance(raw, str) or not _ID.fullmatch(raw):
        raise DefinitionError("teams", "an id of a team is a lower-case letter and then up to 62 of a-z, 0-9 and _")
    return raw


def _together(sights: Sequence[Sight]) -> Sight:
    return Sight(segments=_union([each.segments for each in sights]), traits=_union([each.traits for each in sights]))


def _union(names: Sequence[Names]) -> Names:
    found = [each for each in names if each is not None]
    return frozenset().union(*found) if len(found) == len(names) else None
