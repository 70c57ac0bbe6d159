"""What remains of people who are anonymised is of many, and of nobody alone, whatever they did."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.remains import Count, Going, K, Leaving, is_of, remaining, remains_key

OWNERS = [f"user_id:{number:x}" for number in range(4 * K)]
happenings: st.SearchStrategy[Going] = st.tuples(
    st.sampled_from(OWNERS),
    st.integers(0, 30).map(lambda number: f"m-{number}"),
    st.sampled_from(["track", "page"]),
    st.sampled_from([None, "Viewed", "Ordered"]),
    st.just("web"),
)
ties = st.dictionaries(st.sampled_from(OWNERS), st.sampled_from(["p_1", "p_2", "p_3"]))


def leaving(*, people: int = len(OWNERS), ties: dict[str, str] | None = None) -> Leaving:
    return Leaving(request="q1", owners=frozenset(OWNERS[:people]), ties=ties or {})


def each_viewed(people: int, times: int = 1) -> list[Going]:
    return [(owner, f"m-{number}", "track", "Viewed", "web") for owner in OWNERS[:people] for number in range(times)]


def counted(count: Count) -> tuple[str, str | None, str]:
    return count.type, count.name, count.source


@given(st.lists(happenings, max_size=300), ties)
def test_what_is_counted_is_of_many_and_of_no_one(events: list[Going], ties: dict[str, str]) -> None:
    found = remaining(events, leaving(ties=ties))

    whose: dict[tuple[str, str | None, str], list[str]] = defaultdict(list)
    for owner, _, type, name, source in set(events):
        whose[type, name, source].append(ties.get(owner, owner))
    everybody = {ties.get(owner, owner) for owner in OWNERS}
    safe = {
        group
        for group, people in whose.items()
        if len(set(people)) >= 10
        and len(everybody - set(people)) >= 10
        and all(2 * people.count(one) <= len(people) for one in people)
    }
    assert {counted(one) for one in found} == safe
    assert len(found) == len(safe)
    for one in found:
        assert one.events % 10 == 0
        assert abs(one.events - len(whose[counted(one)])) <= 5


@given(st.lists(happenings, max_size=100), st.randoms())
def test_an_event_counts_once_in_any_order(events: list[Going], random: object) -> None:
    again = [*events, *events]
    random.shuffle(again)  # type: ignore[attr-defined]  # hypothesis names no type for it

    assert remaining(again, leaving()) == remaining(events, leaving())


def test_of_ten_among_twenty_a_count_remains() -> None:
    assert remaining(each_viewed(10, 3), leaving(people=20)) == [
        Count(type="track", name="Viewed", source="web", events=30)
    ]


def test_of_nine_none_does() -> None:
    assert remaining(each_viewed(9, 3), leaving()) == []


def test_what_nearly_everybody_of_a_request_did_is_not_told_of_them() -> None:
    assert remaining(each_viewed(11), leaving(people=20)) == []


def test_a_person_of_ten_devices_is_one() -> None:
    ties = dict.fromkeys(OWNERS[:10], "p_1")

    assert remaining(each_viewed(10), leaving(ties=ties)) == []


def test_who_had_most_of_it_is_not_told_by_the_sum() -> None:
    most = [(OWNERS[0], f"n-{number}", "track", "Viewed", "web") for number in range(9)]

    assert remaining([*each_viewed(10), *most], leaving()) == []
    assert [one.events for one in remaining([*each_viewed(10), *most[:8]], leaving())] == [20]


def test_a_file_is_of_one_request_and_does_not_say_of_which() -> None:
    key = remains_key("q1767225600000000", "2026-01-01")

    assert key.startswith("remains/day=2026-01-01/")
    assert is_of(key, "q1767225600000000")
    assert not is_of(key, "q1767225600000001")
    assert "1767225600000000" not in key
