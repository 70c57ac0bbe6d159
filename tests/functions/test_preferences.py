"""The preference page, and unsubscribing in one click: by a signed link, without a login, changed by a POST alone."""

import importlib
import re
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.adapters import clients
from regulars.adapters.clock import now
from regulars.adapters.preference_api import PreferenceApi
from regulars.adapters.sealing import KmsSealer, KmsWrapper
from regulars.adapters.settings import workspace_cmk
from regulars.domain.calls import Delivery, read
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.instants import DAY, SECOND
from regulars.domain.preference_tokens import Ticket, read_ticket, ticket_key, write_ticket
from regulars.domain.sources import Source
from regulars.errors import EndedLinkError, InvalidLinkError
from regulars.pipeline.admission import lay_out
from regulars.pipeline.stamping import Stamps
from regulars.stores.definitions import Definition, DefinitionStore
from regulars.stores.events import EventStore, from_item
from tests.builders import START
from tests.consents import PURPOSES
from tests.workspace import MANY, Workspace

ANN: dict[str, Any] = {
    "type": "identify",
    "userId": "ann",
    "anonymousId": "a-1",
    "traits": {"email": "ann@shop.example", "plan": "gold"},
}
KEY = ticket_key(bytes(32))
ONE_CLICK = "List-Unsubscribe=One-Click"


class Letters:
    """A workspace that sends letters with links, and people who open them."""

    def __init__(self) -> None:
        self.workspace = Workspace()
        self.workspace.world.define("consent", "purposes", PURPOSES)
        self.workspace.send(ANN)
        self.failures: list[Exception] = []
        self.numbers = iter(range(10**6))
        self.api = PreferenceApi.over(
            self.workspace.world.database,
            self.workspace.sealer,
            MANY,
            clock=self.workspace.world.clock,
            random=lambda: f"n-{next(self.numbers)}",
        )

    def link(self, ref: str = "user_id:ann", **wish: Any) -> dict[str, str]:
        """Have links made; give their tokens."""
        answer = self.workspace.ask("POST", f"/v1/profiles/{ref}/preference-link", "service", body=wish)
        assert answer.status == 200, answer.text
        return {name: answer.content[name].partition("token=")[2] for name in ("preferences", "unsubscribe")}

    def ask(
        self, method: str, page: str, token: str | None = None, body: str = "", *, signal: str = ""
    ) -> dict[str, Any]:
        """Ask as the gateway does, perhaps with `Sec-GPC`, and let the streams bring what follows."""
        response = self.api.serve(
            {
                "rawPath": f"/v1/{page}",
                "queryStringParameters": {"token": token} if token is not None else None,
                "requestContext": {"http": {"method": method}},
                "headers": {"sec-gpc": signal} if signal else {},
                "body": body,
            },
            self.failures.append,
        )
        self.workspace.world.settle()
        return response

    def save(self, token: str, *granted: str, was: tuple[str, ...] = (), action: str = "save") -> dict[str, Any]:
        """Send the form of the page."""
        fields = [("token", token), ("action", action), *(("granted", one) for one in granted)]
        return self.ask("POST", "preferences", body=urlencode([*fields, *(("was", one) for one in was)]))

    def granted(self, ref: str = "user_id:ann") -> set[str]:
        """Name what somebody consents to, of what they are asked for."""
        purposes = self.workspace.get(f"/v1/profiles/{ref}/consent").content["purposes"]
        return {
            "/".join(filter(None, (one["purpose"], one["channel"])))
            for one in purposes
            if one["state"] == "granted" and one["why"] != "basis"
        }

    def events(self) -> int:
        """Count what is stored of ann."""
        return len(self.workspace.get("/v1/profiles/user_id:ann/events").content["events"])


@pytest.fixture
def letters() -> Letters:
    return Letters()


