"""What people consent to, over HTTP: read, recorded, and asked before anybody is listed."""

from typing import Any

import pytest

from regulars.domain.instants import to_text
from regulars.domain.roles import ROLES
from tests.consents import PURPOSES
from tests.workspace import Answer, Workspace

ANN: dict[str, Any] = {"type": "identify", "userId": "ann", "anonymousId": "a-1", "traits": {"plan": "gold"}}
BOB: dict[str, Any] = {"type": "identify", "userId": "bob", "anonymousId": "b-1", "traits": {"plan": "gold"}}
GRANT = {"purpose": "newsletter", "channel": "email", "state": "granted", "proof": "form of 3 May", "reason": "asked"}
GOLD = {"name": "Gold", "where": {"trait": "plan", "equals": "gold"}}


@pytest.fixture
def shop() -> Workspace:
    """A workspace with purposes and two people."""
    workspace = Workspace()
    workspace.world.define("consent", "purposes", PURPOSES)
    workspace.send(ANN, BOB)
    return workspace


def said(event: str, user: str | None = None, **properties: str) -> dict[str, Any]:
    """A decision by a web page."""
    return {"type": "track", "event": event, "anonymousId": "a-1", "properties": properties} | (
        {"userId": user} if user else {}
    )


def record(shop: Workspace, ref: str, role: str = "service", **change: Any) -> Answer:
    """Record a decision, and let the streams bring it."""
    body = {name: value for name, value in {**GRANT, **change}.items() if value is not None}
    answer = shop.ask("POST", f"/v1/profiles/{ref}/consent", role, body=body)
    shop.world.settle()
    return answer


def states(answer: Answer) -> dict[str, str]:
    """Say how somebody stands to each purpose."""
    return {
        "/".join(each for each in (one["purpose"], one["channel"]) if each): one["state"]
        for one in answer.content["purposes"]
    }


def test_who_decided_nothing_consents_to_nothing_but_what_needs_no_consent(shop: Workspace) -> None:
    answer = shop.get("/v1/profiles/user_id:ann/consent", "analyst")

    assert states(answer) == {
        "newsletter/email": "denied",
        "newsletter/sms": "denied",
        "advertising": "denied",
        "analytics": "granted",
        "orders/email": "granted",
    }
    assert [one["why"] for one in answer.content["purposes"]] == ["unsaid"] * 4 + ["basis"]


def test_a_recorded_grant_holds_with_its_proof_for_those_who_may_read_it(shop: Workspace) -> None:
    recorded = record(shop, "user_id:ann", text="2026-01")
    read, masked = (shop.get("/v1/profiles/user_id:ann/consent", role) for role in ("privacy", "analyst"))

    assert recorded.status == 200
    assert states(recorded) == states(read)
    assert states(read)["newsletter/email"] == "granted"
    assert states(read)["newsletter/sms"] == "denied"
    decision = read.content["purposes"][0]["decision"]
    assert (decision["proof"], decision["reason"], decision["by"]) == ("form of 3 May", "asked", "s-1")
    assert (decision["source"], decision["text"], decision["proven"]) == ("consent", "2026-01", True)
    assert masked.content["purposes"][0]["decision"]["masked"]
    assert "form of 3 May" not in masked.text


def test_what_is_recorded_stays_in_the_events_and_names_whom_it_is_of(shop: Workspace) -> None:
    record(shop, "user_id:ann")
    events = shop.get("/v1/profiles/user_id:ann/events").content["events"]

    assert events[0]["event"] == "Consent Given"
    [user] = [one for one in shop.get("/v1/profiles/user_id:ann").content["identifiers"] if one["kind"] == "user_id"]
    assert user["value"] == "ann"


def test_the_ledger_lists_every_decision_newest_first_and_in_pages(shop: Workspace) -> None:
    record(shop, "user_id:ann")
    shop.send(
        {"type": "page", "userId": "ann", "anonymousId": "a-1"},
        {
            "type": "page",
            "anonymousId": "a-1",
            "timestamp": to_text(shop.world.clock.now + 2_000_000),
            "context": {"consent": {"categoryPreferences": {"C0004": True}}},
        },
    )
    record(shop, "user_id:ann", state="denied", purpose=None, channel=None, proof=None)
    path, seen, cursor = "/v1/profiles/user_id:ann/consent/decisions", [], None
    while True:
        page = shop.get(path, limit="1", **({"cursor": cursor} if cursor else {})).content
        seen += page["decisions"]
        if not (cursor := page["next"]):
            break

    assert [one["matters"] for one in seen] == [
        {"everything": "denied"},
        {"segment:C0004": "granted"},
        {"purpose:newsletter/email": "granted"},
    ]
    assert seen == shop.get(path).content["decisions"]


