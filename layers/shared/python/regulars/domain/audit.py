"""
The audit trail: who read, changed or took out what, of whom, or signed in. Each row holds the hash of the one before.

A chain is the rows of one day, one function and one lane, numbered from 0; its first row holds the hash of the last
row of the chain before. So a row that is edited, dropped, put in or moved breaks what follows it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any, Literal, get_args

from regulars.domain.instants import DAY, day_of, to_text
from regulars.domain.timestamps import parse

Kind = Literal["reads", "changes", "exports", "logins", "refusals"]
KINDS: tuple[Kind, ...] = get_args(Kind)
# Whoever gives out personal fields, changes something, refuses somebody, or hands out tokens, and how many chains each
# has a day: its processes share them out, so that few want the same number. A name stays, if its function goes, and no
# number ever falls: rows are looked for here.
LANES: Mapping[str, int] = {
    "admin_api": 8,
    "audit_api": 4,
    "change_profile": 4,
    "export": 2,
    "export_api": 2,
    "journey_api": 4,
    "note_login": 4,
    "preview_segment": 4,
    "privacy_api": 4,
    "profile_api": 32,
    "recovery": 1,  # no function: people, with the credentials of the account
    "unmerge": 4,
}
FUNCTIONS = tuple(LANES)
LOOKBACK = 7  # days: how far back the chain before is looked for
DIGITS = 10
_FORM = "regulars audit 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """
    What somebody did.

    `who` is the subject of a token; `what` names a route, or how somebody signed in; `whom` are profile ids, or ids of
    definitions and the like, never a value of an identifier. `opened` says that personal fields were, `case` for which
    case, `outcome` what came of it: `begun`, `done`, or the code of an error. `count` is of people, rows or
    definitions; of refusals it is how many there were since the last row of them.
    """

    who: str
    roles: tuple[str, ...]
    kind: Kind
    what: str
    whom: tuple[str, ...] = ()
    count: int = 0
    opened: bool = False
    case: str = ""
    request: str = ""
    outcome: str = "done"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A chain and a number in it."""

    chain: str
    number: int

    def __str__(self) -> str:
        return f"{self.chain} {self.number}"


@dataclass(frozen=True, slots=True)
class Head:
    """The place and the hash of a row that the next one follows."""

    place: Place
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """
    A deed in its place, done `at` an instant (microseconds).

    `previous` is the hash of the row before; of the first row of a chain it is that of the row at `after`, another
    chain and a number, both empty where there is none.
    """

    place: Place
    at: int
    deed: Deed
    after: str
    previous: str
    hash: str = ""

    @property
    def head(self) -> Head:
        """What the next row follows."""
        return Head(self.place, self.hash)


def chain_of(day: str, function: str, lane: int) -> str:
    """Name the chain of a day such as 2026-01-31, a function and a lane."""
    return f"{day}#{function}#{lane:02}"


def series_of(chain: str) -> str:
    """The part of a chain's name that is the same every day."""
    return chain.partition("#")[2]


def day_in(chain: str) -> str:
    """The day in a chain's name."""
    return chain.partition("#")[0]


def day_number(day: str) -> int | None:
    """Number a day from 1970-01-01; None for what is none."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return None
    return found.toordinal() - date(1970, 1, 1).toordinal() if found.isoformat() == day else None


def day_text(number: int) -> str:
    """Write a day by its number."""
    return to_text(number * DAY)[:10]


def chains(first: str, last: str) -> Iterator[str]:
    """Name all chains there may be of some days, in the order of days, functions and lanes."""
    start, end = day_number(first), day_number(last)
    if start is None or end is None:
        return
    for day in map(day_text, range(start, end + 1)):
        for function in FUNCTIONS:
            for lane in range(LANES[function]):
                yield chain_of(day, function, lane)


def follow(deed: Deed, head: Head | None, *, at: int, function: str, lane: int) -> Row:
    """Make the row of a deed that follows a head, of the same chain or of one of a day before."""
    chain = chain_of(day_text(day_of(at)), function, lane)
    goes_on = head is not None and head.place.chain == chain
    number = head.place.number + 1 if head is not None and goes_on else 0
    after = "" if head is None or goes_on else str(head.place)
    row = Row(place=Place(chain, number), at=at, deed=deed, after=after, previous=head.hash if head else "")
    return replace(row, hash=hash_of(row))


def hash_of(row: Row) -> str:
    """
    Hash all that a row says, but its own hash.

    It has no key, so that anybody can check it: what keeps a whole chain from being written anew is its anchor.
    """
    deed = row.deed
    said = [
        *[_FORM, row.place.chain, row.place.number, row.at, deed.who, list(deed.roles), deed.kind, deed.what],
        *[list(deed.whom), deed.count, deed.opened, deed.case, deed.request, deed.outcome, row.after, row.previous],
    ]
    text = json.dumps(said, ensure_ascii=True, separators=(",", ":"))  # the one form: lists, and no loose bytes
    return sha256(text.encode()).hexdigest()


def row_json(row: Row) -> dict[str, Any]:
    """Write a row."""
    deed = row.deed
    return {
        "chain": row.place.chain,
        "number": row.place.number,
        "at": to_text(row.at),
        "who": deed.who,
        "roles": list(deed.roles),
        "kind": deed.kind,
        "what": deed.what,
        "whom": list(deed.whom),
        "count": deed.count,
        "opened": deed.opened,
        "case": deed.case,
        "request": deed.request,
        "outcome": deed.outcome,
        "after": row.after,
        "previous": row.previous,
        "hash": row.hash,
    }


def read_row(said: object) -> Row | None:
    """Read a row as it was written; None for what is none, such as one that somebody has edited."""
    match said:
        case {
            "chain": str(chain), "number": int(number), "at": str(at), "who": str(who), "roles": list(roles),
            "kind": str(kind), "what": str(what), "whom": list(whom), "count": int(count), "opened": bool(opened),
            "case": str(case), "request": str(request), "outcome": str(outcome), "after": str(after),
            "previous": str(previous), "hash": str(hash),
        }:  # fmt: skip
            instant = parse(at)
            if instant is None or to_text(instant) != at or kind not in KINDS or not _are_texts(roles, whom):
                return None
            if isinstance(number, bool) or isinstance(count, bool):
                return None
            deed = Deed(
                who=who,
                roles=tuple(roles),
                kind=next(each for each in KINDS if each == kind),
                what=what,
                whom=tuple(whom),
                count=count,
                opened=opened,
                case=case,
                request=request,
                outcome=outcome,
            )
            place = Place(chain, number)
            return Row(place=place, at=instant, deed=deed, after=after, previous=previous, hash=hash)
    return None


def place_of(text: str) -> Place | None:
    """Read a place that stands in `after`."""
    chain, _, number = text.rpartition(" ")
    return Place(chain, int(number)) if chain and number.isascii() and number.isdigit() else None


def _are_texts(*lists: list[Any]) -> bool:
    return all(isinstance(each, str) for one in lists for each in one)
