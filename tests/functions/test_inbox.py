"""The inbox: read with a signed token by whom it names, marked once, and empty for who is restricted or was erased."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.adapters.inbox_api import InboxApi
from regulars.domain.inbox import InboxMessage
from regulars.domain.inbox_tokens import InboxTicket, inbox_key, read_inbox_token, write_inbox_token
from regulars.domain.instants import DAY, SECOND
from regulars.domain.preference_tokens import Ticket, ticket_key, write_ticket
from regulars.errors import UnauthorizedError
from regulars.pipeline.inbox import put_inbox
from regulars.pipeline.restricting import Restricter
from tests.builders import START
from tests.workspace import MANY, Workspace

ANN: dict[str, Any] = {"type": "identify", "userId": "ann", "anonymousId": "a-1", "traits": {"plan": "gold"}}
KEY = inbox_key(bytes(32))


class App:
    """A shop with an inbox, and people who look into it."""

    def __init__(self) -> None:
        self.workspace = Workspace()
        self.workspace.send(ANN, {"type": "identify", "userId": "bob", "traits": {"plan": "free"}})
        self.failures: list[Exception] = []
        world = self.workspace.world
        self.api = InboxApi.over(world.database, self.workspace.sealer, MANY, world.clock)

    def token(self, ref: str = "user_id:ann", role: str = "service", **wish: Any) -> str:
        """Have a token made."""
        answer = self.workspace.ask("POST", f"/v1/profiles/{ref}/inbox-token", role, body=wish)
        assert answer.status == 200, answer.text
        return str(answer.content["token"])

    def put(self, id: str, at: int = START, owner: tuple[str, str] = ("user_id", "ann"), **fields: Any) -> InboxMessage:
        """Let a journey write."""
        message = InboxMessage(
            owner=self.workspace.owner(*owner), id=id, at=at, title=f"Title {id}", text="x", **fields
        )
        self.workspace.world.database.transact([put_inbox(message, self.workspace.sealer)])
        return message

    def ask(
        self,
        token: str | None,
        path: str = "",
        method: str = "GET",
        headers: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """Ask as a browser does."""
        own = {"authorization": f"Bearer {token}"} if token is not None else {}
        event = {
            "rawPath": f"/v1/inbox{path}",
            "queryStringParameters": query or None,
            "requestContext": {"http": {"method": method}},
            "headers": {**own, **(headers or {})},
        }
        return self.api.serve(event, self.failures.append)

    def titles(self, token: str) -> list[str]:
        """What is in the inbox."""
        answer = self.ask(token)
        assert answer["statusCode"] == 200, answer
        return [one["title"] for one in json.loads(answer["body"])["messages"]]


@pytest.fixture
def app() -> App:
    return App()


def content(answer: dict[str, Any]) -> dict[str, Any]:
    """Read the JSON of an answer."""
    found: dict[str, Any] = json.loads(answer["body"])
    return found


def test_messages_are_shown_newest_first_with_all_that_they_say(app: App) -> None:
    app.put("a1", link="https://shop.example/", journey="welcome", template="tip")
    app.put("b2", START + SECOND)
    shown = content(app.ask(app.token()))

    assert [one["title"] for one in shown["messages"]] == ["Title b2", "Title a1"]
    assert (shown["unread"], shown["next"]) == (2, None)
    assert shown["messages"][1] == {
        "id": f"{START}.a1",
        "sent_at": shown["messages"][1]["sent_at"],
        "read_at": None,
        "title": "Title a1",
        "text": "x",
        "link": "https://shop.example/",
        "journey": "welcome",
        "template": "tip",
    }


def test_what_cannot_be_opened_any_more_ends_no_list(app: App) -> None:
    for number in range(6):
        message = app.put(f"a{number}", START + number)
        if 1 < number < 5:  # sealed for somebody else, as after a key that has gone
            row = app.workspace.world.database.query("journeys", message.owner, prefix="inbox#")[-1]
            app.workspace.world.database.put("journeys", {**row, "content": b"\x01" * 60}, was=1)
    token, found, next = app.token(), list[str](), None
    for _ in range(9):
        page = content(app.ask(token, query={"limit": "1", **({"before": next} if next else {})}))
        found += [one["title"] for one in page["messages"]]
        if (next := page["next"]) is None:
            break

    assert found == ["Title a5", "Title a1", "Title a0"]


def test_all_identifiers_of_a_person_have_one_inbox(app: App) -> None:
    app.put("a1")
    app.put("a2", START + 1, owner=("anonymous_id", "a-1"))
    app.put("b1", START + 2, owner=("user_id", "bob"))

    assert app.titles(app.token()) == ["Title a2", "Title a1"]
    assert app.titles(app.token("anonymous_id:a-1")) == ["Title a2", "Title a1"]
    assert app.titles(app.token("user_id:bob")) == ["Title b1"]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_pages_give_each_message_once(app: App, size: int) -> None:
    for number in range(5):
        app.put(f"a{number}", START + number // 2)
        app.put(f"c{number}", START + number // 2, owner=("anonymous_id", "a-1"))
    token, found, next = app.token(), list[str](), None
    while True:
        page = content(app.ask(token, query={"limit": str(size), **({"before": next} if next else {})}))
        found += [one["id"] for one in page["messages"]]
        next = page["next"]
        if next is None:
            break

    assert len(found) == len(set(found)) == 10
    assert found == sorted(found, reverse=True)


def test_a_message_is_marked_once(app: App) -> None:
    app.put("a1")
    token = app.token()
    first, again = (content(app.ask(token, f"/{START}.a1/read", "POST")) for _ in range(2))

    assert (first["changed"], again["changed"]) == (True, False)
    assert first["read_at"] == again["read_at"] == content(app.ask(token))["messages"][0]["read_at"]
    assert content(app.ask(token))["unread"] == 0


def test_nobody_marks_what_is_of_somebody_else(app: App) -> None:
    app.put("a1")
    answer = app.ask(app.token("user_id:bob"), f"/{START}.a1/read", "POST")

    assert answer["statusCode"] == 404
    assert content(app.ask(app.token()))["unread"] == 1


def test_who_asks_again_is_told_that_nothing_is_new(app: App) -> None:
    app.put("a1")
    token = app.token()
    tag = app.ask(token)["headers"]["etag"]
    same, weak = (app.ask(token, headers={"if-none-match": one}) for one in (tag, f"W/{tag}"))
    app.put("a2", START + 1)
    other = app.ask(token, headers={"if-none-match": tag})

    assert (same["statusCode"], same["body"], weak["statusCode"], other["statusCode"]) == (304, "", 304, 200)
    assert other["headers"]["cache-control"] == "private, no-cache"


def test_who_is_restricted_has_an_empty_inbox(app: App) -> None:
    app.put("a1")
    token = app.token()
    restricter = Restricter(app.workspace.world.database, MANY)
    restricter.restrict(app.workspace.owner("anonymous_id", "a-1"))

    assert app.titles(token) == []
    assert app.ask(token, f"/{START}.a1/read", "POST")["statusCode"] == 404
    restricter.release(app.workspace.owner("user_id", "ann"))
    assert app.titles(token) == ["Title a1"]


def test_what_was_sealed_for_who_was_erased_is_not_shown(app: App) -> None:
    app.put("a1")
    token = app.token()
    database = app.workspace.world.database
    for owner in (app.workspace.owner("user_id", "ann"), app.workspace.owner("anonymous_id", "a-1")):
        database.delete("vault", owner)
    app.workspace.start()
    app.api = InboxApi.over(database, app.workspace.sealer, MANY, app.workspace.world.clock)

    assert app.titles(token) == []


def test_after_an_unmerge_nobody_sees_what_came_to_the_other_side(app: App) -> None:
    app.put("a1")
    app.put("a2", START + 1, owner=("anonymous_id", "a-1"))
    before, asked = app.token(), app.token("anonymous_id:a-1")  # both name whom she is known by best
    app.workspace.take_apart("user_id:ann", app.workspace.owner("anonymous_id", "a-1"))

    for token in (before, asked, app.token()):
        assert app.titles(token) == ["Title a1"]
        assert app.ask(token, f"/{START + 1}.a2/read", "POST")["statusCode"] == 404


def test_of_whom_nothing_is_known_the_inbox_is_empty(app: App) -> None:
    ticket = InboxTicket(owner="user_id:" + "a" * 26, until=app.workspace.world.clock.now + DAY)
    token = write_inbox_token(ticket, inbox_key(app.workspace.sealer.hash_key))

    assert app.titles(token) == []


def test_a_token_ends(app: App) -> None:
    token = app.token(**{"for": "2 minutes"})
    app.workspace.world.clock.now += 119 * SECOND
    assert app.ask(token)["statusCode"] == 200
    app.workspace.world.clock.now += 2 * SECOND
    assert app.ask(token)["statusCode"] == 401


@pytest.mark.parametrize("wish", ["1 second", "31 days", "soon", 5, None, ["1 hour"]], ids=range(6))
def test_for_how_long_a_token_is_made(app: App, wish: object) -> None:
    body = {"for": wish}

    assert app.workspace.ask("POST", "/v1/profiles/user_id:ann/inbox-token", "service", body=body).status == 400


def test_a_token_is_made_for_who_is_known(app: App) -> None:
    app.workspace.send({"type": "track", "event": "X", "anonymousId": "a-9"})

    assert app.workspace.ask("POST", "/v1/profiles/anonymous_id:a-9/inbox-token", "service", body={}).status == 400
    assert app.workspace.ask("POST", "/v1/profiles/user_id:none/inbox-token", "service", body={}).status == 404


@pytest.mark.parametrize(("role", "status"), [("admin", 200), ("engineer", 403), ("marketer", 403), ("analyst", 403)])
def test_who_makes_tokens(app: App, role: str, status: int) -> None:
    assert app.workspace.ask("POST", "/v1/profiles/user_id:ann/inbox-token", role, body={}).status == status
    assert app.workspace.trail[-1].deed.what == "make_inbox_token"


@pytest.mark.parametrize(
    "token", [None, "", " ", "x", "ü", "=", "A" * 100, "A" * 501, "a.b.c", "%00", "\ud800"], ids=range(11)
)
def test_what_is_no_token(app: App, token: str | None) -> None:
    assert app.ask(token)["statusCode"] == 401
    assert app.ask(None, headers={"authorization": "Basic eDp5"})["statusCode"] == 401
    assert app.failures == []


def test_a_token_of_a_preference_link_opens_no_inbox(app: App) -> None:
    key = app.workspace.sealer.hash_key
    ticket = Ticket(owner=app.workspace.owner("user_id", "ann"), until=START + 900 * DAY, preferences=True)

    assert app.ask(write_ticket(ticket, ticket_key(key)))["statusCode"] == 401
    assert app.ask(write_ticket(ticket, inbox_key(key)[::-1]))["statusCode"] == 401


@given(st.binary(max_size=80), st.integers(0, 200), st.integers(0, 255))
def test_no_other_token_is_taken(junk: bytes, place: int, byte: int) -> None:
    token = write_inbox_token(InboxTicket(owner="user_id:abc", until=START), KEY)
    forged = [token[: place % len(token)], token + "A", junk.decode("latin-1")]
    changed = bytearray(token.encode())
    changed[place % len(token)] = byte
    forged.append(changed.decode("latin-1"))
    for one in forged:
        if one != token:
            with pytest.raises(UnauthorizedError):
                read_inbox_token(one, KEY, now=START - 1)
    assert read_inbox_token(token, KEY, now=START - 1) == InboxTicket(owner="user_id:abc", until=START)
    with pytest.raises(UnauthorizedError):
        read_inbox_token(token, bytes(32), now=START - 1)


@pytest.mark.parametrize(
    ("path", "method", "query", "status"),
    [
        ("", "POST", {}, 405),
        ("", "GET", {"limit": "0"}, 400),
        ("", "GET", {"limit": "101"}, 400),
        ("", "GET", {"limit": "x"}, 400),
        ("", "GET", {"before": "x"}, 400),
        ("", "GET", {"before": "1" * 30 + ".a"}, 400),
        ("", "GET", {"before": "١.a"}, 400),
        ("", "GET", {"tokens": "x"}, 400),
        ("/", "GET", {}, 200),
        ("/x/read", "POST", {}, 400),
        ("/1.a/read", "POST", {}, 404),
        ("/1.a/read", "GET", {}, 405),
        ("/1.a%23/read", "POST", {}, 400),
        ("/1.a", "GET", {}, 404),
    ],
    ids=range(14),
)
def test_what_is_asked(app: App, path: str, method: str, query: dict[str, str], status: int) -> None:
    assert app.ask(app.token(), path, method, query=query)["statusCode"] == status
    assert app.failures == []


def test_what_breaks_is_reported_and_told_as_a_breakdown(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    token = app.token()
    monkeypatch.setattr(app.workspace.world.database, "query", lambda *_args, **_named: 1 / 0)

    assert app.ask(token)["statusCode"] == 503
    assert len(app.failures) == 1