def test_a_page_shows_what_a_person_is_asked_for_and_nothing_of_who_they_are(letters: Letters) -> None:
    token = letters.link()["preferences"]
    page = letters.ask("GET", "preferences", token)

    assert page["statusCode"] == 200
    for word in ("Newsletter: by email", "Newsletter: by sms", "Advertising", "Order letters", 'lang="en"', "<h1>"):
        assert word in page["body"]
    for secret in ("ann@", "gold", "a-1", "<script"):
        assert secret not in page["body"]
    assert "ann" not in re.sub(r"channel|Advertising|cannot", "", page["body"].replace(token, ""))
    assert "default-src 'none'" in page["headers"]["content-security-policy"]
    assert page["headers"]["referrer-policy"] == "no-referrer"
    assert page["headers"]["cache-control"] == "no-store"
    assert page["body"].count("<label>") == page["body"].count('type="checkbox"') == 4


def test_to_look_at_a_page_changes_nothing(letters: Letters) -> None:
    before, links = letters.events(), letters.link()
    for page, token in links.items():
        for method in ("GET", "GET"):
            assert letters.ask(method, page, token)["statusCode"] == 200

    assert letters.events() == before


HONOURED = "opt-out signal (Global Privacy Control) is honoured: Advertising is off"


def test_p11_the_page_shows_that_the_browsers_signal_is_honoured_and_records_it_once(letters: Letters) -> None:
    token, before = letters.link()["preferences"], letters.events()
    letters.save(token, "advertising")
    agreed = letters.granted()
    pages = [letters.ask("GET", "preferences", token, signal="1")["body"] for _ in range(3)]

    assert "advertising" in agreed
    assert "advertising" not in letters.granted()
    assert all(HONOURED in page for page in pages)
    assert letters.events() == before + 2
    assert HONOURED not in letters.ask("GET", "preferences", token)["body"]
    assert HONOURED not in letters.ask("GET", "preferences", token, signal="0")["body"]


def test_who_agrees_on_the_page_in_spite_of_the_signal_is_told_and_believed(letters: Letters) -> None:
    token = letters.link()["preferences"]
    letters.ask("GET", "preferences", token, signal="1")
    letters.save(token, "advertising")
    page = letters.ask("GET", "preferences", token, signal="1")["body"]

    assert "advertising" in letters.granted()
    assert HONOURED not in page
    assert "you agreed here to Advertising" in page


def test_the_page_says_nothing_of_a_signal_where_nothing_is_sold(letters: Letters) -> None:
    letters.workspace.world.define("consent", "purposes", {"purposes": {"newsletter": {"name": "Newsletter"}}})
    token, before = letters.link()["preferences"], letters.events()
    page = letters.ask("GET", "preferences", token, signal="1")["body"]

    assert "Global Privacy Control" not in page
    assert letters.events() == before


def test_what_was_chosen_holds_and_is_the_persons_own(letters: Letters) -> None:
    saved = letters.save(letters.link()["preferences"], "newsletter/email", "analytics", was=("analytics",))
    consent = letters.workspace.get("/v1/profiles/user_id:ann/consent").content["purposes"]

    assert "saved" in saved["body"]
    assert letters.granted() == {"newsletter/email", "analytics"}
    assert consent[0]["why"] == "signed_in"
    assert consent[0]["decision"]["by"] == "preference link"
    assert "by a signed link" in consent[0]["decision"]["proof"]
    assert 'value="newsletter/email" checked' in saved["body"]


def test_what_was_left_as_it_was_is_not_decided(letters: Letters) -> None:
    before = letters.events()
    letters.save(letters.link()["preferences"], "analytics", was=("analytics",))

    assert letters.events() == before


def test_a_withdrawal_that_was_made_meanwhile_is_not_undone_by_an_older_page(letters: Letters) -> None:
    token = letters.link()["preferences"]
    letters.save(token, "newsletter/email", "newsletter/sms")
    letters.ask("POST", "unsubscribe", letters.link(purpose="newsletter", channel="email")["unsubscribe"], ONE_CLICK)
    letters.save(token, "newsletter/email", was=("newsletter/email", "newsletter/sms", "analytics"))

    assert letters.granted() == set()


def test_unsubscribes_from_everything(letters: Letters) -> None:
    token = letters.link()["preferences"]
    letters.save(token, "newsletter/email", "advertising")
    letters.save(token, "newsletter/email", action="everything")

    assert letters.granted() == set()


