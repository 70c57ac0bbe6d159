"""What a source needs consent for is left out at the door, or the event is not stored at all."""

import json
from typing import Any

import pytest

from local.world.memory import MemoryDatabase
from regulars.adapters.http import serve
from regulars.adapters.ingest_api import IngestApi
from regulars.pipeline.opening import Opener
from regulars.stores.definitions import Definition
from tests.messages import WRITE_KEY, a_batch, a_track_call, an_identify_call
from tests.pipeline.front_door import FrontDoor, outcomes
from tests.wire import an_http_event

CONSENT = {
    "analytics": None,
    "marketing": {"categories": ["marketing", "gpc"], "strip": ["context.campaign", "traits.email"]},
}


@pytest.fixture
def careful() -> FrontDoor:
    """A door whose source says for what it needs consent."""
    front_door = FrontDoor(MemoryDatabase())
    front_door.catalog.put(Definition(kind="source", id="web", content={"consent": CONSENT}))
    return front_door


def said(**preferences: bool) -> dict[str, Any]:
    return {"consent": {"categoryPreferences": preferences}, "campaign": {"name": "spring"}}


def test_an_event_without_consent_leaves_no_trace(careful: FrontDoor) -> None:
    receipt = careful.batch(
        a_track_call(context=said(analytics=False)),
        a_track_call(messageId="m-2", context=said(analytics=True)),
        a_track_call(messageId=None, context={"consent": "broken"}),
    )

    assert outcomes(receipt) == ["consent_denied", "accepted", "consent_denied"]
    assert [verdict.outcome for verdict in receipt.verdicts] == ["suppressed", "accepted", "suppressed"]
    assert [verdict.message_id for verdict in receipt.verdicts] == ["m-1", "m-2", ""]
    assert careful.count("events", "quarantine") == 1
    assert careful.journal.counts == {"events_suppressed": 2, "events_accepted": 1}


def test_a_denied_field_is_in_no_part_of_the_event(careful: FrontDoor) -> None:
    call = an_identify_call(traits={"email": "jane@example.com", "plan": "gold"}, context=said(marketing=False))
    assert outcomes(careful.batch(call)) == ["accepted"]

    (event,) = careful.events()
    shown = Opener(careful.sealer, personal=True).event(event)
    assert (shown.traits, [link.split(":")[0] for link in event.links]) == (
        {"plan": "gold"},
        ["user_id", "anonymous_id"],
    )
    assert "campaign" not in event.context
    assert "jane" not in repr(shown)


def test_consent_that_a_batch_says_for_all_its_events_counts_for_each(careful: FrontDoor) -> None:
    receipt = careful.batch(a_track_call(), context=said(analytics=False))

    assert outcomes(receipt) == ["consent_denied"]


def test_a_browser_that_asks_not_to_be_tracked_is_heard(careful: FrontDoor) -> None:
    body = a_batch(a_track_call(context=said()), writeKey=WRITE_KEY)
    event = an_http_event(("/v1/batch", {"Sec-GPC": "1"}, json.dumps(body).encode()))
    answer = serve(event, IngestApi(careful.door).answer, lambda _error: None)

    assert json.loads(answer["body"])["accepted"] == 1
    (stored,) = careful.events()
    assert "campaign" not in stored.context


@pytest.mark.parametrize(
    ("header", "said_of", "told"),
    [("1", True, "honoured"), (" 1 ", True, "honoured"), ("0", True, None), ("", True, None), ("1", False, None)],
)
def test_p11_the_answer_tells_the_page_that_the_signal_is_in_the_ledger(
    careful: FrontDoor, header: str, said_of: bool, told: str | None
) -> None:
    body = a_batch(a_track_call(context=said(analytics=said_of)), writeKey=WRITE_KEY)
    event = an_http_event(("/v1/batch", {"Sec-GPC": header}, json.dumps(body).encode()))
    answer = serve(event, IngestApi(careful.door).answer, lambda _error: None)

    assert json.loads(answer["body"]).get("gpc") == told


def test_a_source_that_says_nothing_takes_everything() -> None:
    front_door = FrontDoor(MemoryDatabase())

    assert outcomes(front_door.batch(a_track_call(context=said(analytics=False)))) == ["accepted"]
    (event,) = front_door.events()
    assert event.context["consent"] == {"categoryPreferences": {"analytics": False}}


def test_what_says_a_decision_is_always_heard(careful: FrontDoor) -> None:
    names = ["Consent Withdrawn", "Consent Given", "Segment Consent Preference Updated", "Consent Viewed"]
    about = {"context": said(analytics=False), "properties": {"purpose": "newsletter"}}
    receipt = careful.batch(*(a_track_call(messageId=name, event=name, **about) for name in names))

    assert outcomes(receipt) == ["accepted", "accepted", "accepted", "consent_denied"]


def test_the_proof_of_a_decision_is_sealed_and_what_it_is_about_is_not() -> None:
    front_door = FrontDoor(MemoryDatabase())
    front_door.batch(a_track_call(event="Consent Given", properties={"purpose": "newsletter", "proof": "form 7"}))

    (event,) = front_door.events()
    assert event.properties == {"purpose": "newsletter"}
    assert Opener(front_door.sealer, personal=True).event(event).properties["proof"] == "form 7"


def test_a_browser_that_asks_not_to_be_tracked_is_noted_for_the_ledger() -> None:
    front_door = FrontDoor(MemoryDatabase())
    front_door.door.receive(a_track_call(), type="track", write_keys=[WRITE_KEY], opted_out=True)

    (event,) = front_door.events()
    assert event.context["gpc"] is True
