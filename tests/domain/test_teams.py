"""Teams: what somebody sees by their roles and teams, and never more."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.roles import ROLES
from regulars.domain.segment_definitions import parse
from regulars.domain.segments import segments_read, traits_read
from regulars.domain.teams import EVERYTHING, LIMITED, NOTHING, Sight, Teams, parse_teams
from regulars.errors import DefinitionError, ForbiddenError
from tests.strategies import definitions

IDS = ["a", "b", "c", "d"]
names = st.one_of(st.none(), st.frozensets(st.sampled_from(IDS)))
sights = st.builds(Sight, segments=names, traits=names)
teams = st.builds(
    Teams, teams=st.dictionaries(st.sampled_from(IDS), sights), others=st.sampled_from([EVERYTHING, NOTHING])
)
memberships = st.sets(st.sampled_from(IDS), min_size=1)
limited = st.sets(st.sampled_from(sorted(LIMITED)), min_size=1)


def seen(sight: Sight) -> set[str]:
    """All that is seen, named apart."""
    return {f"s {id}" for id in IDS if sight.sees_segment(id)} | {f"t {id}" for id in IDS if sight.sees_trait(id)}


@given(teams, limited, memberships)
def test_of_several_teams_all_that_any_sees(made: Teams, roles: set[str], ids: set[str]) -> None:
    each = [seen(made.sight(roles, [id])) for id in ids]

    assert seen(made.sight(roles, ids)) == set().union(*each)


@given(teams, st.sets(st.sampled_from(sorted(ROLES)), min_size=1), st.sets(st.sampled_from(IDS)))
def test_who_has_a_role_that_is_not_limited_sees_all(made: Teams, roles: set[str], ids: set[str]) -> None:
    if roles - LIMITED:
        assert made.sight(roles, ids) == EVERYTHING


@given(teams, limited)
def test_who_is_in_no_team_sees_what_others_see(made: Teams, roles: set[str]) -> None:
    assert made.sight(roles, []) == made.others


@given(teams, limited)
def test_a_team_that_is_not_defined_sees_nothing(made: Teams, roles: set[str]) -> None:
    assert made.sight(roles, ["elsewhere"]) == NOTHING


def test_what_is_kept_in_clear_of_a_trait_goes_with_it() -> None:
    sight = Sight(traits=frozenset({"email"}))

    assert sight.sees_trait("email.domain")
    assert not sight.sees_trait("emails.domain")
    assert not sight.sees_trait("plan")


@pytest.mark.parametrize(
    ("where", "hidden"),
    [
        ({"trait": "plan", "equals": "gold"}, None),
        ({"trait": "salary", "at_least": 1}, "the trait salary"),
        ({"any": [{"event": "X"}, {"computed": "value", "at_least": 1}]}, "the trait value"),
        ({"all": [{"event": "X"}, {"not": {"segment": "vip"}}]}, "the segment vip"),
        ("nonsense", None),
    ],
)
def test_a_segment_asks_for_nothing_that_is_not_seen(where: object, hidden: str | None) -> None:
    sight = Sight(segments=frozenset({"s"}), traits=frozenset({"plan"}))

    if hidden is None:
        sight.must_read(where)
        return
    with pytest.raises(ForbiddenError, match=hidden):
        sight.must_read(where)


@given(definitions)
def test_nothing_that_a_segment_reads_is_missed(definition: dict[str, Any]) -> None:
    segment = parse("s", definition)

    if traits_read(segment) | segments_read(segment):
        with pytest.raises(ForbiddenError):
            NOTHING.must_read(definition["where"])
    else:
        NOTHING.must_read(definition["where"])


@pytest.mark.parametrize(
    ("definition", "path"),
    [
        ({"teams": {"dach": {"segments": [], "traits": [""]}}}, "teams.dach.traits.0"),
        ({"teams": {"dach": {"traits": []}}}, "teams.dach.segments"),
        ({"others": None}, "others"),
        ({"teams": {f"t{number}": {} for number in range(101)}}, "teams"),
    ],
)
def test_an_error_says_where(definition: dict[str, Any], path: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_teams(definition)

    assert refused.value.path == path
