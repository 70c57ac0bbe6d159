"""A lake of a million people for measuring: files as compaction leaves them, made by DuckDB alone."""

from pathlib import Path

import duckdb

from regulars.domain.instants import DAY
from regulars.domain.lake import EVENTS, IDENTITY
from regulars.domain.lake_sql import files_of, views

PEOPLE, EVENTS_EACH, DAYS = 1_000_000, 5, 90
FIRST_DAY = 20_454  # 2026-01-01
NOW = (FIRST_DAY + DAYS) * DAY
_NAMES = "['Product Viewed', 'Product Viewed', 'Product Viewed', 'Cart Viewed', 'Product Added', 'Order Completed']"


def made(folder: Path, people: int = PEOPLE) -> Path:
    """Make the lake in a folder, unless it is there."""
    done = folder / f"{people}"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as database:
            database.execute("SELECT setseed(0.5)")
            for table, rows in ((EVENTS, _events(people)), (IDENTITY, _identity(people))):
                names = ", ".join(table.names)
                order = ", ".join(table.order)
                database.execute(
                    f"COPY (SELECT {names}, day FROM ({rows}) ORDER BY day, {order}) TO '{folder / table.name}'"
                    " (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (day), OVERWRITE)"
                )
        done.touch()
    return folder


def opened(folder: Path) -> duckdb.DuckDBPyConnection:
    """Open a lake, with its views."""
    database = duckdb.connect()
    for table in (EVENTS, IDENTITY):
        paths = [str(path) for path in sorted((folder / table.name).rglob("*.parquet"))]
        database.execute(f"CREATE VIEW {table.files} AS {files_of(table, paths)}")
    for name in (EVENTS.name, IDENTITY.name, "people"):
        database.execute(f"CREATE VIEW {name} AS {views()[name]}")
    return database


def _owner(number: str) -> str:
    """Six in ten people are known; two in ten have an anonymous id besides."""
    plain = f"md5('owner' || {number})"
    return (
        f"CASE WHEN {number} % 10 < 6 AND NOT ({number} % 10 < 2 AND e % 2 = 0)"
        " THEN 'user_id:' ELSE 'anonymous_id:' END"
        f" || upper(left({plain}, 26))"
    )


def _events(people: int) -> str:
    begin = FIRST_DAY * DAY
    return f"""
    SELECT *, strftime(arrival, '%Y-%m-%d') AS day FROM (SELECT {_owner("p")} AS owner,
        strftime(happened, '%Y-%m-%dT%H:%M:%S.%fZ') || '#web#' || left(md5('m' || e), 20) AS moment,
        happened, happened + INTERVAL 2 SECOND AS arrival,
        CASE WHEN k = 6 THEN 'identify' ELSE 'track' END AS type,
        CASE WHEN k = 6 THEN NULL ELSE ({_NAMES})[k + 1] END AS name,
        'web' AS source, left(md5('m' || e), 20) AS message_id, [owner] AS links,
        CASE WHEN k = 6 THEN NULL ELSE
            '{{"product_id":"sku-' || (h % 500) || '","price":' || (h % 20000) / 100.0 || ',"category":"'
            || (['shoes', 'hats', 'books', 'toys', 'food'])[h % 5 + 1]
            || '","currency":"EUR","url":"https://shop.example/p/' || (h % 500) || '"}}' END AS properties,
        CASE WHEN k = 6 THEN '{{"plan":"' || (['free', 'gold', 'silver'])[h % 3 + 1] || '","points":' || h % 100 || '}}'
            END AS traits,
        '{{"library":{{"name":"analytics.js","version":"1.0"}},"page":{{"path":"/p/' || (h % 500) || '"}}}}' AS context,
        NULL::MAP(VARCHAR, BLOB) AS sealed_traits, NULL::BLOB AS sealed, unhex(left(md5('f' || e), 32)) AS fingerprint,
        1::BIGINT AS proven
    FROM (SELECT e, (e * 7919 % {people})::BIGINT AS p, (hash(e) % 1000003)::BIGINT AS h, (hash(e + 1) % 7)::INT AS k,
        make_timestamp(({begin} + hash(e + 2) % {DAYS * DAY})::BIGINT) AS happened
        FROM range({people * EVENTS_EACH}) AS each (e)))
    """


def _identity(people: int) -> str:
    digits = "upper(left(md5('owner' || p), 26))"
    return f"""
    SELECT 'p_user_id:' || {digits} AS profile_id, 1::BIGINT AS version, 'joined' AS change, 'identify' AS rule,
        '' AS event, make_timestamp({FIRST_DAY * DAY}) AS changed,
        ['user_id:' || {digits}, 'anonymous_id:' || {digits}] AS owners, NULL::VARCHAR[] AS joined,
        NULL::VARCHAR[] AS parted, NULL AS merged_into, make_timestamp({FIRST_DAY * DAY}) AS since, 0::BIGINT AS merges,
        '2026-01-01' AS day
    FROM range({people}) AS each (p) WHERE p % 10 < 2
    """
