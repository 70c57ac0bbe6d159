"""One trial of the door: SDKs that send again what was not answered, while tables, queue and process fail."""

import json
from collections import Counter
from random import Random
from typing import Any, cast

from local.world.chaos import CrashError
from local.world.memory import MemoryDatabase
from local.world.world import Counts
from local.world.wrapping import PlainWrapper
from regulars.adapters.http import serve
from regulars.adapters.ingest_api import IngestApi
from regulars.adapters.overflow import Overflow
from regulars.adapters.sealing import KmsSealer
from regulars.domain.instants import SECOND
from regulars.errors import UnavailableError
from regulars.pipeline.ingest import Door
from regulars.stores.database import Database
from tests.messages import WRITE_KEY, a_batch, a_track_call
from tests.pipeline.front_door import START, FrontDoor
from tests.wire import an_http_event
from tests.world.flaky import Flaky, MemoryObjects, MemorySqs, Trouble


class Site:
    """A door whose tables and queue fail, and the processes behind it."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.tables = Trouble(random, refused=random.choice([0.05, 0.3, 1.0]), lost=0.05, crash=0.02)
        self.queue = Trouble(random, refused=random.choice([0.0, 0.2, 1.0]), lost=0.1, crash=0.02)
        self.database = MemoryDatabase()
        FrontDoor(self.database)  # adds the source
        self.sqs, self.objects = MemorySqs(self.queue), MemoryObjects()
        self.now = START
        self.start_process()

    def start_process(self) -> None:
        """Forget what a process held."""
        database = cast(Database, Flaky(self.database, self.tables))
        door = Door(database, KmsSealer(database, PlainWrapper()), Counts(), self.clock)
        objects = Flaky(self.objects, self.queue)
        self._overflow = Overflow(
            lambda: cast(Any, self.sqs),
            "overflow",
            lambda: cast(Any, objects),
            PlainWrapper(),
            self.clock,
            self.seconds,
        )
        self._api, self._drain = IngestApi(door, self._overflow), IngestApi(door)

    def clock(self) -> int:
        """Give the instant; no two looks give the same."""
        self.now += 1_000
        return self.now

    def seconds(self) -> float:
        """Give the same in seconds: now and then a call has taken long."""
        self.now += self.random.choice([0, 0, 0, 3 * SECOND])
        return self.now / SECOND

    def send(self, body: dict[str, Any]) -> dict[str, Any] | None:
        """Send a batch; give the answer, if it is 200."""
        event = an_http_event(("/v1/batch", {}, json.dumps(body).encode()))
        answer = serve(event, self._api.answer, self._see)
        assert answer["statusCode"] in (200, 503)
        return cast(dict[str, Any], json.loads(answer["body"])) if answer["statusCode"] == 200 else None

    def _see(self, error: Exception) -> None:
        if isinstance(error, CrashError):
            self.start_process()

    def drain(self) -> None:
        """Work off the queue once; what fails stays, and some of what was done comes again."""
        for body in list(self.sqs.bodies):
            try:
                self._overflow.drain(body, self._drain.answer)
            except (UnavailableError, CrashError):
                continue
            if self.random.random() < 0.8:
                self.sqs.bodies.remove(body)


def trial(seed: int) -> list[str]:
    """Send some batches through trouble, let it end, and say what was lost or stored twice."""
    random = Random(seed)
    site = Site(random)
    sent: set[str] = set()
    acknowledged: set[str] = set()
    for number in range(random.randint(1, 4)):
        messages = [_message(random, f"{number}-{index}") for index in range(random.randint(1, 6))]
        body = a_batch(*messages, writeKey=WRITE_KEY)
        ids = [message["messageId"] for message in messages]
        sent.update(ids)
        for _ in range(random.randint(1, 4)):
            answer = site.send(body)
            if answer:
                acknowledged.update(ids)
                assert [verdict["messageId"] for verdict in answer["verdicts"]] == ids
                if random.random() < 0.7:
                    break  # else the answer got lost on its way, and the SDK sends again
        if random.random() < 0.5:
            site.drain()
    site.tables.begin()
    site.queue.begin()
    while site.sqs.bodies:
        site.drain()
    return _compare(site, sent, acknowledged)


def _message(random: Random, id: str) -> dict[str, Any]:
    visitor = f"visitor-{random.randrange(4)}"
    event = "" if random.random() < 0.1 else "Product Viewed"  # one without a name goes to quarantine
    return a_track_call(messageId=id, anonymousId=visitor, event=event, properties={"n": random.randrange(9)})


def _compare(site: Site, sent: set[str], acknowledged: set[str]) -> list[str]:
    events = [str(item["moment"]).split("#", 2)[2] for item in site.database.all("events")]
    refused = {str(item["message_id"]) for item in site.database.all("quarantine")}
    stored = Counter(events) + Counter(refused)
    faults = [f"{id} was acknowledged and lost" for id in sorted(acknowledged - set(stored))]
    faults += [f"{id} is stored {times} times" for id, times in stored.items() if times > 1]
    faults += [f"{id} was never sent" for id in sorted(set(stored) - sent)]
    return faults + [f"{place} was left behind" for place in site.objects.held]
