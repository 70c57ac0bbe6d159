"""What is past its period goes from the lake, row by row, but of whom is held; and is read by nobody before it goes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.world.erasing import Erasing
from local.world.lake import MemoryLake
from regulars.adapters.parquet import Parquet
from regulars.domain.events import Event, Sealed
from regulars.domain.instants import DAY, SECOND
from regulars.domain.lake import EVENTS, day_text
from regulars.domain.lake_files import batch_key
from regulars.domain.lake_rows import event_of, event_row
from regulars.domain.privacy_requests import Request
from regulars.domain.retention import DEFAULT, DEFAULT_RETENTION, FieldClass, Retention, is_kept
from regulars.pipeline.lake_retention import LakeRetainer
from regulars.stores.lake_passes import LakePass, LakePassStore
from regulars.stores.privacy_requests import RequestStore
from tests.builders import START, an_event
from tests.lake import ask
from tests.world.test_legal_holds import Trial

RULES = {"default": "60 days", "events": {"Viewed": "10 days"}, "sources": {"kiosk": "20 days"}}
RETENTION = Retention(default=60 * DAY, events={"Viewed": 10 * DAY}, sources={"kiosk": 20 * DAY})
COUNT = "SELECT count(*) FROM events"
FORMAT = Parquet()


class Shelf:
    """A lake with files of events, and a pass over it."""

    def __init__(self) -> None:
        self.trial = Trial()
        self.world = self.trial.workspace.world
        self.lake = MemoryLake()

    def lay(self, events: Sequence[Event]) -> None:
        """Write a file for each day."""
        for day in sorted({day_text(event.arrival) for event in events}):
            content = FORMAT.write(EVENTS, [event_row(event) for event in events if day_text(event.arrival) == day])
            self.lake.put(batch_key(EVENTS, day, "1", content), content)

    def define(self, rules: dict[str, Any]) -> None:
        """Let the rules of the workspace be these."""
        assert self.trial.workspace.put("/v1/retention", {"definition": rules}).status == 200

    def passes(self) -> bool:
        """Work until the pass is through, or has to wait."""
        retainer = LakeRetainer(self.trial.database, self.lake, FORMAT, self.world.journal, self.world.clock)
        return retainer.work(has_time=lambda: True)

    def rows(self) -> list[tuple[Any, ...]]:
        """Name and end of all rows that lie there."""
        if not self.lake.content:
            return []
        return ask(self.lake.content, "SELECT moment, epoch_us(kept_until) FROM events_files ORDER BY moment")


@pytest.fixture
def shelf() -> Shelf:
    """A lake of nothing yet, and three people."""
    return Shelf()


def viewed(number: int, *, days: float, **changes: Any) -> Event:
    """An event that arrived so many days after the start."""
    arrival = START + round(days * DAY)
    moment = f"{number:03}#{changes.pop('source', 'web')}#m-{number}"
    values: dict[str, Any] = {"name": "Viewed", "at": arrival, "arrival": arrival, "moment": moment}
    return replace(an_event(number), **{**values, **changes})


def test_a_file_of_which_all_is_past_its_period_is_removed_and_others_are_rewritten(shelf: Shelf) -> None:
    shelf.define(RULES)
    shelf.lay([viewed(1, days=1), viewed(2, days=2), viewed(3, days=2, name="Order Completed"), viewed(4, days=30)])
    shelf.world.clock.advance_to(START + 1 * DAY + DEFAULT)

    assert shelf.passes()

    assert [moment[:3] for moment, _ in shelf.rows()] == ["002", "003", "004"]  # without a stamp: 13 months
    assert shelf.world.journal.counts["lake_rows_retired"] == 1


def test_rows_follow_new_rules_and_then_go(shelf: Shelf) -> None:
    events = [viewed(nth, days=nth, kept_until=START + nth * DAY + DEFAULT) for nth in range(1, 4)]
    shelf.lay(events)
    shelf.define(RULES)
    shelf.world.clock.advance_to(START + 10 * DAY)
    shelf.passes()
    ends = [end for _, end in shelf.rows()]
    shelf.world.clock.advance_to(START + 18 * DAY)
    shelf.passes()

    assert ends == [RETENTION.restamp(event, now=START + 10 * DAY) for event in events]
    assert shelf.rows() == []


def test_what_is_past_its_period_is_in_no_view_before_it_goes(shelf: Shelf) -> None:
    shelf.lay([viewed(1, days=1, kept_until=START + 5 * DAY), viewed(2, days=1)])

    assert ask(shelf.lake.content, COUNT, START + 5 * DAY - 1) == [(2,)]
    assert ask(shelf.lake.content, COUNT, START + 5 * DAY) == [(1,)]
    assert ask(shelf.lake.content, COUNT, START + DAY + DEFAULT) == [(0,)]


def test_rows_of_who_is_held_stay_until_the_hold_ends(shelf: Shelf) -> None:
    ann, bob = shelf.trial.user("ann"), shelf.trial.user("bob")
    shelf.lay([viewed(nth, days=1, owner=owner) for nth, owner in enumerate((ann, bob))])
    hold = shelf.trial.hold(shelf.trial.device("ann"))
    shelf.world.clock.advance_to(START + 2 * DAY + DEFAULT)
    shelf.passes()
    held = [moment[:3] for moment, _ in shelf.rows()]
    shelf.trial.holds.release(hold, by="s-1")
    shelf.world.clock.advance_to(START + 10 * DAY + DEFAULT)
    shelf.passes()

    assert (held, shelf.rows()) == (["000"], [])


def test_a_pass_goes_on_where_it_ran_out_of_time(shelf: Shelf) -> None:
    shelf.lay([viewed(nth, days=nth, kept_until=START) for nth in range(4)])
    retainer = LakeRetainer(shelf.trial.database, shelf.lake, FORMAT, shelf.world.journal, shelf.world.clock)

    done = [retainer.work(has_time=lambda: False) for _ in range(5)]

    assert done == [False, False, False, False, True]
    assert shelf.rows() == []


def test_a_pass_that_died_is_taken_up_by_another(shelf: Shelf) -> None:
    shelf.lay([viewed(nth, days=nth, kept_until=START) for nth in range(3)])
    shelf.lake.hook = lambda: (_ for _ in ()).throw(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        shelf.passes()
    shelf.lake.hook = lambda: None

    assert shelf.passes()  # it waits: the one before may be alive still
    assert len(shelf.rows()) == 3
    shelf.world.clock.advance_to(shelf.world.clock.now + 17 * 60 * SECOND)
    assert shelf.passes()
    assert shelf.rows() == []


def test_it_waits_for_an_erasure_and_an_erasure_for_it(shelf: Shelf) -> None:
    shelf.lay([viewed(1, days=1, kept_until=START)])
    requests = RequestStore(shelf.trial.database)
    running = requests.save(Request(id="q1", kind="erasure", by="s", received=START, state="running", stage="seize"))

    assert not shelf.passes()
    assert len(shelf.rows()) == 1
    requests.save(replace(running, stage="lake events"))
    passes = LakePassStore(shelf.trial.database)
    standing = passes.save(replace(passes.get(), busy=shelf.world.clock.now + 60 * SECOND))
    erasing = Erasing(world=shelf.world, lake=shelf.lake, format=FORMAT)
    step = erasing.worker().work("q1", has_time=lambda: True)
    assert (step.done, step.wait) == (False, 60)
    passes.save(replace(standing, busy=0))
    assert erasing.worker().work("q1", has_time=lambda: True).done
    assert passes.get() == LakePass(after="", version=standing.version + 1)


WORD = st.sampled_from(["Viewed", "Bought", None])
ROW = st.builds(
    lambda name, type, source, days, end: (name, type, source, days, end),
    WORD,
    st.sampled_from(["track", "page"]),
    st.sampled_from(["web", "kiosk"]),
    st.floats(0, 40),
    st.none() | st.integers(0, 80),
)
PERIODS = st.dictionaries(st.sampled_from(["Viewed", "Bought", "it's"]), st.integers(7, 50).map(lambda n: n * DAY))
LAWS = st.builds(
    Retention,
    default=st.integers(7, 60).map(lambda days: days * DAY),
    events=PERIODS,
    types=st.dictionaries(st.just("page"), st.integers(7, 50).map(lambda days: days * DAY)),
    sources=st.dictionaries(st.just("kiosk"), st.integers(7, 50).map(lambda days: days * DAY)),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=8), LAWS, st.integers(0, 450), st.sets(st.integers(0, 7)))
def test_sql_keeps_what_the_domain_keeps(
    rows: list[tuple[Any, ...]], rules: Retention, day: int, held: set[int]
) -> None:
    """The oracle: `is_kept` and `restamp`, which streaming goes by; without a stamp, 13 months from arrival."""
    now = START + day * DAY + 1
    events = [
        viewed(
            nth,
            days=days,
            name=name,
            type=type,
            source=source,
            owner=f"user_id:{nth}",
            kept_until=None if end is None else START + end * DAY,
        )
        for nth, (name, type, source, days, end) in enumerate(rows)
    ]
    content = FORMAT.write(EVENTS, [event_row(event) for event in events])
    stamped = [
        replace(event, kept_until=event.arrival + DEFAULT) if event.kept_until is None else event for event in events
    ]
    owners = [f"user_id:{nth}" for nth in sorted(held)]
    stays = [event for event in stamped if is_kept(event, now) or event.owner in owners]
    ends = {event.moment: rules.restamp(event, now=now) or event.kept_until for event in stays}

    retired = FORMAT.retire(EVENTS, content, rules, owners, now)

    left = content if retired is None else retired.content
    files = {} if left is None else {"events/day=2026-01-01/1-x.parquet": left}
    found = ask(files, "SELECT moment, epoch_us(coalesce(kept_until, arrival + INTERVAL 396 DAY)) FROM events_files")
    assert dict(found) == ends
    seen = {moment for (moment,) in ask(files, "SELECT moment FROM events", now)}
    assert seen == {event.moment for event in stays if is_kept(event, now)}


FIELDS = st.dictionaries(st.sampled_from(get_args(FieldClass)), st.integers(7, 50).map(lambda days: days * DAY))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["Viewed", "Consent Given", None]), st.integers(0, 40)), max_size=6),
    FIELDS,
    st.integers(0, 60),
    st.sets(st.integers(0, 5)),
)
def test_fields_that_end_before_their_row_go_from_it(
    rows: list[tuple[str | None, int]], fields: dict[FieldClass, int], day: int, held: set[int]
) -> None:
    """The oracle: `Retention.past`, by which the table lets go of them; who is held keeps theirs."""
    now, rules = START + day * DAY, Retention(default=400 * DAY, fields=fields)
    events = [
        viewed(
            nth,
            days=days,
            name=name,
            owner=f"user_id:{nth}",
            kept_until=START + days * DAY + 400 * DAY,
            sealed=b"rest",
            traits={"email": Sealed(f"user_id:{nth}", "eA=="), "ssn": Sealed(f"user_id:{nth}", "!eA=="), "plan": "a"},
        )
        for nth, (name, days) in enumerate(rows)
    ]
    content = FORMAT.write(EVENTS, [event_row(event) for event in events])
    gone = [frozenset() if nth in held else rules.past(event, now) for nth, event in enumerate(events)]

    retired = FORMAT.retire(EVENTS, content, rules, [f"user_id:{nth}" for nth in sorted(held)], now)

    assert (retired.fields if retired else 0) == sum(map(bool, gone))
    left = retired.content if retired and retired.content else content
    found = {event.moment: event for event in map(event_of, FORMAT.rows(EVENTS, left))}
    for event, past in zip(events, gone, strict=True):
        assert found[event.moment].sealed == (b"" if "context" in past else b"rest")
        traits = found[event.moment].traits
        texts = ["", "!"] if "traits" in past else ["eA==", "!eA=="]
        assert [traits["email"].text, traits["ssn"].text, traits["plan"]] == [*texts, "a"]
    again = FORMAT.retire(EVENTS, left, rules, [f"user_id:{nth}" for nth in sorted(held)], now)
    assert again is None


def test_nothing_is_written_where_nothing_changes() -> None:
    content = FORMAT.write(EVENTS, [event_row(viewed(1, days=1, kept_until=START + DAY + DEFAULT))])

    assert FORMAT.retire(EVENTS, content, DEFAULT_RETENTION, [], START + 5 * DAY) is None
