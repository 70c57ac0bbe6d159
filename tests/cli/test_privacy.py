"""Requests of persons from the terminal."""

from pathlib import Path

import pytest

from local.world.erasing import Erasing
from regulars.adapters.parquet import Parquet
from tests.cli.conftest import Regulars


@pytest.fixture
def shop(applied: Regulars) -> Regulars:
    """A workspace with one person."""
    applied.platform.workspace.send(
        {"type": "identify", "userId": "ann", "traits": {"email": "ann@shop.example", "plan": "gold"}}
    )
    return applied


def finish(shop: Regulars, id: str) -> None:
    """Let the workers of a request do their work."""
    workspace = shop.platform.workspace
    Erasing(world=workspace.world, lake=workspace.lake, format=Parquet()).finish(id)


def test_a_person_is_erased_and_the_certificate_is_genuine(shop: Regulars, tmp_path: Path) -> None:
    taken = shop.json("privacy", "request", "email:ann@shop.example", "--reference", "case-7")
    assert shop.json("privacy", "verify", taken["id"], "--how", "document")["state"] == "verified"
    finish(shop, taken["id"])

    assert "done" in shop("privacy", "show", taken["id"]).out
    assert "case-7" in shop("privacy", "list").out
    told = shop("privacy", "certificate", taken["id"]).out
    assert "backups of the vault" in told
    file = tmp_path / "certificate.json"
    file.write_text(shop("privacy", "certificate", taken["id"], "--json").out)
    assert "genuine" in shop("privacy", "certificate", "--verify", str(file)).out
    file.write_text(file.read_text().replace("case-7", "case-8"))
    assert shop("privacy", "certificate", "--verify", str(file)).code == 1
    assert not any("@" in path for _, path in shop.platform.asked)


def test_a_file_of_many_is_sent_page_by_page(shop: Regulars, tmp_path: Path) -> None:
    file = tmp_path / "leavers.txt"
    file.write_text("".join(f"user_id:{number}\n" for number in range(2_500)))

    taken = shop.json("privacy", "request", "--file", str(file))

    assert taken["identifiers"] == 2_500
    assert [path.rsplit("/", 1)[-1] for _, path in shop.platform.asked[-3:]] == [
        "requests",
        "identifiers",
        "identifiers",
    ]
    assert shop.json("privacy", "cancel", taken["id"])["state"] == "cancelled"


def test_the_register_is_shown(shop: Regulars) -> None:
    said = shop("privacy", "register").out

    assert "ciphertext" in said
    assert "rewritten" in said


@pytest.mark.parametrize(
    "args",
    [("request",), ("certificate",), ("certificate", "q1", "--verify", "x"), ("request", "--file", "no/such/file")],
)
def test_what_is_not_said_is_asked_for(shop: Regulars, args: tuple[str, ...]) -> None:
    ended = shop("privacy", *args)

    assert (ended.code, "fix" in ended.err) == (1, True)
