"""One address in many spellings: what is known of any of them holds for all."""

from typing import Any

import pytest

from regulars.domain.journeys import Channel
from regulars.domain.profiles import alone
from regulars.domain.send_ledger import ledger_name
from regulars.pipeline.gate import MOST_BOUND
from regulars.pipeline.seizing import Seizer
from regulars.pipeline.settling import Feedback, News
from regulars.pipeline.snapshots import Snapshots
from regulars.stores.journey_rows import is_about, redacted
from regulars.stores.journeys import Suppressed
from regulars.stores.ledger import Ledger
from tests.pipeline.test_gate import ANN, TEXT, in_between, owner_of
from tests.pipeline.test_settling import settler
from tests.sending import JANE, Sending


def said(kind: str, value: str) -> dict[str, Any]:
    """Give a trait."""
    return {kind: value}


SPELLINGS = [
    ("sms", "phone", "+49 170 1234567", "+491701234567"),
    ("email", "email", "jane@Müller.example", "jane@xn--mller-kva.example"),
    ("email", "email", "jane@xn--mller-kva.example", "jane@müller.example"),
]


@pytest.mark.parametrize(("channel", "kind", "given", "other"), SPELLINGS, ids=["number", "host", "host in letters"])
@pytest.mark.parametrize("how", ["erased", "seized", "suppressed"])
def test_an_address_is_the_same_however_it_is_spelled(
    channel: Channel, kind: str, given: str, other: str, how: str
) -> None:
    sending = Sending(*([TEXT] if channel == "sms" else []))
    sending.template("text", "sms")
    sending.meet(**said(kind, given))
    address = owner_of(sending, kind, other)
    if how == "erased":
        Ledger(sending.database).mark(address, at=1, request="q1")
    elif how == "seized":
        sending.tie(ANN, address)
        Seizer(sending.database, sending.world.clock).seize(ANN, "q1")
    else:
        sending.journeys.suppress(Suppressed(owner=address, channel=channel, since=1, reason="bounce"))

    sending.deliver(sending.enter())
    assert sending.told() == [("Message Not Sent", "suppressed")]
    assert sending.addresses == []


@pytest.mark.parametrize(("channel", "kind", "given", "other"), SPELLINGS, ids=["number", "host", "host in letters"])
@pytest.mark.parametrize("news", ["bounced", "complained"])
def test_what_bounced_under_one_spelling_gets_nothing_under_another(
    channel: Channel, kind: str, given: str, other: str, news: News
) -> None:
    sending = Sending(*([TEXT] if channel == "sms" else []))
    sending.template("text", "sms")
    sending.meet(**said(kind, given))
    sending.meet(ANN, **said(kind, other))
    passage = sending.enter()
    sending.deliver(passage)
    assert len(sending.addresses) == 1

    settled = settler(sending).hear(Feedback(ledger_name(sending.message(passage)), news))
    sending.deliver(sending.enter(ANN))
    assert settled
    assert sending.told(ANN)[-1] == ("Message Not Sent", "suppressed")
    assert len(sending.addresses) == 1


@pytest.mark.parametrize("spelling", [0, 1])
def test_a_complaint_about_a_spelling_in_between_is_bound(spelling: int) -> None:
    sending = Sending(TEXT)
    sending.template("text", "sms")
    sending.meet()
    address = owner_of(sending, "phone", ("+49 170 1234567", "+491701234567")[spelling])
    passage = sending.enter()
    complaint = Suppressed(owner=address, channel="sms", since=1, reason="complaint")
    in_between(sending, lambda: sending.journeys.suppress(complaint))

    sending.deliver(passage)
    assert sending.told() == [("Message Not Sent", "suppressed")]
    assert sending.addresses == []


def test_spellings_of_one_person_are_bound_once() -> None:
    sending = Sending(TEXT)
    sending.template("text", "sms")
    sending.meet()
    numbers = [owner_of(sending, "phone", value) for value in ("+49 170 1234567", "+491701234567")]
    sending.tie(ANN, *numbers)

    sending.deliver(sending.enter())
    assert sending.addresses == ["+491701234567"]


@pytest.mark.parametrize("gone", ["+49 170 1234567", "+491701234567"])
def test_an_erased_address_is_named_in_no_spelling(gone: str) -> None:
    sending = Sending(TEXT)
    sending.template("text", "sms")
    sending.meet()
    sending.deliver(sending.enter())
    [row] = [item for item in sending.database.all("journeys") if str(item["item"]).startswith("send#")]
    owners = {owner_of(sending, "phone", gone)}

    assert is_about(row, owners)
    left = redacted(row, owners)
    assert left
    assert (left["address"], left["also"]) == ("", "")
    assert redacted(row, {"phone:x"}) == row


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_claim_has_room_for_all_spellings_of_the_address(more: int) -> None:
    sending = Sending()
    given = "jane@Müller。example"  # a full stop of another script
    devices = {"kind": "anonymous_id", "from": ["anonymousId"], "limit": 100}
    user = {"kind": "user_id", "from": ["userId"], "limit": 1, "known": True}
    sending.world.define("identity", "rules", {"identifiers": [user, devices], "max_ties_an_hour": 100})
    sending.meet(email=given)
    for number in range(MOST_BOUND - 1 + more):
        sending.tie(JANE, f"anonymous_id:{number}")
    for number, spelled in enumerate((given, "jane@müller.example", "jane@xn--mller-kva.example")):
        sending.tie(f"user_id:other{number}", owner_of(sending, "email", spelled))

    passage = sending.enter()
    sending.deliver(passage)
    assert sending.addresses == ["jane@xn--mller-kva.example"]
    assert len(Snapshots(sending.database, map).home(alone(JANE)).owners) == MOST_BOUND + more
    assert len({sending.message(passage).address, *sending.message(passage).also}) == 3
