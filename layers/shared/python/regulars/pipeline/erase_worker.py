"""
Work off a request of a person: seize everybody it is about, then take away what is found, round after round.

A round is over everybody and every place; the last one begins when no process and no stream can hold anything from
before the ledger, and the request is done only once a round at that time has found nothing.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from regulars.domain.erasure import Doomed, closure
from regulars.domain.instants import SECOND
from regulars.domain.lake import EVENTS, OF_PEOPLE, LakeTable
from regulars.domain.lake_files import first_day
from regulars.domain.ledger_copies import LedgerCopy, Word
from regulars.domain.privacy_requests import Request, hold, is_over, next_round, set_aside
from regulars.domain.remains import Leaving
from regulars.errors import NotFoundError
from regulars.pipeline.erasing import Counts, Eraser
from regulars.pipeline.export_forgetting import ExportForgetter
from regulars.pipeline.given_up_forgetting import GivenUpForgetter
from regulars.pipeline.holding import Holding
from regulars.pipeline.journey_forgetting import Stops
from regulars.pipeline.lake import Lake, Rewriting
from regulars.pipeline.lake_forgetting import Before, LakeForgetter
from regulars.pipeline.lake_remains import LakeRemains
from regulars.pipeline.ledger_copies import LedgerCopies
from regulars.pipeline.opting_out import OptOuts
from regulars.pipeline.ports import Clock, Journal, Large, Many, Rewritable
from regulars.pipeline.restricting import Restricter
from regulars.pipeline.seizing import Seizer
from regulars.pipeline.sweeping import RESTORED, SWEPT, Sweeper
from regulars.stores.database import Database
from regulars.stores.lake_passes import LakePassStore
from regulars.stores.privacy_requests import RequestStore
from regulars.stores.profiles import ProfileStore

PAGE = 100  # identifiers at a time
MANY = 1_000  # small rows that are removed in one step
FEW = 5  # identifiers: their rows are removed several at once, of more people it is the people
SEIZE, SEAL, ROWS, WAIT, MARKS = "seize", "confirm", "rows", "wait", "marks"
EXPORTS = "exports"
GIVEN_UP = "given up"
TIES = "ties"
_LAKE = "lake "
BUSY_WAIT = 60  # seconds, while retention rewrites files of the lake
HELD_WAIT = 86_400  # seconds until it is asked again whether a request is held still
LONGEST_WAIT = 3_600  # seconds: then the worker is asked again, in case somebody changed the request


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a worker has to say: whether the request is over, and for how many seconds nothing is to be done."""

    done: bool
    wait: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where things of people are, beside the tables, what runs of them, and where it is kept who was erased."""

    large: Large
    failures: Rewritable
    lake: Lake
    format: Rewriting
    exports: Large
    copies: LedgerCopies
    machines: Stops


class EraseWorker:
    """Works off requests; whoever dies of it, the next one goes on from the last page that was written down."""

    def __init__(
        self,
        database: Database,
        places: Places,
        journal: Journal,
        clock: Clock,
        many: Many,
        pause: Callable[[int], None] = lambda _tries: None,
    ) -> None:
        self._database = database
        self._store = RequestStore(database)
        self._seizer = Seizer(database, clock, pause)
        self._many = many
        self._alone = Eraser(database, places.large, places.machines, many)  # the rows of one person, several at once
        # Or several people at once: never both, they share threads.
        self._eraser = Eraser(database, places.large, places.machines, map)
        self._restricter = Restricter(database, map)
        self._opt_outs = OptOuts(database, map)
        self._sweeper = Sweeper(database, places.large, places.machines)
        self._passes = LakePassStore(database)
        self._profiles = ProfileStore(database)
        self._lake = LakeForgetter(places.lake, places.format)
        self._remains = LakeRemains(places.lake, places.format)
        self._exports = ExportForgetter(database, places.exports, clock)
        self._given_up = GivenUpForgetter(places.failures)
        self._copies = places.copies
        self._journal = journal
        self._clock = clock
        self._gone: frozenset[str] | None = None  # read once for a call, however many pages it goes through

    def work(self, id: str, *, has_time: Callable[[], bool]) -> Step:
        """
        Go on with a request while there is time.

        Raises NotFoundError, ConflictError when another worker is at it too, UnavailableError.
        """
        request, self._gone = self._store.get(id), None
        if request is None:
            raise NotFoundError("no request has this id")
        if request.state in ("verified", "held"):
            request = self._store.save(self._take_up(request))
            if request.state == "held":
                return Step(done=False, wait=HELD_WAIT)
        while request.state == "running":
            if request.stage == WAIT and (wait := next_round(request) - self._clock()) > 0:
                return Step(done=False, wait=min(LONGEST_WAIT, -(-wait // SECOND)))
            if request.stage.startswith(_LAKE) and self._clock() < self._passes.get().busy:
                return Step(done=False, wait=BUSY_WAIT)
            if not has_time():
                return Step(done=False)
            request = self._store.save(self._go_on(request, has_time))
        return self.work(request.aside, has_time=has_time) if request.aside else Step(done=True)

    def _take_up(self, request: Request) -> Request:
        """Begin with a request, unless everybody in it is held."""
        if request.erases:
            owners = self._store.subjects(request.id, after=None, limit=PAGE)
            held = self._held(request, owners)
            if owners and len(owners) == len(held) < PAGE:
                return hold(request, set().union(*held.values()))
        stage = SEIZE if request.erases else MARKS
        return replace(request, state="running", stage=stage, cursor=None, last={}, held_by=())

    def _held(self, request: Request, owners: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """
        Say by which legal holds those of these are held who are.

        What is repeated was done before, so no hold stood in its way: one that a restore brought back has ended since.
        """
        if request.repeats:
            return {}
        holding = Holding(self._database, self._clock())
        return {owner: by for owner in owners if (by := holding.by(owner))}

    def _set_aside(self, request: Request, held: Mapping[str, Sequence[str]]) -> str:
        """Let those who are held wait in a request of their own; the others' goes on."""
        fresh = set_aside(request, set().union(*held.values()))
        waiting = self._store.get(fresh.id) or fresh
        by = tuple(sorted({*waiting.held_by, *fresh.held_by}))
        new = self._store.add(fresh.id, held)
        self._store.save(replace(waiting, held_by=by, identifiers=waiting.identifiers + new))
        self._store.spare(request.id, list(held))
        return fresh.id

    def _go_on(self, request: Request, has_time: Callable[[], bool]) -> Request:
        match request.stage:
            case "seize":
                return self._seize(request)
            case "confirm":
                return self._confirm(request)
            case "marks":
                return self._marks(request)
            case "wait":
                return self._begin(request)
            case "rows":
                return self._rows(request)
            case "ties":
                more = self._store.untie(request.id, limit=MANY)
                return self._next(request, Counter(), request.id if more else None)
            case "exports":
                return self._next(request, self._exports.forget(request.marked), None)
        return self._sweep(request, has_time)

    def _seize(self, request: Request) -> Request:
        owners = self._store.subjects(request.id, after=request.cursor, limit=PAGE)
        if held := self._held(request, owners):
            request = replace(request, aside=self._set_aside(request, held))
        left = [owner for owner in owners if owner not in held]
        self._keep("erasure", request, [one for owner in left for one in closure(owner, None)])
        marked = self._mark(left, request)
        found = _sum(request.found, Counter(ledger=marked))
        if len(owners) == PAGE:
            return replace(request, cursor=owners[-1], found=found)
        return replace(request, stage=SEAL, cursor=None, found=found)

    def _confirm(self, request: Request) -> Request:
        """See that whoever was written down is in the ledger: a worker may have died in between."""
        doomed = self._store.doomed(request.id, after=request.cursor, limit=PAGE)
        self._keep("erasure", request, doomed)
        if _counts(request):
            self._tie(request, doomed)
        marked = self._mark([one.owner for one in doomed], request)
        found = _sum(request.found, Counter(ledger=marked))
        if len(doomed) == PAGE:
            return replace(request, cursor=doomed[-1].owner, found=found)
        return replace(request, stage=WAIT, cursor=None, found=found, marked=self._clock())

    def _tie(self, request: Request, doomed: Sequence[Doomed]) -> None:
        """Note who is one person, while their profiles, frozen by now, still say so."""
        for profile_id in dict.fromkeys(name for one in doomed for name in one.profiles):
            profile = self._profiles.root(profile_id)
            if profile and len(profile.owners) > 1:
                self._store.tie(request.id, profile.owners, profile.profile_id)

    def _mark(self, owners: Sequence[str], request: Request) -> int:
        return sum(self._many(lambda owner: self._seizer.seize(owner, request.id), owners))

    def _keep(self, kind: Word, request: Request, doomed: Sequence[Doomed]) -> None:
        """Keep a page where a restore finds it, should the tables be lost."""
        if doomed:
            self._copies.put(LedgerCopy(request=request.id, kind=kind, verified=request.verified, doomed=tuple(doomed)))

    def _begin(self, request: Request) -> Request:
        return replace(request, stage=_stages(request)[0], cursor=None, began=self._clock(), last={})

    def _rows(self, request: Request) -> Request:
        doomed = self._store.doomed(request.id, after=request.cursor, limit=PAGE)
        if len(doomed) > FEW:
            found = sum(self._many(self._eraser.erase, doomed), Counter[str]())
        else:
            found = sum(map(self._alone.erase, doomed), Counter[str]())
        if others := sorted({other for one in doomed for other in one.others}):
            gone = self._all_gone(request)
            found["rows_of_others"] += sum(self._seizer.redact(other, gone) for other in others)
        cursor = doomed[-1].owner if len(doomed) == PAGE else None
        return self._next(request, found, cursor)

    def _sweep(self, request: Request, has_time: Callable[[], bool]) -> Request:
        gone = self._all_gone(request)
        cursor = request.cursor
        found: Counts = Counter()
        if request.stage.startswith(_LAKE):
            since = first_day(request.marked) if request.round else ""
            table = OF_PEOPLE[request.stage.removeprefix(_LAKE)]
            cursor, found = self._lake.forget(
                table,
                gone,
                since=since,
                after=cursor,
                told=lambda table, one, other: self._redact(table, one, other, gone),
                has_time=has_time,
                before=self._counting(request, gone) if table is EVENTS and _counts(request) else _nothing,
            )
            return self._next(request, found, cursor)
        if request.stage == GIVEN_UP:
            cursor, found = self._given_up.forget(gone, after=cursor, has_time=has_time)
            return self._next(request, found, cursor)
        [table_name] = (name for name in (*RESTORED, *SWEPT) if name == request.stage)
        while True:
            cursor, more = self._sweeper.page(table_name, gone, after=cursor)
            found += more
            if cursor is None or not has_time():
                return self._next(request, found, cursor)

    def _counting(self, request: Request, gone: frozenset[str]) -> Before:
        """Keep counts of a day before its files are rewritten."""
        leaving = Leaving(request=request.id, owners=gone, ties=self._store.ties(request.id))
        return lambda day: self._remains.keep(day, leaving, now=self._clock())

    def _all_gone(self, request: Request) -> frozenset[str]:
        """Name everybody who is erased; nobody is added once they are all seized."""
        if self._gone is None:
            self._gone = frozenset(one.owner for one in self._store.all_doomed(request.id))
        return self._gone

    def _redact(self, table: LakeTable, one: str, other: str, gone: Collection[str]) -> int:
        if table is EVENTS:
            return self._sweeper.redact(f"{one} {other}", gone)
        return self._seizer.redact(one, gone)

    def _next(self, request: Request, found: Counts, cursor: str | None) -> Request:
        """Note what a step has found, and go on with its stage, the next one, or the next round."""
        noted = replace(request, found=_sum(request.found, found), last=_sum(request.last, found), cursor=cursor)
        if cursor is not None:
            return noted
        stages = _stages(request)
        later = stages[stages.index(request.stage) + 1 :]
        if later:
            return replace(noted, stage=later[0])
        ended = replace(noted, round=request.round + 1, stage=WAIT)
        if not is_over(ended):
            return ended
        erased = sum(1 for _ in self._store.all_doomed(request.id))
        self._journal.count("people_erased", erased)
        counted = self._remains.counted(request.id) if request.kind == "anonymisation" else {}
        return replace(ended, state="done", stage="", ended=self._clock(), erased=erased, counted=counted)

    def _lift(self, owners: Sequence[str]) -> Counts:
        """Let people begin anew, and no request be about them that might be repeated one day."""
        for request in self._store.erasures():
            self._store.spare(request.id, list(owners))
        return sum((self._eraser.lift(owner) for owner in owners), Counter[str]())

    def _marks(self, request: Request) -> Request:
        """Set marks, or take them away: what is not an erasure is done by that."""
        owners = self._store.subjects(request.id, after=request.cursor, limit=PAGE)
        match request.kind:
            case "lift":
                found = self._lift(owners)
                self._keep("lift", request, [Doomed(owner=owner, profiles=()) for owner in owners])
            case "release":
                found = Counter(identifiers=sum(map(self._restricter.release, owners)))
            case "opt_out":
                denied = self._many(lambda owner: self._opt_outs.opt_out(owner, request), owners)
                found = Counter(identifiers=sum(denied))
            case _:
                found = Counter(identifiers=sum(map(self._restricter.restrict, owners)))
        noted = replace(request, found=_sum(request.found, found))
        if len(owners) == PAGE:
            return replace(noted, cursor=owners[-1])
        return replace(noted, state="done", stage="", cursor=None, ended=self._clock())


def _nothing(_day: str) -> None:
    """Do nothing before the files of a day are rewritten."""


def _counts(request: Request) -> bool:
    """Say whether what goes is counted: in the first round only, whose people are known, and never when repeated."""
    return request.kind == "anonymisation" and not request.round and not request.repeats


def _stages(request: Request) -> Sequence[str]:
    """List what a round goes through, in this order."""
    restored = RESTORED if request.repeats else ()
    untied = (TIES,) if _counts(request) else ()
    return ROWS, EXPORTS, *restored, *SWEPT, GIVEN_UP, *(_LAKE + name for name in OF_PEOPLE), *untied


def _sum(one: Mapping[str, int], other: Counts) -> dict[str, int]:
    total = Counter(one)
    total.update(other)
    return {name: number for name, number in sorted(total.items()) if number}
