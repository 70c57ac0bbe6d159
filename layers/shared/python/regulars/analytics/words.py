"""What two engines call differently: DuckDB, which answers here, and Athena, which answers where a lake is larger."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from regulars.analytics.terms import FALSE, Term, call, cast, enclosed, text, try_cast, where, whole
from regulars.domain.instants import DAY, to_text

_SHIFT = 1_000_000  # days, so that what is divided is never negative


@dataclass(frozen=True, slots=True)
class Words:
    """The words of DuckDB; another engine says some of them in its own way."""

    dialect: str = "duckdb"

    def micros(self, timestamp: Term) -> Term:
        """Turn a timestamp into microseconds."""
        return call("EPOCH_US", timestamp)

    def timestamp(self, instant: int) -> Term:
        """Write an instant."""
        return cast(text(to_text(instant)[:-1].replace("T", " ")), "TIMESTAMP")

    def extract(self, document: Term, path: Sequence[str]) -> Term:
        """Take a value out of a JSON object, as JSON text; null where there is none."""
        for step in _path(path):
            document = call("JSON_EXTRACT", document, text(step))
        return cast(document, "VARCHAR")

    def text_of(self, value: Term) -> Term:
        """Read JSON text as a text; null where it is something else."""
        return where(_starts(value, '"'), call("JSON_EXTRACT_STRING", value.copy(), text("$")))

    def written(self, plain: Term) -> Term:
        """Write a text as JSON text."""
        return cast(call("TO_JSON", plain), "VARCHAR")

    def any_item(self, value: Term, passes: Callable[[Term], Term]) -> Term:
        """Say whether a JSON list has an item that passes; what is no list has none."""
        item = cast(exp.column("item"), "VARCHAR")
        items = call("JSON_EXTRACT", value.copy(), text("$[*]"))
        found = call("LIST_FILTER", items, exp.Lambda(this=passes(item), expressions=[exp.to_identifier("item")]))
        return where(_starts(value, "["), exp.GT(this=call("LEN", found), expression=whole(0)), FALSE)

    def matches(self, plain: Term, pattern: str) -> Term:
        """Say whether a pattern is found in a text."""
        return call("REGEXP_MATCHES", plain, text(pattern))

    def part(self, plain: Term, pattern: str) -> Term:
        """Give the first group of a pattern in a text, or an empty text."""
        return call("REGEXP_EXTRACT", plain, text(pattern), whole(1))

    def of_map(self, found: Term, name: str) -> Term:
        """Take bytes that are text out of a map; null where there are none."""
        return call("DECODE", exp.Bracket(this=found, expressions=[text(name)]))

    def size(self, plain: Term) -> Term:
        """Count the bytes of a text."""
        return call("STRLEN", plain)

    def quotient(self, dividend: Term, divisor: int) -> Term:
        """Divide whole numbers, both positive, and leave the rest."""
        return exp.IntDiv(this=enclosed(dividend), expression=whole(divisor))

    def row(self, *terms: Term) -> Term:
        """Put values together, to be compared one after the other."""
        return call("ROW", *terms)

    def best(self, value: Term, by: Term, *, largest: bool) -> Term:
        """Give the value of the row that comes last, or first."""
        return call("ARG_MAX" if largest else "ARG_MIN", value, by)

    def days_since_1970(self, day: Term) -> Term:
        """Number a day that is written as `2026-11-21`; null where there is none."""
        return exp.DateDiff(
            this=try_cast(day, "DATE"),
            expression=cast(text("1970-01-01"), "DATE"),
            unit=exp.var("DAY"),
        )

    def month_day(self, number: Term) -> Term:
        """Give month and day of a numbered day, as 229 for February 29."""
        day = enclosed(exp.Add(this=cast(text("1970-01-01"), "DATE"), expression=cast(number, "INT")))
        return _month_day(day)

    def hex_number(self, plain: Term, start: int) -> Term:
        """Read eight hexadecimal digits of the MD5 of a text, from a place on, as a number."""
        digits = exp.Substring(this=call("MD5", plain), start=whole(start), length=whole(8))
        return cast(exp.DPipe(this=text("0x"), expression=digits), "BIGINT")

    def floor_days(self, micros: Term) -> Term:
        """Divide microseconds by a day, rounding down."""
        shifted = exp.Add(this=enclosed(micros), expression=whole(_SHIFT * DAY))
        return enclosed(exp.Sub(this=self.quotient(shifted, DAY), expression=whole(_SHIFT)))

    def adapted(self, query: exp.Select) -> exp.Select:
        """Say in the words of this engine what somebody wrote in those of DuckDB."""
        return query


@dataclass(frozen=True, slots=True)
class AthenaWords(Words):
    """The words of Athena, engine version 3, which is Trino."""

    dialect: str = "athena"

    def micros(self, timestamp: Term) -> Term:
        """Turn a timestamp into microseconds; Athena shows milliseconds."""
        begin = cast(text("1970-01-01 00:00:00"), "TIMESTAMP")
        return enclosed(exp.Mul(this=call("DATE_DIFF", text("millisecond"), begin, timestamp), expression=whole(1_000)))

    def extract(self, document: Term, path: Sequence[str]) -> Term:
        """Take a value out of a JSON object, as JSON text; null where there is none."""
        joined = "$" + "".join(f"[{json.dumps(name, ensure_ascii=False)}]" for name in path)
        return call("JSON_FORMAT", call("JSON_EXTRACT", document, text(joined)))

    def text_of(self, value: Term) -> Term:
        """Read JSON text as a text; null where it is something else."""
        return where(_starts(value, '"'), call("JSON_EXTRACT_SCALAR", value.copy(), text("$")))

    def written(self, plain: Term) -> Term:
        """Write a text as JSON text."""
        return call("JSON_FORMAT", cast(plain, "JSON"))

    def any_item(self, value: Term, passes: Callable[[Term], Term]) -> Term:
        """Say whether a JSON list has an item that passes; what is no list has none."""
        item = call("JSON_FORMAT", exp.column("item"))
        items = cast(call("JSON_PARSE", value.copy()), "ARRAY(JSON)")
        found = call("ANY_MATCH", items, exp.Lambda(this=passes(item), expressions=[exp.to_identifier("item")]))
        return where(_starts(value, "["), found, FALSE)

    def matches(self, plain: Term, pattern: str) -> Term:
        """Say whether a pattern is found in a text."""
        return call("REGEXP_LIKE", plain, text(pattern))

    def part(self, plain: Term, pattern: str) -> Term:
        """Give the first group of a pattern in a text, or an empty text."""
        found = call("REGEXP_EXTRACT", plain, text(pattern), whole(1))
        return exp.Coalesce(this=found, expressions=[text("")])

    def of_map(self, found: Term, name: str) -> Term:
        """Take bytes that are text out of a map; null where there are none."""
        return call("FROM_UTF8", call("ELEMENT_AT", found, text(name)))

    def size(self, plain: Term) -> Term:
        """Count the bytes of a text."""
        return call("LENGTH", call("TO_UTF8", plain))

    def quotient(self, dividend: Term, divisor: int) -> Term:
        """Divide whole numbers, both positive, and leave the rest."""
        return exp.Div(this=enclosed(dividend), expression=whole(divisor), typed=True, safe=False)

    def best(self, value: Term, by: Term, *, largest: bool) -> Term:
        """Give the value of the row that comes last, or first."""
        return call("MAX_BY" if largest else "MIN_BY", value, by)

    def month_day(self, number: Term) -> Term:
        """Give month and day of a numbered day, as 229 for February 29."""
        return _month_day(call("DATE_ADD", text("day"), number, cast(text("1970-01-01"), "DATE")))

    def hex_number(self, plain: Term, start: int) -> Term:
        """Read eight hexadecimal digits of the MD5 of a text, from a place on, as a number."""
        digits = call("TO_HEX", call("MD5", call("TO_UTF8", plain)))
        return call("FROM_BASE", exp.Substring(this=digits, start=whole(start), length=whole(8)), whole(16))

    def adapted(self, query: exp.Select) -> exp.Select:
        """Say in the words of this engine what somebody wrote in those of DuckDB: JSON as text is written by a call."""

        def as_text(node: Term) -> Term:
            if (
                isinstance(node, exp.Cast)
                and isinstance(node.this, exp.JSONExtract)
                and node.to.is_type("TEXT", "VARCHAR")
            ):
                return call("JSON_FORMAT", node.this)
            return node

        adapted = query.transform(as_text)
        assert isinstance(adapted, exp.Select)
        return adapted


DUCKDB = Words()
ATHENA = AthenaWords()
WORDS: Mapping[str, Words] = {words.dialect: words for words in (DUCKDB, ATHENA)}


def _starts(value: Term, letter: str) -> Term:
    return call("STARTS_WITH", value.copy(), text(letter))


def _month_day(day: Term) -> Term:
    month = exp.Mul(this=call("MONTH", day), expression=whole(100))
    return enclosed(exp.Add(this=month, expression=call("DAY", day.copy())))


def _path(names: Sequence[str]) -> list[str]:
    """Write the path to a field; a star, or no name, means something else in quotes, and not in a pointer."""
    if any(name in ("", "*") for name in names):
        return [f"/{name}" if name in ("", "*") else _quoted(name, "$") for name in names]
    return ["$" + "".join(_quoted(name) for name in names)]


def _quoted(name: str, root: str = "") -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'{root}."{escaped}"'
