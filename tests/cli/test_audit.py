"""`regulars audit`: found, taken out, verified on this machine, and told after a breach."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from regulars.domain.audit import Deed, hash_of
from regulars.domain.instants import HOUR
from regulars.stores.audit import to_item
from tests.cli.conftest import Ended, Regulars
from tests.cli.platform import token_of

JANE = "email:jane@example.com"
DAYS = ("--from", "2026-01-01", "--to", "2026-01-03")


@pytest.fixture
def shop(regulars: Regulars) -> Regulars:
    """Jane and Bob; an admin reads Jane twice, for a case, and the officer Bob; a segment is written."""
    workspace = regulars.platform.workspace
    workspace.send(
        *({"type": "identify", "userId": name, "traits": {"email": f"{name}@example.com"}} for name in ("jane", "bob"))
    )
    regulars("--case", "DSR-2026-14", "profile", JANE)
    regulars("profile", "user_id:bob", token=token_of("privacy"))
    workspace.put("/v1/segments/vip", {"definition": {"where": {"event": "Order Completed"}}})
    workspace.world.advance(workspace.world.clock.now + HOUR)
    workspace.anchor()
    return regulars


def audit(shop: Regulars, *arguments: str) -> Ended:
    return shop("audit", *arguments, token=token_of("privacy"))


def data(shop: Regulars, *arguments: str) -> Any:
    ended = audit(shop, *arguments, "--json")
    assert ended.code == 0, ended.err
    return ended.data


def test_finds_who_read_a_person_and_for_which_case(shop: Regulars) -> None:
    ended = audit(shop, "search", *DAYS, "--whom", JANE)

    assert ended.code == 0, ended.err
    assert "2 rows" in ended.out
    assert "jane@example.com" not in ended.out
    found = data(shop, "search", *DAYS, "--whom", JANE)["rows"]
    assert [(row["what"], row["case"]) for row in found] == [
        ("look_up_profile", "DSR-2026-14"),
        ("list_events", "DSR-2026-14"),
    ]


def test_finds_by_kind_and_tells_that_there_is_more(shop: Regulars) -> None:
    assert {row["what"] for row in data(shop, "search", *DAYS, "--kind", "changes")["rows"]} == {"put_segment"}
    assert data(shop, "search", *DAYS, "--rows", "1")["more"]
    assert "there are more" in audit(shop, "search", *DAYS, "--rows", "1").out
    assert {row["case"] for row in data(shop, "search", *DAYS, "--of-case", "DSR-2026-14")["rows"]} == {"DSR-2026-14"}


def test_only_the_officer_may(shop: Regulars) -> None:
    assert shop("audit", "search", *DAYS).code == 1


@pytest.mark.parametrize("said", [("--from", "soon"), ("--from", "2026-01-03", "--to", "2026-01-01")])
def test_what_is_no_time_is_told(shop: Regulars, said: tuple[str, ...]) -> None:
    assert "2026-11-21" in audit(shop, "search", *said).err


def test_an_untouched_trail_verifies(shop: Regulars) -> None:
    ended = audit(shop, "verify", *DAYS)

    assert ended.code == 0, ended.err
    assert "all of it is as it was written" in ended.out
    found = data(shop, "verify", *DAYS)
    assert (found["fault"], found["rows"] >= 6) == (None, True)
    assert found["anchored_until"].startswith("2026-01-01T01")


def edit(shop: Regulars, number: int, **changes: Any) -> None:
    database = shop.platform.workspace.world.database
    item = dict(sorted(database.all("audit"), key=lambda item: (item["chain"], item["number"]))[number])
    database.put("audit", {**item, **changes})


def drop(shop: Regulars, number: int) -> None:
    database = shop.platform.workspace.world.database
    item = sorted(database.all("audit"), key=lambda item: (item["chain"], item["number"]))[number]
    database.delete("audit", str(item["chain"]), str(item["number"]))


TAMPERED: dict[str, Callable[[Regulars], None]] = {
    "edited": lambda shop: edit(shop, 0, who="nobody"),
    "missing": lambda shop: drop(shop, 0),
    "cut_off": lambda shop: drop(shop, 1),
}


@pytest.mark.parametrize("kind", TAMPERED)
def test_a_row_that_was_touched_is_named(shop: Regulars, kind: str) -> None:
    rows = shop.platform.workspace.trail
    TAMPERED[kind](shop)

    ended = audit(shop, "verify", *DAYS)
    program = audit(shop, "verify", *DAYS, "--json")

    assert (ended.code, program.code) == (1, 1)
    assert kind in ended.out
    assert program.data["fault"]["kind"] == kind
    assert program.data["fault"]["chain"] == rows[0].place.chain


def test_a_chain_that_is_written_anew_needs_the_anchor(shop: Regulars) -> None:
    rows = shop.platform.workspace.trail
    chain = [row for row in rows if row.place.chain == rows[0].place.chain]
    forged = replace(chain[-1], deed=replace(chain[-1].deed, who="nobody"))
    shop.platform.workspace.world.database.put("audit", to_item(replace(forged, hash=hash_of(forged))))

    assert "rewritten" in audit(shop, "verify", *DAYS).out
    shop.platform.workspace.anchors.objects.clear()
    assert audit(shop, "verify", *DAYS).code == 0  # nothing but the anchor could tell
    assert "no anchor" in audit(shop, "verify", *DAYS).err


def test_rows_and_anchors_of_files_verify_without_a_platform(shop: Regulars, tmp_path: Path) -> None:
    for key, content in shop.platform.workspace.anchors.objects.items():
        shop.write(key, json.dumps(content))
    written = audit(shop, "export", *DAYS, "-o", "trail.jsonl")
    offline = ("--anchors", "anchors", "--file", "trail.jsonl", *DAYS)
    shop.platform.fault = lambda _method, _path: (503, {})

    assert written.code == 0, written.err
    assert audit(shop, "verify", *offline).code == 0
    file = tmp_path / "trail.jsonl"
    whole = file.read_text()
    for spoilt in (whole.replace("put_segment", "put_source", 1), whole.partition("\n")[2], "{\n" + whole, "[]\n"):
        file.write_text(spoilt)
        assert audit(shop, "verify", *offline).code == 1
    assert "copy the folder" in audit(shop, "verify", *DAYS, "--anchors", "catalog").err
    assert "cannot be read" in audit(shop, "verify", *DAYS, "--anchors", "anchors", "--file", "none.jsonl").err


def test_csv_is_no_formula(shop: Regulars) -> None:
    first = shop.platform.workspace.trail[0]
    edit(shop, 0, who="=1+1")
    audit(shop, "export", *DAYS, "-o", "trail.csv")

    rows = list(csv.DictReader(StringIO((shop.folder / "trail.csv").read_text())))
    assert rows[0]["who"] == "'=1+1"
    assert rows[0]["hash"] == first.hash
    assert audit(shop, "export", *DAYS, "-o", "trail.txt").code == 1


def test_lines_are_rows(shop: Regulars) -> None:
    written = len(shop.platform.workspace.trail)
    ended = audit(shop, "export", *DAYS)

    assert len(ended.out.splitlines()) == written
    assert {json.loads(line)["kind"] for line in ended.out.splitlines()} >= {"changes", "reads"}


def test_tells_who_read_and_who_could_have(shop: Regulars) -> None:
    found = data(shop, "readers", *DAYS)

    [reader] = found["read"]
    assert (reader["who"], reader["roles"], reader["cases"]) == ("s-1", ["admin", "privacy"], ["DSR-2026-14"])
    assert reader["requests"] == 4
    of_jane = data(shop, "readers", *DAYS, "--whom", JANE)
    assert of_jane["read"][0]["requests"] == 2
    words = audit(shop, "readers", *DAYS).out
    assert "1 subject read personal fields" in words


def test_tells_who_only_had_a_token(shop: Regulars) -> None:
    workspace = shop.platform.workspace
    workspace.note(Deed(who="s-7", roles=("admin",), kind="logins", what="sign_in", count=1))
    workspace.world.advance(workspace.world.clock.now + 1)

    [could] = data(shop, "readers", *DAYS)["could_have_read"]
    assert (could["who"], could["tokens"], could["people"]) == ("s-7", 1, [])
