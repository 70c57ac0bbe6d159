"""The words that SQL is put together from: every value goes in as a literal of sqlglot, none is pasted."""

from collections.abc import Iterable
from functools import cache

from sqlglot import exp
from sqlglot.expressions import Expression

Term = Expression
TRUE, FALSE, NULL = exp.true(), exp.false(), exp.null()


def column(name: str, table: str | None = None) -> Term:
    """Name a column."""
    return exp.Column(this=exp.to_identifier(name), table=exp.to_identifier(table))


def relation(name: str) -> exp.Table:
    """Name a relation."""
    return exp.Table(this=exp.to_identifier(name))


def named(term: Term, name: str) -> Term:
    """Give a term a name."""
    return exp.Alias(this=term, alias=exp.to_identifier(name))


def select(*terms: Term) -> exp.Select:
    """Begin a SELECT."""
    return exp.Select(expressions=list(terms))


def within(select: exp.Select, name: str) -> exp.Subquery:
    """Select from a SELECT."""
    return exp.Subquery(this=select, alias=exp.TableAlias(this=exp.to_identifier(name)))


def cast(term: Term, type: str) -> Term:
    """Turn a value into one of another type."""
    return exp.Cast(this=term, to=_type(type))


def try_cast(term: Term, type: str) -> Term:
    """Turn a value into one of another type; null where that cannot be."""
    return exp.TryCast(this=term, to=_type(type))


def enclosed(term: Term) -> Term:
    """Put a term in brackets."""
    return exp.Paren(this=term)


def is_null(term: Term) -> Term:
    """Ask whether there is no value."""
    return exp.Is(this=term, expression=exp.Null())


def is_not_null(term: Term) -> Term:
    """Ask whether there is a value."""
    return exp.Not(this=is_null(term))


@cache
def _known_type(name: str) -> exp.DataType:
    return exp.DataType.build(name, dialect="trino")


def _type(name: str) -> exp.DataType:
    return _known_type(name).copy()


def text(value: str) -> Term:
    """Write a text."""
    return exp.Literal.string(value)


def whole(value: int) -> Term:
    """Write a whole number."""
    return exp.Literal.number(value) if value >= 0 else enclosed(exp.Neg(this=exp.Literal.number(-value)))


def double(value: float) -> Term:
    """Write a number as a double, exactly: a bare 0.1 is a decimal to some engines."""
    return cast(text(repr(float(value))), "DOUBLE")


def decimal(value: int) -> Term:
    """Write millionths as a decimal, exactly."""
    sign, (units, millionths) = "-" if value < 0 else "", divmod(abs(value), 1_000_000)
    return cast(text(f"{sign}{units}.{millionths:06}"), "DECIMAL(22, 6)")


def call(name: str, *arguments: Term) -> Term:
    """Call a function that both engines know by this name."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def all_of(terms: Iterable[Term]) -> Term:
    """Ask for all; TRUE of none."""
    kept = [term for term in terms if term != TRUE]
    if any(term == FALSE for term in kept):
        return FALSE
    return _joined(exp.And, kept) if kept else TRUE


def any_of(terms: Iterable[Term]) -> Term:
    """Ask for one; FALSE of none."""
    kept = [term for term in terms if term != FALSE]
    if any(term == TRUE for term in kept):
        return TRUE
    return _joined(exp.Or, kept) if kept else FALSE


def negated(term: Term) -> Term:
    """Ask for the contrary, of what is never null."""
    if term == TRUE:
        return FALSE
    return TRUE if term == FALSE else exp.Not(this=_held(term))


def surely(term: Term) -> Term:
    """Take what is null as false."""
    return term if term in (TRUE, FALSE) else exp.Coalesce(this=term, expressions=[exp.false()])


def where(condition: Term, then: Term, otherwise: Term | None = None) -> Term:
    """Give a value on a condition, and null, or another one, without it."""
    if condition == TRUE:
        return then
    case = exp.Case(ifs=[exp.If(this=condition, true=then)])
    if otherwise is not None:
        case.set("default", otherwise)
    return case


def filtered(aggregate: Term, condition: Term) -> Term:
    """Aggregate over those rows that meet a condition."""
    return exp.Filter(this=aggregate, expression=exp.Where(this=condition))


def among(value: Term, options: Iterable[Term]) -> Term:
    """Ask whether a value is one of these."""
    found = list(options)
    if not found:
        return FALSE
    return exp.EQ(this=value, expression=found[0]) if len(found) == 1 else exp.In(this=value, expressions=found)


_COMPARE: dict[str, type[Term]] = {
    "equals": exp.EQ,
    "at_least": exp.GTE,
    "at_most": exp.LTE,
    "more_than": exp.GT,
    "less_than": exp.LT,
}


def compared(how: str, one: Term, other: Term) -> Term:
    """Compare two values by the name of a comparison."""
    return _COMPARE[how](this=one, expression=other)


def _joined(kind: type[Term], terms: list[Term]) -> Term:
    joined = _held(terms[0])
    for term in terms[1:]:
        joined = kind(this=joined, expression=_held(term))
    return joined if len(terms) == 1 else enclosed(joined)


def _held(term: Term) -> Term:
    return enclosed(term) if isinstance(term, exp.Connector) else term
