"""
What one event says of an order's money, in SQL: the twin of `order_amounts`.

What differs between engines, however it is transpiled, stands in `json_text`, `json_of`, `print_of` and `LINES`, and
nowhere else. For Athena, sqlglot does the most of it; `json_of` is then JSON_FORMAT(JSON_EXTRACT(…)), and `print_of`
takes TO_UTF8(moment).
"""

from regulars.domain.order_amounts import CODE, LARGEST, NUMBER, STATED, UNKNOWN
from regulars.domain.orders import NAME, ORDER_EVENTS, ORDER_IDS

MONEY = "DECIMAL(38, 6)"
AT = '"at"'  # the word means something of its own to DuckDB
_EXACT = "DECIMAL(38, 18)"
_ROW = f"person, name, {AT}, moment, properties"
LINES = "UNNEST(TRY_CAST(json_extract(properties, '$.products') AS JSON[])) AS each (line)"


def json_text(column: str, name: str) -> str:
    """Write the text of a field, its JSON where it is a list or an object; null for null."""
    return f"json_extract_string({column}, '$.{name}')"


def json_of(column: str, name: str) -> str:
    """Write the JSON of a field as text."""
    return f"CAST(json_extract({column}, '$.{name}') AS VARCHAR)"


def print_of(moment: str) -> str:
    """Write the name of an event within an order, as the ledger has it."""
    return f"SUBSTR(MD5({moment}), 1, {NAME})"


def reading(events: str) -> str:
    """Write `said`: of which order each event tells, under what name, how much, and in which currency."""
    numbers = ", ".join(f"{_number(json_text('properties', name))} AS {name}" for name in STATED)
    amounts = ", ".join(_amount(name) for name in STATED)
    quantity = f"COALESCE({json_text('line', 'quantity')}, '1')"
    return f"""told AS (
SELECT DISTINCT {_ROW} FROM {events} WHERE name IN ({texts(*sorted(ORDER_EVENTS))})
), lines AS (
SELECT {_ROW}, {_number(json_text("line", "price"))} AS price, {_number(quantity)} AS quantity
FROM told LEFT JOIN {LINES} ON TRUE
), worths_of_lines AS (
SELECT {_ROW}, CAST({_amount("price")} AS {MONEY}) * CAST({_amount("quantity")} AS {MONEY}) AS line FROM lines
), rounded_lines AS (
SELECT {_ROW}, {_within(half_even("line"))} AS line FROM worths_of_lines
), sums AS (
SELECT {_ROW}, CASE WHEN COUNT(*) = COUNT(line) THEN SUM(line) END AS total_of_lines FROM rounded_lines GROUP BY {_ROW}
), told_numbers AS (
SELECT person, name, {AT}, {print_of("moment")} AS print, COALESCE({", ".join(map(_id, ORDER_IDS))}) AS order_id,
{_currency(json_text("properties", "currency"))} AS currency, {numbers}, total_of_lines FROM sums
), said AS (
SELECT person, name, {AT}, print, order_id, currency,
COALESCE({amounts}, CASE WHEN ABS(total_of_lines) <= {LARGEST} THEN total_of_lines END) AS amount
FROM told_numbers WHERE order_id IS NOT NULL
)"""


def half_even(number: str) -> str:
    """Write a number rounded to the millionth: a cast rounds halves away from zero, and those are put right."""
    rounded = f"CAST({number} AS {MONEY})"
    is_odd = f"MOD(CAST({rounded} * 1000000 AS DECIMAL(38, 0)), 2) <> 0"
    nearer = f"{rounded} - CASE WHEN {number} < 0 THEN -0.000001 ELSE 0.000001 END"
    return f"CASE WHEN ABS({number} - {rounded}) = 0.0000005 AND {is_odd} THEN {nearer} ELSE {rounded} END"


def texts(*each: str) -> str:
    """Write texts as literals."""
    return ", ".join("'" + text.replace("'", "''") + "'" for text in each)


def _id(name: str) -> str:
    """Write an order's id where it is a text or a whole number, its first 128 characters."""
    is_one = f"""REGEXP_EXTRACT({json_of("properties", name)}, '^("|-?[0-9]+$)') <> ''"""
    return f"CASE WHEN {is_one} THEN NULLIF(SUBSTR({json_text('properties', name)}, 1, 128), '') END"


def _number(text: str) -> str:
    """Write a text as a number, null where it is none; what has an exponent some engines read as a double only."""
    found = f"NULLIF(REGEXP_EXTRACT({text}, {texts(NUMBER)}, 1), '')"
    return f"COALESCE(TRY_CAST({found} AS {_EXACT}), TRY_CAST(TRY_CAST({found} AS DOUBLE) AS {_EXACT}))"


def _amount(number: str) -> str:
    """Write a number as an amount: whole millionths, and null beyond the largest."""
    return _within(f"CAST({number} AS {MONEY})")


def _within(amount: str) -> str:
    return f"CASE WHEN ABS({amount}) <= {LARGEST} THEN {amount} END"


def _currency(text: str) -> str:
    code = f"NULLIF(UPPER(REGEXP_EXTRACT({text}, {texts(CODE)}, 1)), '')"
    return f"CASE WHEN REGEXP_EXTRACT({text}, '[^ ]') <> '' THEN COALESCE({code}, '{UNKNOWN}') ELSE '' END"
