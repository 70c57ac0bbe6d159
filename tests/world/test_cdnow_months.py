"""Real purchases: who bought three times in the last ninety days, at each of eighteen month ends, counted by hand."""

from collections import defaultdict
from datetime import UTC, datetime

from regulars.domain.calendars import UTC_DAYS
from regulars.domain.catalog import next_watches
from regulars.domain.compiling import compile_all
from regulars.domain.instants import DAY, to_micros
from regulars.domain.people import Person
from regulars.domain.segment_definitions import parse
from regulars.domain.state import EMPTY, State, add, state_of
from regulars.domain.watches import Watches
from tests.world.cdnow import purchases

THREE = {"where": {"event": "Order Completed", "count": {"at_least": 3}, "within": "90 days"}}
ENDS = [
    to_micros(datetime(1997 + month // 12, month % 12 + 1, 1, tzinfo=UTC)) - 1 for month in range(1, 19)
]  # the last instant of January 1997 to June 1998


def test_who_bought_three_times_in_ninety_days_is_who_did_at_each_month_end() -> None:
    segment = parse("three", THREE)
    watch = next_watches(Watches(by_event={}), [segment]).by_event["Order Completed"]
    is_member = compile_all([segment], UTC_DAYS)["three"].is_member
    states: dict[str, State] = defaultdict(lambda: EMPTY)
    bought: dict[str, list[int]] = defaultdict(list)
    events = sorted(purchases(), key=lambda event: event.at)
    sizes, at = [], 0
    for end in ENDS:
        while at < len(events) and events[at].at <= end:
            owner = events[at].owner
            states[owner] = add(states[owner], state_of(events[at], "event#Order Completed", watch), watch)
            bought[owner].append(events[at].at)
            at += 1
        people = {owner: Person(known=True, events={"Order Completed": state}) for owner, state in states.items()}
        members = {owner for owner, person in people.items() if is_member(person, end)}
        by_hand = {owner for owner, ats in bought.items() if sum(1 for one in ats if end - 90 * DAY < one <= end) >= 3}
        assert members == by_hand
        sizes.append(len(members))

    assert (at, len(sizes), min(sizes) > 0) == (len(events), 18, True)
