"""
Segments over a million people in SQL, beside SQL that somebody wrote by hand for the very same questions.

Both read the same files through the same views, by turns; counts have to be equal. What is measured is CPU of all
threads: the machine does other work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import duckdb

from benchmarks.crowd_lake import NOW, made, opened
from regulars.analytics.compiling import Scope, as_text, compile
from regulars.analytics.setting import Setting
from regulars.domain.checks import Compares, IsIn
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.instants import DAY, to_text
from regulars.domain.segments import (
    All,
    CalendarDays,
    Function,
    Latest,
    Measure,
    Measured,
    Node,
    Not,
    Rolling,
    Segment,
    Selection,
    Trait,
    Where,
    Window,
)

LAKE = Path(".regulars/crowd")
RUNS = 3
_TODAY = NOW // DAY


@dataclass(frozen=True, slots=True)
class Written:
    """A segment, and the condition that somebody wrote for it by hand, over columns that they wrote, too."""

    where: Node
    by_hand: str


@dataclass(frozen=True, slots=True)
class Beside:
    """CPU seconds of our question, and of the one written by hand; how many are members."""

    name: str
    ours: float
    by_hand: float
    members: Sequence[int]

    @property
    def ratio(self) -> float:
        """How much dearer ours is."""
        return self.ours / self.by_hand


def _did(
    event: str, *, window: Window | None = None, price: float | None = None, function: Function = "count",
    of: str | None = None, at_least: float = 1,
) -> Node:  # fmt: skip
    where = () if price is None else (Where("price", Compares("at_least", price)),)
    return Measured(Measure(Selection(event, where), function, of, window), Compares("at_least", at_least))


_ORDER, _CART, _VIEW, _ADD = "Order Completed", "Cart Viewed", "Product Viewed", "Product Added"


def _days(number: int) -> Rolling:
    return Rolling(number * DAY)


def _since(days: int) -> str:
    return f"happened > make_timestamp({NOW - days * DAY})"


TWENTY: tuple[Written, ...] = (
    Written(_did(_ORDER), f"count(*) FILTER (name = '{_ORDER}') >= 1"),
    Written(_did(_ORDER, at_least=3), f"count(*) FILTER (name = '{_ORDER}') >= 3"),
    Written(_did(_ORDER, window=_days(30)), f"count(*) FILTER (name = '{_ORDER}' AND {_since(30)}) >= 1"),
    Written(
        _did(_ORDER, window=_days(30), price=50, at_least=2),
        f"count(*) FILTER (name = '{_ORDER}' AND {_since(30)} AND price >= 50) >= 2",
    ),
    Written(
        All((_did(_CART, window=_days(7)), Not(_did(_ORDER, window=_days(7))))),
        f"count(*) FILTER (name = '{_CART}' AND {_since(7)}) >= 1"
        f" AND count(*) FILTER (name = '{_ORDER}' AND {_since(7)}) = 0",
    ),
    Written(
        _did(_ORDER, function="sum", of="price", at_least=200), f"sum(price) FILTER (name = '{_ORDER}') >= 200"
    ),
    Written(
        _did(_ORDER, function="sum", of="price", window=_days(60), at_least=100),
        f"sum(price) FILTER (name = '{_ORDER}' AND {_since(60)}) >= 100",
    ),
    Written(
        _did(_ORDER, function="average", of="price", at_least=120), f"avg(price) FILTER (name = '{_ORDER}') >= 120"
    ),
    Written(
        _did(_ORDER, function="maximum", of="price", at_least=190), f"max(price) FILTER (name = '{_ORDER}') >= 190"
    ),
    Written(
        _did(_VIEW, function="distinct", of="product_id", window=_days(30), at_least=2),
        f"count(DISTINCT product) FILTER (name = '{_VIEW}' AND {_since(30)}) >= 2",
    ),
    Written(
        _did(_VIEW, function="days", window=CalendarDays(30), at_least=2),
        f"count(DISTINCT happened::DATE) FILTER (name = '{_VIEW}' AND happened::DATE"
        f" > DATE '1970-01-01' + {_TODAY - 30}) >= 2",
    ),
    Written(_did(_VIEW, window=CalendarDays(7)),
        f"count(*) FILTER (name = '{_VIEW}' AND happened::DATE > DATE '1970-01-01' + {_TODAY - 7}) >= 1"),
    Written(
        Latest(Selection(_ORDER), None, 30 * DAY),
        f"max(happened) FILTER (name = '{_ORDER}') <= make_timestamp({NOW - 30 * DAY})",
    ),
    Written(
        Latest(Selection(_CART), Selection(_ORDER), 0, _days(14)),
        f"max(happened) FILTER (name = '{_CART}') > make_timestamp({NOW - 14 * DAY}) AND"
        f" coalesce(max(happened) FILTER (name = '{_ORDER}') < max(happened) FILTER (name = '{_CART}'), true)",
    ),
    Written(
        Measured(
            Measure(Selection(_VIEW, (Where("category", IsIn(("shoes", "hats"))),)), "count", None, _days(14)),
            Compares("at_least", 1),
        ),
        f"count(*) FILTER (name = '{_VIEW}' AND category IN ('shoes', 'hats') AND {_since(14)}) >= 1",
    ),
    Written(
        Measured(Measure(Selection(_VIEW), "last", "category"), Compares("equals", "books")),
        f"arg_max(category, happened) FILTER (name = '{_VIEW}') = 'books'",
    ),
    Written(
        Measured(Measure(Selection(_ADD), "first", "category"), Compares("equals", "toys")),
        f"arg_min(category, happened) FILTER (name = '{_ADD}') = 'toys'",
    ),
    Written(Trait("plan", Compares("equals", "gold")), "arg_max(plan, happened) FILTER (plan IS NOT NULL) = 'gold'"),
    Written(
        Trait("points", Compares("at_least", 90)), "arg_max(points, happened) FILTER (points IS NOT NULL) >= 90"
    ),
    Written(
        All((Trait("plan", IsIn(("gold", "silver"))), _did(_ADD, window=_days(30)), Not(_did(_ORDER)))),
        f"arg_max(plan, happened) FILTER (plan IS NOT NULL) IN ('gold', 'silver') AND count(*) FILTER (name = '{_ADD}'"
        f" AND {_since(30)}) >= 1 AND count(*) FILTER (name = '{_ORDER}') = 0",
    ),
)  # fmt: skip
_PREVIEW = Written(
    All((_did(_ORDER, window=_days(30), price=50), Not(_did(_CART, window=_days(7))))),
    f"count(*) FILTER (name = '{_ORDER}' AND price >= 50) >= 1"
    f" AND count(*) FILTER (name = '{_CART}' AND {_since(7)}) = 0",
)


def measure(runs: int = RUNS, lake: Path = LAKE) -> list[Beside]:
    """Ask both by turns, and give the least that each took."""
    with opened(made(lake)) as database:
        recent = f"AND day >= '{to_text(NOW - 30 * DAY)[:10]}' AND {_since(30)}"
        preview = _hand([_PREVIEW], f"e.name IN ('{_ORDER}', '{_CART}') {recent}")
        return [
            _beside("preview of one", database, [_PREVIEW], preview, runs),
            _beside("recompute of 20", database, TWENTY, _hand(TWENTY, "true"), runs),
        ]


def _beside(
    name: str, database: duckdb.DuckDBPyConnection, asked: Sequence[Written], by_hand: str, runs: int
) -> Beside:
    took: dict[str, list[float]] = {"ours": [], "by hand": []}
    counted: set[tuple[int, ...]] = set()
    for _ in range(runs):
        for whose, question in (("ours", _ours(asked)), ("by hand", by_hand)):
            began = process_time()
            (found,) = database.execute(question).fetchall()
            took[whose].append(process_time() - began)
            counted.add(found)
    if len(counted) != 1:
        raise RuntimeError(f"{name}: the two do not count the same: {counted}")
    return Beside(name, min(took["ours"]), min(took["by hand"]), counted.pop())


def _ours(asked: Sequence[Written]) -> str:
    setting = Setting(now=NOW)
    segments = [Segment(id=f"s{index}", name="", where=one.where) for index, one in enumerate(asked)]
    question = compile(segments, setting, Scope(known_kinds=DEFAULT_RULES.known_kinds))
    counts = ", ".join(f"count(*) FILTER (in_{index})" for index in range(len(asked)))
    return f"SELECT {counts} FROM ({as_text(question, setting)})"


def _hand(asked: Sequence[Written], wanted: str) -> str:
    conditions = ", ".join(f"{one.by_hand} AS in_{index}" for index, one in enumerate(asked))
    counts = ", ".join(f"count(*) FILTER (in_{index})" for index in range(len(asked)))
    return f"""
    WITH own AS (
        SELECT owner, profile_id,
            bool_or(owner LIKE 'user_id:%' OR owner LIKE 'email:%') OVER (PARTITION BY profile_id) AS known
        FROM people
    ), found AS (
        SELECT coalesce(own.profile_id, 'p_' || e.owner) AS person, e.name, e.happened,
            coalesce(own.known, e.owner LIKE 'user_id:%' OR e.owner LIKE 'email:%') AS known,
            (e.properties ->> '$.price')::DOUBLE AS price, e.properties ->> '$.category' AS category,
            e.properties ->> '$.product_id' AS product, e.traits ->> '$.plan' AS plan,
            (e.traits ->> '$.points')::DOUBLE AS points
        FROM events AS e LEFT JOIN own ON own.owner = e.owner WHERE {wanted}
    ), truths AS (
        SELECT person, {conditions} FROM found WHERE known GROUP BY person
    )
    SELECT {counts} FROM truths
    """
