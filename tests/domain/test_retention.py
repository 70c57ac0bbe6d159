"""How long events are kept: the shortest of what is said, and no stamp changes once its event may be sealed."""

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.events import Sealed
from regulars.domain.instants import DAY, SECOND
from regulars.domain.retention import (
    DEFAULT,
    LEAST,
    MARGIN,
    MOST,
    FieldClass,
    Retention,
    horizon,
    is_kept,
    kept_until,
    shown,
    whole_second,
)
from regulars.domain.retention_definitions import parse_retention, read_days
from regulars.errors import DefinitionError
from tests.builders import an_event

LENGTHS = st.integers(LEAST // DAY, MOST // DAY).map(lambda days: days * DAY)
NAMES = st.sampled_from(["Product Viewed", "Order Completed"])


def rules(keys: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, int]]:
    return st.dictionaries(keys, LENGTHS)


RETENTIONS = st.builds(
    Retention,
    default=LENGTHS,
    events=rules(NAMES),
    types=rules(st.sampled_from(["track", "page"])),
    sources=rules(st.sampled_from(["web", "shop"])),
)


@pytest.mark.parametrize(
    ("text", "days"),
    [("7 days", 7), ("1 day", 1), ("13 months", 396), ("1 year", 366), ("10 years", 3_653), ("48 months", 1_461)],
)
def test_a_length_is_whole_days_rounded_up(text: str, days: int) -> None:
    assert read_days(text) == days


@pytest.mark.parametrize("text", ["", "7", "days", "7  days", "-7 days", "7.5 days", "٧ days", "100000 days", None, 7])
def test_anything_else_is_no_length(text: object) -> None:
    assert read_days(text) is None


def test_the_shortest_of_what_is_said_counts() -> None:
    retention = parse_retention(
        {"types": {"track": "2 years"}, "events": {"Order Completed": "10 years"}, "sources": {"web": "90 days"}}
    )

    assert retention.period(type="track", name="Order Completed", source="web") == 90 * DAY
    assert retention.period(type="track", name="Order Completed", source="shop") == 731 * DAY
    assert retention.period(type="page", name="Page Viewed", source="shop") == DEFAULT


@given(RETENTIONS, st.integers(0, 10**16), st.integers(0, 400 * DAY))
def test_a_stamp_leaves_what_waited_seven_days_to_be_counted(retention: Retention, arrival: int, waited: int) -> None:
    event = an_event(arrival=arrival)
    stamp = retention.stamp(event, stored=arrival + waited)

    assert stamp > arrival + waited + LEAST - SECOND
    assert stamp % SECOND == 0


@given(RETENTIONS, st.integers(0, 10**16), st.integers(0, 5_000 * DAY), st.none() | st.integers(0, 5_000 * DAY))
def test_a_stamp_changes_only_between_instants_that_no_sweep_of_the_day_seals(
    retention: Retention, arrival: int, later: int, kept: int | None
) -> None:
    now = arrival + later
    event = an_event(arrival=arrival, kept_until=None if kept is None else whole_second(arrival + kept))
    changed = retention.restamp(event, now=now)

    if changed is None:
        stays = kept_until(event) == max(retention.until(event), whole_second(now + MARGIN) + SECOND)
        assert stays or kept_until(event) <= now + MARGIN
    else:
        assert min(changed, kept_until(event)) > now + MARGIN
        assert max(changed, kept_until(event)) > horizon(now + MARGIN)
        assert retention.restamp(an_event(arrival=arrival, kept_until=changed), now=now) is None


@given(RETENTIONS, st.integers(0, 10**16))
def test_nothing_is_sealed_that_a_reader_sees(retention: Retention, arrival: int) -> None:
    event = an_event(arrival=arrival, kept_until=retention.stamp(an_event(arrival=arrival), stored=arrival))

    assert not is_kept(event, kept_until(event))
    assert is_kept(event, kept_until(event) - 1)
    assert kept_until(event) > horizon(kept_until(event))


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ({"traits": {"email": "90 days"}}, "Shorten `profiles`"),
        ({"fields": {"ip": "90 days"}}, "sealed as one"),
        ({"fields": {"context": "6 days"}}, "from 7 days"),
        ({"fields": {"traits": "for ever"}}, "a number and a unit"),
        ({"fields": "90 days"}, "is an object"),
    ],
)
def test_periods_that_cannot_be_kept_are_refused_and_say_what_to_do(definition: dict[str, Any], said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        parse_retention(definition)


def test_classes_of_fields_have_periods() -> None:
    found = parse_retention({"fields": {"traits": "400 days", "context": "90 days"}})

    assert found.fields == {"context": 90 * DAY, "traits": 400 * DAY}


@given(
    st.dictionaries(st.sampled_from(get_args(FieldClass)), LENGTHS),
    st.integers(0, 5_000 * DAY),
    st.sampled_from(["Product Viewed", "Consent Given"]),
)
def test_a_reader_sees_a_field_until_its_period_ends(fields: dict[FieldClass, int], later: int, name: str) -> None:
    """The oracle: each class by itself, and nothing of a decision on consent."""
    traits = {"plan": "free", "email": Sealed("user_id:a", "eA=="), "ssn": Sealed("user_id:a", "!"), "city": None}
    event = an_event(arrival=5, name=name, sealed=b"x", traits=traits)
    seen = shown(event, Retention(fields=fields), 5 + later)

    over = {each for each, length in fields.items() if later >= length and name != "Consent Given"}
    assert seen.sealed == (b"" if "context" in over else b"x")
    assert list(seen.traits) == (["plan", "city"] if "traits" in over else ["plan", "email", "city"])
