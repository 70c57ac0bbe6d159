"""
The order ledger in SQL: what remains of each order of each person, computed from events instead of kept.

It takes two relations. `events (person, name, at, moment, properties)`: `at` in microseconds, `properties` as JSON
text; a row that lies there twice counts once. `rates (currency, day, rate)`: what one unit is worth in the workspace's
currency, DECIMAL(24, 12), by the number of the day since 1970; `Rates.rows` gives them.

It gives a row for each order that was completed: `person, order_id, instant, currency, net, stands`. `net` is in units
of the workspace's currency, whole millionths of them, null where a rate is missing. It is what the ledger says, except
that it knows no limit of two hundred orders a drawer, and reads eighteen decimals of a number.
"""

from collections.abc import Callable

from regulars.domain.instants import DAY
from regulars.domain.order_amounts_sql import AT, MONEY, half_even, reading, texts
from regulars.domain.orders import MAX_REFUNDS
from regulars.domain.rates import OLDEST, PLACES

SqlDay = Callable[[str], str]
_RATE = f"DECIMAL({PLACES * 2}, {PLACES})"
_BY_ORDER = "PARTITION BY person, order_id"
_LATEST = f"{AT} DESC, CASE WHEN name = 'Order Updated' THEN 1 ELSE 0 END DESC, print DESC"
_LEDGER = f"""orders AS (
SELECT person, order_id, MAX(CASE WHEN name = 'Order Cancelled' OR (name = 'Order Refunded' AND amount IS NULL)
THEN 1 ELSE 0 END) AS ended,
COALESCE(MIN(CASE WHEN name = 'Order Completed' THEN {AT} END), MIN(CASE WHEN name = 'Order Updated' THEN {AT} END))
AS instant FROM said GROUP BY person, order_id
), stated AS (
SELECT * FROM said WHERE name IN ('Order Completed', 'Order Updated')
), worths AS (
SELECT person, order_id, amount, currency,
ROW_NUMBER() OVER ({_BY_ORDER} ORDER BY {_LATEST}, amount DESC, currency DESC) AS nth
FROM stated WHERE amount IS NOT NULL
), currencies AS (
SELECT person, order_id, currency, ROW_NUMBER() OVER ({_BY_ORDER} ORDER BY {_LATEST}, currency DESC) AS nth
FROM stated WHERE currency <> ''
), told_refunds AS (
SELECT person, order_id, print, ABS(amount) AS amount, currency,
ROW_NUMBER() OVER ({_BY_ORDER}, print ORDER BY ABS(amount) DESC, currency DESC) AS nth
FROM said WHERE name = 'Order Refunded' AND amount IS NOT NULL
), refunds AS (
SELECT person, order_id, amount, currency, ROW_NUMBER() OVER ({_BY_ORDER} ORDER BY print) AS nth
FROM told_refunds WHERE nth = 1
), completed AS (
SELECT o.person, o.order_id, o.instant, o.ended, w.amount AS worth,
COALESCE(NULLIF(w.currency, ''), c.currency, '') AS currency FROM orders AS o
LEFT JOIN worths AS w ON w.person = o.person AND w.order_id = o.order_id AND w.nth = 1
LEFT JOIN currencies AS c ON c.person = o.person AND c.order_id = o.order_id AND c.nth = 1
WHERE o.instant IS NOT NULL
), amounts AS (
SELECT person, order_id, instant, worth AS amount, currency, 0 AS refunds FROM completed WHERE worth IS NOT NULL
UNION ALL
SELECT o.person, o.order_id, o.instant, -r.amount, COALESCE(NULLIF(r.currency, ''), o.currency), 1
FROM completed AS o JOIN refunds AS r ON r.person = o.person AND r.order_id = o.order_id WHERE r.nth <= {MAX_REFUNDS}
)"""
_UNCONVERTED = "rated AS (SELECT person, order_id, refunds, amount, 1 AS rate FROM amounts)"
_RESULT = f"""summed AS (
SELECT person, order_id, SUM(CAST(amount AS {MONEY}) * CAST(rate AS {_RATE})) AS exact, SUM(refunds) AS refunds,
SUM(CASE WHEN rate IS NULL THEN 1 ELSE 0 END) AS missing FROM rated GROUP BY person, order_id
), remaining AS (
SELECT o.person, o.order_id, o.instant, o.ended, o.worth, o.currency, COALESCE(s.refunds, 0) AS refunds,
CASE WHEN o.ended = 1 THEN 0 WHEN s.missing > 0 THEN NULL WHEN COALESCE(s.exact, 0) <= 0 THEN 0
ELSE {half_even("s.exact")} END AS net
FROM completed AS o LEFT JOIN summed AS s ON s.person = o.person AND s.order_id = o.order_id
)
SELECT person, order_id, instant, currency, CAST(net AS {MONEY}) AS net,
CASE WHEN ended = 1 OR net IS NULL THEN FALSE WHEN net > 0 THEN TRUE
ELSE refunds = 0 AND COALESCE(worth, 0) = 0 END AS stands FROM remaining"""


def utc_day(instant: str) -> str:
    """Write the number of the day, in UTC, of an instant in microseconds."""
    return f"CAST(({instant} - MOD(MOD({instant}, {DAY}) + {DAY}, {DAY})) / {DAY} AS BIGINT)"


def orders_sql(currency: str = "", *, events: str = "events", rates: str = "rates", day: SqlDay = utc_day) -> str:
    """Write the query; without a currency of the workspace, amounts are taken as they are."""
    rated = _converting(currency, rates, day) if currency else _UNCONVERTED
    return f"WITH {reading(events)}, {_LEDGER}, {rated}, {_RESULT}"


def _converting(currency: str, rates: str, day: SqlDay) -> str:
    """Write `rated`: each amount with the rate of its order's day, or the latest of the ten days before."""
    return f"""dated AS (
SELECT person, order_id, refunds, amount, currency, {day("instant")} AS day FROM amounts
), asked AS (
SELECT DISTINCT currency, day FROM dated
), offered AS (
SELECT a.currency, a.day, r.rate, ROW_NUMBER() OVER (PARTITION BY a.currency, a.day ORDER BY r.day DESC) AS nth
FROM asked AS a JOIN {rates} AS r
ON r.currency = a.currency AND r.day <= a.day AND r.day >= a.day - {OLDEST}
), rated AS (
SELECT d.person, d.order_id, d.refunds, d.amount,
CASE WHEN d.currency IN ({texts("", currency)}) THEN 1 ELSE o.rate END AS rate
FROM dated AS d LEFT JOIN offered AS o ON o.currency = d.currency AND o.day = d.day AND o.nth = 1
)"""
