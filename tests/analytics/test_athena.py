"""What is written for Athena is Trino's SQL: it parses as such, and calls nothing that only DuckDB has."""

from random import Random

import pytest
import sqlglot
from sqlglot import exp

from regulars.analytics.compiling import Scope, as_text, compile, scope_of
from regulars.analytics.setting import Setting
from regulars.analytics.words import ATHENA, DUCKDB
from regulars.domain.checks import Compares
from regulars.domain.identity_rules import DEFAULT_RULES
from regulars.domain.rates import NO_RATES
from regulars.domain.segments import Measure, Measured, Segment, Selection, Where
from tests.crowds import a_crowd
from tests.trees import a_segment

TRINO = frozenset(
    "ABS ANY_MATCH ARRAY_AGG BOOL_OR COALESCE COUNT DATE_ADD DATE_DIFF DAY ELEMENT_AT FLOOR FROM_BASE FROM_UTF8"
    " JSON_EXTRACT JSON_EXTRACT_SCALAR JSON_FORMAT JSON_PARSE LAG LENGTH MAX MAX_BY MD5 MIN MIN_BY MONTH REGEXP_EXTRACT"
    " REGEXP_LIKE ROW ROW_NUMBER STARTS_WITH STRPOS SUBSTR SUBSTRING SUM TO_HEX TO_UTF8 TRIM".split()
)


@pytest.mark.parametrize("seed", range(20))
def test_random_segments_are_sql_of_athena(seed: int) -> None:
    random = Random(seed)
    crowd = a_crowd(random, number=1)
    setting = Setting(now=crowd.now, calendar=crowd.calendar, words=ATHENA)
    segments = [a_segment(random, crowd, f"s{index}") for index in range(10)]
    text = as_text(compile(segments, setting, scope_of(DEFAULT_RULES.known_kinds, {}, NO_RATES)), setting)

    for dialect in ("athena", "trino"):
        parsed = sqlglot.parse_one(text, read=dialect)
        calls = {call.name.upper() for call in parsed.find_all(exp.Anonymous)}
        assert calls <= TRINO
    assert all(
        word not in text for word in ("ANTI JOIN", "INT128", "HUGEINT", " // ", "EPOCH_US", "LIST_FILTER", "->>")
    )


def test_no_value_of_a_definition_is_read_as_sql() -> None:
    nasty = "x' OR 1=1; -- \\ \" /* */"
    where = Measured(
        Measure(Selection(nasty, (Where(nasty, Compares("equals", nasty)),)), "count"), Compares("at_least", 1)
    )
    for words in (ATHENA, DUCKDB):
        setting = Setting(now=0, words=words)
        question = compile([Segment(id="s", name="s", where=where)], setting, Scope(known_kinds=frozenset({"user_id"})))
        parsed = sqlglot.parse_one(as_text(question, setting), read=words.dialect)

        literals = {each.this for each in parsed.find_all(exp.Literal) if each.is_string}
        assert nasty in literals
        assert isinstance(parsed, exp.Select)
