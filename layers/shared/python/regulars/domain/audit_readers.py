"""The breach kit: of rows of the audit trail, who has read whom, and who could have, because they held a token."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from regulars.domain.audit import Row
from regulars.domain.instants import HOUR
from regulars.domain.roles import ROLES

FILES = frozenset({"run_export", "link_export"})  # whom they name: the export, and the segment
TOKEN = HOUR  # how long a token holds: whoever got one so long before could still read


@dataclass(slots=True, kw_only=True)
class Reader:
    """
    Somebody who has read, or could have, by the subject of their token.

    `reads` counts requests in which personal fields were opened, `people` the ids of whom, `exports` requests that took
    out lists of ids; `tokens` those that were handed out; `first` and `last` are instants of any of it. `files` are the
    exports that were made for them, by id: of which segment, and of how many people, who are not named each.
    """

    who: str
    roles: set[str] = field(default_factory=set)
    reads: int = 0
    exports: int = 0
    tokens: int = 0
    people: set[str] = field(default_factory=set)
    files: dict[str, tuple[str, int]] = field(default_factory=dict)
    cases: set[str] = field(default_factory=set)
    first: int = 0
    last: int = 0

    @property
    def has_read(self) -> bool:
        """Say whether they did."""
        return bool(self.reads)

    def add(self, row: Row) -> None:
        """Count a row of theirs."""
        deed = row.deed
        self.roles.update(deed.roles)
        self.reads += deed.opened
        self.exports += deed.kind == "exports"
        self.tokens += deed.kind == "logins"
        if deed.what in FILES and len(deed.whom) == 2:
            self.files[deed.whom[0]] = (deed.whom[1], deed.count)
        elif deed.opened or deed.kind == "exports":
            self.people.update(deed.whom)
        if deed.case:
            self.cases.add(deed.case)
        self.first = min(self.first or row.at, row.at)
        self.last = max(self.last, row.at)


def readers(rows: Iterable[Row], *, begin: int, end: int) -> list[Reader]:
    """
    Tell who has read personal fields between two instants, and who held a role that could have; the busiest first.

    Of sign-ins those within the life of a token before count, too. Changes by which nothing was opened do not.
    """
    found: dict[str, Reader] = {}
    for row in rows:
        deed = row.deed
        since = begin - TOKEN if deed.kind == "logins" else begin
        could = any("pii:read" in ROLES.get(role, frozenset()) for role in deed.roles)
        if since <= row.at < end and (could or deed.opened or deed.kind == "exports"):
            found.setdefault(deed.who, Reader(who=deed.who)).add(row)
    return sorted(found.values(), key=lambda one: (-one.reads, -one.exports, one.who))