def test_one_click_withdraws_once_from_what_the_letter_is_about(letters: Letters) -> None:
    letters.save(letters.link()["preferences"], "newsletter/email", "newsletter/sms", "analytics", was=("analytics",))
    token = letters.link(purpose="newsletter", channel="email")["unsubscribe"]
    answers = [letters.ask("POST", "unsubscribe", token, ONE_CLICK)["statusCode"]]
    after = letters.events()
    answers.append(letters.ask("POST", "unsubscribe", token, ONE_CLICK)["statusCode"])

    assert answers == [200, 200]
    assert letters.granted() == {"newsletter/sms", "analytics"}
    assert letters.events() == after


def test_one_click_takes_forms_of_both_kinds_and_the_button_of_our_page(letters: Letters) -> None:
    parts = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    token = letters.link()["unsubscribe"]

    assert letters.ask("POST", "unsubscribe", token, parts)["statusCode"] == 200
    assert letters.ask("POST", "unsubscribe", body=f"token={token}&{ONE_CLICK}")["statusCode"] == 200
    assert letters.ask("POST", "unsubscribe", token, "")["statusCode"] == 400


def test_a_link_to_unsubscribe_does_no_more(letters: Letters) -> None:
    token = letters.link()["unsubscribe"]
    refused = letters.save(token, "newsletter/email")

    assert refused["statusCode"] == 400
    assert letters.granted() == {"analytics"}
    assert "newsletter" not in letters.ask("GET", "preferences", token)["body"].lower()


def test_a_link_belongs_to_the_identifier_that_it_was_made_for(letters: Letters) -> None:
    letters.save(letters.link("email:ann@shop.example")["preferences"], "newsletter/email")
    letters.workspace.take_apart("user_id:ann", letters.workspace.owner("email", "ann@shop.example"))

    assert "newsletter/email" in letters.granted("email:ann@shop.example")
    assert "newsletter/email" not in letters.granted("user_id:ann")


def test_a_link_ends(letters: Letters) -> None:
    token = letters.link(days=2)["preferences"]
    letters.workspace.world.advance(letters.workspace.world.clock.now + 2 * DAY)
    page = letters.ask("GET", "preferences", token)

    assert page["statusCode"] == 410
    assert "newer letter" in page["body"]


@pytest.mark.parametrize("token", ["", "x", "A" * 5_000, "ö", "AAAA", "%00", "=", "../..", "<script>"])
@pytest.mark.parametrize(("method", "page"), [("GET", "preferences"), ("GET", "unsubscribe"), ("POST", "unsubscribe")])
def test_what_is_no_link_gets_a_page_that_says_what_to_do(letters: Letters, method: str, page: str, token: str) -> None:
    answer = letters.ask(method, page, token, ONE_CLICK)

    assert answer["statusCode"] == 400
    assert "copy the whole of it" in answer["body"]
    assert "<script" not in answer["body"]
    assert letters.failures == []


@pytest.mark.parametrize("body", ["", "granted=", "\udcff", "a" * 30_000, "&" * 5_000, "a=1&" * 2_000, "%ff%fe", "{}"])
def test_a_form_that_is_none_is_refused(letters: Letters, body: str) -> None:
    assert letters.ask("POST", "preferences", body=body)["statusCode"] in (400, 413)
    assert letters.failures == []


def test_an_unknown_choice_in_a_form_is_nothing(letters: Letters) -> None:
    before = letters.events()
    answer = letters.save(
        letters.link()["preferences"], "orders/email", "nothing", "<b>", "analytics", was=("analytics",)
    )

    assert answer["statusCode"] == 200
    assert letters.events() == before


