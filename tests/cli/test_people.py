"""A person and a segment on one page."""

import pytest

from cli.output import instant
from regulars.domain.journey_events import not_sent
from regulars.domain.journeys import Send
from regulars.domain.passages import Passage
from regulars.pipeline.telling_journeys import Teller
from tests.cli.conftest import Regulars

EMAIL = "ann@shop.example"


@pytest.fixture
def shop(applied: Regulars) -> Regulars:
    """A workspace in which one person has said who she is and bought something."""
    applied.platform.workspace.send(
        {"type": "identify", "userId": "ann", "traits": {"email": EMAIL, "plan": "gold"}},
        {"type": "track", "userId": "ann", "event": "Order Completed", "properties": {"order_id": "1", "revenue": 600}},
        {"type": "track", "userId": "ann", "event": "Order Completed", "properties": {"order_id": "2", "revenue": 1}},
    )
    return applied


def test_shows_a_person_on_one_page(shop: Regulars) -> None:
    out = shop("profile", "user_id:ann").out

    for said in ("2 orders, 601.00 net", "gold", "Big spenders", "big_spenders", "Order Completed", "order_id: 2"):
        assert said in out


def test_says_first_why_a_message_of_a_journey_was_not_sent(shop: Regulars) -> None:
    workspace = shop.platform.workspace
    owner, now = workspace.owner("user_id", "ann"), workspace.world.clock.now
    passage = Passage(owner=owner, journey="welcome", number=3, id="f" * 32, key="", at=now)
    refused = not_sent(
        passage, "tip#2", Send(id="tip", channel="email", template="tip", purpose="newsletter"), "consent", now
    )
    Teller(workspace.world.database, workspace.sealer, workspace.world.clock).tell(owner, refused)

    (line,) = [line for line in shop("profile", "user_id:ann").out.splitlines() if "Message Not Sent" in line]
    assert "reason: consent, journey: welcome, version: 3, place: tip#2, channel: email, template: tip" in line
    assert passage.id not in line


def test_shows_what_is_computed_of_a_person(shop: Regulars) -> None:
    lines = [" ".join(line.split()) for line in shop("profile", "user_id:ann").out.splitlines()]

    for said in ("Lifetime revenue", "lifetime_revenue", "601.00"):
        assert any(said in line for line in lines if "lifetime_revenue" in line)
    assert any("5-2-5" in line for line in lines if "rfm" in line)


def test_finds_the_same_person_by_every_identifier(shop: Regulars) -> None:
    by_id, by_email = shop.json("profile", "user_id:ann"), shop.json("profile", f"email:{EMAIL}")

    assert by_id == by_email == shop.json("profile", by_id["profile_id"])


def test_never_puts_an_identifier_into_a_path(shop: Regulars) -> None:
    shop("profile", f"email:{EMAIL}")

    assert not any("@" in path for _, path in shop.platform.asked)


def test_masks_what_a_role_may_not_read(shop: Regulars) -> None:
    full, masked = (
        shop("profile", "user_id:ann", token="service").out,
        shop("profile", "user_id:ann", token="analyst").out,
    )

    assert (EMAIL in full, EMAIL in masked, "•••" in masked) == (True, False, True)


def test_lists_as_many_events_as_asked_for(shop: Regulars) -> None:
    assert len(shop.json("profile", "user_id:ann", "--events", "2")["events"]) == 2
    assert shop.json("profile", "user_id:ann", "--events", "0")["events"] == []


@pytest.mark.parametrize(
    ("ref", "complaint"), [("user_id:bob", "nobody is known by this"), ("bob", "kind:value, such as user_id:ann")]
)
def test_says_that_nobody_is_known_by_a_reference(shop: Regulars, ref: str, complaint: str) -> None:
    ended = shop("profile", ref)

    assert (ended.code, complaint in ended.err) == (1, True)


def test_lists_all_segments(shop: Regulars) -> None:
    listed = shop.json("segment", "list")["segments"]

    assert [one["id"] for one in listed] == sorted(path.stem for path in shop.folder.glob("catalog/segments/*.yaml"))
    assert "Just browsing" in shop("segment", "list").out


def test_shows_a_segment_and_who_is_in_it(shop: Regulars) -> None:
    profile_id = shop.json("profile", "user_id:ann")["profile_id"]

    out = shop("segment", "big_spenders").out

    assert "at_least: 500" in out
    assert profile_id in out
    assert "1 member\n" in out


def test_says_that_a_segment_has_more_members(shop: Regulars) -> None:
    calls = [
        {"type": "track", "userId": f"u{n}", "event": "Order Completed", "properties": {"order_id": n, "revenue": 900}}
        for n in range(5)
    ]
    shop.platform.workspace.send(*calls)

    found = shop.json("segment", "big_spenders", "--members", "3")

    assert (len(found["members"]), found["more_members"]) == (3, True)
    assert len(shop.json("segment", "big_spenders", "--members", "6")["members"]) == 6


def test_says_that_there_is_no_such_segment(shop: Regulars) -> None:
    assert (shop("segment", "nothing").code, "no segment has this id" in shop("segment", "nothing").err) == (1, True)


def test_shows_milliseconds_only_where_there_are_any() -> None:
    shown = [instant(f"2026-01-01T00:00:00{end}") for end in ("Z", ".000Z", ".250Z", ".123456Z")]

    assert [one[19:] for one in shown] == ["Z", "Z", ".250Z", ".123Z"]


def test_keeps_to_the_columns_that_whoever_reads_has(shop: Regulars, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "70")

    assert max(map(len, shop("profile", "user_id:ann").out.splitlines())) <= 70


def test_explains_why_somebody_is_in_a_segment(shop: Regulars) -> None:
    out = shop("profile", "why", "user_id:ann", "big_spenders").out

    assert "yes  the revenue of orders, net of refunds is at least 500 (it is 601.0)" in out


def test_says_that_nobody_is_asked_about_a_segment_that_is_not_there(shop: Regulars) -> None:
    assert "no live segment has this id" in shop("profile", "why", "user_id:ann", "nothing").err
