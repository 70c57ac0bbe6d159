"""
Work off what may move somebody on a journey: each message of the queue `wanted`, in any order, at least once.

Whoever is on the way hears of it first, then it may let somebody in; as in a simulation.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from regulars.domain.catalog import Live
from regulars.domain.hearing import News, name_event
from regulars.domain.identifiers import NOBODY, kind_of
from regulars.domain.journey_entries import key_of
from regulars.domain.journey_signals import is_selected
from regulars.domain.journeys import EventEntry, SegmentChange, SegmentEntry
from regulars.domain.live_journeys import LiveJourney
from regulars.domain.passages import Ending, Passage, name_of
from regulars.domain.timestamps import parse
from regulars.pipeline.asked_entries import LATE, AskedEntries, known_best
from regulars.pipeline.enrolling import Enrolling
from regulars.pipeline.entering import Entering, Occasion
from regulars.pipeline.hearing import Hearing, yields
from regulars.pipeline.ports import Clock, Journal
from regulars.pipeline.seeing import events_seen
from regulars.pipeline.snapshots import Home
from regulars.pipeline.travellers import Travellers
from regulars.stores.database import Database
from regulars.stores.journeys import JourneyStore

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
        asked: AskedEntries,
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
        self._asked = asked
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
                self._asked.work(asked)
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
        passages, name = self._travellers.passages(home), f"event {moment}"
        self._hear(home, passages, News(event.at, event), [one for one in live.journeys if event.name in one.events])
        begun = self._entering.resume(passages, home, live, name)
        if self._clock() - event.at > LATE or kind_of(owner) == NOBODY:
            return
        for one in _entered_by(live, but=begun):
            by = one.journey.entry.by
            if isinstance(by, EventEntry) and is_selected(by.selection, event):
                said = event.properties
                key, named = key_of(by, said), name_event(event)
                occasion = Occasion(name=name, at=event.at, key=key, event=named, properties=said)
                self._entering.enter(owner, live, one, occasion)

    def _transition(self, detail: Mapping[str, Any], *, entered: bool) -> None:
        segment, at, live = str(detail["segment"]), parse(detail["since"]), self._live()
        home = self._travellers.of_profile(str(detail["profile_id"]))
        if home.erased or at is None:
            return
        change = SegmentChange(segment, "entered" if entered else "left")
        passages = self._travellers.passages(home)
        self._hear(home, passages, News(at, change), [one for one in live.journeys if segment in one.segments])
        name = f"segment {detail['profile_id']} {segment} {detail['number']}"
        begun = self._entering.resume(passages, home, live, name)
        owner = known_best(home, live)
        if detail.get("backfill") or self._clock() - at > LATE or owner is None:
            return  # what a new version of a segment changed is nothing that the person did
        for one in _entered_by(live, but=begun):
            by = one.journey.entry.by
            if (
                isinstance(by, SegmentEntry)
                and by.enrol != "current"
                and SegmentChange(by.segment, by.change) == change
            ):
                self._entering.enter(owner, live, one, Occasion(name=name, at=at))

    def _given_up(self, detail: Mapping[str, Any]) -> None:
        """Note that an execution ended otherwise than by its passage."""
        given = json.loads(detail.get("input") or "{}")
        if not isinstance(given, dict) or "instance" not in given:
            return  # somebody started it by hand: it is nobody's passage
        owner, journey, id = name_of(str(given["instance"]))
        passage = self._journeys.passage(owner, journey, id)
        if passage is None or passage.ending is not None:
            return
        ending = _ENDINGS[str(detail["status"])]
        one = self._live().journey(journey, passage.number)
        self._hearing.end(passage, one, ending, self._clock())
        if ending == "failed":
            self._journal.count("passages_failed")

    def _hear(self, home: Home, passages: Sequence[Passage], news: News, journeys: Iterable[LiveJourney]) -> None:
        """Let all passages of a person hear news, after what came before it and was not heard yet."""
        listening = {(one.journey.id, one.journey.version): one for one in journeys}
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


def _entered_by(live: Live, *, but: Collection[str]) -> list[LiveJourney]:
    return [one for one in live.journeys if one.state == "live" and one.journey.id not in but]
