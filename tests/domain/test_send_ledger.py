"""The ledger of messages: the same whatever the order of news, and found again by an opaque name."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.domain.addresses import email_address, phone_number
from regulars.domain.instants import DAY
from regulars.domain.journeys import Channel, Class
from regulars.domain.messaging import CHANNELS, CLASSES, MAX_DAYS, Cap, Messaging
from regulars.domain.passages import Message, Outcome
from regulars.domain.send_ledger import (
    REMEMBERED,
    forget_claim,
    is_abandoned,
    ledger_name,
    read_ledger_name,
    remember,
    settled,
)
from regulars.domain.sending import Sent

NOW = 200 * DAY
CLAIMED = Message(
    owner="user_id:u",
    passage="p",
    place="hello",
    journey="welcome",
    number=1,
    channel="email",
    template="hello",
    purpose="newsletter",
    kind="marketing",
    at=NOW,
)
sent = st.builds(
    Sent,
    st.integers(NOW - 100 * DAY, NOW),
    st.sampled_from(list[Channel](CHANNELS)),
    st.sampled_from(list[Class](CLASSES)),
)


NEWS: tuple[tuple[Outcome, str], ...] = (  # what tells more comes later
    ("unknown", ""),
    ("sent", ""),
    ("failed", "rejected"),
    ("bounced", "transient"),
    ("delivered", ""),
    ("bounced", "permanent"),
    ("complained", ""),
)


@given(st.lists(st.sampled_from(NEWS), max_size=4))
def test_of_news_in_any_order_and_however_often_it_comes_the_one_that_tells_most_stands(
    news: list[tuple[Outcome, str]],
) -> None:
    expected = max(news, key=NEWS.index, default=("claimed", ""))
    for order in permutations([*news, *news[:1]]):
        message = CLAIMED
        for outcome, reason in order:
            message = settled(message, outcome, NOW, reason=reason)
        assert (message.outcome, message.reason) == expected


def test_a_note_of_absence_takes_back_no_delivery_and_an_address_that_is_gone_does() -> None:
    delivered = settled(CLAIMED, "delivered", NOW)

    assert settled(delivered, "bounced", NOW + 1, reason="transient") is delivered
    assert settled(delivered, "bounced", NOW + 1, reason="permanent").outcome == "bounced"


def test_what_was_not_let_out_stays_so() -> None:
    refused = replace(CLAIMED, outcome="refused", reason="consent")

    assert settled(refused, "delivered", NOW + 1) is refused


def test_a_claim_is_abandoned_once_nobody_can_be_at_it_any_more() -> None:
    assert not is_abandoned(CLAIMED, NOW + 59_999_999)
    assert is_abandoned(CLAIMED, NOW + 60_000_000)
    assert not is_abandoned(replace(CLAIMED, outcome="sent"), NOW + DAY)


@given(st.lists(sent, max_size=30))
def test_claims_are_remembered_as_long_as_a_cap_may_count_them(claims: list[Sent]) -> None:
    kept = remember(claims, NOW)

    assert kept == sorted(kept, key=lambda one: one.at)
    assert sorted(map(repr, kept)) == sorted(repr(one) for one in claims if one.at > NOW - (MAX_DAYS + 1) * DAY)


def test_so_many_claims_are_remembered_as_any_cap_counts() -> None:
    many = [Sent(NOW - number, "email", "marketing") for number in range(REMEMBERED + 10)]
    few = [Sent(NOW - 50 * DAY, "sms", "marketing")]

    assert Messaging(caps=(Cap(most=REMEMBERED, days=90),)).caps[0].most == REMEMBERED
    assert len(remember([*many, *few], NOW)) == REMEMBERED + 1


def test_a_claim_is_taken_back_once() -> None:
    one = Sent(NOW, "email", "marketing")

    assert forget_claim([one, one], one) == [one]
    assert forget_claim([], one) == []


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_a_message_is_found_again_by_a_name_that_providers_take(owner: str, passage: str, place: str) -> None:
    name = ledger_name(replace(CLAIMED, owner=owner, passage=passage, place=place))

    assert name.replace("-", "").replace("_", "").isalnum()
    assert name.isascii()
    assert read_ledger_name(name) == (owner, passage, place)


@pytest.mark.parametrize("name", ["", "x", "!!!!", "e30", "WyJhIl0", "W251bGwsMSwyXQ", "é", "A" * 5_000])
def test_a_name_of_somebody_else_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_ledger_name(name)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("jane@example.com", "jane@example.com"),
        (" Jane.Doe+x@Example.COM ", "Jane.Doe+x@example.com"),
        ("j@bücher.example", "j@xn--bcher-kva.example"),
        ("jürgen@example.com", None),
        ("a@x\r\nBcc: b@x.org", None),
        ("a@x.org\nBcc: b@x.org", None),
        ("a@x.org,b@x.org", None),
        ("Jane <a@x.org>", None),
        ("a@localhost", None),
        ("a@@x.org", None),
        ("@x.org", None),
        ("a@-x.org", None),
        ("a@" + "x" * 300 + ".org", None),
        ("", None),
        (None, None),
        (7, None),
        (["a@x.org"], None),
    ],
    ids=str,
)
def test_an_address_is_one_mailbox_and_nothing_else(said: object, read: str | None) -> None:
    assert email_address(said) == read


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("+49 170 1234567", "+491701234567"),
        ("+1 (555) 010-0100", "+15550100100"),
        ("0170 1234567", None),
        ("+0170123456", None),
        ("+49", None),
        ("+4917012345678901234", None),
        ("+491701234567;arn:aws:sns:x", None),
        ("+٤٩١٧٠١٢٣٤٥٦٧", None),
        (491701234567, None),
    ],
    ids=str,
)
def test_a_number_says_its_country(said: object, read: str | None) -> None:
    assert phone_number(said) == read
