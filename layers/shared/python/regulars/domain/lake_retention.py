"""
What the files of the lake keep of what is past its period, in SQL: which rows go, and which get another end.

The ends are those of stored events: by the rules of the day, but never another one for what ends within a day.
"""

from collections.abc import Mapping

from regulars.domain.events import SENSITIVE
from regulars.domain.instants import SECOND
from regulars.domain.lake import EVENTS, LakeTable
from regulars.domain.lake_sql import quoted
from regulars.domain.reserved_events import CONSENT_EVENTS
from regulars.domain.retention import MARGIN, FieldClass, Retention, whole_second

_COLUMNS: Mapping[FieldClass, tuple[str, str]] = {  # where a class of fields lies, and when there is any of it
    "context": ("sealed", "sealed IS NOT NULL"),
    "traits": (
        "sealed_traits",
        "len(list_filter(map_values(sealed_traits), lambda value: octet_length(value) > 1)) > 0",
    ),
}
HELD = "held"  # the table of owners of whom nothing goes, in its column `owner`


def is_over(table: LakeTable, now: int) -> str:
    """Write the condition on which a row goes: its period has ended, and nobody holds whom it is of."""
    ended = f"{table.ends} <= make_timestamp({now})"
    return f"{ended} AND owner NOT IN (SELECT owner FROM {HELD})" if "owner" in table.names else ended


def end_of(table: LakeTable, rules: Retention, now: int) -> str | None:
    """Write until when a row is kept by these rules; None for a table whose rows do not say."""
    if table is not EVENTS:
        return None
    soonest = whole_second(now + MARGIN)
    lawful = f"date_trunc('second', arrival + {_period(rules)})"
    again = f"greatest({lawful}, make_timestamp({soonest + SECOND}))"
    return f"CASE WHEN {table.ends} <= make_timestamp({now + MARGIN}) THEN kept_until ELSE {again} END"


def past_of(table: LakeTable, rules: Retention, now: int) -> Mapping[str, str]:
    """
    Write for each column with personal fields that go before their row the condition on which they do.

    It holds only where there is something to take out. Of whom is held nothing goes.
    """
    if table is not EVENTS:
        return {}
    names = ", ".join(map(quoted, sorted(CONSENT_EVENTS)))
    free = f"coalesce(name NOT IN ({names}), true) AND owner NOT IN (SELECT owner FROM {HELD})"
    return {
        column: f"(arrival <= make_timestamp({now - rules.fields[name]}) AND {free} AND {filled})"
        for name, (column, filled) in _COLUMNS.items()
        if name in rules.fields
    }


def emptied(column: str) -> str:
    """Write what is left in a column of what goes: of traits their names, and which of them are sensitive."""
    if column == "sealed":
        return "NULL"
    sensitive = quoted(SENSITIVE)
    left = f"CASE WHEN starts_with(decode(value), {sensitive}) THEN {sensitive} ELSE '' END"
    return f"map(map_keys({column}), list_transform(map_values({column}), lambda value: encode({left})))"


def _period(rules: Retention) -> str:
    """Write the shortest of what the type, the name and the source of a row say, else the default."""
    said = [
        _case("type", rules.types),
        _case("name", rules.events),
        _case("source", rules.sources),
    ]
    return f"to_microseconds(coalesce(least({', '.join(said)}), {rules.default}))"


def _case(column: str, periods: Mapping[str, int]) -> str:
    whens = "".join(f" WHEN {quoted(name)} THEN {period}" for name, period in sorted(periods.items()))
    return f"CASE {column}{whens} ELSE NULL::BIGINT END" if whens else "NULL::BIGINT"
