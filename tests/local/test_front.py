"""The front hands everything to the deployed API unchanged, and answers for the platform itself."""

import io
import time
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from local.platform.assembly import Assembly
from local.platform.clients import Clients
from local.platform.deploy import Deployment, Stack
from local.platform.emulator import Emulator, free_port
from local.platform.errors import PlatformError
from local.platform.front import Front, FrontThread
from local.platform.functions import Functions
from local.platform.mappings import Mappings, deployed
from local.platform.pulse import Pulse
from local.platform.settle import Settler
from tests.local import assembly_on_disk

DOOR = """
import base64, json
def handler(event, context):
    if event["rawPath"] == "/slow":
        import time
        time.sleep(2)
    if event["rawPath"] == "/raise":
        raise ValueError("ours to know")
    seen = {name: event.get(name) for name in ("rawPath", "rawQueryString", "headers", "body")}
    seen["method"] = event["requestContext"]["http"]["method"]
    if event.get("isBase64Encoded"):
        seen["body"] = base64.b64decode(event["body"]).decode()
    headers = {"content-type": "application/json", "x-ours": "kept", "retry-after": "7"}
    return {"statusCode": 429, "headers": headers, "body": json.dumps(seen)}
"""
FOLD = """
def handler(event, context):
    if any("poison" in str(record["dynamodb"]["Keys"]) for record in event["Records"]):
        raise ValueError
"""


@pytest.fixture(scope="module")
def stacks(clients: Clients, tmp_path_factory: pytest.TempPathFactory) -> Sequence[Stack]:
    folder = tmp_path_factory.mktemp("assembly")
    assembly_on_disk.write(folder, fold=FOLD, door=DOOR)
    clients.of("cloudformation").delete_stack(StackName="platform")
    return Deployment(Assembly(folder), clients).run()


@pytest.fixture(scope="module")
def quarantine(clients: Clients) -> str:
    clients.of("dynamodb").create_table(
        TableName="quarantine",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "slot", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "slot", "AttributeType": "S"}],
    )
    return "quarantine"


@pytest.fixture(scope="module")
def pulse() -> Pulse:
    return Pulse()


@pytest.fixture(scope="module")
def functions(clients: Clients, pulse: Pulse) -> Functions:
    return Functions(clients, pulse)


@pytest.fixture(scope="module")
def mappings(clients: Clients, stacks: Sequence[Stack], functions: Functions, pulse: Pulse) -> Iterator[Mappings]:
    mappings = Mappings(deployed(stacks, clients), clients, functions, pulse)
    mappings.start()
    yield mappings
    mappings.stop()


