"""Programs of this machine and our own pages may ask the platform about itself; pages of others may not."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from local.platform.emulator import free_port
from local.platform.front import Front, FrontThread
from local.platform.pulse import Pulse
from local.platform.settle import Counts, Settler

GUARDED = [
    ("GET", "/_local/settle"),
    ("HEAD", "/_local/settle"),
    ("GET", "/_local/on-failure"),
    ("POST", "/_local/redrive"),
    ("GET", "/_local/config"),
    ("GET", "/_local/health"),
    ("GET", "/_local/anything"),
    ("POST", "/_local/config"),
    ("GET", "/%5Flocal/settle"),
]
FOREIGN = {
    "a page of another site": {"Sec-Fetch-Site": "cross-site"},
    "a page of another port": {"Sec-Fetch-Site": "same-site"},
    "a form of another page": {"Origin": "https://evil.example"},
    "a page in a frame without an origin": {"Origin": "null"},
    "a name that leads here": {"Host": "evil.example"},
    "a name that leads here, with a port": {"Host": "evil.example:80", "Sec-Fetch-Site": "same-origin"},
    "a name below ours": {"Host": "localhost.evil.example"},
}


class Acted:
    """A settler that notes what it was told to do."""

    def __init__(self) -> None:
        self.did: list[object] = []

    def settle(self, within: float) -> Counts:
        """Note how long it may take."""
        self.did.append(within)
        return Counts(settled=True, accepted=0, applied=0, deferred=0, quarantined=0, suppressed=0, pending=0)

    def given_up(self) -> list[dict[str, Any]]:
        """Note that it was asked."""
        self.did.append("given up")
        return []

    def redrive(self) -> dict[str, int]:
        """Note that it was told."""
        self.did.append("redrive")
        return {}


@pytest.fixture
def acted() -> Acted:
    return Acted()


@pytest.fixture
def url(acted: Acted, tmp_path: Path) -> Iterator[str]:
    (tmp_path / "index.html").write_text("the shop")
    front = FrontThread(partial(Front, "http://127.0.0.1:1", cast("Settler", acted), Pulse(), tmp_path), free_port())
    front.start()
    yield front.url
    front.stop()


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_a_foreign_page_learns_nothing_and_does_nothing(
    url: str, acted: Acted, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = httpx.request(method, url + path, headers=headers)

    assert answer.status_code == 403
    assert method == "HEAD" or answer.json()["code"] == "forbidden"
    assert acted.did == []


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "same-origin"}], ids=["a program", "typed", "ours"]
)
def test_programs_and_our_own_pages_may_ask(url: str, acted: Acted, headers: dict[str, str]) -> None:
    for name in ("127.0.0.1", "localhost"):
        here = f"http://{name}:{url.rsplit(':', 1)[1]}"
        assert httpx.get(f"{url}/_local/settle?timeout=7", headers=headers | {"Host": here[7:]}).status_code == 200
        own = headers | {"Host": here[7:], "Origin": here}
        assert httpx.post(f"{url}/_local/redrive", headers=own).status_code == 200

    assert acted.did == [7.0, "redrive"] * 2


def test_a_link_from_anywhere_leads_to_the_shop(url: str) -> None:
    assert httpx.get(f"{url}/_local/shop/", headers={"Sec-Fetch-Site": "cross-site"}).text == "the shop"


@pytest.mark.parametrize("timeout", ["inf", "-inf", "nan", "-1", "1e9", "600.5", "abc", "", "0x10"])
def test_a_time_that_is_no_time_is_refused(url: str, acted: Acted, timeout: str) -> None:
    answer = httpx.get(f"{url}/_local/settle", params={"timeout": timeout})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_timeout")
    assert "from 0 to 600" in answer.json()["message"]
    assert acted.did == []


@pytest.mark.parametrize(("timeout", "seconds"), [("0", 0.0), ("600", 600.0), ("1.5", 1.5)])
def test_a_time_within_reason_is_taken(url: str, acted: Acted, timeout: str, seconds: float) -> None:
    httpx.get(f"{url}/_local/settle", params={"timeout": timeout}).raise_for_status()

    assert acted.did == [seconds]
