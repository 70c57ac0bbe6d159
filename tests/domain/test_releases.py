"""What an edit makes of a segment: live at once, coming, paused, archived or nothing; and how memberships settle."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.evaluation import Verdict
from regulars.domain.memberships import Membership, settle, shown, told
from regulars.domain.releases import Release, Releases, released, switched, withdrawn
from regulars.domain.watches import Watches


def a_release(times: int = 1, *, version: int = 1, edition: int = 0, **more: Any) -> Release:
    """A segment of people who viewed so often."""
    where = {"event": "Product Viewed", "count": {"at_least": times}}
    return Release(id="vip", content={"where": where, **more}, version=version, edition=edition)


def standing(*, live: Release | None = None, coming: Release | None = None, version: int = 7) -> Releases:
    """The catalog at a version."""
    return Releases(
        watches=Watches(version=version, by_event={}),
        live={"vip": live} if live else {},
        coming={"vip": coming} if coming else {},
    )


def test_what_takes_in_others_is_coming_under_an_edition_of_its_own() -> None:
    live = a_release(1, edition=3)
    after = released(standing(live=live), a_release(2, version=2), nobody=False)

    assert after.live == {"vip": live}
    assert (after.coming["vip"].edition, after.coming["vip"].version) == (8, 2)


def test_a_name_changes_nothing_but_the_name() -> None:
    after = released(standing(live=a_release(1, edition=3)), a_release(1, version=2, name="VIPs"), nobody=False)

    assert after.coming == {}
    assert (after.live["vip"].edition, after.live["vip"].version) == (3, 2)
    assert after.live["vip"].segment().name == "VIPs"


def test_a_name_for_what_is_coming_keeps_its_edition() -> None:
    before = standing(live=a_release(1, edition=3), coming=a_release(2, version=2, edition=5))
    after = released(before, a_release(2, version=3, name="VIPs"), nobody=False)

    assert (after.coming["vip"].edition, after.coming["vip"].version) == (5, 3)
    assert after.live == before.live


def test_another_edit_replaces_what_is_coming() -> None:
    before = standing(live=a_release(1, edition=3), coming=a_release(2, edition=5))
    after = released(before, a_release(3, version=3), nobody=False)

    assert after.coming["vip"].edition == 8
    assert before.editions() - after.editions() == {("vip", 5)}


def test_who_was_paused_comes_back_as_a_coming_edition() -> None:
    paused = released(standing(live=a_release(1, edition=3)), a_release(1, status="paused"), nobody=False)
    back = released(paused, a_release(1, version=3), nobody=False)

    assert (paused.live["vip"].state, list(paused.segments())) == ("paused", [])
    assert (back.live["vip"].state, back.coming["vip"].edition) == ("paused", 8)


def test_the_switch_takes_just_what_was_looked_at() -> None:
    before = standing(live=a_release(1, edition=3), coming=a_release(2, edition=5))

    assert switched(before, [("vip", 4)], at=9) == before
    after = switched(before, [("vip", 5)], at=9)
    assert (after.live["vip"].edition, after.live["vip"].since, after.coming) == (5, 9, {})


def test_what_is_withdrawn_leaves_its_edition() -> None:
    before = standing(live=a_release(1, edition=3), coming=a_release(2, edition=5))
    after = withdrawn(before, "vip", at=9)

    assert before.editions() - after.editions() == {("vip", 3), ("vip", 5)}
    assert list(after.segments()) == []


def test_the_same_asked_in_other_words_is_the_same() -> None:
    one = Release(id="vip", content={"where": {"event": "Product Viewed"}})
    other = Release(id="vip", content={"where": {"event": "Product Viewed", "count": {"at_least": 1}}, "name": "VIPs"})

    assert one.asks_the_same_as(other)
    assert not one.asks_the_same_as(a_release(2))


def a_row(edition: int, number: int, *, member: bool, since: int = 1) -> Membership:
    """A membership under an edition."""
    return Membership(
        profile_id="p", segment="vip", member=member, since=since, number=number, definition=1, edition=edition
    )


ROWS = st.builds(a_row, st.just(3), st.integers(1, 5), member=st.booleans(), since=st.integers(1, 50)) | st.none()
COMING = st.builds(a_row, st.just(5), st.just(0), member=st.booleans(), since=st.integers(51, 60)) | st.none()


@given(old=ROWS, own=COMING, truth=st.booleans())
def test_a_settled_membership_is_true_and_tells_just_what_changed(
    old: Membership | None, own: Membership | None, truth: bool
) -> None:
    older, new = [old] if old else [], a_row(5, 0, member=False, since=70)
    write = settle(own, older, Verdict(truth, None), new)
    after = write or own
    stood = old.member if old else False

    assert (after.member if after else False) is truth
    assert bool(write and not write.silent) is (stood is not truth)
    if write and old:
        assert write.number == old.number + (stood is not truth)
        assert write.since == (old.since if stood is truth else write.since)
    if write and not write.silent:
        assert write.backfill is ((own.member if own else False) is truth and not (own is None and old is None))
        assert write.since == (own.since if own and write.backfill else 70)


@given(old=ROWS, own=COMING)
def test_readers_see_what_it_will_be_once_it_is_settled(old: Membership | None, own: Membership | None) -> None:
    rows = [row for row in (old, own) if row]
    truth = own.member if own else False
    write = settle(own, [old] if old else [], Verdict(truth, None), a_row(5, 0, member=False))
    found = shown(rows, 5)

    assert (found.member if found else False) is truth
    if found and found.member and write:
        assert (found.since, found.number) == (write.since, write.number)


@given(numbers=st.lists(st.integers(0, 9), max_size=5))
def test_what_was_told_last_has_the_highest_number(numbers: list[int]) -> None:
    found = told(a_row(edition, number, member=True) for edition, number in enumerate(numbers))

    assert (found.number if found else 0) == max(numbers, default=0)
