"""What becomes of a message: sent once, not sent and why, or held; and what the world does about it."""

from typing import Any

import pytest

from local.world.chaos import CrashError
from regulars.domain.instants import DAY, SECOND
from regulars.domain.lots import HOLDOUT, LOTS, lot
from regulars.domain.profiles import alone
from regulars.domain.send_ledger import LEASE
from regulars.errors import InvalidRequestError, NotAcceptedError, UnknownOutcomeError
from regulars.pipeline.delivering import DONE, Answered
from regulars.pipeline.ports import Outgoing
from regulars.pipeline.restricting import Restricter
from regulars.pipeline.snapshots import Snapshots
from regulars.stores.inbox import InboxStore
from regulars.stores.journeys import Suppressed
from tests.builders import START, an_identify
from tests.sending import HOUR, JANE, SEND, Sending

CALL = {"id": "coupon", "webhook": {"to": "coupons", "answers": {"code": "data.code", "more": "data"}}}
SERVICE = {
    "id": "hello",
    "send": {"channel": "email", "template": "hello", "purpose": "orders", "class": "transactional"},
}


def by(channel: str, **more: Any) -> dict[str, Any]:
    return {"id": "hello", "send": {**SEND["send"], "channel": channel, **more}}  # type: ignore[dict-item]


def test_a_message_goes_out_once_and_is_told_once_however_often_it_is_asked_for() -> None:
    sending = Sending()
    sending.meet()
    passage = sending.enter()

    assert [sending.deliver(passage) for _ in range(3)] == [DONE, DONE, DONE]
    assert sending.addresses == ["jane@example.com"]
    assert sending.told() == [("Message Sent", None)]
    assert sending.message(passage).outcome == "sent"
    assert sending.claims() == 1


def test_each_turn_of_a_step_is_a_message_of_its_own() -> None:
    sending = Sending({"repeat": {"times": 2, "steps": [SEND]}})
    sending.meet()
    passage = sending.enter()

    sending.deliver(passage, "hello#1")
    sending.deliver(passage, "hello#2")
    assert len(sending.addresses) == 2


@pytest.mark.parametrize(
    ("steps", "traits", "reason"),
    [
        ([SEND], {"email": None}, "no_address"),
        ([SEND], {"email": "Jane <jane@example.com>"}, "no_address"),
        ([by("sms")], {"phone": "0170 1234567"}, "no_address"),
        ([by("email", template="named")], {}, "missing_variable"),
    ],
    ids=["none", "not one", "no country", "variable"],
)
def test_what_cannot_be_written_is_not_sent_and_says_why(steps: list[Any], traits: Any, reason: str) -> None:
    sending = Sending(*steps)
    sending.template("named", "email", "{{traits.first_name}}")
    sending.meet(**traits)
    passage = sending.enter()

    assert sending.deliver(passage) == DONE
    assert sending.deliver(passage) == DONE
    assert sending.told() == [("Message Not Sent", reason)]
    assert (sending.addresses, sending.claims()) == ([], 0)


def test_without_consent_nothing_is_sent_but_what_needs_none() -> None:
    sending = Sending()
    sending.publish("orders", SERVICE)
    sending.meet(agrees=False)

    sending.deliver(sending.enter())
    assert sending.told() == [("Message Not Sent", "consent")]
    sending.deliver(sending.enter(journey="orders"))
    assert len(sending.addresses) == 1
    assert "unsubscribe" not in sending.post.channel.taken[0].unsubscribe


def test_nothing_is_sent_to_somebody_restricted_and_nothing_is_told_of_somebody_erased() -> None:
    sending = Sending()
    sending.meet()
    passage = sending.enter()
    Restricter(sending.database, map).restrict(JANE)

    sending.deliver(passage)
    assert sending.told() == [("Message Not Sent", "restricted")]


def test_an_address_that_bounced_gets_nothing_by_that_channel() -> None:
    sending = Sending()
    sending.publish("texts", by("sms", template="text"))
    sending.template("text", "sms")
    sending.meet()
    first = sending.enter()
    sending.deliver(first)
    address = sending.message(first).address
    sending.journeys.suppress(Suppressed(owner=address, channel="email", since=START, reason="bounce"))

    sending.deliver(sending.enter())
    assert sending.told()[-1] == ("Message Not Sent", "suppressed")
    sending.deliver(sending.enter(journey="texts"))
    assert sending.addresses == ["jane@example.com", "+491701234567"]


