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
# Each step reads the one before and no other: engines that keep no result between read the events once.
_LEDGER = f"""sorted_out AS (
SELECT person, order_id, name, {AT}, print, currency, amount,
CASE WHEN name IN ('Order Completed', 'Order Updated') AND amount IS NOT NULL THEN 1 ELSE 0 END AS tells_worth,
CASE WHEN name IN ('Order Completed', 'Order Updated') AND currency <> '' THEN 1 ELSE 0 END AS tells_currency,
CASE WHEN name = 'Order Refunded' AND amount IS NOT NULL THEN 1 ELSE 0 END AS tells_refund,
CASE WHEN name = 'Order Cancelled' OR (name = 'Order Refunded' AND amount IS NULL) THEN 1 ELSE 0 END AS tells_end
FROM said
), ranked AS (
SELECT person, order_id, name, {AT}, print, currency, amount, tells_worth, tells_currency, tells_refund, tells_end,
ROW_NUMBER() OVER ({_BY_ORDER} ORDER BY tells_worth DESC, {_LATEST}, amount DESC, currency DESC) AS worth_rank,
ROW_NUMBER() OVER ({_BY_ORDER} ORDER BY tells_currency DESC, {_LATEST}, currency DESC) AS currency_rank,
ROW_NUMBER() OVER ({_BY_ORDER}, print, tells_refund ORDER BY ABS(amount) DESC, currency DESC) AS telling
FROM sorted_out
), numbered AS (
SELECT person, order_id, name, {AT}, currency, amount, tells_end,
CASE WHEN tells_worth = 1 AND worth_rank = 1 THEN 1 ELSE 0 END AS is_worth,
CASE WHEN tells_currency = 1 AND currency_rank = 1 THEN 1 ELSE 0 END AS is_currency,
CASE WHEN tells_refund = 1 AND telling = 1 THEN 1 ELSE 0 END AS is_refund,
ROW_NUMBER() OVER ({_BY_ORDER} ORDER BY CASE WHEN tells_refund = 1 AND telling = 1 THEN 0 ELSE 1 END, print)
AS refund_rank
FROM ranked
), placed AS (
SELECT person, order_id, currency, is_worth,
CASE WHEN is_refund = 1 AND refund_rank <= {MAX_REFUNDS} THEN 1 ELSE 0 END AS is_refund,
CASE WHEN is_worth = 1 THEN amount WHEN is_refund = 1 AND refund_rank <= {MAX_REFUNDS} THEN -ABS(amount) END AS amount,
MAX(tells_end) OVER ({_BY_ORDER}) AS ended,
COALESCE(MIN(CASE WHEN name = 'Order Completed' THEN {AT} END) OVER ({_BY_ORDER}),
MIN(CASE WHEN name = 'Order Updated' THEN {AT} END) OVER ({_BY_ORDER})) AS instant,
COALESCE(MAX(CASE WHEN is_worth = 1 THEN NULLIF(currency, '') END) OVER ({_BY_ORDER}),
MAX(CASE WHEN is_currency = 1 THEN currency END) OVER ({_BY_ORDER}), '') AS order_currency
FROM numbered
), amounts AS (
SELECT person, order_id, instant, ended, order_currency, is_worth, is_refund, amount,
CASE WHEN is_refund = 1 THEN COALESCE(NULLIF(currency, ''), order_currency) ELSE order_currency END AS currency
FROM placed WHERE instant IS NOT NULL
)"""
_UNCONVERTED = "rated AS (SELECT a.*, 1 AS rate FROM amounts AS a)"
_RESULT = f"""summed AS (
SELECT person, order_id, instant, order_currency AS currency, ended, SUM(is_refund) AS refunds,
COALESCE(SUM(CASE WHEN is_worth = 1 THEN amount END), 0) AS worth,
COALESCE(SUM(CAST(amount AS {MONEY}) * CAST(rate AS {_RATE})), 0) AS exact,
SUM(CASE WHEN amount IS NOT NULL AND rate IS NULL THEN 1 ELSE 0 END) AS missing
FROM rated GROUP BY person, order_id, instant, order_currency, ended
), remaining AS (
SELECT person, order_id, instant, currency, ended, refunds, worth,
CASE WHEN ended = 1 THEN 0 WHEN missing > 0 THEN NULL WHEN exact <= 0 THEN 0 ELSE {half_even("exact")} END AS net
FROM summed
)
SELECT person, order_id, instant, currency, CAST(net AS {MONEY}) AS net,
CASE WHEN ended = 1 OR net IS NULL THEN FALSE WHEN net > 0 THEN TRUE ELSE refunds = 0 AND worth = 0 END AS stands
FROM remaining"""


def utc_day(instant: str) -> str:
    """Write the number of the day, in UTC, of an instant in microseconds."""
    return f"CAST(({instant} - MOD(MOD({instant}, {DAY}) + {DAY}, {DAY})) / {DAY} AS BIGINT)"


def orders_sql(currency: str = "", *, events: str = "events", rates: str = "rates", day: SqlDay = utc_day) -> str:
    """Write the query; without a currency of the workspace, amounts are taken as they are."""
    rated = _converting(currency, rates, day) if currency else _UNCONVERTED
    return f"WITH {reading(events)}, {_LEDGER}, {rated}, {_RESULT}"


def _converting(currency: str, rates: str, day: SqlDay) -> str:
    """Write `rated`: each amount with the rate of its order's day, or the latest of the ten days before."""
    return f"""offered AS (
SELECT currency, rate, day AS since, LEAD(day) OVER (PARTITION BY currency ORDER BY day) AS until FROM {rates}
), dated AS (
SELECT a.*, {day("instant")} AS day FROM amounts AS a
), rated AS (
SELECT d.*, CASE WHEN d.currency IN ({texts("", currency)}) THEN 1 ELSE o.rate END AS rate
FROM dated AS d LEFT JOIN offered AS o ON o.currency = d.currency AND o.since <= d.day
AND o.since >= d.day - {OLDEST} AND (o.until IS NULL OR o.until > d.day)
)"""
