"""Fields of events that end before them: seen until that instant, there until the next sweep, in every sum after."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.world.erasing import Erasing, MemoryLarge
from local.world.retaining import Retaining
from regulars.adapters.parquet import Parquet
from regulars.adapters.spilling import spill, whole
from regulars.domain.events import Sealed
from regulars.domain.instants import DAY
from regulars.domain.timers import MINUTE
from regulars.pipeline.holding import who_is_held
from regulars.pipeline.legal_holds import Case, LegalHolds
from regulars.pipeline.restricting import Restricter
from regulars.stores.database import TableName, text
from regulars.stores.events import EventStore, without
from regulars.stores.identities import IdentityStore
from regulars.stores.large import places_of
from tests.world.erasures import erase, still_said
from tests.world.test_retaining import Trial

LONG = {"default": "10 years", "anonymous": "10 years", "profiles": "10 years"}


class Fields(Trial):
    """A world of somebody who says their address, with sweeps that hear of holds."""

    def __init__(self, **fields: str) -> None:
        super().__init__()
        database, clock = self.world.database, self.world.clock
        self.large = MemoryLarge()
        self.retaining = Retaining(world=self.world, held=who_is_held(database, clock), large=self.large)
        self.holds = LegalHolds(database, self.workspace.workers, clock, map)
        self.rule(fields)

    def rule(self, fields: dict[str, str]) -> None:
        """Make rules, and wait until everybody has heard of them."""
        answer = self.workspace.put("/v1/retention", {"definition": {**LONG, "fields": fields}})
        assert answer.status == 200, answer.text
        self.wait(2 * MINUTE)

    def identify(self, nth: int) -> int:
        """Let her say an address from an IP address; give when that arrived."""
        call = {"type": "identify", "userId": "ann", "context": {"ip": f"198.51.100.{nth}"}}
        [event] = self.workspace.send({**call, "traits": {"email": f"{nth}@shop.example", "plan": "free"}})
        return event.arrival

    def seen(self) -> list[tuple[bool, bool]]:
        """Whether each event, oldest first, shows its context, and its traits."""
        events: list[dict[str, Any]] = []
        query: dict[str, str] = {}
        while True:
            page = self.workspace.get("/v1/profiles/user_id:ann/events", **query).content
            events += page["events"]
            if page["next"] is None:
                return [("ip" in event["context"], "email" in event["traits"]) for event in reversed(events)]
            query = {"after": page["next"]}

    def there(self) -> list[tuple[bool, bool]]:
        """Whether each event, oldest first, holds its context, and its traits."""
        return [(bool(event.sealed), _has_traits(event.traits)) for event in self.stored()]

    def stored(self) -> list[Any]:
        return EventStore(self.world.database).of(self.viewer)

    def email(self) -> object:
        """What the profile says."""
        return self.workspace.get("/v1/profiles/user_id:ann").content["traits"]["email"]["value"]

    def rebuilt(self) -> int:
        """How many parts a rebuild finds wrong."""
        answer = self.workspace.ask("POST", "/v1/profiles/user_id:ann/rebuild", "engineer", body={"dry_run": False})
        self.world.settle()
        return int(answer.content["changed"])


def _has_traits(traits: Any) -> bool:
    return any(isinstance(value, Sealed) and not value.is_gone for value in traits.values())


@dataclass
class Oracle:
    """Each event: its arrival, and which of context and traits is there."""

    arrivals: list[int] = field(default_factory=list)
    there: list[list[bool]] = field(default_factory=list)

    def past(self, nth: int, fields: dict[str, int], now: int) -> list[bool]:
        ends = [fields.get(name) for name in ("context", "traits")]
        return [end is not None and now >= self.arrivals[nth] + end * DAY for end in ends]

    def sweep(self, fields: dict[str, int], now: int) -> None:
        for nth, there in enumerate(self.there):
            past = self.past(nth, fields, now)
            self.there[nth] = [is_there and not is_past for is_there, is_past in zip(there, past, strict=True)]

    def seen(self, fields: dict[str, int], now: int) -> list[tuple[bool, ...]]:
        each = [zip(there, self.past(nth, fields, now), strict=True) for nth, there in enumerate(self.there)]
        return [tuple(is_there and not is_past for is_there, is_past in one) for one in each]


DAYS = st.integers(7, 40)
PERIODS = st.dictionaries(st.sampled_from(["context", "traits"]), DAYS)
DEEDS = st.one_of(
    st.just("say"),
    st.integers(1, 20),
    st.sampled_from(["sweep", "sweep", "hold", "release"]),
    PERIODS,
)


class Course:
    """A trial and its oracle, through one deed after the other."""

    def __init__(self, fields: dict[str, int]) -> None:
        self.trial, self.oracle, self.fields, self.said = Fields(**_written(fields)), Oracle(), fields, 0
        self.ids: list[str] = []

    def say(self) -> None:
        self.said += 1
        self.oracle.arrivals.append(self.trial.identify(self.said))
        self.oracle.there.append([True, True])

    def hold(self) -> None:
        self.ids.append(self.trial.holds.place(Case(reference="c", until=0, by="s-1"), [self.trial.viewer]).id)

    def release(self) -> None:
        for id in self.ids:
            self.trial.holds.release(id, by="s-1")
        self.ids = []

    def sweep(self) -> None:
        self.trial.wait(7 * DAY + MINUTE)
        self.trial.sweep()
        if not self.ids:
            self.oracle.sweep(self.fields, self.trial.world.clock.now)

    def do(self, deed: Any) -> None:
        if isinstance(deed, int):
            self.trial.wait(deed * DAY)
        elif isinstance(deed, dict):
            self.fields = deed
            self.trial.rule(_written(deed))
        else:
            getattr(self, deed)()

    def check(self) -> None:
        assert [tuple(each) for each in self.trial.seen()] == self.oracle.seen(self.fields, self.trial.world.clock.now)
        assert [list(each) for each in self.trial.there()] == self.oracle.there
        assert self.trial.email() == f"{self.said}@shop.example"


@settings(max_examples=25, deadline=None)
@given(PERIODS, st.lists(DEEDS, min_size=3, max_size=12))
def test_fields_are_seen_and_there_as_long_as_the_rules_say(fields: dict[str, int], deeds: list[Any]) -> None:
    """The oracle: for each event what is seen and what is there; of the profile the last address that was said."""
    course = Course(fields)
    for deed in ["say", *deeds, "sweep"]:
        course.do(deed)
        course.check()
    assert course.trial.rebuilt() == 0
    course.check()


def _written(fields: dict[str, int]) -> dict[str, str]:
    return {name: f"{days} days" for name, days in fields.items()}


@pytest.fixture
def trial() -> Fields:
    """Somebody whose fields end after ten days."""
    return Fields(context="10 days", traits="10 days")


def test_it_is_written_once_and_nothing_else_of_it_changes(trial: Fields) -> None:
    trial.identify(1)
    [before] = trial.world.database.query("events", trial.viewer)
    parts = {part.name: part.state for part in IdentityStore(trial.world.database).read(trial.viewer).parts}
    trial.wait(11 * DAY)
    trial.sweep()
    [after] = trial.world.database.query("events", trial.viewer)
    trial.wait(8 * DAY)
    trial.sweep()
    [again] = trial.world.database.query("events", trial.viewer)

    changed = {"sealed", "clear"}
    assert {name: value for name, value in after.items() if name not in changed} == {
        name: value for name, value in before.items() if name not in changed
    }
    assert again is after
    assert trial.world.journal.counts["retention_fields"] == 1
    assert {part.name: part.state for part in IdentityStore(trial.world.database).read(trial.viewer).parts} == parts


def test_the_value_of_an_identifier_goes_with_the_context(trial: Fields) -> None:
    trial.identify(1)
    values = [one["value"] for one in trial.workspace.get("/v1/profiles/user_id:ann").content["identifiers"]]
    trial.wait(11 * DAY)
    later = [one["value"] for one in trial.workspace.get("/v1/profiles/user_id:ann").content["identifiers"]]

    assert (values[0], later[0]) == ("ann", None)


def test_a_trait_that_the_stream_never_brought_is_counted_before_it_goes(trial: Fields) -> None:
    trial.identify(1)
    identities = IdentityStore(trial.world.database)
    [part] = [part for part in identities.read(trial.viewer).parts if part.name == "traits"]
    identities.delete(part)
    trial.wait(11 * DAY)
    trial.sweep()

    assert trial.email() == "1@shop.example"
    assert trial.there() == [(False, False)]


def test_traits_of_who_is_restricted_stay_and_are_hidden(trial: Fields) -> None:
    trial.identify(1)
    Restricter(trial.world.database, map).restrict(trial.viewer)
    trial.wait(11 * DAY)
    trial.sweep()

    assert trial.there() == [(False, True)]


def test_a_proof_of_consent_stays(trial: Fields) -> None:
    said = {"purpose": "newsletter", "proof": "https://shop.example/form?ann"}
    trial.workspace.send({"type": "track", "event": "Consent Given", "userId": "ann", "properties": said})
    [before] = trial.stored()
    trial.wait(30 * DAY)
    trial.sweep()

    assert trial.stored() == [before]
    assert before.sealed


@pytest.mark.parametrize("deed", ["delete", "redact"])
def test_what_changed_since_it_was_read_is_not_brought_back(
    trial: Fields, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    trial.identify(1)
    trial.wait(11 * DAY)
    database = trial.world.database
    [item] = database.query("events", trial.viewer)
    scan = database.scan

    def then_somebody_is_erased(table: TableName, **asked: Any) -> Any:
        page = scan(table, **asked)
        if deed == "delete":
            database.delete("events", trial.viewer, text(item, "moment"))
        else:
            database.put("events", {**item, "links": ""})
        return page

    monkeypatch.setattr(database, "scan", then_somebody_is_erased)
    trial.sweep()

    assert [text(each, "links") for each in database.query("events", trial.viewer)] == (
        [""] if deed == "redact" else []
    )


def test_the_object_of_a_large_context_goes(trial: Fields) -> None:
    trial.identify(1)
    [item] = trial.world.database.query("events", trial.viewer)
    large = spill("events", {**item, "sealed": bytes(390_000)}, lambda: trial.large)
    trial.world.database.put("events", large)
    trial.wait(11 * DAY)
    trial.sweep()
    [left] = trial.world.database.query("events", trial.viewer)

    assert sorted(trial.large.held) == sorted(places_of(left))
    assert [place for place in trial.large.held if place.endswith("/sealed")] == []
    assert [place for place in places_of(large) if place.endswith("/sealed")] != []
    assert {**whole(large, lambda: trial.large), "clear": b""} == {**whole(left, lambda: trial.large), "clear": b""}


def test_an_object_that_a_sweep_left_behind_goes_with_its_event(trial: Fields) -> None:
    trial.identify(1)
    [item] = trial.world.database.query("events", trial.viewer)
    large = spill("events", {**item, "sealed": bytes(390_000)}, lambda: trial.large)
    trial.world.database.put("events", {**without(large, ["context"]), "expires": item["expires"]})  # and died then
    trial.wait(11 * 366 * DAY)
    trial.sweep()

    assert trial.large.held == {}


def test_the_profile_keeps_its_trait_when_the_event_that_let_go_of_it_is_sealed_and_deleted(trial: Fields) -> None:
    trial.identify(1)
    trial.weeks(3)
    definition = {**LONG, "default": "60 days", "fields": {"traits": "10 days"}}
    trial.workspace.put("/v1/retention", {"definition": definition})
    assert trial.there() == [(False, False)]
    trial.weeks(20)

    assert trial.stored() == []
    assert trial.email() == "1@shop.example"
    assert trial.rebuilt() == 0
    assert trial.email() == "1@shop.example"


def test_an_erasure_and_later_sweeps_leave_nothing_of_who_had_let_go_of_fields(trial: Fields) -> None:
    trial.identify(1)
    trial.weeks(3)
    trial.identify(2)
    erasing = Erasing(world=trial.world, lake=trial.workspace.lake, format=Parquet(), large=trial.large)
    erase(trial.workspace, erasing, trial.viewer)
    trial.weeks(3)

    assert trial.stored() == []
    assert still_said(erasing, ["1@shop.example", "2@shop.example"], [trial.viewer]) == set()
