"""
What remains of people who are anonymised: counts of the events that many of them had, and never a row of anybody.

A count is of people who all go by one request, so no two counts are of the same person and none can be told from what
is left by taking one from the other. What one person, or few, or all of them had, is erased without a count.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from regulars.domain.lake import REMAINS
from regulars.domain.lake_files import folder

K = 10  # people who had it, and people of the same request who had not
_SHARE = 2  # nobody has more than one of so many of a group's events
Going = tuple[str, str, str, str | None, str]  # of an event that goes: owner, moment, type, name and source
_Group = tuple[str, str | None, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """
    Who goes by one request: all their identifiers, and of those that are not alone whose they are.

    Whoever has several identifiers is one person.
    """

    request: str
    owners: frozenset[str]
    ties: Mapping[str, str]

    def person(self, owner: str) -> str:
        """Say who an identifier is of."""
        return self.ties.get(owner, owner)

    @property
    def people(self) -> int:
        """How many they are."""
        return len({self.person(owner) for owner in self.owners})


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """So many events of a type, a name and a source, to the nearest multiple of K."""

    type: str
    name: str | None
    source: str
    events: int


def remaining(events: Collection[Going], leaving: Leaving) -> list[Count]:
    """Count the events of a day that go, each once however often it is given, where that tells of nobody."""
    groups: dict[_Group, Counter[str]] = defaultdict(Counter)
    for owner, _, type, name, source in set(events):
        groups[type, name, source][leaving.person(owner)] += 1
    everybody = leaving.people
    return [
        Count(type=type, name=name, source=source, events=_rounded(by_person.total()))
        for (type, name, source), by_person in sorted(groups.items(), key=lambda one: _sorted(one[0]))
        if _tells_of_nobody(by_person, everybody)
    ]


def remains_key(request: str, day: str) -> str:
    """Name the file of what remains of a day by a request; it is written once."""
    return f"{folder(REMAINS, day)}{_print(request)}.parquet"


def is_of(key: str, request: str) -> bool:
    """Say whether a file is of what remains by a request."""
    return key.endswith(f"/{_print(request)}.parquet")


def _tells_of_nobody(by_person: Counter[str], everybody: int) -> bool:
    people, most = len(by_person), max(by_person.values())
    return people >= K and everybody - people >= K and most * _SHARE <= by_person.total()


def _rounded(events: int) -> int:
    return (events + K // 2) // K * K


def _sorted(group: _Group) -> tuple[str, bool, str, str]:
    type, name, source = group
    return type, name is not None, name or "", source


def _print(request: str) -> str:
    return blake2b(request.encode(), digest_size=16, person=b"remains").hexdigest()
