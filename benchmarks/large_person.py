"""What it takes to read a person of many identifiers and very many events: read units, counted by the biller."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import yaml

from benchmarks.events import order_call
from benchmarks.units import CATALOG, SHOPPING
from local.world.bill import Bill
from regulars.domain.calls import read
from regulars.domain.events import Event
from regulars.domain.instants import SECOND, to_text
from regulars.domain.timers import MINUTE
from regulars.pipeline.admission import lay_out
from regulars.stores.events import from_item
from tests.workspace import Workspace, delivery

DEVICES = 49
EVENTS = 100_000
AT_ONCE = 1_000  # events between two looks at the streams
RULES = {
    "identifiers": [
        {"kind": "user_id", "from": ["userId"], "limit": 1, "known": True},
        {"kind": "anonymous_id", "from": ["anonymousId"], "limit": 100},
    ],
    "max_ties_an_hour": 1_000,
}
PATH = "/v1/profiles/user_id:u"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was read of a person with so many events, in units by table and in calls of the database."""

    what: str
    events: int
    reads: dict[str, float]
    calls: int

    @property
    def read_units(self) -> float:
        """Read units of all tables."""
        return sum(self.reads.values())


def measure(events: int = EVENTS) -> list[Read]:
    """Make the person, then read them in each of the ways that there are."""
    workspace = the_person(events)
    one_more = _event(workspace, events, "Order Completed")

    def evaluation() -> None:
        workspace.world.store(one_more)
        workspace.world.settle()

    workspace.world.advance(workspace.world.clock.now + 2 * MINUTE)  # so that their turn has come
    _get(workspace, PATH)  # the first read of a day looks for the end of the audit trail in the days before
    return [
        _read(workspace, events, "the profile", lambda: _get(workspace, PATH)),
        _read(workspace, events, "the newest 50 events", lambda: _get(workspace, f"{PATH}/events", limit="50")),
        _read(workspace, events, "one more order, with the evaluation that follows", evaluation),
    ]


def the_person(events: int) -> Workspace:
    """Make a person on many devices who has done so much, with the sample segments."""
    workspace = Workspace()
    workspace.put("/v1/identity", {"definition": RULES})
    for file in sorted(CATALOG.glob("*.yaml")):
        workspace.world.define("segment", file.stem, yaml.safe_load(file.read_text()))
    for device in range(DEVICES):
        at = to_text(workspace.world.clock.now)
        workspace.send({"type": "identify", "userId": "u", "anonymousId": f"a-{device}", "timestamp": at})
    stored = _history(workspace, events)
    while chunk := list(islice(stored, AT_ONCE)):
        workspace.world.store(*chunk)
        workspace.world.settle()
    return workspace


def _history(workspace: Workspace, events: int) -> Iterator[Event]:
    for number in range(events):
        workspace.world.clock.advance_to(workspace.world.clock.now + SECOND)
        yield _event(workspace, number, SHOPPING[number % len(SHOPPING)])


def _event(workspace: Workspace, number: int, name: str) -> Event:
    """An event of 1.1 KB on one of the devices, sealed as the door does."""
    at = {"timestamp": to_text(workspace.world.clock.now)}
    call = {**order_call(number, person=0), "event": name, "anonymousId": f"a-{number % DEVICES}", **at}
    del call["userId"]
    made = read(call, delivery(workspace))
    workspace.sealer.prepare([made.event.owner])
    return from_item(lay_out(made, workspace.sealer, workspace.stamps))


def _get(workspace: Workspace, path: str, **query: str) -> None:
    answer = workspace.get(path, **query)
    if answer.status != 200:
        raise RuntimeError(f"{path} was answered {answer.status}")


def _read(workspace: Workspace, events: int, what: str, do: Callable[[], None]) -> Read:
    workspace.start()
    workspace.world.database.bill = bill = Bill()
    do()
    return Read(what=what, events=events, reads=dict(sorted(bill.reads.items())), calls=bill.requests.total())
