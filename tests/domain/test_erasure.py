"""Who is erased with an identifier, what others forget, and by when a request is due."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.erasure import closure, neighbours, redacted_link, redacted_profile
from regulars.domain.instants import DAY, SECOND
from regulars.domain.privacy_requests import Request, check_kind, is_over, next_round
from regulars.domain.profiles import Cut, Edge, Hold, Link, Profile, alone, founder, split_off
from regulars.domain.register import PLACES, remaining
from regulars.errors import InvalidRequestError

OWNERS = [f"user_id:{letter}" for letter in "abcdef"]
owners = st.sampled_from(OWNERS)
events = st.builds(lambda owner: f"{owner} 2026#web#m", owners) | st.just("")
edges = st.builds(Edge, one=owners, other=owners, event=events, since=st.integers(0, 9))
profiles = st.builds(
    Profile,
    profile_id=owners.map(alone) | st.builds(split_off, owners, st.integers(0, 9)),
    owners=st.lists(owners, unique=True, min_size=1).map(tuple),
    event=events,
    absorbed=st.lists(owners.map(alone) | st.builds(split_off, owners, st.integers(0, 9)), unique=True).map(tuple),
    ends=st.just(()) | st.tuples(owners, owners),
    ties=st.lists(edges).map(tuple),
    cuts=st.lists(st.builds(Cut, edge=edges, until=st.integers(1, 9), by=st.just("s"))).map(tuple),
    holds=st.lists(st.builds(Hold, owner=owners, since=st.integers(0, 9))).map(tuple),
)


@given(profiles, st.frozensets(owners))
def test_a_redacted_row_names_nobody_who_is_gone_and_all_others_as_before(
    profile: Profile, gone: frozenset[str]
) -> None:
    clean = redacted_profile(profile, gone)

    said = (clean.owners, clean.absorbed, clean.event, clean.ends, clean.ties, clean.cuts, clean.holds)
    assert not [owner for owner in gone if owner in str(said)]
    assert redacted_profile(clean, gone) == clean
    assert redacted_profile(profile, frozenset()) == profile
    kept = [tie for tie in profile.ties if not {tie.one, tie.other} & gone]
    assert [(tie.one, tie.other) for tie in clean.ties] == [(tie.one, tie.other) for tie in kept]


@given(owners, events, owners, st.frozensets(owners))
def test_a_redacted_link_names_nobody_who_is_gone(owner: str, event: str, to: str, gone: frozenset[str]) -> None:
    link = redacted_link(Link(owner=owner, profile_id=alone(owner), event=event, to=to), gone)

    assert link.to not in gone
    assert link.event.partition(" ")[0] not in gone


@given(owners, st.none() | profiles)
def test_a_closure_holds_every_owner_once_and_every_profile_under_its_founder(
    owner: str, profile: Profile | None
) -> None:
    found = closure(owner, profile)

    assert sorted(one.owner for one in found) == sorted(profile.owners if profile else (owner,))
    named = {name for one in found for name in one.profiles}
    assert all(alone(one.owner) in one.profiles for one in found)
    assert all(founder(name) == one.owner for one in found for name in one.profiles)
    if profile:
        own = {name for name in (profile.profile_id, *profile.absorbed) if founder(name) in profile.owners}
        assert own <= named
        assert not set(neighbours(profile)) & set(profile.owners)


@given(st.integers(0, 60_000))
def test_a_request_is_due_in_a_month_by_the_calendar_or_in_45_days(day: int) -> None:
    request = Request(id="q", kind="erasure", by="s", received=day * DAY)

    came, due = (datetime.fromtimestamp(at / SECOND, UTC) for at in (request.received, request.due))
    assert 28 * DAY <= request.due - request.received <= 31 * DAY
    assert (due.year * 12 + due.month) - (came.year * 12 + came.month) == 1
    assert Request(id="q", kind="erasure", by="s", received=day * DAY, law="ccpa").due == (day + 45) * DAY


def test_a_request_is_over_only_after_a_late_round_that_found_nothing() -> None:
    request = Request(id="q", kind="erasure", by="s", received=0, marked=1, began=5 * DAY, round=3)

    assert [is_over(Request(id="q", kind="erasure", by="s", received=0, round=number)) for number in range(5)] == [
        False,
        False,
        False,
        True,
        True,
    ]
    assert not is_over(Request(id="q", kind="erasure", by="s", received=0, round=3, last={"events": 1}))
    assert next_round(request) > request.began


@pytest.mark.parametrize("kind", ["pseudonymisation", "", None, 7, "ERASURE"])
def test_a_kind_that_is_none_says_which_there_are(kind: object) -> None:
    with pytest.raises(InvalidRequestError, match="kind is one of erasure, anonymisation"):
        check_kind(kind)


def test_every_place_that_an_erasure_does_not_reach_says_when_it_ends() -> None:
    assert all((place.days > 0) is (place.treatment == "ends") for place in remaining())
    assert all(place.days == 0 for place in PLACES if place not in remaining())
    assert len({place.name for place in PLACES}) == len(PLACES)


@given(st.integers(0, 60_000))
def test_an_opt_out_is_due_after_fifteen_working_days_whatever_the_law(day: int) -> None:
    due = {Request(id="q", kind="opt_out", by="s", received=day * DAY, law=law).due for law in ("gdpr", "ccpa")}

    [until] = due
    passed = [datetime.fromtimestamp(at * DAY / SECOND, UTC).weekday() for at in range(day + 1, until // DAY + 1)]
    assert sum(weekday < 5 for weekday in passed) == 15
    assert passed[-1] < 5
