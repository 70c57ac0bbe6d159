"""The two handlers as they are deployed, over tables and a key in a fake AWS."""

import importlib
import json
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import boto3
import pytest

from regulars.adapters import clients
from regulars.adapters.access import access
from regulars.adapters.logs import logger
from regulars.adapters.wire import from_wire
from regulars.domain.audit_verifying import verify
from regulars.stores.audit import from_item
from tests import moto_shim
from tests.sign_in import claims, token
from tests.tables import create_tables

pytestmark = pytest.mark.usefixtures("pool")
Handler = Callable[[dict[str, Any], object], dict[str, Any]]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """What the functions log."""
    log = StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", log)
    return log


@pytest.fixture
def deployed(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:  # noqa: ARG001 - in a fake AWS
    moto_shim.mend()
    create_tables()
    key = boto3.client("kms").create_key()["KeyMetadata"]["KeyId"]
    monkeypatch.setenv("WORKSPACE_CMK", key)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "profile_api")
    clear()
    yield
    clear()


def clear() -> None:
    """Forget clients of another account in memory."""
    clients.database.cache_clear()
    clients.kms.cache_clear()
    access.cache_clear()
    for name in ("profile_api", "admin_api"):
        importlib.import_module(f"functions.{name}.handler")._api.cache_clear()


def ask(function: str, method: str, path: str, role: str, body: object = None) -> tuple[int, Any]:
    """Wake a function as the gateway does."""
    handler: Handler = importlib.import_module(f"functions.{function}.handler").handler
    event = {
        "version": "2.0",
        "rawPath": path,
        "headers": {"authorization": f"Bearer {token(claims(**{'cognito:groups': [role]}))}"},
        "requestContext": {"http": {"method": method}},
        "body": json.dumps(body) if body is not None else None,
    }
    answer = handler(event, None)
    return answer["statusCode"], json.loads(answer["body"])


@pytest.mark.usefixtures("deployed")
def test_edits_and_reads_reach_the_tables() -> None:
    segment = {"definition": {"where": {"event": "Order Completed"}}}

    made = ask("admin_api", "PUT", "/v1/segments/buyers", "marketer", segment)
    source = ask("admin_api", "PUT", "/v1/sources/web", "admin", {"definition": {"name": "Web"}})
    listed = ask("admin_api", "GET", "/v1/segments", "analyst")
    members = ask("admin_api", "GET", "/v1/segments/buyers/members", "analyst")
    gone = ask("admin_api", "DELETE", "/v1/sources/web", "admin")

    assert (made[0], made[1]["version"]) == (200, 1)
    assert [len(key["key"]) for key in source[1]["keys"]] == [len("wk_") + 24]
    assert [each["id"] for each in listed[1]["segments"]] == ["buyers"]
    assert members == (200, {"members": [], "next": None})
    assert gone == (200, {"id": "web", "deleted": True})


@pytest.mark.usefixtures("deployed")
def test_nobody_is_found_in_an_empty_workspace() -> None:
    for path in ("/v1/profiles/user_id:u", "/v1/profiles/nonsense", "/v1/profiles/user_id:u/events"):
        status, content = ask("profile_api", "GET", path, "analyst")

        assert (status, content["code"]) == (404, "not_found")


@pytest.mark.usefixtures("aws")
def test_the_description_needs_neither_tables_nor_keys() -> None:
    clear()

    assert ask("admin_api", "GET", "/v1/openapi.json", "nobody")[1]["openapi"] == "3.1.0"


@pytest.mark.usefixtures("deployed")
def test_a_read_of_personal_fields_leaves_a_row_of_ids() -> None:
    ask("profile_api", "GET", "/v1/profiles/email:jane@example.com", "service")

    [item] = boto3.client("dynamodb").scan(TableName="audit")["Items"]
    assert (item["who"]["S"], item["what"]["S"], item["outcome"]["S"]) == ("s-1", "get_profile", "not_found")
    assert item["chain"]["S"].split("#")[1] == "profile_api"
    assert "p_email:" in item["whom"]["S"]
    assert "jane" not in str(item)


@pytest.mark.usefixtures("deployed")
def test_what_is_written_to_the_trail_verifies() -> None:
    for number in range(4):
        ask("admin_api", "PUT", f"/v1/sources/web{number}", "admin", {"definition": {"name": "Web"}})
        ask("profile_api", "GET", "/v1/profiles/email:jane@example.com", "service")

    items = boto3.client("dynamodb").scan(TableName="audit")["Items"]
    rows = sorted((from_item(from_wire(item)) for item in items), key=lambda row: row.place)
    days = [row.place.chain[:10] for row in rows]
    assert verify(rows, (), first=days[0], last=days[-1]).fault is None
    assert len(rows) == 4 * 3


@pytest.mark.usefixtures("aws")
def test_a_failure_of_ours_is_told_without_its_words(lines: StringIO) -> None:
    clear()  # and no tables

    status, content = ask("profile_api", "GET", "/v1/profiles/email:jane@example.com", "service")

    assert (status, content["code"]) == (503, "unavailable")
    assert "a read failed" in lines.getvalue()
    assert "jane" not in lines.getvalue()


@pytest.mark.usefixtures("deployed")
def test_what_the_gateway_says_of_a_token_is_not_enough() -> None:
    handler: Handler = importlib.import_module("functions.profile_api.handler").handler
    said = {"token_use": "access", "sub": "s-1", "cognito:groups": "[admin]"}
    context = {"http": {"method": "GET"}, "authorizer": {"jwt": {"claims": said}}}

    answer = handler({"version": "2.0", "rawPath": "/v1/profiles/user_id:u", "requestContext": context}, None)

    assert answer["statusCode"] == 401
