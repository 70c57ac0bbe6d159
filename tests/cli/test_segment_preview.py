"""Who would be in a segment is known before anything is live, and what an edit would change."""

import csv
import io
import json

import pytest
import sqlglot

from regulars.domain.events import Sealed
from regulars.domain.instants import DAY
from tests.builders import START, an_event, an_identify, an_order
from tests.cli.conftest import Regulars
from tests.cli.lakes import archive

VIP = "catalog/segments/vip.yaml"
ONE = """\
name: VIP
where:
  all:
    - event: Order Completed
      count: {at_least: 1}
    - not: {trait: plan, equals: gold}
"""
TWO = ONE.replace("at_least: 1", "at_least: 2")


@pytest.fixture
def shop(lake: Regulars) -> Regulars:
    """Orders: one of ann, two of bob, who is gold, two of cat; and one of somebody who is not known."""
    events = [
        an_order(1, links=("user_id:ann",)),
        *(an_order(number, links=("user_id:bob",)) for number in (2, 3)),
        *(an_order(number, links=("user_id:cat",)) for number in (4, 5)),
        an_order(6, links=("anonymous_id:dan",)),
        an_identify(7, links=("user_id:bob",), plan="gold", email=Sealed("user_id:bob", "c")),
        an_event(8, links=("user_id:eve",), arrival=START + DAY),
    ]
    archive(*events)
    lake.write(VIP, ONE)
    return lake


def test_counts_who_would_be_in_it(shop: Regulars) -> None:
    found = shop.json("segment", "preview", VIP)

    assert (found["count"], found["known"], found["anonymous"]) == (2, 2, 0)
    assert {one["profile_id"] for one in found["sample"]} == {"p_user_id:ann", "p_user_id:cat"}
    assert (found["against"], found["enters"], found["leaves"]) == (None, None, None)


def test_takes_people_in_who_are_not_known_where_the_segment_does(shop: Regulars) -> None:
    shop.write(VIP, f"anonymous: true\n{ONE}")

    found = shop.json("segment", "preview", VIP)

    assert (found["known"], found["anonymous"]) == (2, 1)


def test_says_why_somebody_is_in_it(shop: Regulars) -> None:
    found = shop.json("segment", "preview", VIP)

    reasons = {one["profile_id"]: one["reasons"] for one in found["sample"]}["p_user_id:ann"]
    assert [(one["path"], one["truth"]) for one in reasons] == [("where.all[0]", True), ("where.all[1].not", False)]
    assert [one["condition"] for one in reasons] == [
        "the number of Order Completed is at least 1",
        "trait plan is gold",
    ]


def test_says_how_old_the_lake_is(shop: Regulars) -> None:
    assert shop.json("segment", "preview", VIP)["newest_event"] == "2026-01-02T00:00:00.000000Z"


def test_says_who_an_edit_would_put_out_and_let_in(shop: Regulars) -> None:
    assert shop("apply").code == 0
    shop.write(VIP, TWO.replace("    - not: {trait: plan, equals: gold}\n", ""))

    found = shop.json("segment", "preview", VIP)

    assert found["against"] == 1
    assert found["enters"] == {"count": 1, "sample": ["p_user_id:bob"]}
    assert found["leaves"] == {"count": 1, "sample": ["p_user_id:ann"]}


def test_writes_everybody_to_a_file(shop: Regulars) -> None:
    assert shop("apply").code == 0
    shop.write(VIP, TWO)

    assert shop("segment", "preview", VIP, "-o", "changes.csv").code == 0
    rows = list(csv.reader(io.StringIO((shop.folder / "changes.csv").read_text())))
    assert rows == [
        ["profile_id", "known", "member", "change"],
        ["p_user_id:ann", "True", "False", "leaves"],
        ["p_user_id:cat", "True", "True", "stays"],
    ]


def test_previews_what_is_live_by_its_id(shop: Regulars) -> None:
    assert shop("apply").code == 0

    assert shop.json("segment", "preview", "vip")["count"] == 2


def test_tells_a_person_in_words(shop: Regulars) -> None:
    ended = shop("segment", "preview", VIP)

    assert "2 known, 0 anonymous" in ended.out
    assert "the newest event in the lake" in ended.out
    assert "the number of Order Completed is at least 1" in ended.out


def test_what_is_neither_a_file_nor_live_is_refused(shop: Regulars) -> None:
    unknown, missing = shop("segment", "preview", "nobody"), shop("segment", "preview", "nobody.yaml")

    assert (unknown.code, missing.code) == (1, 1)
    assert "no segment nobody is live" in unknown.err
    assert "there is no such file" in missing.err


def test_a_lake_without_files_has_nobody(lake: Regulars) -> None:
    lake.write(VIP, ONE)

    assert lake.json("segment", "preview", VIP)["count"] == 0


@pytest.mark.parametrize("engine", ["duckdb", "athena"])
def test_writes_the_sql(shop: Regulars, engine: str) -> None:
    ended = shop("segment", "sql", VIP, "--engine", engine)

    assert ended.code == 0
    assert sqlglot.parse_one(ended.out, read=engine).find(sqlglot.exp.Select)


def test_its_sql_is_what_query_takes(shop: Regulars) -> None:
    question = json.loads(shop("segment", "sql", VIP, "--json").out)["sql"]

    found = shop("query", "-", "--format", "csv", input=question)

    assert "p_user_id:cat" in found.out