def test_a_cap_counts_across_journeys_and_identifiers_that_became_one() -> None:
    sending = Sending(policy={"caps": [{"most": 1, "days": 7}]})
    sending.publish("cart", SEND)
    for owner in (JANE, "anonymous_id:a"):
        sending.meet(owner)
    sending.deliver(sending.enter("anonymous_id:a"))
    sending.tie(JANE, "anonymous_id:a")

    sending.deliver(sending.enter(journey="cart"))
    assert sending.told() == [("Message Not Sent", "capped")]


def test_the_last_messages_of_a_cap_are_for_journeys_that_matter_more() -> None:
    sending = Sending(policy={"caps": [{"most": 1, "days": 1, "kept": {"messages": 1, "priority": 50}}]})
    sending.publish("alarm", SEND, priority=50)
    sending.meet()

    sending.deliver(sending.enter())
    sending.deliver(sending.enter(journey="alarm"))
    assert sorted(sending.told(), key=str) == [("Message Not Sent", "capped"), ("Message Sent", None)]


def test_quiet_hours_of_the_person_hold_a_message_and_it_is_asked_for_again() -> None:
    sending = Sending(policy={"quiet": [{"from": "21:00", "to": "08:00"}]})
    sending.meet(timezone="Europe/Berlin")  # the first of January, one o'clock there
    passage = sending.enter()
    eight = START + 7 * HOUR

    assert sending.deliver(passage) == Answered(1, eight)
    assert sending.deliver(passage) == Answered(1, eight)
    waits = sending.journeys.passage(passage.owner, passage.journey, passage.id)
    assert waits is not None
    assert (waits.place, waits.until, waits.answers) == ("hello", eight, {})
    sending.world.clock.advance_to(eight)
    assert sending.deliver(passage) == DONE
    assert sending.addresses == ["jane@example.com"]


def test_a_message_may_be_left_out_in_quiet_hours() -> None:
    sending = Sending(by("email", quiet="skip"), policy={"quiet": [{"from": "21:00", "to": "08:00"}]})
    sending.meet()

    assert sending.deliver(sending.enter()) == DONE
    assert sending.told() == [("Message Not Sent", "quiet")]


