"""Lists from files: nothing is lost, every bad row is listed, and who is replaced is asked for first."""

import csv
import gzip
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Regulars
from tests.cli.platform import token_of

PEOPLE = [f"p{n}@shop.example" for n in range(1_200)]


@pytest.fixture
def shop(applied: Regulars) -> Regulars:
    """The command beside a platform with the list of the catalog, `vip`."""
    return applied


def a_file(shop: Regulars, *people: str, name: str = "vip.csv", column: str = "email") -> str:
    """Write a file of people."""
    shop.write(name, f"{column},note\n" + "".join(f"{each},x\n" for each in people))
    return name


def members(shop: Regulars) -> set[str]:
    """List who is in the list."""
    found = shop("list", "members", "vip", "--limit", "5000", "--json", token=token_of("privacy")).data
    return {one["value"] for one in found["members"]}


def refused(path: Path) -> list[tuple[str, str]]:
    """Read a list of refused rows."""
    with path.open(newline="") as file:
        return [(row["line"], row["reason"]) for row in csv.DictReader(file)]


def test_fills_a_list_from_a_file(shop: Regulars) -> None:
    told = shop.json("list", "upload", "vip", a_file(shop, *PEOPLE))

    assert (told["stored"], told["refused"], told["known"]) == (1_200, 0, 0)
    assert members(shop) == set(PEOPLE)


def test_a_marketer_creates_and_fills_a_list(shop: Regulars) -> None:
    token = token_of("marketer")
    assert shop("list", "create", "press", "--name", "Press", token=token).code == 0
    assert shop("list", "upload", "press", a_file(shop, *PEOPLE[:3]), token=token).code == 0

    assert "Press" in shop("list", "show", token=token).out
    assert "add" in shop("list", "show", "press", token=token).out
    assert "shop.example" not in shop("list", "members", "press", token=token).out


def test_a_list_that_is_there_is_not_created_again(shop: Regulars) -> None:
    assert shop("list", "create", "vip", "--name", "Others").code == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", b'{"customer": {"mail": "ann@shop.example"}}\n{"customer": {"mail": "BOB@shop.example"}}\n'),
        ("b.csv.gz", gzip.compress(b"customer.mail\nann@shop.example\nbob@shop.example\n", mtime=0)),
        ("c.csv", "customer.mail;x\r\nann@shop.example;1\r\nbob@shop.example;2\r\n".encode("utf-16")),
    ],
)
def test_reads_what_an_import_reads(shop: Regulars, name: str, content: bytes) -> None:
    shop.write(name, content)

    shop.json("list", "upload", "vip", name, "--column", "customer.mail")

    assert members(shop) == {"ann@shop.example", "bob@shop.example"}


def test_removes_and_replaces(shop: Regulars) -> None:
    shop.json("list", "upload", "vip", a_file(shop, *PEOPLE[:5]))
    shop.json("list", "upload", "vip", a_file(shop, PEOPLE[0], name="gone.csv"), "--mode", "remove")
    assert members(shop) == set(PEOPLE[1:5])

    told = shop.json("list", "upload", "vip", a_file(shop, *PEOPLE[3:7], name="new.csv"), "--mode", "replace", "--yes")

    assert (told["left"], members(shop)) == (2, set(PEOPLE[3:7]))


def test_asks_before_it_replaces(shop: Regulars) -> None:
    ended = shop("list", "upload", "vip", a_file(shop, *PEOPLE[:2]), "--mode", "replace")

    assert (ended.code, "say --yes" in ended.err) == (1, True)
    assert not any(path.endswith("/uploads") for _, path in shop.platform.asked)


def test_lists_each_bad_row_with_its_line(shop: Regulars) -> None:
    name = a_file(shop, "ann@shop.example", "=cmd|'/c calc'!A0", "", "null", "bob@shop.example")

    ended = shop("list", "upload", "vip", name, "--json")

    assert (ended.code, ended.data["stored"], ended.data["blank"]) == (3, 2, 1)
    assert refused(shop.folder / "vip.csv.rejected.csv") == [
        ("3", "is no e-mail address"),
        ("5", "is no e-mail address"),
    ]
    with (shop.folder / "vip.csv.rejected.csv").open() as listed:
        assert not any(cell.startswith("=") for row in csv.reader(listed) for cell in row)


def test_nobody_leaves_because_a_row_was_refused(shop: Regulars) -> None:
    shop.json("list", "upload", "vip", a_file(shop, *PEOPLE[:3]))
    bad = a_file(shop, PEOPLE[1], "not an address", name="bad.csv")

    ended = shop("list", "upload", "vip", bad, "--mode", "replace", "--yes")
    assert (ended.code, "--partial" in ended.err) == (1, True)
    assert members(shop) == set(PEOPLE[:3])

    assert shop("list", "upload", "vip", bad, "--mode", "replace", "--yes", "--partial").code == 3
    assert members(shop) == {PEOPLE[1]}


