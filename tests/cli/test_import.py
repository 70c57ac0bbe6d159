"""An import loses nothing and counts nothing twice, however it ends and however often it is repeated."""

import csv
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.importing import run
from cli.place import Keys
from tests.cli.conftest import Regulars

SAMPLE = "catalog/samples/purchases.csv"
HEADER = "customer_id,date,cds,dollars\n"


def rows(number: int) -> str:
    """Write so many purchases, many of them equal."""
    return HEADER + "".join(f"{row % 500:05},1997-01-{row % 28 + 1:02},1,11.77\n" for row in range(number))


def refused(path: Path) -> list[dict[str, str]]:
    """Read a list of refused rows."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_sends_every_row_once(applied: Regulars) -> None:
    counts = applied.json("import", SAMPLE, "-m", "purchases")

    assert (counts["read"], counts["sent"], counts["accepted"]) == (956, 956, 956)
    assert (counts["duplicates"], counts["quarantined"], counts["rejected"]) == (0, 0, 0)
    assert len(set(applied.platform.stored)) == 956


def test_finds_only_duplicates_the_second_time(applied: Regulars) -> None:
    applied.json("import", SAMPLE, "-m", "purchases")
    applied.write("again.csv", (applied.folder / SAMPLE).read_text())  # under another name

    counts = applied.json("import", "again.csv", "-m", "purchases")

    assert (counts["sent"], counts["accepted"], counts["duplicates"], counts["quarantined"]) == (956, 0, 956, 0)
    assert len(applied.platform.stored) == 956


def test_imports_orders_that_segments_then_know(applied: Regulars) -> None:
    applied.json("import", SAMPLE, "-m", "purchases")
    applied.platform.settle()

    profile = applied.json("profile", "user_id:cdnow-19345")

    listed = [line for line in (applied.folder / SAMPLE).read_text().splitlines() if line.startswith("19345,")]
    assert profile["orders"]["count"] == len(listed)
    assert {one["segment"] for one in profile["memberships"]} == {"repeat_buyers", "lapsed"}


def test_goes_on_after_a_kill_with_nothing_twice_and_nothing_missing(applied: Regulars) -> None:
    platform = applied.platform
    applied.write("many.csv", rows(6_000))
    platform.delay = 0.1
    environment = os.environ | {"REGULARS_URL": platform.url, "REGULARS_TOKEN": "admin"}
    command = [sys.executable, "-m", "cli.main", "import", "many.csv", "-m", "purchases"]
    root = Path(__file__).parents[2]
    paths = f"{root}{os.pathsep}{root / 'layers/shared/python'}"
    process = subprocess.Popen(command, env=environment | {"PYTHONPATH": paths})
    while len(platform.sent) < 2_500 and process.poll() is None:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    time.sleep(0.5)  # what was under way arrives
    platform.delay = 0
    before = len(platform.sent)

    ended = applied("import", "many.csv", "-m", "purchases", "--json")

    assert "going on after line" in ended.err
    assert (ended.data["read"], ended.data["sent"]) == (6_000, 6_000)
    assert Counter(platform.stored).most_common(1)[0][1] == 1
    assert len(platform.stored) == 6_000
    assert len(platform.sent) - before < 6_000
    assert max(Counter(platform.sent).values()) <= 2


def test_begins_anew_once_a_file_is_through(applied: Regulars) -> None:
    applied.json("import", SAMPLE, "-m", "purchases")

    assert list((applied.folder / ".regulars/imports").iterdir()) == []


def test_goes_on_after_the_platform_was_away(applied: Regulars, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "UNDER_WAY", 1)  # with more, which batch is the third to arrive is chance
    applied.write("many.csv", rows(3_000))
    calls: list[int] = []

    def away_after_two(_method: str, path: str) -> tuple[int, dict[str, str]] | None:
        calls.append(1)
        return (403, {}) if path == "/v1/batch" and len(calls) > 2 else None

    applied.platform.fault = away_after_two
    ended = applied("import", "many.csv", "-m", "purchases")
    applied.platform.fault = lambda _method, _path: None

    counts = applied.json("import", "many.csv", "-m", "purchases")

    assert (ended.code, "goes on after line 1,001" in ended.err) == (1, True)
    assert (counts["accepted"], counts["duplicates"]) == (3_000, 0)


def test_waits_when_it_is_asked_to(applied: Regulars) -> None:
    answers = iter([(429, {"retry-after": "0"}), (503, {"retry-after": "0"})])
    applied.platform.fault = lambda _method, _path: next(answers, None)

    assert applied.json("import", SAMPLE, "-m", "purchases")["accepted"] == 956


def test_halves_a_batch_that_is_too_large(applied: Regulars) -> None:
    answers: Iterator[tuple[int, dict[str, str]]] = iter([(413, {}), (413, {})])
    applied.platform.fault = lambda _method, _path: next(answers, None)

    assert applied.json("import", SAMPLE, "-m", "purchases")["accepted"] == 956


def test_remembers_what_it_refused_before_a_kill(applied: Regulars) -> None:
    bad = "00001,yesterday,1,11.77\n"
    applied.write("many.csv", rows(1_000) + bad + rows(1_000).removeprefix(HEADER) + bad)
    calls: list[int] = []

    def once(_method: str, _path: str) -> tuple[int, dict[str, str]] | None:
        calls.append(1)
        return (403, {}) if len(calls) == 4 else None

    applied.platform.fault = once
    applied("import", "many.csv", "-m", "purchases")

    counts = applied("import", "many.csv", "-m", "purchases", "--json").data

    assert [row["line"] for row in refused(applied.folder / "many.csv.rejected.csv")] == ["1002", "2003"]
    assert counts["rejected"] == 2


def test_lists_each_refused_row_with_line_and_reason(applied: Regulars) -> None:
    applied.write("some.csv", HEADER + "1,1997-01-01,1,11.77\n2,1997-02-30,1,5\n3,1997-01-01,1,\n4,1997-01-01,1\n")

    ended = applied("import", "some.csv", "-m", "purchases", "--json")

    assert ended.code == 3
    assert (ended.data["accepted"], ended.data["rejected"]) == (1, 3)
    assert [(row["line"], row["reason"]) for row in refused(applied.folder / "some.csv.rejected.csv")] == [
        ("3", "column date: '1997-02-30' is not a date such as 2026-11-21 or 2026-11-21T12:00:00Z"),
        ("4", "column dollars: is empty, and the mapping requires it"),
        ("5", "has 3 cells where the header has 4"),
    ]


def test_lists_what_was_quarantined(applied: Regulars) -> None:
    applied.json("import", SAMPLE, "-m", "purchases")
    changed = (applied.folder / SAMPLE).read_text().replace(",77.44\n", ",99.99\n", 1)
    applied.write("changed.csv", changed)

    ended = applied("import", "changed.csv", "-m", "purchases", "--json")

    assert (ended.code, ended.data["quarantined"], ended.data["duplicates"]) == (3, 1, 955)
    (row,) = refused(applied.folder / "changed.csv.rejected.csv")
    assert row["reason"] == "quarantined: duplicate_with_other_body"
    assert json.loads(row["row"])["dollars"] == "99.99"


def test_writes_no_formula_into_the_list_of_refused_rows(applied: Regulars) -> None:
    applied.write("some.csv", HEADER + '"=HYPERLINK(""x"")",never,1,1\n')

    applied("import", "some.csv", "-m", "purchases")

    (row,) = refused(applied.folder / "some.csv.rejected.csv")
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())


def test_never_overwrites_a_file_that_is_no_list_of_its_own(applied: Regulars) -> None:
    path = applied.write("precious.csv", "a,b\n1,2\n")

    ended = applied("import", SAMPLE, "-m", "purchases", "--rejected", "precious.csv")

    assert (ended.code, path.read_text()) == (1, "a,b\n1,2\n")


def test_shows_the_first_calls_and_sends_nothing(applied: Regulars) -> None:
    shown = applied.json("import", SAMPLE, "-m", "purchases", "--dry-run")

    assert [call["userId"] for call in shown["first"]] == ["cdnow-00001", "cdnow-00079", "cdnow-00157"]
    assert (shown["calls"], applied.platform.sent) == (956, [])


def test_counts_refusals_without_sending(applied: Regulars) -> None:
    applied.write("some.csv", HEADER + "1,never,1,11.77\n")

    ended = applied("import", "some.csv", "-m", "purchases", "--dry-run")

    assert (ended.code, "would be refused because" in ended.out, "'never'" in ended.out) == (3, True, True)


def test_reads_the_first_rows_only(applied: Regulars) -> None:
    assert applied.json("import", SAMPLE, "-m", "purchases", "--limit", "10")["accepted"] == 10


def test_unpacks_a_file(applied: Regulars) -> None:
    applied.write("purchases.csv.gz", gzip.compress((applied.folder / SAMPLE).read_bytes()))

    assert applied.json("import", "purchases.csv.gz", "-m", "purchases")["accepted"] == 956


def test_makes_the_same_events_of_every_format(applied: Regulars) -> None:
    import pyarrow as arrow
    from pyarrow import parquet

    with (applied.folder / SAMPLE).open(newline="") as file:
        listed = list(csv.DictReader(file))
    applied.json("import", SAMPLE, "-m", "purchases")
    applied.write("purchases.jsonl", "".join(json.dumps(row) + "\n" for row in listed))
    parquet.write_table(arrow.Table.from_pylist(listed), applied.folder / "purchases.parquet")

    for name in ("purchases.jsonl", "purchases.parquet"):
        assert applied.json("import", name, "-m", "purchases")["duplicates"] == 956


def test_uses_a_key_that_is_said(applied: Regulars) -> None:
    key = Keys(applied.folder / ".regulars").get("store")
    (applied.folder / ".regulars/keys.json").unlink()

    without = applied("import", SAMPLE, "-m", "purchases")
    said = applied("import", SAMPLE, "-m", "purchases", "--write-key", str(key))

    assert (without.code, "regulars source keys mint store" in without.err) == (1, True)
    assert said.code == 0


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nowhere.csv", "-m", "purchases"], "cannot be read: No such file"),
        (["catalog", "-m", "purchases", "--format", "csv"], "cannot be read: Is a directory"),
        ([SAMPLE, "-m", "nothing"], "there is no mapping nothing"),
        (["catalog/identity.yaml", "-m", "purchases"], "what kind of file is this?"),
        ([SAMPLE, "-m", "purchases", "--format", "xlsx"], "--format xlsx is not known"),
        ([SAMPLE, "-m", "purchases", "--write-key", "wk_wrong"], "no known write key"),
    ],
)
def test_says_what_is_wrong(applied: Regulars, arguments: list[str], complaint: str) -> None:
    ended = applied("import", *arguments)

    assert (ended.code, complaint in ended.err) == (1, True), ended.err