def test_what_fails_is_told_as_a_page(letters: Letters, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters.api.preferences, "open", lambda _token: 1 / 0)
    answer = letters.ask("GET", "preferences", "x")

    assert (answer["statusCode"], len(letters.failures)) == (503, 1)
    assert "try again" in answer["body"]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"purpose": "nothing"}, "purpose is one of"),
        ({"purpose": "orders"}, "nobody is asked"),
        ({"channel": "email"}, "name that, too"),
        ({"days": 0}, "days is a whole number"),
        ({"days": "ten"}, "days is a whole number"),
        ({"to": "ann"}, "the body takes"),
    ],
)
def test_says_what_a_link_cannot_do(letters: Letters, wish: dict[str, Any], words: str) -> None:
    answer = letters.workspace.ask("POST", "/v1/profiles/user_id:ann/preference-link", "service", body=wish)

    assert (answer.status, answer.content["code"]) == (400, "invalid_request")
    assert words in answer.content["message"]


def test_nobody_is_sent_a_link_who_is_not_known(letters: Letters) -> None:
    letters.workspace.send({"type": "page", "anonymousId": "b-1", "context": {"gpc": True}})
    answer = letters.workspace.ask("POST", "/v1/profiles/anonymous_id:b-1/preference-link", "service", body={})

    assert answer.status == 400
    assert "nowhere to send it" in answer.content["message"]


TICKETS = st.builds(
    lambda owner, until, said: Ticket(owner=f"email:{owner}", until=until * SECOND, **said),
    st.text("abc234", min_size=26, max_size=26),
    st.integers(1, 10**10),
    st.sampled_from(
        [{"preferences": True}, {}, {"purpose": "newsletter"}, {"purpose": "newsletter", "channel": "email"}]
    ),
)


@given(TICKETS)
def test_a_token_gives_its_ticket_back_until_it_ends(ticket: Ticket) -> None:
    token = write_ticket(ticket, KEY)

    assert read_ticket(token, KEY, now=ticket.until - 1) == ticket
    with pytest.raises(EndedLinkError):
        read_ticket(token, KEY, now=ticket.until)


@given(TICKETS, st.data())
def test_no_other_token_is_taken(ticket: Ticket, data: st.DataObject) -> None:
    token = write_ticket(ticket, KEY)
    at = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("ABCabc019-_"))
    forged = token[:at] + letter + token[at + 1 :]

    for other in {forged, token[:at], token + letter, f"{token}="} - {token}:
        with pytest.raises(InvalidLinkError):
            read_ticket(other, KEY, now=0)
    with pytest.raises(InvalidLinkError):
        read_ticket(token, ticket_key(bytes(31) + b"x"), now=0)


def test_the_function_withdraws_in_the_real_tables(tables: None, monkeypatch: pytest.MonkeyPatch) -> None:
    del tables
    for cached in (clients.database, clients.kms, clients.large, clients.s3):
        cached.cache_clear()
    monkeypatch.setenv("WORKSPACE_CMK", boto3.client("kms").create_key()["KeyMetadata"]["KeyId"])
    module = importlib.reload(importlib.import_module("functions.preferences.handler"))
    database, sealer = clients.database(), KmsSealer(clients.database(), KmsWrapper(clients.kms, workspace_cmk()))
    DefinitionStore(database).put(Definition(kind="consent", id="purposes", content=PURPOSES))
    source = Source(id="web", name="Web")
    at = Delivery(source=source, received=START, rules=DEFAULT_RULES, hash_key=sealer.hash_key)
    call = read({"type": "identify", "userId": "u-1", "messageId": "m"}, at)
    sealer.prepare([call.event.owner])
    EventStore(database).insert([from_item(lay_out(call, sealer, Stamps(database, now)))])
    ticket = Ticket(owner=call.event.owner, until=10**10 * SECOND, purpose="newsletter", channel="email")
    event = {
        "rawPath": "/v1/unsubscribe",
        "queryStringParameters": {"token": write_ticket(ticket, ticket_key(sealer.hash_key))},
        "requestContext": {"http": {"method": "POST"}},
        "body": ONE_CLICK,
    }

    assert module.handler(event, None)["statusCode"] == 200
    stored = EventStore(database).newest(call.event.owner, limit=1)
    assert [(one.name, one.properties, one.proven) for one in stored] == [
        ("Consent Withdrawn", {"purpose": "newsletter", "channel": "email"}, True)
    ]
