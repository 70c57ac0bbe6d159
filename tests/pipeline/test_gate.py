"""What leaves by no message and no call: to whose address, of whom, and what of them."""

from collections.abc import Callable
from typing import Any

import pytest

from regulars.domain.identifiers import Identifier, normalise, owner_key
from regulars.pipeline.gate import MOST_BOUND
from regulars.pipeline.restricting import Restricter
from regulars.pipeline.sealing import seal_trait
from regulars.pipeline.seizing import Seizer
from regulars.stores.ledger import Ledger
from tests.builders import an_identify
from tests.sending import JANE, Sending

CALL = {"id": "coupon", "webhook": {"to": "coupons", "failed": "exit"}}
TEXT = {"id": "hello", "send": {"channel": "sms", "template": "text", "purpose": "newsletter"}}
ANN = "user_id:ann"


def owner_of(sending: Sending, kind: str, value: str) -> str:
    """Name the owner that an address is."""
    return owner_key(Identifier(kind, normalise(kind, value) or ""), sending.sealer.hash_key)


def in_between(sending: Sending, strike: Callable[[], Any]) -> None:
    """Let something happen once, just before the next transaction is written."""

    def hook(operation: str, _table: str) -> None:
        if operation == "transact":
            sending.database.hook = None
            strike()

    sending.database.hook = hook


@pytest.mark.parametrize(
    ("channel", "kind", "value"),
    [("email", "email", "jane@example.com"), ("sms", "phone", "+49 170 1234567")],
    ids=["email", "sms"],
)
def test_nothing_goes_to_the_address_of_somebody_erased_that_another_gives(channel: str, kind: str, value: str) -> None:
    sending = Sending(*([TEXT] if channel == "sms" else []))
    sending.template("text", "sms")
    sending.meet()
    Ledger(sending.database).mark(owner_of(sending, kind, value), at=1, request="q1")

    sending.deliver(sending.enter())
    assert sending.told() == [("Message Not Sent", "suppressed")]
    assert sending.addresses == []


def test_nothing_goes_to_the_address_of_somebody_who_is_being_erased() -> None:
    sending = Sending()
    address = owner_of(sending, "email", "jane@example.com")
    sending.meet()
    sending.tie(ANN, address)
    Seizer(sending.database, sending.world.clock).seize(ANN, "q1")

    sending.deliver(sending.enter())
    assert sending.told() == [("Message Not Sent", "suppressed")]


@pytest.mark.parametrize("known", [False, True], ids=["nobody's", "somebody's"])
def test_an_erasure_of_whose_address_it_is_in_between_is_bound(known: bool) -> None:
    sending = Sending()
    address = owner_of(sending, "email", "jane@example.com")
    sending.meet()
    if known:
        sending.tie(ANN, address)
    passage = sending.enter()
    in_between(sending, lambda: Seizer(sending.database, sending.world.clock).seize(address, "q1"))

    sending.deliver(passage)
    assert sending.database.hook is None
    assert sending.told() == [("Message Not Sent", "suppressed")]
    assert sending.addresses == []


def test_an_address_that_two_people_share_gets_messages() -> None:
    sending = Sending()
    sending.meet()
    sending.tie(ANN, owner_of(sending, "email", "jane@example.com"))

    sending.deliver(sending.enter())
    assert sending.addresses == ["jane@example.com"]


def test_a_webhook_is_not_told_of_who_does_not_consent_to_the_purpose_of_its_journey() -> None:
    sending = Sending()
    sending.publish("welcome", CALL, purpose="newsletter")
    sending.meet(agrees=False)
    passage = sending.enter()

    assert [sending.deliver(passage, "coupon").way for _ in range(2)] == [1, 1]
    assert sending.post.callee.called == []
    assert sending.message(passage, "coupon").reason == "consent"


@pytest.mark.parametrize(
    ("purpose", "agrees", "about"),
    [
        ({"purpose": "newsletter"}, True, {}),
        ({"purpose": "newsletter"}, True, {"channel": "sms"}),
        ({"purpose": "orders"}, False, {}),
        ({}, False, {}),
    ],
    ids=["all channels", "one channel", "contract", "no purpose"],
)
def test_a_webhook_is_called_for_who_agreed_by_some_channel_and_where_nobody_is_asked(
    purpose: dict[str, str], agrees: bool, about: dict[str, str]
) -> None:
    sending = Sending()
    sending.publish("welcome", CALL, **purpose)
    sending.meet(agrees=False)
    if agrees:
        sending.decide(JANE, "Consent Given", **about)

    assert sending.deliver(sending.enter(), "coupon").way == 0
    assert len(sending.post.callee.called) == 1


@pytest.mark.parametrize("most", [MOST_BOUND, 1], ids=["bound", "more than are bound"])
def test_a_withdrawal_between_seeing_and_calling_holds_a_webhook_back(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr("regulars.pipeline.gate.MOST_BOUND", most)
    sending = Sending()
    sending.publish("welcome", CALL, purpose="newsletter")
    sending.meet()
    sending.tie(JANE, "anonymous_id:a")
    passage = sending.enter()
    in_between(sending, lambda: sending.decide(JANE, "Consent Withdrawn"))

    assert [sending.deliver(passage, "coupon").way for _ in range(2)] == [1, 1]
    assert sending.post.callee.called == []


def test_nobody_restricted_is_told_of() -> None:
    sending = Sending(CALL)
    sending.meet()
    Restricter(sending.database, map).restrict(JANE)

    assert sending.deliver(sending.enter(), "coupon").way == 1
    assert sending.post.callee.called == []


@pytest.mark.parametrize(
    "text",
    ["You are {{traits.health}}", "{{#traits.health}}Be well{{/traits.health}}"],
    ids=["said", "asked"],
)
def test_a_sensitive_trait_is_in_no_message(text: str) -> None:
    sending = Sending()
    sending.template("hello", "email", text)
    sending.meet()
    sending.sealer.prepare([JANE])
    sealed = seal_trait(JANE, "health", "pregnant", sending.sealer, sensitive=True)
    sending.say(an_identify(50, links=(JANE,), health=sealed))

    sending.deliver(sending.enter())
    assert sending.told() == [("Message Not Sent", "sensitive")]
    assert sending.addresses == []
