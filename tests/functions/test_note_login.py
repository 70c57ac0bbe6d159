"""Each token that is handed out stands in the trail: whose, in which roles, and how; else there is none."""

import importlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from regulars.adapters import clients
from regulars.adapters.logins import deed_of
from regulars.adapters.wire import from_wire
from regulars.domain.audit import Row
from regulars.errors import UnavailableError
from regulars.stores.audit import from_item
from tests import moto_shim

handler = importlib.import_module("functions.note_login.handler")
CONTEXT = SimpleNamespace(aws_request_id="r-1")


def an_event(**changes: Any) -> dict[str, Any]:
    """What Cognito asks before it hands out a token."""
    return {
        "version": "1",
        "triggerSource": "TokenGeneration_Authentication",
        "region": "eu-west-1",
        "userPoolId": "eu-west-1_x",
        "userName": "jane@example.com",
        "callerContext": {"awsSdkVersion": "aws-sdk", "clientId": "c"},
        "request": {
            "userAttributes": {"sub": "s-1", "email": "jane@example.com"},
            "groupConfiguration": {"groupsToOverride": ["privacy", "book-club"], "preferredRole": None},
        },
        "response": {"claimsOverrideDetails": None},
        **changes,
    }


@pytest.fixture
def cold(tables: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The function, with nothing in memory."""
    del tables
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "note_login")
    moto_shim.mend()
    clients.database.cache_clear()
    handler._trail.cache_clear()
    yield
    handler._trail.cache_clear()
    clients.database.cache_clear()


def rows() -> list[Row]:
    items = boto3.client("dynamodb").scan(TableName="audit")["Items"]
    return [from_item(from_wire(item)) for item in items]


@pytest.mark.usefixtures("cold")
def test_a_sign_in_is_written_down_and_the_token_stays_as_it_is() -> None:
    event = an_event()

    assert handler.handler(event, CONTEXT) == an_event()
    [row] = rows()
    assert (row.deed.who, row.deed.roles, row.deed.kind, row.deed.what) == ("s-1", ("privacy",), "logins", "sign_in")
    assert row.deed.request == "r-1"
    assert "jane" not in str(row)


@pytest.mark.usefixtures("aws")
def test_who_cannot_be_written_down_gets_no_token() -> None:
    clients.database.cache_clear()  # and no tables
    handler._trail.cache_clear()

    with pytest.raises(UnavailableError, match="try again"):
        handler.handler(an_event(), CONTEXT)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("TokenGeneration_RefreshTokens", "refresh_token"),
        ("TokenGeneration_NewPasswordChallenge", "sign_in"),
        ("TokenGeneration_ClientCredentials", "token"),
        ("", "token"),
    ],
)
def test_how_somebody_got_a_token_is_told(source: str, what: str) -> None:
    assert deed_of(an_event(triggerSource=source)).what == what


@pytest.mark.parametrize("asked", [{}, None, {"userAttributes": None, "groupConfiguration": {}}])
def test_an_event_without_groups_is_written_down_all_the_same(asked: Any) -> None:
    deed = deed_of(an_event(request=asked))

    assert (deed.who, deed.roles, deed.kind) == ("", (), "logins")