@pytest.fixture(scope="module")
def url(
    clients: Clients,
    emulator: Emulator,
    stacks: Sequence[Stack],
    quarantine: str,
    functions: Functions,
    mappings: Mappings,
    pulse: Pulse,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    tables = {"events": stacks[0].outputs["Table"], "quarantine": quarantine}
    settler = Settler(mappings, functions, clients, tables=tables, scheduled=[])
    shop = tmp_path_factory.mktemp("shop")
    (shop / "index.html").write_text("<h1>shop</h1>")
    (shop / "cart.js").write_text("1")
    api = f"{emulator.endpoint}/_aws/execute-api/{stacks[1].outputs['ApiId']}/$default"
    front = FrontThread(partial(Front, api, settler, pulse, shop), free_port())
    front.start()
    yield front.url
    front.stop()


def test_method_path_query_headers_and_body_arrive_as_they_were_sent(url: str) -> None:
    answer = httpx.put(
        f"{url}/v1/a%20b/c?x=1&y=%2F", content="ü", headers={"x-theirs": "1", "content-type": "text/plain"}
    )

    seen = answer.json()
    assert (seen["method"], seen["rawQueryString"], seen["body"]) == ("PUT", "x=1&y=%2F", "ü")
    assert seen["rawPath"].startswith("/v1/a")
    assert seen["headers"]["x-theirs"] == "1"


def test_status_and_headers_of_the_answer_are_kept(url: str) -> None:
    answer = httpx.post(f"{url}/v1/track", json={}, headers={"Origin": "http://shop.test"})

    assert answer.status_code == 429
    assert (answer.headers["x-ours"], answer.headers["retry-after"]) == ("kept", "7")
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_preflight_is_answered(url: str) -> None:
    headers = {"Origin": "http://shop.test", "Access-Control-Request-Method": "POST"}

    assert httpx.options(f"{url}/v1/track", headers=headers).status_code == 204


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE"])
def test_every_method_goes_through(url: str, method: str) -> None:
    assert httpx.request(method, f"{url}/api/x").status_code == 429


def test_a_body_that_the_gateway_would_refuse_is_refused(url: str) -> None:
    answer = httpx.post(f"{url}/v1/track", content=b"x" * (10 * 2**20 + 1))

    assert answer.status_code == 413


def test_a_function_that_fails_is_a_500_without_its_reason(url: str) -> None:
    answer = httpx.get(f"{url}/raise")

    assert (answer.status_code, answer.json()) == (500, {"message": "Internal Server Error"})


def test_the_shop_is_served(url: str) -> None:
    page = httpx.get(f"{url}/_local/shop", follow_redirects=True)

    assert page.text == "<h1>shop</h1>"
    assert httpx.get(f"{url}/_local/shop/cart.js").text == "1"


def test_the_bare_address_points_to_the_shop(url: str) -> None:
    page = httpx.get(url)

    assert page.status_code == 200
    assert 'href="/_local/shop/"' in page.text
    assert httpx.post(url).status_code == 404  # the API's


def test_an_unknown_page_of_the_platform_is_not_handed_on(url: str) -> None:
    answer = httpx.get(f"{url}/_local/nothing")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_settling_counts_where_each_event_is(
    url: str, clients: Clients, stacks: Sequence[Stack], quarantine: str
) -> None:
    dynamodb = clients.of("dynamodb")
    before = httpx.get(f"{url}/_local/settle", timeout=60).json()
    for owner in ("settle-1", "settle-2", "poison-settle"):
        dynamodb.put_item(TableName=stacks[0].outputs["Table"], Item={"owner": {"S": owner}})
    for slot, replayed in (("q", {}), ("claimed", {"replayed": {"N": "0"}}), ("done", {"replayed": {"N": "7"}})):
        dynamodb.put_item(TableName=quarantine, Item={"slot": {"S": slot}, **replayed})

    after: dict[str, Any] = httpx.get(f"{url}/_local/settle?timeout=30", timeout=60).json()

    change = {name: after[name] - before[name] for name in after if name != "settled"}
    assert after["settled"] is True
    assert change == {"accepted": 5, "applied": 2, "deferred": 1, "quarantined": 2, "suppressed": 0, "pending": 0}


def test_nothing_is_settled_while_a_request_is_under_way(url: str) -> None:
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(httpx.post, f"{url}/slow", json={}, timeout=30)
        time.sleep(0.5)
        meanwhile = httpx.get(f"{url}/_local/settle?timeout=0", timeout=60).json()
        assert not slow.done()
    after = httpx.get(f"{url}/_local/settle?timeout=30", timeout=60).json()

    assert (meanwhile["settled"], after["settled"]) == (False, True)


@pytest.mark.usefixtures("url")
def test_what_was_given_up_is_news_once(mappings: Mappings) -> None:
    assert sum(mappings.on_failure.news().values()) >= 1
    assert mappings.on_failure.news() == {}


def test_what_was_given_up_is_listed_without_the_person(url: str) -> None:
    listed = httpx.get(f"{url}/_local/on-failure").json()["objects"]

    assert listed
    assert all("payload" not in one and one["requestContext"]["condition"] for one in listed)


def test_what_was_given_up_is_done_again_and_kept_if_it_fails_again(url: str, clients: Clients) -> None:
    before = httpx.get(f"{url}/_local/settle", timeout=60).json()
    redriven = httpx.post(f"{url}/_local/redrive", timeout=60).json()

    after = httpx.get(f"{url}/_local/settle", timeout=60).json()
    assert redriven["objects"] == redriven["records"] == redriven["given_up_again"] == 1
    assert after == before

    fold = next(
        one["FunctionName"]
        for one in clients.of("lambda").list_functions()["Functions"]
        if one["Handler"] == "fold.handler" and one["FunctionName"].startswith("platform")
    )
    clients.of("lambda").update_function_code(FunctionName=fold, ZipFile=zipped("def handler(e, c): pass"))
    redriven = httpx.post(f"{url}/_local/redrive", timeout=60).json()

    assert redriven == {"objects": 1, "records": 1, "given_up_again": 0}
    mended = httpx.get(f"{url}/_local/settle", timeout=60).json()
    assert mended["applied"] == after["applied"] + 1


def zipped(code: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("fold.py", code)
    return file.getvalue()


def test_a_taken_port_is_said(url: str) -> None:
    port = int(url.rsplit(":", 1)[1])
    taken = FrontThread(lambda: Front("", cast("Settler", None), Pulse(), Path()), port)

    with pytest.raises(PlatformError, match="is taken"):
        taken.start()