def test_a_later_denial_on_a_device_holds_and_unmerge_gives_both_sides_again(shop: Workspace) -> None:
    record(shop, "user_id:ann")
    shop.send(said("Consent Withdrawn", purpose="newsletter"))
    together = states(shop.get("/v1/profiles/user_id:ann/consent"))["newsletter/email"]
    shop.take_apart("user_id:ann", shop.owner("anonymous_id", "a-1"))

    assert together == "denied"
    assert states(shop.get("/v1/profiles/user_id:ann/consent"))["newsletter/email"] == "granted"
    assert states(shop.get("/v1/profiles/anonymous_id:a-1/consent"))["newsletter/email"] == "denied"


def test_a_rebuild_finds_what_people_decided_right(shop: Workspace) -> None:
    record(shop, "user_id:ann")
    shop.send(said("Consent Withdrawn", "ann", purpose="newsletter"))
    shop.world.advance(shop.world.clock.now + 120_000_000)

    rebuilt = shop.ask("POST", "/v1/profiles/user_id:ann/rebuild", "admin").content

    assert rebuilt["changed"] == 0
    assert states(shop.get("/v1/profiles/user_id:ann/consent"))["newsletter/email"] == "denied"


def test_a_public_key_denies_in_anybodys_name_and_grants_in_nobodys(shop: Workspace) -> None:
    shop.send(said("Consent Given", "ann", purpose="newsletter"))
    granted = states(shop.get("/v1/profiles/user_id:ann/consent"))["newsletter/email"]
    record(shop, "user_id:ann")
    shop.send(said("Consent Withdrawn", "ann", purpose="newsletter"))

    assert granted == "denied"
    assert states(shop.get("/v1/profiles/user_id:ann/consent"))["newsletter/email"] == "denied"


def test_a_repeated_request_counts_once(shop: Workspace) -> None:
    first, second = (record(shop, "user_id:ann", messageId="case-7") for _ in range(2))
    other = record(shop, "user_id:bob", messageId="case-7")
    changed = record(shop, "user_id:ann", messageId="case-7", reason="another")

    assert (first.content["duplicate"], second.content["duplicate"]) == (False, True)
    assert "another person" in other.content["message"]
    assert "another decision" in changed.content["message"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"proof": None}, "proof"),
        ({"purpose": None}, "names its purpose"),
        ({"purpose": "nothing"}, "newsletter, advertising"),
        ({"channel": "post"}, "email, sms"),
        ({"purpose": "orders"}, "nobody is asked"),
        ({"state": "yes"}, "the body is such as"),
        ({"reason": " "}, "reason is a text"),
        ({"reason": None}, "the body is such as"),
        ({"proof": "x" * 1_001}, "proof is a text"),
        ({"proof": 1}, "proof is a text"),
        ({"text": "x" * 101}, "text is the version"),
        ({"messageId": "x" * 101}, "messageId is a text"),
        ({"messageId": "ann"}, "never says of whom"),
        ({"owner": "me"}, "the body takes"),
        ({"state": "denied", "purpose": None}, "channel is one of a purpose"),
    ],
)
def test_says_what_a_decision_lacks(shop: Workspace, change: dict[str, Any], words: str) -> None:
    answer = record(shop, "user_id:ann", **change)

    assert (answer.status, answer.content["code"]) == (400, "invalid_request")
    assert words in answer.content["message"]


def test_only_those_who_serve_people_record_and_make_links(shop: Workspace) -> None:
    paths = ("consent", "preference-link")
    allowed = {
        role
        for role in ROLES
        for path in paths
        if shop.ask("POST", f"/v1/profiles/user_id:ann/{path}", role, body=GRANT if path == "consent" else {}).status
        == 200
    }

    assert allowed == {"admin", "service", "privacy"}


def test_nobody_is_asked_who_is_not_there(shop: Workspace) -> None:
    assert shop.get("/v1/profiles/user_id:nobody/consent").status == 404
    assert shop.get("/v1/profiles/user_id:nobody/consent/decisions").status == 404
    assert record(shop, "user_id:nobody").status == 404


