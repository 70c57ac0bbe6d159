"""The lake is asked for previews by an engine that reads its files, and nothing else, for so long."""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from local.world.lake import MemoryLake
from regulars.adapters.lake_engine import lake_engine
from regulars.adapters.lake_files import LakeFiles
from regulars.adapters.parquet import Parquet
from regulars.analytics.compiling import Scope
from regulars.analytics.previewing import Draft
from regulars.analytics.setting import Setting
from regulars.domain.checks import Compares
from regulars.domain.instants import DAY
from regulars.domain.lake import EVENTS, IDENTITY
from regulars.domain.lake_rows import event_row
from regulars.domain.segments import Measure, Measured, OrdersMeasure, Segment, Selection
from regulars.errors import LakeTooLargeError, UnavailableError
from tests.builders import START, an_order

BUYERS = Measured(Measure(Selection("Order Completed")), Compares("at_least", 1))
ORDERS = """
SELECT o.person, 'o' AS order_id, o."at" AS instant, r.rate AS net, TRUE AS stands
FROM order_events AS o JOIN rates AS r ON r.day = 20000
"""


def draft(where: Measured = BUYERS, **more: object) -> Draft:
    scope = Scope(known_kinds=frozenset({"user_id"}), orders=ORDERS)
    segment = Segment(id="s", name="s", where=where)
    return Draft(segment=segment, before=None, setting=Setting(now=START + DAY), scope=scope, **more)  # type: ignore[arg-type]  # fields of Draft


@pytest.fixture
def lake() -> MemoryLake:
    lake = MemoryLake()
    content = Parquet().write(EVENTS, [event_row(an_order(number)) for number in (1, 2)])
    lake.put("events/day=2026-01-01/batch-1.parquet", content)
    return lake


def test_previews_what_was_fetched(lake: MemoryLake, tmp_path: Path) -> None:
    files = LakeFiles(lake, tmp_path)

    with lake_engine(files.fetch((EVENTS, IDENTITY)), tmp_path, memory="1GB") as engine:
        found = engine.preview(draft())

    assert (found.known, found.anonymous) == (1, 0)
    assert [one.profile_id for one in found.sample] == ["p_user_id:u"]


def test_the_ledger_is_computed_with_the_rates_of_the_workspace(lake: MemoryLake, tmp_path: Path) -> None:
    paths = LakeFiles(lake, tmp_path).fetch((EVENTS, IDENTITY))
    revenue = Measured(OrdersMeasure("revenue"), Compares("equals", 3))

    with lake_engine(paths, tmp_path, memory="1GB") as engine:
        assert engine.preview(draft(revenue, rates=[("USD", 20_000, Decimal("1.5"))])).known == 1
        assert engine.preview(draft(revenue)).known == 0


def test_no_other_file_is_read(lake: MemoryLake, tmp_path: Path) -> None:
    paths = LakeFiles(lake, tmp_path / "lake").fetch((EVENTS, IDENTITY))
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")

    with lake_engine(paths, tmp_path / "lake", memory="1GB") as engine, pytest.raises(duckdb.PermissionException):
        engine._rows(f"SELECT * FROM '{secret}'")


def test_what_takes_too_long_is_stopped(lake: MemoryLake, tmp_path: Path) -> None:
    paths = LakeFiles(lake, tmp_path).fetch((EVENTS, IDENTITY))

    with (
        pytest.raises(LakeTooLargeError, match="ask Athena"),
        lake_engine(paths, tmp_path, memory="1GB", seconds=0.2) as engine,
    ):
        engine._rows("SELECT sum(a.range * b.range % 7) FROM range(10000000) AS a, range(1000000) AS b")


def test_a_file_is_fetched_once_and_forgotten_with_its_end(lake: MemoryLake, tmp_path: Path) -> None:
    files = LakeFiles(lake, tmp_path)
    first = files.fetch((EVENTS,))
    lake.get = lambda _key: pytest.fail("it is here")  # type: ignore[method-assign,assignment]  # a lake that fails

    assert files.fetch((EVENTS,)) == first
    lake.content.clear()
    assert files.fetch((EVENTS,)) == {"events": []}
    assert list(tmp_path.rglob("*.parquet")) == []


def test_files_that_are_merged_while_they_are_read_are_read_again(lake: MemoryLake, tmp_path: Path) -> None:
    lake.get = lambda _key: None  # type: ignore[method-assign,assignment]  # a lake that fails

    with pytest.raises(UnavailableError, match="try again"):
        LakeFiles(lake, tmp_path).fetch((EVENTS,))


def test_a_lake_beyond_the_limit_is_not_fetched(lake: MemoryLake, tmp_path: Path) -> None:
    with pytest.raises(LakeTooLargeError, match="Athena"):
        LakeFiles(lake, tmp_path, most=10).fetch((EVENTS,))

    assert list(tmp_path.rglob("*.parquet")) == []
