"""A journey simulated, and the same one told step by step and reported on: the same words and the same numbers."""

from collections import Counter
from random import Random
from typing import Any

from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from regulars.domain.catalog import Live
from regulars.domain.events import Event
from regulars.domain.instants import DAY, HOUR
from regulars.domain.journey_deeds import event_of
from regulars.domain.journey_definitions import parse_journey
from regulars.domain.journey_events import ended, entered, goal_met, not_sent, passed, refused
from regulars.domain.journey_reports import VersionReport
from regulars.domain.journey_walks import Place, walk
from regulars.domain.journeys import Branch, Hold, Journey, Send, Split, WaitForDate
from regulars.domain.messaging import parse_messaging
from regulars.domain.passages import Passage
from regulars.domain.segment_definitions import parse
from regulars.domain.simulation_reports import Report
from regulars.domain.simulation_stages import Passage as Simulated
from regulars.domain.simulation_stages import Stage
from regulars.domain.simulations import simulate
from regulars.errors import DefinitionError
from tests.builders import START, an_event
from tests.domain.test_simulations import PURPOSES
from tests.journey_lives import reported
from tests.journeys import EVENTS, journeys

PHASES = [phase for phase in Phase if phase is not Phase.shrink]
UNTIL = START + 60 * DAY
POLICY = parse_messaging({"caps": [{"most": 2, "days": 7}], "quiet": [{"from": "21:00", "to": "08:00"}], "holdout": 10})
SEGMENTS = (
    parse("vip", {"where": {"event": "Order Completed", "count": {"at_least": 2}}}),
    parse("lapsed", {"where": {"not": {"event": "Order Completed", "within": "10 days"}}}),
)


def a_life(random: Random, owner: str) -> list[Event]:
    names = ("Product Added", *EVENTS)
    return [
        an_event(
            number,
            name=random.choice(names),
            at=START + random.randrange(50 * DAY // HOUR) * HOUR,
            links=(owner,),
            message_id=f"{owner}-{number}",
            properties={"cart_id": random.choice("ab")},
        )
        for number in range(random.randrange(1, 12))
    ]


def way_of(place: Place, came: str) -> int:
    """Read from a word which way was taken."""
    match place.step:
        case Hold(_, _, ways):
            return len(ways) if came == "time" else int(came)
        case Branch(_, arms):
            return len(arms) if came == "otherwise" else int(came)
        case Split(_, parts):
            return len(parts) if came == "none" else [part.name for part in parts].index(came)
        case WaitForDate():
            return int(came == "missing")
        case _:
            return 0


def told_of(journey: Journey, owner: str, one: Simulated, number: int) -> list[Event]:
    """Tell of a passage that was simulated as one that is live is told of."""
    passage = Passage(
        owner=owner,
        journey=journey.id,
        number=1,
        id=f"{owner} {number}",
        key=one.key,
        at=one.at,
        place=one.steps[-1].place if one.steps else "",
        ended=one.ended,
        ending=one.ending,
        converted=one.converted,
    )
    told = [entered(passage)]
    way = walk(journey.steps)
    place: Place | None = next(way)
    for turn, step in enumerate(one.steps):
        assert place is not None
        assert place.name == step.place
        if step.came == "quiet":
            continue
        taken = way_of(place, step.came)
        told.append(passed(passage, step.place, taken, step.came, step.at, turn=turn))
        if isinstance(place.step, Send) and step.came != "sent":
            reason = step.came.removeprefix("not sent: ")
            told.append(not_sent(passage, step.place, place.step, reason, step.at))
        try:
            place = way.send(taken)
        except StopIteration:
            place = None
    if one.converted is not None:
        told.append(goal_met(passage))
    if one.ended is not None and one.ending != "held_out":
        here = place.name if place else passage.place
        told.append(ended(Passage(**{name: getattr(passage, name) for name in _KEPT}, place=here)))
    return [event_of(owner, each, arrival=each.at) for each in told]


_KEPT = ("owner", "journey", "number", "id", "key", "at", "ended", "ending", "converted")


def as_simulated(found: VersionReport) -> dict[str, Any]:
    sums = ("entered", "entrants", "held_out", "waiting", "converted", "held_out_converted")
    came = {one.place: one.came for one in found.places if one.came}
    return {
        **{name: getattr(found, name) for name in sums},
        "endings": found.endings,
        "refused": found.refused,
        "came": came,
    }


def as_reported(report: Report) -> dict[str, Any]:
    sums = ("entered", "entrants", "held_out", "waiting", "converted", "held_out_converted")
    heard = {
        place: Counter({word: n for word, n in came.items() if word != "quiet"})
        for place, came in report.places.items()
    }
    return {
        **{name: getattr(report, name) for name in sums},
        "endings": report.endings,
        "refused": report.refused,
        "came": {place: came for place, came in heard.items() if came},
    }


@settings(max_examples=25, deadline=None, phases=PHASES)
@given(journeys, st.integers(0, 2**32))
def test_a_report_is_what_the_simulation_says(made: dict[str, Any], seed: int) -> None:
    try:
        journey = parse_journey("j", made)
    except DefinitionError:
        assume(False)
    stage = Stage(journey=journey, beside=Live(segments=SEGMENTS, purposes=PURPOSES), policy=POLICY)
    report, events, random = Report(), list[Event](), Random(seed)
    for person in range(12):
        owner = f"user_id:{person}"
        life = sorted(a_life(random, owner), key=lambda event: event.at)
        passages, why = simulate(stage, f"p_{owner}", life, since=START, until=UNTIL)
        report.take(journey, passages, why)
        for number, one in enumerate(passages):
            events += told_of(journey, owner, one, number)
        occasions = [
            refused(journey.id, journey.version, reason, f"{n}", START)
            for reason, times in why.items()
            for n in range(times)
        ]
        events += [event_of(owner, each, arrival=each.at) for each in occasions]

    [found] = reported(events, {1: journey}, now=UNTIL)

    assert as_simulated(found) == as_reported(report)
    for place in found.places:
        messages = sum(place.came[word] for word in place.came if word.startswith("not sent: "))
        assert place.not_sent.total() == messages
