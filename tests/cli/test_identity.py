"""What ties a person together, at the command line; and how a false merge is taken apart."""

import pytest

from tests.cli.conftest import Regulars


@pytest.fixture
def shop(applied: Regulars) -> Regulars:
    """A workspace in which a shared device has made one person of two."""
    applied.platform.workspace.send(
        {"type": "identify", "userId": "ann", "anonymousId": "a-1", "traits": {"plan": "gold"}},
        {"type": "identify", "anonymousId": "b-1", "traits": {"email": "bob@shop.example"}},
        {"type": "track", "userId": "ann", "anonymousId": "b-1", "event": "Signed In"},
    )
    return applied


CUT = ("--edge", "user_id:ann", "anonymous_id:b-1")


def test_shows_what_ties_a_person_together(shop: Regulars) -> None:
    out = shop("identity", "graph", "user_id:ann").out

    for said in ("4 identifiers", "user_id:ann", "email:bob@shop.example", "attach", "merge", "Cut apart: nothing"):
        assert said in out


def test_explains_why_two_identifiers_are_one_person(shop: Regulars) -> None:
    out = shop("identity", "why", "user_id:ann", "anonymous_id:a-1", "email:BOB@shop.example").out

    assert [out.count(rule) for rule in ("attach", "merge")] == [2, 1]


def test_shows_a_preview_and_changes_nothing(shop: Regulars) -> None:
    before = shop.json("profile", "user_id:ann")
    out = shop("identity", "unmerge", "user_id:ann", *CUT, "--preview").out

    assert out.index("Stays") < out.index("user_id:ann") < out.index("Leaves") < out.index("email:bob@shop.example")
    assert shop.json("profile", "user_id:ann") == before


@pytest.mark.parametrize("input", ["n\n", ""])
def test_does_nothing_without_a_yes(shop: Regulars, input: str) -> None:
    before = shop.json("profile", "user_id:ann")
    ended = shop("identity", "unmerge", "user_id:ann", *CUT, input=input)

    assert ended.code == 1
    assert shop.json("profile", "user_id:ann") == before


def test_takes_two_people_apart_and_lets_them_be_tied_again(shop: Regulars) -> None:
    done = shop.json("identity", "unmerge", "user_id:ann", *CUT, "--yes")
    ann, bob = (shop.json("profile", ref)["profile_id"] for ref in ("user_id:ann", "email:bob@shop.example"))

    assert {ann, bob} == {done["stays"]["profile_id"], done["leaves"]["profile_id"]}
    assert "anonymous_id:b-1" in shop("identity", "graph", "email:bob@shop.example").out
    release = ("identity", "release", "user_id:ann", "user_id:ann", "anonymous_id:b-1")
    assert "released: the next event" in shop(*release).out
    assert "no cut stands" in shop(*release).err
    shop.platform.workspace.send({"type": "track", "userId": "ann", "anonymousId": "b-1", "event": "Signed In"})
    assert shop.json("profile", "user_id:ann")["profile_id"] == shop.json("profile", "anonymous_id:b-1")["profile_id"]


def test_tells_whom_an_identifier_belonged_to(shop: Regulars) -> None:
    found = shop.json("identity", "belonging", "anonymous_id:b-1", "2020-01-01T00:00:00Z")

    assert [one["value"] for one in found["identifiers"]] == ["b-1"]
    assert "b-1" in shop("identity", "belonging", "anonymous_id:b-1", "2020-01-01T00:00:00Z").out


def test_never_puts_an_identifier_into_a_path(shop: Regulars) -> None:
    shop("identity", "unmerge", "email:bob@shop.example", "--identifier", "email:bob@shop.example", "--yes")
    shop("identity", "why", "email:bob@shop.example", "email:bob@shop.example", "email:bob@shop.example")

    assert not any("@" in path for _, path in shop.platform.asked)


@pytest.mark.parametrize(
    "arguments", [("unmerge", "user_id:ann"), ("graph", "ann"), ("why", "user_id:ann", "ann", "user_id:ann")]
)
def test_says_what_is_missing(shop: Regulars, arguments: tuple[str, ...]) -> None:
    ended = shop("identity", *arguments)

    assert (ended.code, "to fix" in ended.err) == (1, True)
