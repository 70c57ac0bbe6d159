"""An image in a letter or a page sends a call, and is shown whatever becomes of it."""

import json
from base64 import b64decode, b64encode, urlsafe_b64encode
from typing import Any
from urllib.parse import quote

import pytest

from local.world.memory import MemoryDatabase
from regulars.adapters.http import Request, Response
from regulars.adapters.pixel import as_call
from regulars.errors import UnavailableError
from tests.address import Address
from tests.messages import WRITE_KEY, a_track_call
from tests.pipeline.front_door import FrontDoor

TITLE = "Straße 👋?>~~"  # its base64 has both letters that addresses write in two ways


@pytest.fixture
def address() -> Address:
    """An address with one source, `web`."""
    return Address()


def a_letter(**changes: Any) -> dict[str, Any]:
    """A letter is opened."""
    usual = {"writeKey": WRITE_KEY, "event": "Email Opened", "messageId": None, "timestamp": None}
    return a_track_call(**{**usual, "type": None, "properties": {"subject": TITLE}, **changes})


def show(address: Address, call: object, path: str = "/v1/pixel/track") -> Response:
    """Show the image of a call."""
    content = call if isinstance(call, bytes) else json.dumps(call, ensure_ascii=False).encode()
    return address.get(f"{path}?data={quote(b64encode(content))}")


def is_the_image(answer: Response) -> bool:
    content = b64decode(answer["body"])
    return (answer["statusCode"], answer["headers"]["content-type"], content[:6]) == (200, "image/gif", b"GIF89a")


def test_stores_the_call_and_shows_an_image_that_nobody_keeps(address: Address) -> None:
    answer = show(address, a_letter())
    (event,) = address.front_door.events()

    assert is_the_image(answer)
    assert answer["isBase64Encoded"]
    assert answer["headers"]["cache-control"] == "no-store"
    assert (event.type, event.name, event.properties) == ("track", "Email Opened", {"subject": TITLE})


@pytest.mark.parametrize(
    ("name", "type_"),
    [
        ("page", "page"),
        ("p", "page"),
        ("identify", "identify"),
        ("screen/", "screen"),
        ("group", "group"),
        ("a", "alias"),
    ],
)
def test_takes_every_call(address: Address, name: str, type_: str) -> None:
    show(address, a_letter(userId="u", groupId="g", previousId="p"), f"/v1/pixel/{name}")

    assert [event.type for event in address.front_door.events()] == [type_]


def test_a_letter_that_is_opened_twice_was_opened_twice(address: Address) -> None:
    show(address, a_letter())
    show(address, a_letter())

    assert len({event.message_id for event in address.front_door.events()}) == 2


def test_a_call_with_an_id_of_its_own_is_stored_once(address: Address) -> None:
    show(address, a_letter(messageId="m-7"))
    show(address, a_letter(messageId="m-7"))

    assert [event.message_id for event in address.front_door.events()] == ["m-7"]


@pytest.mark.parametrize("write", ["quoted", "bare", "url safe", "without padding"])
def test_reads_base64_however_it_is_written(address: Address, write: str) -> None:
    content = json.dumps(a_letter(), ensure_ascii=False).encode()
    data = {
        "quoted": quote(b64encode(content), safe=""),
        "bare": b64encode(content).decode(),
        "url safe": urlsafe_b64encode(content).decode(),
        "without padding": quote(b64encode(content).rstrip(b"=")),
    }[write]
    address.get(f"/v1/pixel/track?data={data}")

    assert [event.properties for event in address.front_door.events()] == [{"subject": TITLE}]


@pytest.mark.parametrize("call", [a_letter(writeKey="wk_other"), b"{", b"[]", b"\xff\xfe", b"", {}])
def test_shows_the_image_and_counts_what_nothing_could_store(address: Address, call: object) -> None:
    assert is_the_image(show(address, call))
    assert address.front_door.count("events", "quarantine") == 0
    assert address.front_door.journal.counts["pixel_lost"] == 1


@pytest.mark.parametrize("query", ["", "?data=", "?data=%%%", "?data=ä", "?date=e30"])
def test_shows_the_image_where_there_is_no_call(address: Address, query: str) -> None:
    assert is_the_image(address.get(f"/v1/pixel/track{query}"))
    assert address.front_door.journal.counts["pixel_lost"] == 1


def test_what_is_quarantined_is_not_lost(address: Address) -> None:
    show(address, a_letter(anonymousId=None))
    show(address, b'{"event":"A","event":"B","userId":"u","messageId":"m","writeKey":"wk_test"}', "/v1/pixel/track")

    assert address.front_door.count("quarantine") == 1
    assert address.front_door.journal.counts["pixel_lost"] == 1


def test_shows_the_image_when_nothing_can_be_stored() -> None:
    def strike(operation: str, _table: str) -> None:
        if operation == "insert":
            raise UnavailableError("the table does not answer")

    address = Address(FrontDoor(MemoryDatabase(strike)))

    assert is_the_image(show(address, a_letter()))
    assert address.front_door.journal.counts["pixel_lost"] == 1


def test_only_an_image_is_asked_for(address: Address) -> None:
    answer = address.send("/v1/pixel/track", a_letter())

    assert (answer["statusCode"], answer["headers"]["allow"]) == (405, "GET")


def test_a_call_that_has_to_wait_waits_as_one_that_can_be_sent_again() -> None:
    data = b64encode(json.dumps(a_letter()).encode()).decode()
    call = as_call(Request(method="GET", path="/v1/pixel/track/", query={"data": data, "x": "y"}))

    assert (call.method, call.path, dict(call.query)) == ("POST", "/v1/track/", {"x": "y", "writeKey": WRITE_KEY})
    assert json.loads(call.body)["messageId"].startswith("pixel-")
