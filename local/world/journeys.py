"""Journeys in the in-memory world: the queue `wanted`, the state machines, and the functions that these ask."""

import json
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from local.world.chaos import Calm, Chaos
from local.world.lane import Record
from local.world.machines import MemoryMachines
from local.world.mapping import EventSourceMapping
from local.world.queue import QueueRunner
from local.world.world import World
from local.world.wrapping import PlainWrapper
from regulars.adapters.sealing import KmsSealer
from regulars.domain.instants import SECOND, to_text
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_machines import DELIVER, STEP, compile_journey, waits_until
from regulars.pipeline.journey_rooms import JourneyRooms, Ways
from regulars.pipeline.ports import Transition
from regulars.pipeline.telling_journeys import Teller

Deliver = Callable[[str, str], Any]  # an instance and a place; gives what has a way, and an instant or None
_MINUTE = 60 * SECOND


class Journeys:
    """People who go through journeys beside the pipeline; `deliver` makes the function that sends, of the rooms."""

    def __init__(
        self,
        world: World,
        *,
        deliver: Callable[["Journeys"], Deliver] | None = None,
        chaos: Chaos | None = None,
        random: Random | None = None,
        look_every: int = _MINUTE,
    ) -> None:
        chaos = chaos or Calm()
        self.world = world
        functions = {STEP: self._step, DELIVER: self._deliver}
        self.machines = MemoryMachines(world.clock, functions, chaos=chaos, random=random, told=self._told)
        self.sealer = KmsSealer(world.database, PlainWrapper())
        self.rooms = self._rooms()
        self._delivers = deliver(self) if deliver else None
        mapping = EventSourceMapping(function="enter_journey", source="wanted", batch_size=10, report=True)
        self.runner = QueueRunner(mapping, world.wanted, self._work, chaos=chaos)
        self._looked, self._look_every = world.clock.now, look_every
        world.neighbours.append(self)
        world.listeners.append(self._announce)

    def publish(self, id: str, definition: Mapping[str, Any], *, number: int = 1, state: str = "live") -> None:
        """Let people go through a version of a journey from now on."""
        world = self.world
        journey = parse_journey(id, definition, version=number, calendar=world.catalog.releases().calendar)
        machine = self.machines.create(f"regulars-world-{id}-{number}", compile_journey(journey).text)
        content = {"definition": definition, "machine": machine, "published": world.clock.now, "state": state}
        world.define("journey_version", f"{id}#{number:06}", content)
        settings = world.catalog.get("workspace", "settings")
        world.define("workspace", "settings", settings.content if settings else {})  # everybody reads the catalog again

    def step(self) -> bool:
        """Work off one batch of messages, and what the state machines have to do by now."""
        if self.world.clock.now - self._looked >= self._look_every:
            self._looked = self.world.clock.now
            self.world.wanted_port.send([{"minute": True}])
        busy = self.runner.step()
        while self.machines.step():
            busy = True
        return busy

    def next_due(self) -> int | None:
        """Give the next instant at which a message or a machine is due."""
        visible = self.world.wanted.next_visible()
        found = [self.machines.next_due(), round(visible * SECOND) if visible is not None else None]
        return min((at for at in found if at is not None), default=None)

    def restart(self) -> None:
        """Let the functions start anew, as after a crash: nothing of what they held is left."""
        self.rooms = self._rooms()

    def _rooms(self) -> JourneyRooms:
        world = self.world
        teller = Teller(world.database, self.sealer, world.clock)
        ways = Ways(machines=self.machines, wanted=world.wanted_port, tell=teller.tell, journal=world.journal)
        return JourneyRooms(world.database, self.sealer, map, ways=ways, clock=world.clock)

    def _work(self, messages: Sequence[Record]) -> Mapping[str, Any]:
        self.rooms.start_batch()
        failed = []
        for message in messages:
            try:
                self.rooms.occasions.work(json.loads(message["body"]))
            except (AssertionError, KeyboardInterrupt):
                raise
            except Exception:  # noqa: BLE001 (the other messages go on, as in the function)
                failed.append({"itemIdentifier": str(message["messageId"])})
        return {"batchItemFailures": failed}

    def _step(self, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        self.rooms.start_batch()
        answer = self.rooms.stepping.step(payload["instance"], payload["place"], payload.get("token", ""))
        return _said(answer, self.world.clock.now)

    def _deliver(self, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        self.rooms.start_batch()
        if self._delivers is None:
            raise AssertionError("nothing is sent in this world")
        return _said(self._delivers(payload["instance"], payload["place"]), self.world.clock.now)

    def _told(self, event: Mapping[str, Any]) -> None:
        self.world.wanted_port.send([event])

    def _announce(self, transitions: Sequence[Transition]) -> None:
        self.world.wanted_port.send([_envelope(transition) for transition in transitions])


def _said(answer: Any, now: int) -> Mapping[str, Any]:
    return {"way": answer.way, "until": None if answer.until is None else waits_until(answer.until, now)}


def _envelope(transition: Transition) -> Mapping[str, Any]:
    detail = {
        "profile_id": transition.profile_id,
        "segment": transition.segment,
        "since": to_text(transition.since),
        "number": transition.number,
        "backfill": transition.backfill,
    }
    return {"detail-type": "Segment Entered" if transition.entered else "Segment Exited", "detail": detail}
