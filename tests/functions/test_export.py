"""The two functions of exports as they are deployed, over a fake AWS."""

import json
from typing import Any

import boto3
import pytest
import requests

from regulars.adapters import clients, export_files, sealing
from regulars.adapters.clock import now
from regulars.domain.exports import Export, Wish
from regulars.stores.database import text
from regulars.stores.exports import ExportStore
from tests.functions.test_rebuild import Time, cold
from tests.sign_in import claims, token
from tests.tables import create_bucket

AN_EXPORT = Export(
    id="x1",
    by="s-1",
    roles=("marketer",),
    wish=Wish(segment="buyers", reason="letter", format="csv"),
    edition=0,
    definition=1,
    asked=1,
    expected=0,
    most=10,
    state="running",
)


@pytest.fixture
def deployed(tables: None, pool: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables, a key and a bucket, with one segment that nobody is in."""
    del tables, pool
    create_bucket("exports")
    key = boto3.client("kms").create_key()["KeyMetadata"]["KeyId"]
    monkeypatch.setenv("WORKSPACE_CMK", key)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "export_api")
    for cached in (
        *(clients.database, clients.large, clients.s3, clients.kms, clients.step_functions),
        *(sealing.sealer, export_files.export_files),
    ):
        cached.cache_clear()


def ask(method: str, path: str, body: object = None, role: str = "marketer") -> dict[str, Any]:
    """Wake the API as the gateway does."""
    event = {
        "rawPath": path,
        "headers": {"authorization": f"Bearer {token(claims(**{'cognito:groups': [role]}))}"},
        "requestContext": {"http": {"method": method}},
        "body": json.dumps(body) if body else None,
    }
    answer: dict[str, Any] = cold("export_api").handler(event, Time())
    return answer


@pytest.mark.usefixtures("deployed")
def test_a_file_is_made_and_taken_from_where_the_link_leads(monkeypatch: pytest.MonkeyPatch) -> None:
    from regulars.domain.releases import Release, Releases
    from regulars.stores.catalog import CatalogStore

    release = Release(id="buyers", content={"where": {"event": "Order Completed"}})
    catalog = CatalogStore(clients.database())
    catalog.release(catalog.releases(), Releases(live={"buyers": release}))
    segment = catalog.live().shown["buyers"]
    from dataclasses import replace

    started = now()
    store = ExportStore(clients.database())
    store.save(replace(AN_EXPORT, edition=segment.edition, definition=segment.version, asked=started, started=started))
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "export")
    assert cold("export").handler({"id": "x1", "segment": 0}, Time(1_000)) == {"done": False}
    assert cold("export").handler({"id": "x1", "segment": 0}, Time()) == {"done": True}
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "export_api")

    answer = ask("POST", "/v1/exports/x1/link")
    link = json.loads(answer["body"])
    taken = requests.get(link["url"], timeout=5).content
    assert (answer["statusCode"], len(taken)) == (200, link["size"])
    assert taken == b'"export","profile_id","since"\r\n'
    rows = [text(item, "what") for item in clients.database().query("audit", _chain("export"))]
    assert rows == ["run_export"]


@pytest.mark.usefixtures("deployed")
def test_who_has_no_token_or_role_is_refused() -> None:
    event = {"rawPath": "/v1/exports", "requestContext": {"http": {"method": "GET"}}}

    assert cold("export_api").handler(event, Time())["statusCode"] == 401
    assert ask("GET", "/v1/exports", role="analyst")["statusCode"] == 403
    assert json.loads(ask("GET", "/v1/exports")["body"]) == {"exports": [], "next": None}


def _chain(function: str) -> str:
    chains = {str(item["chain"]) for item in _all_rows()}
    [chain] = [one for one in chains if f"#{function}#" in one]
    return chain


def _all_rows() -> list[dict[str, Any]]:
    items = boto3.client("dynamodb").scan(TableName="audit")["Items"]
    return [{"chain": item["chain"]["S"]} for item in items]
