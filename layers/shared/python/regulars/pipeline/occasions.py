"""
Work off what may move somebody on a journey: each message of the queue `wanted`, in any order, at least once.

Whoever is on the way hears of it first, then it may let somebody in; as in a simulation.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from regulars.domain.catalog import Live
from regulars.domain.hearing import News, name_event
from regulars.domain.identifiers import NOBODY, kind_of
from regulars.domain.instants import DAY
from regulars.domain.journey_signals import is_selected
from regulars.domain.journeys import EventEntry, SegmentChange, SegmentEntry
from regulars.domain.live_journeys import LiveJourney
from regulars.domain.passages import Ending, name_of
from regulars.domain.stepping import key_of
from regulars.domain.timestamps import parse
from regulars.pipeline.enrolling import Enrolling
from regulars.pipeline.entering import Entering, Occasion
from regulars.pipeline.hearing import Hearing, yields
from regulars.pipeline.ports import Clock, Journal
from regulars.pipeline.profiles import ranked
from regulars.pipeline.seeing import events_seen
from regulars.pipeline.snapshots import Home
from regulars.pipeline.travellers import Travellers
from regulars.stores.database import Database
from regulars.stores.journeys import JourneyStore

LATE = 3 * DAY  # what is told later than that lets nobody in
_ENDINGS: Mapping[str, Ending] = {"FAILED": "failed", "TIMED_OUT": "too_long", "ABORTED": "stopped"}


class Occasions:
    """Hands each message to whoever does what it asks for."""

    def __init__(
        self,
        database: Database,
        travellers: Travellers,
        entering: Entering,
        hearing: Hearing,
        enrolling: Enrolling,
        journal: Journal,
        clock: Clock,
        live: Callable[[], Live],
        stopping: Callable[[Mapping[str, Any]], object] | None = None,
    ) -> None:
        self._events = events_seen(database, clock)
        self._journeys = JourneyStore(database)
        self._travellers = travellers
        self._entering = entering
        self._hearing = hearing
        self._enrolling = enrolling
        self._journal = journal
        self._clock = clock
        self._live = live
        self._stopping = stopping

    def work(self, message: Mapping[str, Any]) -> None:
        """Work off one message. Raises ConflictError, UnavailableError, and ValueError for what is none of ours."""
        match message:
            case {"owner": str(owner), "moment": str(moment)}:
                self._event(owner, moment)
            case {"enter": asked}:
                self._asked(asked)
            case {"enrol": enrol}:
                self._enrolling.enrol(enrol)
            case {"minute": _}:
                self._enrolling.look()
            case {"stop": stop} if self._stopping:
                self._stopping(stop)
            case {"detail-type": "Segment Entered" | "Segment Exited" as name, "detail": detail}:
                self._transition(detail, entered=name == "Segment Entered")
            case {"detail-type": "Step Functions Execution Status Change", "detail": detail}:
                self._given_up(detail)
            case _:
                raise ValueError("this is no message of journeys")

    def _event(self, owner: str, moment: str) -> None:
        event, live = self._events.get(owner, moment), self._live()
        home = self._travellers.home(owner)
        if event is None or home.erased:
            return
        self._hear(home, News(event.at, event), [one for one in live.journeys if event.name in one.events])
        if self._clock() - event.at > LATE or kind_of(owner) == NOBODY:
            return
        for one in _entered_by(live):
            by = one.journey.entry.by
            if isinstance(by, EventEntry) and is_selected(by.selection, event):
                said = event.properties
                key, named = key_of(by, event), name_event(event)
                occasion = Occasion(name=f"event {moment}", at=event.at, key=key, event=named, properties=said)
                self._entering.enter(owner, live, one, occasion)

    def _transition(self, detail: Mapping[str, Any], *, entered: bool) -> None:
        segment, at, live = str(detail["segment"]), parse(detail["since"]), self._live()
        home = self._travellers.of_profile(str(detail["profile_id"]))
        if home.erased or at is None:
            return
        change = SegmentChange(segment, "entered" if entered else "left")
        self._hear(home, News(at, change), [one for one in live.journeys if segment in one.segments])
        if detail.get("backfill") or self._clock() - at > LATE:
            return  # what a new version of a segment changed is nothing that the person did
        name = f"segment {detail['profile_id']} {segment} {detail['number']}"
        for one in _entered_by(live):
            by = one.journey.entry.by
            if (
                isinstance(by, SegmentEntry)
                and by.enrol != "current"
                and SegmentChange(by.segment, by.change) == change
            ):
                self._enter(home, live, one, Occasion(name=name, at=at))

    def _asked(self, asked: Mapping[str, Any]) -> None:
        """Let in whom a program, another journey, a schedule or an enrolment asks for."""
        live = self._live()
        found = (one for one in _entered_by(live) if one.journey.id == asked["journey"])
        one = next((one for one in found if asked.get("version", one.journey.version) == one.journey.version), None)
        if one is None or not (one.journey.entry.open or "profile" in asked):
            return
        if "profile" in asked:
            home = self._travellers.of_profile(str(asked["profile"]))
            occasion = Occasion(name=str(asked["occasion"]), at=int(asked["at"]))
            if not home.erased and self._travellers.is_member(home, live, str(asked["segment"])):
                self._enter(home, live, one, occasion)
            return
        owner, _, moment = str(asked.get("event", "")).partition(" ")
        if "moment" in asked:
            owner, moment = str(asked["owner"]), str(asked["moment"])
        event = self._events.get(owner, moment) if moment else None
        if event is None and "moment" in asked:
            return
        occasion = Occasion(
            name=str(asked.get("occasion", f"asked {moment}")),
            at=int(asked["at"]) if "at" in asked else event.at if event else self._clock(),
            key=str(asked.get("key", "")),
            event=name_event(event) if event else "",
            properties=event.properties if event else {},
        )
        self._entering.enter(str(asked["owner"]), live, one, occasion)

    def _given_up(self, detail: Mapping[str, Any]) -> None:
        """Note that an execution ended otherwise than by its passage."""
        owner, journey, id = name_of(str(json.loads(detail["input"])["instance"]))
        passage = self._journeys.passage(owner, journey, id)
        if passage is None or passage.ending is not None:
            return
        ending = _ENDINGS[str(detail["status"])]
        one = self._live().journey(journey, passage.number)
        self._hearing.end(passage, one, ending, self._clock())
        if ending == "failed":
            self._journal.count("passages_failed")

    def _enter(self, home: Home, live: Live, one: LiveJourney, occasion: Occasion) -> None:
        """Let somebody in under the identifier that they are known best by."""
        owners = [owner for owner in home.owners if kind_of(owner) != NOBODY]
        if owners:
            self._entering.enter(ranked(owners, live)[0], live, one, occasion)

    def _hear(self, home: Home, news: News, journeys: Iterable[LiveJourney]) -> None:
        """Let all passages of a person hear news, after what came before it and was not heard yet."""
        listening = {(one.journey.id, one.journey.version): one for one in journeys}
        passages = self._travellers.passages(home) if listening else []
        for passage in passages:
            one = listening.get((passage.journey, passage.number))
            if one is None or (passage.event and passage.event == news.event):
                continue
            if yields(passage, passages):
                self._hearing.end(passage, one, "merged", self._clock())
                continue
            before = self._travellers.news(home, one, passage.since) if passage.ending is None else []
            others = (each for each in before if (each.at, each.event) != (news.at, news.event))
            heard = sorted([*others, news], key=lambda each: each.at)
            self._hearing.hear(passage, one, heard, again=news)


def _entered_by(live: Live) -> list[LiveJourney]:
    return [one for one in live.journeys if one.state == "live"]
