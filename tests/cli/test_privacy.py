"""Requests of persons from the terminal."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.world.erasing import Erasing
from regulars.adapters.parquet import Parquet
from regulars.domain.instants import DAY
from tests.cli.conftest import Regulars
from tests.consents import PURPOSES


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


def test_a_person_is_held_and_released(shop: Regulars) -> None:
    placed = shop.json("privacy", "hold", "email:ann@shop.example", "--reference", "case-9")
    shop.platform.workspace.send({"type": "track", "event": "Viewed", "userId": "bea"})
    until = ("--until", "2099-01-01T00:00:00Z")
    shop.json("privacy", "hold", "user_id:nobody", "--reference", "case-10", *until)

    assert shop.json("privacy", "holds", "--of", "user_id:ann") == {"holds": [placed["id"]]}
    assert "nobody holds them" in shop("privacy", "holds", "--of", "user_id:bea").out
    assert "case-10" in shop("privacy", "holds").out
    assert "p_email:" in shop("privacy", "holds", placed["id"]).out
    shop.platform.workspace.world.advance(shop.platform.workspace.world.clock.now + 1)
    assert shop.json("privacy", "release-hold", placed["id"])["stands"] is False
    assert shop.json("privacy", "holds", "--of", "user_id:ann") == {"holds": []}


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


def test_traits_are_corrected_for_a_request(shop: Regulars) -> None:
    taken = shop.json("privacy", "request", "user_id:ann", "--kind", "rectification")
    shop.json("privacy", "verify", taken["id"], "--how", "signed_in")
    done = shop.json("privacy", "correct", taken["id"], "city=Bern", "plan:=null", "--reason", "by letter")

    assert (done["state"], done["changed"]) == ("done", ["city", "plan"])


def test_nobody_gets_a_file_who_asked_for_something_else(shop: Regulars, tmp_path: Path) -> None:
    taken = shop.json("privacy", "request", "user_id:ann", "--kind", "rectification")
    shop.json("privacy", "verify", taken["id"], "--how", "signed_in")

    ended = shop("privacy", "export", taken["id"], "--to", str(tmp_path / "case"))

    assert (ended.code, "not for a file" in ended.err, (tmp_path / "case").exists()) == (1, True, False)


def test_an_opt_out_of_many_begins_by_itself(shop: Regulars, tmp_path: Path) -> None:
    shop.platform.workspace.world.define("consent", "purposes", PURPOSES)
    file = tmp_path / "opted-out.txt"
    file.write_text("".join(f"user_id:{number}\n" for number in range(2_001)))
    one = shop.json("privacy", "request", "user_id:ann", "--kind", "opt_out", "--law", "ccpa")
    many = shop.json("privacy", "request", "--file", str(file), "--kind", "opt_out")

    assert [(each["state"], each["identifiers"]) for each in (one, many)] == [("verified", 1), ("verified", 2_001)]


def test_overdue_requests_are_listed_and_others_get_more_time(shop: Regulars) -> None:
    late = shop.json("privacy", "request", "user_id:ann", "--kind", "access")
    assert "complexity" in shop("privacy", "extend", late["id"], "--reason", "complexity").out
    clock = shop.platform.workspace.world.clock
    clock.advance_to(clock.now + 40 * DAY)
    second = shop.json("privacy", "request", "user_id:ann", "--kind", "access")

    assert shop.json("privacy", "list", "--overdue") == []
    clock.advance_to(clock.now + 60 * DAY)
    assert {each["id"] for each in shop.json("privacy", "list", "--overdue")} == {late["id"], second["id"]}
    assert "overdue" in shop("privacy", "list").out


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


NASTY = "<script>alert('c4n4ry-note')</script>"


@pytest.fixture
def asked(shop: Regulars) -> Regulars:
    """Somebody with a canary in every field, and somebody else."""
    shop.platform.workspace.send(
        {
            "type": "identify",
            "userId": "c4n4ry-user",
            "anonymousId": "c4n4ry-device",
            "traits": {"email": "c4n4ry@example.com", "firstName": "C4n4ry-First", "plan": "c4n4ry-plan"},
            "context": {"ip": "192.0.2.77", "page": {"url": "https://shop.example/?c4n4ry=1"}},
        },
        {
            "type": "track",
            "event": "Order Completed",
            "userId": "c4n4ry-user",
            "properties": {"order_id": "c4n4ry-order", "revenue": 900, "comment": NASTY},
        },
    )
    return shop


def exported(asked: Regulars, tmp_path: Path, kind: str) -> tuple[list[dict[str, Any]], str]:
    """The records and the page of a request."""
    taken = asked.json("privacy", "request", "email:c4n4ry@example.com", "--kind", kind)
    asked.json("privacy", "verify", taken["id"], "--how", "signed_in")
    ended = asked("privacy", "export", taken["id"], "--to", str(tmp_path / "case"), "--json", token="privacy")
    assert ended.code == 0, ended.err
    lines, page = (Path(file) for file in ended.data["files"])
    assert lines.stat().st_mode & 0o077 == 0
    assert asked.json("privacy", "complete", taken["id"])["state"] == "done"
    return [json.loads(line) for line in lines.read_text().splitlines()], page.read_text()


def test_access_gives_everything_of_the_person_and_nothing_of_others(asked: Regulars, tmp_path: Path) -> None:
    records, page = exported(asked, tmp_path, "access")

    said = json.dumps(records, ensure_ascii=False)
    wanted = "c4n4ry-user c4n4ry-device c4n4ry@example.com C4n4ry-First c4n4ry-plan 192.0.2.77 c4n4ry=1 c4n4ry-order"
    assert [one for one in wanted.split() if one not in said or one not in page] == []
    assert "ann@shop.example" not in said + page
    kinds = {record["record"] for record in records}
    assert {"request", "identifier", "trait", "computed", "membership", "transition", "event", "place"} <= kinds
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_portability_gives_what_was_provided_and_observed(asked: Regulars, tmp_path: Path) -> None:
    records, _ = exported(asked, tmp_path, "portability")

    assert {record["record"] for record in records} == {"request", "identifier", "trait", "event"}


def test_nobody_gets_a_file_before_they_are_verified(asked: Regulars, tmp_path: Path) -> None:
    taken = asked.json("privacy", "request", "email:c4n4ry@example.com", "--kind", "access")

    assert asked("privacy", "export", taken["id"], "--to", str(tmp_path)).code == 1
    assert list(tmp_path.glob("p_*")) == []


def test_a_token_that_may_not_open_gives_no_file(asked: Regulars, tmp_path: Path) -> None:
    taken = asked.json("privacy", "request", "email:c4n4ry@example.com", "--kind", "access")
    asked.json("privacy", "verify", taken["id"], "--how", "signed_in")

    ended = asked("privacy", "export", taken["id"], "--to", str(tmp_path / "case"), token="engineer")

    assert (ended.code, "role privacy" in ended.err) == (1, True)


def test_of_whom_nothing_is_kept_the_file_says_so(asked: Regulars, tmp_path: Path) -> None:
    taken = asked.json("privacy", "request", "email:nobody@example.com", "--kind", "access")
    asked.json("privacy", "verify", taken["id"], "--how", "signed_in")

    files = asked.json("privacy", "export", taken["id"], "--to", str(tmp_path / "case"))["files"]

    assert "Nothing is kept of you" in Path(files[1]).read_text()