def test_who_is_held_out_of_everything_gets_no_marketing_and_stays_so_whoever_they_become() -> None:
    sending = Sending(policy={"holdout": 50})
    held = next(f"user_id:{n}" for n in range(99) if lot(HOLDOUT, f"p_user_id:{n}") < LOTS // 2)
    free = next(f"email:{n}" for n in range(99) if lot(HOLDOUT, f"p_email:{n}") >= LOTS // 2)
    for owner in (free, held):
        sending.meet(owner)
    sending.deliver(sending.enter(held))
    sending.tie(held, free)
    sending.deliver(sending.enter(free))

    assert [sending.told(owner) for owner in (held, free)] == [[("Message Not Sent", "held_out")]] * 2


def test_a_person_who_was_merged_away_is_written_to_as_who_they_are_now() -> None:
    sending = Sending(by("email", template="named"))
    sending.template("named", "email", "{{traits.first_name}}")
    sending.meet("anonymous_id:a", email=None)
    passage = sending.enter("anonymous_id:a")
    sending.meet(first_name="Jane")
    sending.tie(JANE, "anonymous_id:a")

    assert sending.deliver(passage) == DONE
    assert [one.subject for one in sending.post.channel.taken] == ["named Jane"]


def test_who_has_ended_or_whose_journey_was_stopped_gets_nothing() -> None:
    sending = Sending()
    sending.publish("over", SEND, state="stopped")
    sending.meet()

    assert sending.deliver(sending.enter(ended=START, ending="exit")) == DONE
    assert sending.deliver(sending.enter(journey="over")) == DONE
    assert (sending.addresses, sending.told()) == ([], [])


def test_what_no_machine_of_ours_asks_is_refused() -> None:
    sending = Sending({"id": "tip", "wait": "1 day"})
    sending.meet()
    passage = sending.enter()

    for instance, place in ((passage.instance, "tip"), (passage.instance, "other"), ("x", "tip"), ("a b c d", "tip")):
        with pytest.raises(InvalidRequestError):
            sending.post.deliveries().answer(instance, place)
    assert sending.post.deliveries().answer("user_id:u welcome nobody", "tip") == DONE


def test_a_provider_that_is_busy_is_asked_again_and_given_up_after_two_days() -> None:
    sending = Sending(policy={"caps": [{"most": 1, "days": 1}]})
    sending.meet()
    passage = sending.enter()

    def busy(_outgoing: Outgoing) -> None:
        raise NotAcceptedError("throttled", again=True)

    sending.post.channel.before = busy
    answer, waits = sending.deliver(passage), []
    while answer.until is not None:
        waits.append((answer.until - sending.world.clock.now) // SECOND)
        sending.world.clock.advance_to(answer.until)
        answer = sending.deliver(passage)

    assert waits[:5] == [60, 60, 120, 240, 480]
    assert max(waits) == 3_600
    assert sending.world.clock.now >= START + 2 * DAY
    assert sending.told() == [("Message Failed", "throttled")]


def test_who_comes_late_to_a_busy_provider_has_two_days_as_everybody_has() -> None:
    sending, asked = Sending(), list[int]()
    sending.meet()
    passage = sending.enter(at=START - 3 * DAY, since=START - 3 * DAY)
    begun = sending.world.clock.now

    def busy(_outgoing: Outgoing) -> None:
        asked.append(sending.world.clock.now)
        raise NotAcceptedError("throttled", again=True)

    sending.post.channel.before = busy
    answer = sending.deliver(passage)
    while answer.until is not None:
        sending.world.clock.advance_to(answer.until)
        answer = sending.deliver(passage)

    assert [at - begun for at in asked[:3]] == [0, 60 * SECOND, 120 * SECOND]
    assert 2 * DAY <= asked[-1] - begun < 2 * DAY + HOUR
    assert sending.world.journal.counts["sends_throttled"] == len(asked) - 1
    assert sending.told() == [("Message Failed", "throttled")]


def test_what_was_surely_not_sent_counts_for_no_cap_and_may_go_out_later() -> None:
    sending = Sending(policy={"caps": [{"most": 1, "days": 1}]})
    sending.meet()
    passage, failures = sending.enter(), [NotAcceptedError("throttled", again=True)]

    def busy(_outgoing: Outgoing) -> None:
        if failures:
            raise failures.pop()

    sending.post.channel.before = busy
    answer = sending.deliver(passage)
    assert sending.claims() == 0
    sending.world.clock.advance_to(answer.until or 0)

    assert sending.deliver(passage) == DONE
    assert sending.told() == [("Message Sent", None)]


def test_a_refusal_of_a_provider_is_final() -> None:
    sending = Sending()
    sending.meet()

    def refuses(_outgoing: Outgoing) -> None:
        raise NotAcceptedError("rejected", again=False)

    sending.post.channel.before = refuses
    sending.deliver(sending.enter())
    assert sending.told() == [("Message Failed", "rejected")]


def test_an_answer_that_never_came_is_unknown_and_never_repeated() -> None:
    sending = Sending()
    sending.meet()
    passage = sending.enter()

    def silent(_outgoing: Outgoing) -> None:
        raise UnknownOutcomeError

    sending.post.channel.after = silent
    assert [sending.deliver(passage) for _ in range(2)] == [DONE, DONE]
    assert sending.told() == [("Message Outcome Unknown", None)]
    assert len(sending.post.channel.asked) == 1


def test_a_claim_of_somebody_who_died_is_unknown_once_they_cannot_be_at_it_any_more() -> None:
    sending = Sending()
    sending.meet()
    passage = sending.enter()

    def dies(_outgoing: Outgoing) -> None:
        raise CrashError

    sending.post.channel.after = dies
    with pytest.raises(CrashError):
        sending.deliver(passage)
    assert sending.deliver(passage) == Answered(1, START + LEASE)
    sending.world.clock.advance_to(START + LEASE)

    assert sending.deliver(passage) == DONE
    assert sending.told() == [("Message Outcome Unknown", None)]
    assert len(sending.post.channel.asked) == 1


def test_a_message_of_the_inbox_is_there_with_its_claim_and_sealed() -> None:
    sending = Sending(by("in_app", template="named"))
    sending.template("named", "in_app", "{{traits.first_name}}")
    sending.meet(first_name="Jane")
    sending.deliver(sending.enter())

    [kept] = InboxStore(sending.database).newest(JANE, limit=10)
    assert b"Jane" not in kept.content


def test_a_webhook_is_called_once_and_its_answers_are_kept_sealed() -> None:
    sending = Sending(CALL, by("email", template="coupon"))
    sending.post.callee.answers = {"coupons": {"data": {"code": "SPRING"}}}
    sending.template("coupon", "email", "{{answers.code}}")
    sending.meet()
    passage = sending.enter(bound={"cart_id": "c-1"})

    assert [sending.deliver(passage, "coupon") for _ in range(2)] == [DONE, DONE]
    [(webhook, id, content)] = sending.post.callee.called
    assert (webhook, id) == ("coupons", sending.message(passage, "coupon").id)
    assert content["data"]["entry"]["properties"] == {"cart_id": "c-1"}
    kept = sending.journeys.passage(passage.owner, passage.journey, passage.id)
    assert kept is not None
    assert kept.told
    assert b"SPRING" not in kept.told
    assert (sending.told(), sending.claims()) == ([], 0)
    sending.deliver(kept)
    assert [one.subject for one in sending.post.channel.taken] == ["coupon SPRING"]


@pytest.mark.parametrize(
    "error", [UnknownOutcomeError(), NotAcceptedError("refused", again=False)], ids=["unknown", "refused"]
)
def test_a_webhook_that_fails_takes_the_other_way_and_is_not_called_again(error: Exception) -> None:
    sending = Sending(CALL)
    sending.meet()
    passage = sending.enter()

    def fails(_webhook: str) -> None:
        raise error

    sending.post.callee.before = fails
    assert [sending.deliver(passage, "coupon") for _ in range(2)] == [Answered(1), Answered(1)]
    assert len(sending.post.callee.called) == 1


@pytest.mark.parametrize(
    "answer",
    [None, [], "x", {"data": "x"}, {"data": {"code": ["x"]}}, {"data": {"code": "x" * 2_000}}],
    ids=["null", "list", "text", "no object", "no scalar", "long"],
)
def test_an_answer_that_says_nothing_that_was_asked_is_an_answer(answer: Any) -> None:
    sending = Sending(CALL)
    sending.post.callee.answers = {"coupons": answer}
    sending.meet()
    passage = sending.enter()

    assert sending.deliver(passage, "coupon") == DONE
    kept = sending.journeys.passage(passage.owner, passage.journey, passage.id)
    assert kept is not None
    assert "code" not in str(kept.told)


@pytest.mark.parametrize(
    "value",
    ["\ud800x", float("nan"), float("inf"), float("-inf"), 10**4_000, -(10**18), "x" * 1_025, [1], {"a": 1}, None],
    ids=range(10),
)
def test_what_cannot_be_kept_of_an_answer_is_left_out_and_the_rest_is_kept(value: Any) -> None:
    sending = Sending(CALL)
    sending.meet()
    passage = sending.enter()
    sending.post.callee.answers = {"coupons": {"data": value}}

    assert [sending.deliver(passage, "coupon") for _ in range(2)] == [DONE, DONE]
    assert len(sending.post.callee.called) == 1
    assert sending.message(passage, "coupon").outcome == "sent"
    found = sending.journeys.passage(passage.owner, passage.journey, passage.id)
    assert found is not None
    assert found.told == b""


def test_no_webhook_is_called_about_somebody_restricted() -> None:
    sending = Sending(CALL)
    sending.meet()
    Restricter(sending.database, map).restrict(JANE)

    assert sending.deliver(sending.enter(), "coupon") == Answered(1)
    assert sending.post.callee.called == []


def test_somebody_with_very_many_identifiers_is_asked_again_after_the_claim() -> None:
    sending = Sending()
    rules = [{"kind": "user_id", "from": ["userId"], "limit": 1, "known": True}]
    devices = [{"kind": "anonymous_id", "from": ["anonymousId"], "limit": 100}]
    sending.world.define("identity", "rules", {"identifiers": rules + devices, "max_ties_an_hour": 100})
    sending.meet()
    for number in range(60):
        sending.say(an_identify(200 + number, links=(JANE, f"anonymous_id:{number}")))
    passage, transact = sending.enter(), sending.database.transact
    last = Snapshots(sending.database, map).home(alone(JANE)).owners[50]

    def withdraw_at_the_claim(writes: Any) -> None:
        if any(getattr(write, "item", {}).get("outcome") == "claimed" for write in writes):
            setattr(sending.database, "transact", transact)  # noqa: B010 - mypy lets nobody assign a method
            sending.decide(last, "Consent Withdrawn")
        transact(writes)

    setattr(sending.database, "transact", withdraw_at_the_claim)  # noqa: B010 - as above
    sending.deliver(passage)

    assert sending.told() == [("Message Failed", "consent")]
    assert sending.post.channel.asked == []


def test_an_erased_person_leaves_nothing_to_send_and_nothing_is_told() -> None:
    sending = Sending()
    sending.meet()
    passage = sending.enter()
    link = sending.database.get("identities", JANE, "id") or {"owner": JANE, "part": "id"}
    sending.database.put("identities", {**link, "profile_id": f"p_{JANE}", "erased": START})

    assert sending.deliver(passage) == DONE
    assert (sending.addresses, sending.told()) == ([], [])
