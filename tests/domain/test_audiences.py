"""A segment of an audience is of anonymous people, and reads nothing that is known of a person."""

from typing import Any

import pytest

from regulars.domain.audiences import check_audiences
from regulars.domain.segment_definitions import parse
from regulars.domain.segments import InAudience, InSegment, OneOf, Segment, Trait
from regulars.errors import DefinitionError

SPORTS = {"audience": "sports", "provider": "acme"}


def a_definition(*nodes: dict[str, Any], anonymous: bool = True) -> dict[str, Any]:
    """Build a segment that reads an audience, and more."""
    return {"anonymous": anonymous, "where": {"all": [SPORTS, *nodes]}}


def a_segment(id: str, *nodes: Any) -> Segment:
    """Build a segment of several conditions."""
    return Segment(id=id, name=id, where=OneOf(nodes), anonymous=True)


@pytest.mark.parametrize(
    "nodes", [[], [{"event": "Product Viewed"}], [{"not": {"audience": "cars"}}], [{"drawn": {"from": 0, "to": 50}}]]
)
def test_reads_what_anonymous_people_do(nodes: list[dict[str, Any]]) -> None:
    assert parse("x", a_definition(*nodes)).anonymous


@pytest.mark.parametrize(
    ("node", "what"),
    [
        ({"trait": "plan", "equals": "gold"}, "no trait"),
        ({"orders": "count", "at_least": 1}, "no orders"),
        ({"not": {"list": "vip"}}, "no list"),
        ({"any": [{"segment": "buyers"}]}, "no other segment"),
    ],
)
def test_is_never_mixed_with_what_is_known_of_a_person(node: dict[str, Any], what: str) -> None:
    with pytest.raises(DefinitionError, match=what):
        parse("x", a_definition(node))


def test_is_of_anonymous_people() -> None:
    with pytest.raises(DefinitionError) as refused:
        parse("x", a_definition(anonymous=False))

    assert refused.value.path == "anonymous"


@pytest.mark.parametrize("event", ["Audience Entered", "Audience Exited"])
def test_nobody_asks_for_an_audience_in_another_way(event: str) -> None:
    with pytest.raises(DefinitionError, match="audience: sports"):
        parse("x", {"anonymous": True, "where": {"event": event}})


def test_another_segment_may_be_read_that_reads_nothing_of_a_person() -> None:
    plain, personal = a_segment("plain", InAudience("cars")), a_segment("personal", Trait("plan", None))  # type: ignore[arg-type]  # not looked at
    looped = a_segment("looped", InSegment("looped"), InAudience("cars"))
    others = {one.id: one for one in (plain, personal, looped)}

    check_audiences(a_segment("x", InAudience("cars"), InSegment("plain")), others)
    check_audiences(a_segment("x", InAudience("cars"), InSegment("looped")), others)
    with pytest.raises(DefinitionError, match="no trait"):
        check_audiences(a_segment("x", InAudience("cars"), InSegment("personal")), others)


def test_what_reads_an_audience_through_another_segment_reads_nothing_of_a_person_either() -> None:
    others = {"cars": a_segment("cars", InAudience("cars"))}
    mixed = a_segment("x", InSegment("cars"), Trait("plan", None))  # type: ignore[arg-type]  # not looked at

    with pytest.raises(DefinitionError, match="no trait"):
        check_audiences(mixed, others)
