"""What providers tell of messages: the ledger, the events, and the addresses that get no more."""

from collections.abc import Sequence
from itertools import permutations

import pytest

from local.world.chaos import CrashError
from regulars.domain.passages import Message
from regulars.domain.profiles import alone
from regulars.domain.send_ledger import ledger_name
from regulars.pipeline.consents import Consents
from regulars.pipeline.decisions import DecisionRecorder
from regulars.pipeline.settling import Feedback, News, Settler
from regulars.pipeline.telling_journeys import Teller
from tests.sending import HOUR, JANE, SEND, Sending


def settler(sending: Sending) -> Settler:
    database, clock = sending.database, sending.world.clock
    return Settler(
        database,
        decisions=DecisionRecorder(database, sending.sealer, map, clock, lambda: "random"),
        tell=Teller(database, sending.sealer, clock).tell,
        journal=sending.world.journal,
        clock=clock,
    )


def sent(sending: Sending) -> Message:
    """Send a message to Jane, an hour after she agreed to it."""
    sending.meet()
    sending.world.clock.advance_to(sending.world.clock.now + HOUR)
    passage = sending.enter()
    sending.deliver(passage)
    return sending.message(passage)


def hear(sending: Sending, message: Message, *news: News) -> None:
    """Tell news of a message, and let all that follows happen."""
    for one in news:
        assert settler(sending).hear(Feedback(ledger_name(message), one))
    sending.world.settle()


def names(sending: Sending) -> list[str]:
    return sorted(str(name) for name, _ in sending.told())


@pytest.mark.parametrize(
    ("news", "outcome", "told"),
    [
        (["delivered"], "delivered", ["Message Delivered", "Message Sent"]),
        (["bounced"], "bounced", ["Message Bounced", "Message Sent"]),
        (["undelivered"], "bounced", ["Message Bounced", "Message Sent"]),
        (["complained"], "complained", ["Message Complained", "Message Sent"]),
        (["rejected"], "failed", ["Message Failed", "Message Sent"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "+".join(value),
)
def test_news_is_written_down_and_told_once(news: Sequence[News], outcome: str, told: list[str]) -> None:
    sending = Sending()
    message = sent(sending)
    hear(sending, message, *news, *news)

    assert sending.journeys.messages(JANE)[0].outcome == outcome
    assert names(sending) == told


@pytest.mark.parametrize("order", list(permutations(["delivered", "bounced", "complained"])), ids="-".join)
def test_news_in_any_order_leaves_the_same_behind(order: Sequence[News]) -> None:
    sending = Sending()
    hear(sending, sent(sending), *order)

    assert sending.journeys.messages(JANE)[0].outcome == "complained"


def test_a_message_of_which_nobody_knew_is_settled_by_its_delivery() -> None:
    sending = Sending()
    sending.meet()
    passage = sending.enter()

    def dies(_outgoing: object) -> None:
        raise CrashError

    sending.post.channel.after = dies
    with pytest.raises(CrashError):
        sending.deliver(passage)
    hear(sending, sending.message(passage), "delivered")

    assert names(sending) == ["Message Delivered", "Message Sent"]
    assert sending.deliver(passage).way == 0
    assert names(sending) == ["Message Delivered", "Message Sent"]


@pytest.mark.parametrize("news", ["bounced", "complained"])
def test_an_address_that_is_none_or_complains_gets_no_more(news: News) -> None:
    sending = Sending()
    sending.publish("again", {"id": "hello", "send": {**SEND["send"], "purpose": "orders"}})  # type: ignore[dict-item]
    hear(sending, sent(sending), news)

    sending.deliver(sending.enter(journey="again"))
    assert ("Message Not Sent", "suppressed") in sending.told()


@pytest.mark.parametrize("news", ["delivered", "undelivered", "rejected"])
def test_a_full_mailbox_is_written_to_again(news: News) -> None:
    sending = Sending()
    hear(sending, sent(sending), news)

    sending.deliver(sending.enter())
    assert len(sending.addresses) == 2


def test_a_complaint_withdraws_from_what_the_message_was_for_by_its_channel() -> None:
    sending = Sending()
    hear(sending, sent(sending), "complained", "complained")

    consent = Consents(sending.database, map, sending.world.clock).of(alone(JANE)).consent
    assert not consent.allows("newsletter", "email")
    assert consent.allows("newsletter", "sms")
    said = [event for event in sending.world.events.of(JANE) if event.name == "Consent Withdrawn"]
    assert len(said) == 1


@pytest.mark.parametrize("name", ["", "x", "WyJhIl0", "WyJ1c2VyX2lkOnUiLCJwIiwiaGVsbG8iXQ"])
def test_news_of_nothing_that_is_known_changes_nothing(name: str) -> None:
    sending = Sending()

    assert not settler(sending).hear(Feedback(name, "complained"))
