"""Exports from the terminal."""

import stat
from pathlib import Path

import pytest

from cli.exports import downloading
from local.world.exporting import MemoryFiles
from tests.cli.conftest import Ended, Regulars

CREATE = ("exports", "create", "buyers", "--reason", "the letter", "--purpose", "orders", "--trait", "plan")


class Served(MemoryFiles):
    """Files that the platform of the test serves."""

    def __init__(self, shop: Regulars) -> None:
        super().__init__()
        self.shop = shop

    def link(self, key: str, *, name: str, seconds: int) -> str:
        """Serve it."""
        del seconds
        self.shop.platform.files[f"/taken/{name}"] = self.held[key]
        return f"{self.shop.platform.url}/taken/{name}"


@pytest.fixture
def shop(regulars: Regulars, monkeypatch: pytest.MonkeyPatch) -> Regulars:
    """Three people in a segment, of whom somebody may take out two without anybody."""
    monkeypatch.setattr(downloading, "EVERY", 0.0)
    workspace = regulars.platform.workspace
    workspace.files = Served(regulars)
    workspace.start()
    workspace.put("/v1/segments/buyers", {"definition": {"where": {"event": "Order Completed"}}})
    workspace.put("/v1/consent", {"definition": {"purposes": {"orders": {"basis": "contract"}}}})
    workspace.put("/v1/workspace", {"definition": {"exports": {"approve_above": 2}}})
    for user in ("ann", "bob", "eve"):
        workspace.send(
            {"type": "identify", "userId": user, "traits": {"plan": "=gold"}},
            {"type": "track", "userId": user, "event": "Order Completed"},
        )
    return regulars


def ask(shop: Regulars, *arguments: str, who: str = "marketer@mia", input: str | None = None) -> Ended:
    return shop(*arguments, token=f"e30.e30.{who}", input=input)


def an_export(shop: Regulars) -> str:
    """Ask for one; it waits."""
    asked = ask(shop, *CREATE, "--format", "csv", "--json")
    assert asked.data["state"] == "waiting"
    return str(asked.data["id"])


def test_one_asks_another_agrees_and_the_one_takes_it(shop: Regulars, tmp_path: Path) -> None:
    id, file = an_export(shop), tmp_path / "buyers.csv"

    refused = ask(shop, "exports", "approve", id, "--yes", who="admin@mia")
    seen = ask(shop, "exports", "approve", id, input="y\n", who="privacy@pia")
    shop.platform.workspace.exporting.finish()
    taken = ask(shop, "exports", "download", id, "-o", str(file))

    assert (refused.code, "their own" in refused.err) == (1, True)
    assert (seen.code, "the letter" in seen.out, "running" in seen.out) == (0, True, True)
    assert (taken.code, "3 members" in taken.out) == (0, True)
    assert file.read_text().count("'=gold") == 3
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("*.part")] == []
    shown = ask(shop, "exports", "show", id)
    assert ("decided by pia" in shown.out, "kept until" in shown.out) == (True, True)
    assert id in ask(shop, "exports", "list", "--json").out


def test_who_says_no_agrees_to_nothing(shop: Regulars) -> None:
    id = an_export(shop)

    said = ask(shop, "exports", "approve", id, input="n\n", who="admin@ada")
    assert (said.code, "nothing was changed" in said.err) == (1, True)
    assert ask(shop, "exports", "reject", id, who="admin@ada", input="").code == 0
    ended = ask(shop, "exports", "download", id)
    assert (ended.code, "the export is rejected" in ended.err) == (1, True)


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 10_000])
def test_what_is_not_the_file_is_not_kept(
    shop: Regulars, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    id, file = an_export(shop), tmp_path / "buyers.csv"
    ask(shop, "exports", "approve", id, "--yes", who="admin@ada")
    shop.platform.workspace.exporting.finish()

    def link(*_key: str, name: str, seconds: int) -> str:
        del name, seconds
        shop.platform.files["/taken/other"] = content
        return f"{shop.platform.url}/taken/other"

    monkeypatch.setattr(shop.platform.workspace.files, "link", link)  # a bucket that gives something else
    ended = ask(shop, "exports", "download", id, "-o", str(file))

    assert (ended.code, "not the file that was made" in ended.err) == (1, True)
    assert list(tmp_path.glob("buyers.csv*")) == []


def test_what_is_not_made_yet_is_waited_for(shop: Regulars) -> None:
    id = an_export(shop)
    ask(shop, "exports", "approve", id, "--yes", who="admin@ada")

    ended = ask(shop, "exports", "download", id, "--wait", "0")
    assert (ended.code, "not made yet" in ended.err) == (1, True)
    assert ask(shop, "exports", "cancel", id).code == 0
    assert "cancelled" in ask(shop, "exports", "show", id).out


def test_the_token_goes_to_nobody_but_the_platform(shop: Regulars, monkeypatch: pytest.MonkeyPatch) -> None:
    id = an_export(shop)
    ask(shop, "exports", "approve", id, "--yes", who="admin@ada")
    shop.platform.workspace.exporting.finish()
    seen: list[dict[str, str]] = []
    answer = shop.platform.answer

    def watch(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        if path.startswith("/taken"):
            seen.append(headers)
        return answer(method, path, headers, body)

    monkeypatch.setattr(shop.platform, "answer", watch)
    assert ask(shop, "exports", "download", id).code == 0
    assert ["authorization" in headers for headers in seen] == [False]
