"""
Segments as one SELECT over the lake: a row a person, with a truth for each segment.

It reads the views `events` and `people`. All segments share one pass over the events, of which only those names and
those properties are read that one of them asks for, each once. Who is in none of them may have no row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from regulars.analytics.conditions import Conditions
from regulars.analytics.rows import KNOWN, ORDERS, PERSON, Rows, everyone, linked
from regulars.analytics.setting import Setting
from regulars.analytics.silence import may_be_silent
from regulars.analytics.tables import SUMS, Tables
from regulars.analytics.terms import Term, column, named, select, within
from regulars.domain.orders_sql import orders_sql
from regulars.domain.rates import Rates
from regulars.domain.segments import Node, Segment

EVERYONE = "everyone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """
    What a workspace says: which kinds make a profile a known one, and the segments that others may name.

    `orders` is the query that computes the order ledger, in the words of DuckDB.
    """

    known_kinds: frozenset[str]
    segments: Mapping[str, Segment] = field(default_factory=dict)
    orders: str | None = None


def scope_of(known_kinds: frozenset[str], segments: Mapping[str, Segment], rates: Rates) -> Scope:
    """Say what a workspace says, of segments and rates that are live."""
    return Scope(known_kinds=known_kinds, segments=segments, orders=orders_sql(rates.currency, events=ORDERS))


def compile(segments: Sequence[Segment], setting: Setting, scope: Scope) -> exp.Select:
    """
    Write the question which people are in which of these segments.

    It answers with `person`, `known`, and `in_0`, `in_1` and so on in the order of the segments.
    Raises DefinitionError for what SQL would understand otherwise.
    """
    tables = Tables(Rows(setting, scope.known_kinds), setting)
    conditions = Conditions(tables, scope.segments, scope.orders)
    truths = [conditions.belongs(segment) for segment in segments]
    silent = [segment for segment in segments if may_be_silent(segment, scope.segments)]
    return _question(tables, truths, known_only=not any(each.anonymous for each in segments), is_whole=bool(silent))


def explain(nodes: Sequence[Node], setting: Setting, scope: Scope, people: Sequence[str]) -> exp.Select:
    """Write the question which of these conditions are true of whom of these people, known or not."""
    tables = Tables(Rows(setting, scope.known_kinds, people), setting)
    conditions = Conditions(tables, scope.segments, scope.orders)
    return _question(tables, [conditions.truth(node) for node in nodes], known_only=False, is_whole=True)


def as_text(question: exp.Expression, setting: Setting, *, pretty: bool = False) -> str:
    """Write a question in the words of its engine."""
    return question.sql(dialect=setting.words.dialect, pretty=pretty)


def _question(tables: Tables, truths: Iterable[Term], *, known_only: bool, is_whole: bool) -> exp.Select:
    rows = tables.rows
    found = tables.written()
    is_whole = is_whole or not rows.are_read
    truths = [named(truth, f"in_{index}") for index, truth in enumerate(truths)]
    base = EVERYONE if is_whole else SUMS
    people = within(tables.of_people(base), "found")
    question = select(column(PERSON), column(KNOWN), *truths).from_(people, copy=False)
    question = question.with_("linked", as_=linked(rows.known(column("owner"))), copy=False)
    if rows.are_read:
        question = question.with_("read", as_=rows.read(known_only=known_only), copy=False)
        question = question.with_("rows", as_=rows.rows(), copy=False)
    for name, table in found:
        question = question.with_(name, as_=table, copy=False)
    if is_whole:
        question = question.with_(EVERYONE, as_=everyone(rows, known_only=known_only), copy=False)
    return question
