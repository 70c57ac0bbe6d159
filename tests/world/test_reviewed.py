"""Faults that somebody found who looked for them."""

from typing import Any

import pytest

from regulars.domain.calendars import Calendar
from regulars.domain.checking import moments
from regulars.domain.checks import Anniversary, Compares
from regulars.domain.dates import Dated
from regulars.domain.instants import DAY
from tests.workspace import Answer, Workspace


def define(workspace: Workspace, id: str, **definition: Any) -> Answer:
    return workspace.put(f"/v1/segments/{id}", {"definition": definition})


def members(workspace: Workspace, id: str) -> list[str]:
    """The members of a segment."""
    return [one["profile_id"] for one in workspace.get(f"/v1/segments/{id}/members").content["members"]]


def send(workspace: Workspace, user: str, event: str = "X", **properties: Any) -> None:
    workspace.send({"type": "track", "userId": user, "event": event, "properties": properties})


def test_one_and_true_are_two_checks() -> None:
    workspace = Workspace()
    for id, value in (("one", 1), ("half", 1.0), ("two", True)):
        assert define(workspace, id, where={"event": "X", "where": {"a": {"equals": value}}}).status == 200

    send(workspace, "u1", a=True)
    send(workspace, "u2", a=1)

    assert Compares("equals", 1) != Compares("equals", True)
    assert [len(members(workspace, id)) for id in ("one", "half", "two")] == [1, 1, 1]
    assert members(workspace, "two") != members(workspace, "one")


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Pacific/Apia"])
def test_the_edges_of_time_bring_nobody_down(zone: str) -> None:
    calendar = Calendar(zone)
    for instant in (-62_135_596_800_000_000, 253_402_300_799_000_000):
        assert calendar.start_of(calendar.day_of(instant)) is not None
    for day in (-718_797, 2_932_531):  # the first of the year 2 and the last of 9998
        assert list(moments(Anniversary("within_last", 366), Dated(day, is_day=True), calendar, 20_000 * DAY))


def test_an_event_of_the_year_one_poisons_nobody() -> None:
    workspace = Workspace()
    workspace.put("/v1/workspace", {"definition": {"zone": "America/New_York"}})
    define(workspace, "b", where={"event": "X", "calendar_days": 3, "count": {"at_least": 1}})
    workspace.send({"type": "track", "userId": "u1", "event": "X", "timestamp": "0001-01-01T00:00:00Z"})

    send(workspace, "u1")

    assert len(members(workspace, "b")) == 1
    assert workspace.world.given_up == []


def test_audiences_are_not_mixed_through_another_segment() -> None:
    workspace = Workspace()
    define(workspace, "sporty", anonymous=True, where={"audience": "sports"})
    where = {"all": [{"segment": "sporty"}, {"trait": "plan", "equals": "gold"}]}

    assert define(workspace, "mix", anonymous=True, where=where).status == 400
    trait = {"event": "Audience Entered", "values": {"of": "audience"}}
    assert workspace.put("/v1/computed-traits/aud", {"definition": trait}).status == 400


def test_one_dear_segment_delays_no_other() -> None:
    workspace = Workspace()
    define(workspace, "dear", where={"event": "X", "within": "1 day", "sum": {"of": "v", "at_least": 150}})
    define(workspace, "cheap", where={"event": "Y"})
    workspace.send(*({"type": "track", "userId": "u1", "event": "X", "properties": {"v": 1}} for _ in range(120)))

    send(workspace, "u1", "Y")

    assert len(members(workspace, "cheap")) == 1


def test_segments_are_named_a_few_times_only() -> None:
    workspace = Workspace()
    define(workspace, "inner", where={"event": "X"})

    answer = define(workspace, "outer", where={"any": [{"segment": "inner"}] * 11})

    assert (answer.status, "more than 10 times" in answer.content["message"]) == (400, True)
