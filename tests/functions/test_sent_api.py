"""What somebody was sent and what not, as it is answered."""

import pytest

from regulars.domain.inbox import InboxMessage
from regulars.pipeline.inbox import put_inbox
from regulars.stores.journeys import JourneyStore, Suppressed, put_message
from tests.workspace import Workspace
from tests.world.on_journeys import a_message

PATH = "/v1/profiles/user_id:ann/messages"
AT = 1_767_225_700_000_000


@pytest.fixture
def workspace() -> Workspace:
    """Somebody with two identifiers, each of whom was written to."""
    made = Workspace()
    made.send({"type": "identify", "userId": "ann", "anonymousId": "phone", "traits": {"email": "ann@example.com"}})
    return made


def write(workspace: Workspace) -> None:
    """Write to her: a letter that bounced, one that was not sent, and an in-app message."""
    user, phone = workspace.owner("user_id", "ann"), workspace.owner("anonymous_id", "phone")
    shown = a_message(phone, "b", "say#2", channel="in_app", at=AT + 2, outcome="sent")
    said = InboxMessage(owner=phone, id=shown.id, at=AT + 2, title="Dear Ann", text="c4n4ry", link="https://s.example")
    workspace.world.database.transact(
        [
            put_message(a_message(user, at=AT, outcome="bounced", reason="permanent", address="email:x")),
            put_message(a_message(user, place="more", at=AT + 1, outcome="failed", reason="refused", sent="")),
            put_message(shown),
            put_inbox(said, workspace.sealer),
        ]
    )
    email = workspace.owner("email", "ann@example.com")
    JourneyStore(workspace.world.database).suppress(
        Suppressed(owner=email, channel="email", since=AT, reason="bounced")
    )


def test_all_that_was_sent_is_told_newest_first_with_what_became_of_it(workspace: Workspace) -> None:
    write(workspace)

    content = workspace.get(PATH).content

    told = [(one["place"], one["step"], one["outcome"], one["reason"]) for one in content["messages"]]
    assert told == [
        ("say#2", "say", "sent", None),
        ("more", "more", "failed", "refused"),
        ("tip", "tip", "bounced", "permanent"),
    ]
    assert content["messages"][0]["content"] == {
        "title": "Dear Ann",
        "text": "c4n4ry",
        "link": "https://s.example",
        "read_at": None,
    }
    [suppressed] = content["suppressed"]
    assert (suppressed["channel"], suppressed["reason"]) == ("email", "bounced")
    assert "email:x" not in workspace.get(PATH).text  # whose address it was is a hash, and of nobody's use


def test_what_an_in_app_message_says_is_for_those_who_may_see_it(workspace: Workspace) -> None:
    write(workspace)

    answer = workspace.get(PATH, "analyst")

    assert answer.status == 200
    assert "c4n4ry" not in answer.text
    assert [one["masked"] for one in answer.content["messages"]] == [True, False, False]
    assert workspace.audited == []
    workspace.get(PATH, "service")
    assert [what for _, what, _ in workspace.audited] == ["list_messages"]


def test_pages_hold_each_message_once(workspace: Workspace) -> None:
    write(workspace)
    whole = [one["id"] for one in workspace.get(PATH).content["messages"]]

    found, cursor = [], None
    while True:
        page = workspace.get(PATH, limit="1", **({"cursor": cursor} if cursor else {})).content
        found += [one["id"] for one in page["messages"]]
        cursor = page["next"]
        if cursor is None:
            break

    assert found == whole


def test_of_nobody_there_is_nothing(workspace: Workspace) -> None:
    assert workspace.get("/v1/profiles/user_id:nobody/messages").status == 404
    assert workspace.get(PATH).content == {"messages": [], "suppressed": [], "next": None}


def test_what_a_message_says_is_shown_to_no_team_that_does_not_see_all(workspace: Workspace) -> None:
    write(workspace)
    teams = {"some": {"segments": [], "traits": ["plan"]}, "all": {"segments": [], "traits": "all"}}
    assert workspace.put("/v1/teams", {"definition": {"teams": teams, "others": "none"}}).status == 200

    def shown(team: str) -> list[bool]:
        caller = {"token_use": "access", "sub": "s-9", "cognito:groups": f"[service team-{team}]"}
        answer = workspace.ask("GET", PATH, claims=caller)
        assert answer.status == 200
        assert ("c4n4ry" in answer.text) is (team == "all")
        return [one["masked"] for one in answer.content["messages"]]

    assert (shown("some"), shown("all")) == ([True, False, False], [False, False, False])
