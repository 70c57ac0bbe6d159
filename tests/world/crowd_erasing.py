"""One request for the erasure of a crowd: what it costs for each identifier, and what is left of anybody."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from time import process_time
from typing import TypeVar

from local.world.bill import Bill
from local.world.erasing import Erasing
from local.world.lake import MemoryLake, archive
from local.world.world import World
from local.world.wrapping import PlainWrapper
from regulars.adapters.parquet import Parquet
from regulars.adapters.sealing import KmsSealer
from regulars.domain.events import Event
from regulars.domain.instants import SECOND
from regulars.domain.profiles import alone
from regulars.pipeline.graphs import Graphs
from regulars.pipeline.privacy_requests import Asked, PrivacyRequests
from regulars.pipeline.unmerge import Unmerger
from regulars.stores.database import KEYS
from regulars.stores.privacy_requests import RequestStore
from tests.builders import an_event
from tests.world.erasures import Nobody, cells, is_ledger

T = TypeVar("T")
AT_ONCE = 1_000  # identifiers of a page, as the API takes them
BATCH = 5_000  # records of a stream
SPLIT = 20  # one in so many was split off from somebody, and remembered by them
_NAMES = re.compile(r"(?:user_id|anonymous_id):[0-9a-f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the request was about, what it took, each for an identifier that it names, and what was wrong."""

    identifiers: int
    erased: int
    calls: float
    read_units: float
    write_units: float
    cpu_seconds: float
    faults: list[str]


class Spent:
    """What was asked of the tables, and how long that took, while something was done."""

    def __init__(self, bill: Bill) -> None:
        self._bill = bill
        self.calls = self.writes = 0
        self.reads = self.seconds = 0.0

    def on(self, do: Callable[[], T]) -> T:
        """Do something, and count it."""
        bill, began = self._bill, process_time()
        before = sum(bill.requests.values()), bill.read_units, bill.write_units
        try:
            return do()
        finally:
            self.calls += sum(bill.requests.values()) - before[0]
            self.reads += bill.read_units - before[1]
            self.writes += bill.write_units - before[2]
            self.seconds += process_time() - began


class Crowd:
    """People of two identifiers each, in tables and in the lake; one in ten stays."""

    def __init__(self, seed: int, number: int) -> None:
        self.random = Random(seed)
        self.world, format = World(batch=BATCH), Parquet()
        self.erasing = Erasing(world=self.world, lake=MemoryLake(), format=format)
        archive(self.world, self.erasing.lake, format)
        self.leaving = [f"user_id:{index:x}" for index in range(number)]
        self.staying = [f"user_id:0{index:x}" for index in range(max(1, number // 10))]
        events = [event for person in (*self.leaving, *self.staying) for event in _events(person)]
        for at in range(0, len(events), BATCH):
            self.world.store(*events[at : at + BATCH])
            self.world.settle()
        self._split()

    def _split(self) -> None:
        """Let devices that stay leave people who go: their rows remember it."""
        graphs, unmerger = Graphs(self.world.database, map), Unmerger(self.world.database, map, self.world.clock)
        for person in self.leaving[::SPLIT]:
            graph = graphs.read(alone(person))
            preview = unmerger.preview(graph, [_device(person)], by="s")
            unmerger.unmerge(preview, version=preview.version)
        self.world.settle()

    def has_time(self) -> bool:
        """Say whether a worker goes on: now and then it is out of time."""
        return self.random.random() < 0.999

    def take(self) -> str:
        """Take a request, page by page, and verify it."""
        world = self.world
        requests = PrivacyRequests(
            world.database, Nobody(), KmsSealer(world.database, PlainWrapper()), world.clock, map
        )
        id = requests.begin(Asked(kind="erasure", law="gdpr", reference="leavers", by="s-1"), []).id
        for at in range(0, len(self.leaving), AT_ONCE):
            requests.add(id, self.leaving[at : at + AT_ONCE], by="s-1")
        requests.verify(id, by="s-1", proof="document")
        return id

    def faults(self, id: str) -> list[str]:
        """List who is named still, and who is missed."""
        gone = {one.owner for one in RequestStore(self.world.database).all_doomed(id)}
        rows = (
            (table, item) for table in KEYS for item in self.world.database.all(table) if not is_ledger(table, item)
        )
        found = [f"somebody is in {table}" for table, item in rows if gone & set(_NAMES.findall(str(item)))]
        files = self.erasing.lake.content.items()
        said = ((place, value) for key, content in files for place, value in cells(key, content))
        found += [f"somebody is in {place}" for place, value in said if gone & set(_NAMES.findall(value.decode()))]
        kept = sum(len(self.world.events.of(person)) for person in self.staying)
        return found + ([] if kept == 2 * len(self.staying) else [f"{kept} events of those who stay are left"])


def trial(seed: int, number: int) -> Outcome:
    """Erase so many people by one request whose workers die now and then."""
    crowd = Crowd(seed, number)
    spent = Spent(crowd.world.database.bill)
    id = spent.on(crowd.take)
    worker = crowd.erasing.worker()
    while not (step := spent.on(lambda: worker.work(id, has_time=crowd.has_time))).done:
        crowd.world.advance(crowd.world.clock.now + step.wait * SECOND)  # what others do meanwhile is not counted
    request = RequestStore(crowd.world.database).get(id)
    assert request
    faults = crowd.faults(id)
    if request.state != "done" or request.identifiers != number:
        faults.append(f"it is {request.state}, about {request.identifiers}")
    return Outcome(
        identifiers=number,
        erased=request.erased,
        calls=spent.calls / number,
        read_units=spent.reads / number,
        write_units=spent.writes / number,
        cpu_seconds=spent.seconds,
        faults=faults[:20],
    )


def _events(person: str) -> list[Event]:
    return [an_event(1, links=(person, _device(person))), an_event(2, links=(person,))]


def _device(person: str) -> str:
    return person.replace("user_id:", "anonymous_id:")