def test_goes_on_with_the_same_upload_after_it_ended_early(shop: Regulars) -> None:
    shop.json("list", "upload", "vip", a_file(shop, "gone@shop.example", name="before.csv"))
    name, seen = a_file(shop, *PEOPLE), []

    def fault(_method: str, path: str) -> tuple[int, dict[str, str]] | None:
        seen.append(path)
        return (400, {}) if path.endswith("/rows") and sum(one.endswith("/rows") for one in seen) >= 2 else None

    shop.platform.fault = fault
    assert shop("list", "upload", "vip", name, "--mode", "replace", "--yes").code == 1
    shop.platform.fault = lambda _method, _path: None

    told = shop.json("list", "upload", "vip", name, "--mode", "replace", "--yes")

    assert (told["read"], told["left"], members(shop)) == (1_200, 1, set(PEOPLE))
    uploads = shop.json("list", "show", "vip")["uploads"]
    assert [one["state"] for one in uploads] == ["done", "done"]


def test_goes_on_with_the_end_of_an_upload(shop: Regulars) -> None:
    shop.json("list", "upload", "vip", a_file(shop, *PEOPLE[:4], name="before.csv"))
    name = a_file(shop, *PEOPLE[3:6])
    shop.platform.fault = lambda _method, path: (400, {}) if path.endswith("/end") else None
    assert shop("list", "upload", "vip", name, "--mode", "replace", "--yes").code == 1
    shop.platform.fault = lambda _method, _path: None

    assert shop.json("list", "upload", "vip", name, "--mode", "replace", "--yes")["left"] == 3
    assert members(shop) == set(PEOPLE[3:6])
    assert not list((shop.folder / ".regulars" / "lists").iterdir())


def test_what_a_later_file_replaced_is_begun_anew_only_when_told(shop: Regulars) -> None:
    name = a_file(shop, *PEOPLE[:2])
    shop.platform.fault = lambda _method, path: (400, {}) if path.endswith("/rows") else None
    assert shop("list", "upload", "vip", name).code == 1
    shop.platform.fault = lambda _method, _path: None
    shop.json("list", "upload", "vip", a_file(shop, *PEOPLE[5:7], name="later.csv"), "--mode", "replace", "--yes")

    late = shop("list", "upload", "vip", name)
    assert (late.code, "--anew" in late.err) == (1, True)
    shop.json("list", "upload", "vip", name, "--anew")

    assert members(shop) == {*PEOPLE[:2], *PEOPLE[5:7]}


def test_deletes_a_list_and_lets_everybody_leave(shop: Regulars) -> None:
    shop.json("list", "upload", "vip", a_file(shop, *PEOPLE[:3]))

    assert shop.json("list", "delete", "vip", "--yes")["left"] == 3
    assert shop("list", "show", "vip").code == 1


def test_a_list_that_a_segment_reads_keeps_its_members(shop: Regulars) -> None:
    shop.json("list", "upload", "vip", a_file(shop, *PEOPLE[:3]))
    content = json.dumps({"where": {"list": "vip"}})
    shop.platform.workspace.world.database.put("catalog", {"kind": "segment", "id": "x", "content": content}, was=0)

    ended = shop("list", "delete", "vip", "--yes")

    assert (ended.code, "segment x reads it" in ended.err) == (1, True)
    assert members(shop) == set(PEOPLE[:3])


def test_asks_before_it_deletes(shop: Regulars) -> None:
    assert shop("list", "delete", "vip").code == 1
    assert shop("list", "show", "vip").code == 0


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--mode", "merge"], "--mode merge is not known"),
        (["--kind", "phone"], "kind is one of the identity rules"),
        (["--column", "mail"], "no column mail"),
    ],
)
def test_says_what_is_wrong_before_anything_is_sent(shop: Regulars, arguments: list[str], complaint: str) -> None:
    ended = shop("list", "upload", "vip", a_file(shop, *PEOPLE[:2]), *arguments)

    assert (ended.code, complaint in ended.err) == (1, True)
    assert not any(path.endswith("/rows") for _, path in shop.platform.asked)


def test_nothing_on_this_machine_says_whom_a_list_has(shop: Regulars) -> None:
    shop.platform.fault = lambda _method, path: (400, {}) if path.endswith("/end") else None
    shop("list", "upload", "vip", a_file(shop, *PEOPLE[:3]))

    kept = [path.read_text() for path in (shop.folder / ".regulars").rglob("*.json")]
    assert kept
    assert not any("shop.example" in text for text in kept)
