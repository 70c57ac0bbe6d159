"""What a request leaves in the audit trail: a row before a change, and one before an answer leaves the process."""

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from regulars.adapters import clients, clock, settings
from regulars.adapters.http import Request
from regulars.adapters.observability import journal
from regulars.adapters.pause import pause
from regulars.domain.audit import LANES, Deed, Kind
from regulars.domain.references import profile_id_of
from regulars.domain.roles import Caller
from regulars.errors import ForbiddenError, InvalidRequestError, UnavailableError
from regulars.pipeline.audit import AuditTrail
from regulars.pipeline.audit_refusals import Refusals
from regulars.pipeline.ports import Clock, Journal

Leaves = Literal["nothing", "reads", "changes", "exports"]
CASE = "x-case"  # the header in which a caller says for which case they ask
_CASE = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9-]{0,39}")
_THING = re.compile(r"[a-z][a-z0-9_]{0,62}")  # the id of a definition; it names no person
_REQUEST = re.compile(r"[A-Za-z0-9_=+/-]{1,64}")


@dataclass(slots=True)
class Seen:
    """What an answer has to do with people: whose it is about, how many, and whether personal fields were opened."""

    whom: dict[str, None] = field(default_factory=dict)
    number: int | None = None
    opened: bool = False


class Recorder:
    """
    Writes what a caller does on a route.

    `name` turns a reference to a person into a profile id, so that no identifier stands in a row.
    """

    def __init__(
        self, write: Callable[[Deed], object], hash_key: Callable[[], bytes], clock: Clock, journal: Journal
    ) -> None:
        self._write = write
        self._hash_key = hash_key
        self._clock, self._journal = clock, journal
        self._refusals = Refusals()

    def name(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """Name what the path of a request names: ids of definitions as they are, all else as the id of a profile."""
        return tuple(self._name(name, value) for name, value in values.items())

    def write(
        self, request: Request, caller: Caller, *, kind: Kind, what: str, whom: Iterable[str], seen: Seen, outcome: str
    ) -> None:
        """Write a row. Raises UnavailableError where it could not be written, InvalidRequestError for a bad case."""
        named = tuple(seen.whom) or tuple(whom)
        self._write(
            Deed(
                who=caller.subject,
                roles=tuple(sorted(caller.roles)),
                kind=kind,
                what=what,
                whom=named,
                count=len(named) if seen.number is None else seen.number,
                opened=seen.opened,
                case=case_of(request),
                request=request.id if _REQUEST.fullmatch(request.id) else "",
                outcome=outcome,
            )
        )

    def refuse(self, request: Request, caller: Caller, *, what: str, values: Mapping[str, str]) -> None:
        """Write down that somebody may not what they asked for, if it is to be told; they are refused in any case."""
        self._journal.count("refused_callers")
        number = self._refusals.tell(caller.subject, self._clock())
        if not number:
            return
        try:
            self._write(
                Deed(
                    who=caller.subject,
                    roles=tuple(sorted(caller.roles)),
                    kind="refusals",
                    what=what,
                    whom=self.name(values),
                    count=number,
                    request=request.id if _REQUEST.fullmatch(request.id) else "",
                    outcome=ForbiddenError.code,
                )
            )
        except UnavailableError:  # nothing was given to them: what is missing is a row, and that is counted
            self._journal.count("untold_refusals", number)

    def _name(self, name: str, value: str) -> str:
        plain = name != "ref" and _THING.fullmatch(value)
        return value if plain else profile_id_of(value, self._hash_key())


def case_of(request: Request) -> str:
    """Read for which case a request is made. Raises InvalidRequestError."""
    case = request.headers.get(CASE, "")
    if case and not _CASE.fullmatch(case):
        raise InvalidRequestError(
            "x-case is the number of a case, such as DSR-2026-14: up to 40 letters, digits and -, with a digit"
        )
    return case


def recorder(hash_key: Callable[[], bytes]) -> Recorder:
    """Give the recorder of this function; each process has a lane of its own, or shares it with few."""
    own = cache(trail)
    return Recorder(lambda deed: own().write(deed), hash_key, clock.now, journal)


def trail() -> AuditTrail:
    """Give the audit trail of this function, in one of its lanes. Raises KeyError for a function that has none."""
    function = settings.service()
    lane = secrets.randbelow(LANES[function])
    return AuditTrail(clients.database(), clock.now, pause, function=function, lane=lane)