def test_a_segment_has_only_whom_it_may_reach_and_loses_them_with_their_consent(shop: Workspace) -> None:
    shop.put("/v1/segments/gold", {"definition": {**GOLD, "purpose": "newsletter", "channel": "email"}})
    shop.world.settle()
    path = "/v1/segments/gold/members"
    before = shop.get(path).content["members"]
    record(shop, "user_id:ann")
    with_consent = [one["profile_id"] for one in shop.get(path).content["members"]]
    since = shop.world.clock.now
    shop.send(said("Consent Withdrawn", "ann", purpose="newsletter"))
    shop.world.settle()

    assert before == []
    assert with_consent == [shop.get("/v1/profiles/user_id:ann").content["profile_id"]]
    assert shop.get(path).content["members"] == []
    assert shop.world.clock.now - since <= 60_000_000
    assert shop.world.journal.counts["held_back"] > 0
    words = shop.get("/v1/profiles/user_id:ann/segments/gold/why").content
    assert not words["member"]
    assert "consents to newsletter by email" in str(words["why"])


def test_members_are_listed_without_those_who_do_not_consent_and_these_are_counted(shop: Workspace) -> None:
    shop.put("/v1/segments/gold", {"definition": GOLD})
    shop.world.settle()
    record(shop, "user_id:ann")
    path = "/v1/segments/gold/members"
    by_mail = shop.get(path, purpose="newsletter", channel="email").content
    by_any = shop.get(path, purpose="newsletter").content

    assert "held_back" not in shop.get(path).content
    assert len(shop.get(path).content["members"]) == 2
    assert [one["profile_id"] for one in by_mail["members"]] == [
        shop.get("/v1/profiles/user_id:ann").content["profile_id"]
    ]
    assert (by_mail["held_back"], by_any["held_back"], by_any["members"]) == (1, 2, [])
    assert shop.get(path, purpose="nothing").status == 400
    assert shop.get(path, purpose="newsletter", channel="post").status == 400
    assert shop.get(path, channel="email").status == 400


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        ({**GOLD, "purpose": "nothing"}, "there is none: define it in consent.yaml"),
        ({**GOLD, "purpose": "newsletter", "channel": "post"}, "add it to its channels"),
        ({"where": {"consent": {"purpose": "nothing"}}}, "there is none: define it in consent.yaml"),
    ],
)
def test_a_segment_reads_purposes_that_there_are(shop: Workspace, definition: dict[str, Any], words: str) -> None:
    answer = shop.put("/v1/segments/gold", {"definition": definition})

    assert (answer.status, answer.content["code"]) == (400, "invalid_definition")
    assert words in answer.content["message"]


def test_a_purpose_that_a_segment_reads_stays(shop: Workspace) -> None:
    shop.put("/v1/segments/gold", {"definition": {"where": {"consent": {"purpose": "advertising"}}}})
    left: dict[str, Any] = {"purposes": {"newsletter": {}}}

    answer = shop.put("/v1/consent", {"definition": left}, "privacy")

    assert (answer.status, answer.content["code"]) == (400, "invalid_definition")
    assert "the segment gold reads the purpose advertising" in answer.content["message"]


def test_what_a_category_stands_for_is_asked_anew_when_that_changes(shop: Workspace) -> None:
    shop.put("/v1/segments/ads", {"definition": {"where": {"consent": {"purpose": "advertising"}}}})
    shop.send({**ANN, "context": {"consent": {"categoryPreferences": {"mine": True}}}})
    before = shop.get("/v1/segments/ads/members").content["members"]
    mapped = {**PURPOSES, "categories": {"segment": {"mine": ["advertising"]}}}
    shop.put("/v1/consent", {"definition": mapped}, "privacy")
    shop.world.settle()

    assert before == []
    assert len(shop.get("/v1/segments/ads/members").content["members"]) == 1


def test_previews_say_that_they_cannot_ask_for_consent(shop: Workspace) -> None:
    drafts: list[dict[str, Any]] = [
        {**GOLD, "purpose": "newsletter"},
        {"where": {"not": {"consent": {"purpose": "advertising"}}}},
    ]

    for definition in drafts:
        for path in ("preview", "sql"):
            answer = shop.ask("POST", f"/v1/segments/{path}", "marketer", body={"definition": definition})
            assert (answer.status, answer.content["code"]) == (400, "invalid_definition")
            assert "leave it out" in answer.content["message"]
