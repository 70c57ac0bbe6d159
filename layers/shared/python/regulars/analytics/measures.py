"""Measures in SQL: what selected events come to, and whether that passes a check."""

from collections.abc import Iterable

from sqlglot import exp

from regulars.analytics import dates, values
from regulars.analytics.ordered import most_frequent, sessions, streak
from regulars.analytics.rows import AT
from regulars.analytics.tables import Tables
from regulars.analytics.terms import (
    FALSE,
    TRUE,
    Term,
    all_of,
    any_of,
    cast,
    column,
    compared,
    decimal,
    double,
    filtered,
    is_not_null,
    negated,
    surely,
    whole,
)
from regulars.analytics.windows import in_window, start_of
from regulars.domain.checks import (
    Anniversary,
    Before,
    Check,
    Compares,
    Contains,
    Exists,
    IsIn,
    NotBefore,
    Plain,
    Recent,
)
from regulars.domain.numbers import to_amount
from regulars.domain.segments import AMOUNTS, TIMES, Measure


def measured(measure: Measure, check: Check, tables: Tables) -> Term:
    """Say whether a measure passes a check."""
    flag = tables.rows.flag(measure.selection)
    tables.rows.reaches_back_to(start_of(measure.window, tables.setting, measure.selection.start))
    taken = all_of([flag, in_window(measure.window, column(AT), tables.setting)])
    if measure.function in AMOUNTS:
        return _amount_passes(measure, check, taken, tables)
    if measure.function in TIMES:
        smallest = measure.function == "first_time"
        at = (exp.Min if smallest else exp.Max)(this=column(AT))
        return _instant_passes(check, tables.sum(filtered(at, taken)), tables)
    if measure.function in ("first", "last", "most_frequent"):
        return values.passes(check, tables.value(_value(measure, taken, tables)), tables.setting)
    if measure.function == "values":
        return _list_passes(check, measure, taken, tables)
    return number_passes(check, _number(measure, taken, tables))


def number_passes(check: Check, number: Term) -> Term:
    """Say whether a whole number, which is always there, passes a check."""
    match check:
        case Exists(truth):
            return TRUE if truth else FALSE
        case Compares(how, other):
            return _compares(how, number, other)
        case IsIn(options):
            return any_of(_compares("equals", number, option) for option in options)
        case _:
            return FALSE


def amount_passes(check: Check, amount: Term) -> Term:
    """Say whether an amount passes a check, as a whole number of millionths."""
    match check:
        case Compares(how, other) if not isinstance(other, str | bool):
            return compared(how, amount, decimal(millionths(other)))
        case IsIn(options):
            return any_of(compared("equals", amount.copy(), decimal(one)) for one in _all_millionths(options))
        case _:
            return FALSE


def _compares(how: str, number: Term, other: Plain) -> Term:
    if isinstance(other, str | bool):
        return FALSE
    if float(other).is_integer():
        return compared(how, number.copy(), whole(int(other)))
    return compared(how, cast(number.copy(), "DOUBLE"), double(other))


def _number(measure: Measure, taken: Term, tables: Tables) -> Term:
    match measure.function:
        case "streak":
            found = streak(taken, tables)
        case "sessions":
            found = sessions(taken, tables)
        case "distinct":
            found = tables.sum(_how_many(tables.rows.scalar(measure.of or ""), taken))
        case "days":
            found = tables.sum(_how_many(tables.rows.day(), taken))
        case _:
            found = tables.sum(filtered(exp.Count(this=exp.Star()), taken))
    return exp.Coalesce(this=found, expressions=[whole(0)])


def _how_many(value: Term, taken: Term) -> Term:
    return filtered(exp.Count(this=exp.Distinct(expressions=[value])), taken)


def _value(measure: Measure, taken: Term, tables: Tables) -> Term:
    value, words = tables.rows.scalar(measure.of or ""), tables.setting.words
    kept = all_of([taken, is_not_null(value)])
    if measure.function == "most_frequent":
        return most_frequent(value, kept, tables)
    by = words.row(column(AT), value.copy())
    return tables.sum(filtered(words.best(value.copy(), by, largest=measure.function == "last"), kept))


def _list_passes(check: Check, measure: Measure, taken: Term, tables: Tables) -> Term:
    """A list of values is there even if it is empty, and nothing but its items is asked."""
    match check:
        case Exists(truth):
            return TRUE if truth else FALSE
        case IsIn(options):
            wanted: tuple[Plain, ...] = options
        case Contains(one):
            wanted = (one,)
        case _:
            return FALSE
    value = tables.rows.scalar(measure.of or "")
    is_one = surely(values.is_one_of(values.Value(value, tables.setting.words, lambda term: term), wanted))
    return surely(tables.sum(filtered(exp.LogicalOr(this=is_one), taken)))


def _instant_passes(check: Check, instant: Term, tables: Tables) -> Term:
    match check:
        case Exists(truth):
            there = is_not_null(instant)
            return there if truth else negated(there)
        case Before() | NotBefore() | Recent() | Anniversary():
            return dates.passes(check, dates.at(instant), tables.setting, tables.lets)
        case _:
            return FALSE


def _amount_passes(measure: Measure, check: Check, taken: Term, tables: Tables) -> Term:
    amount = tables.rows.amount(measure.of or "")
    if measure.function == "sum":
        if isinstance(check, Exists):
            return TRUE if check.truth else FALSE
        total = tables.sum(filtered(exp.Sum(this=amount), taken))
        return amount_passes(check, exp.Coalesce(this=total, expressions=[decimal(0)]))
    kept = all_of([taken, is_not_null(amount)])
    if isinstance(check, Exists):
        number = exp.Coalesce(this=tables.sum(filtered(exp.Count(this=exp.Star()), kept)), expressions=[whole(0)])
        return compared("more_than" if check.truth else "equals", number, whole(0))
    if measure.function == "average":
        return _average_passes(check, amount, kept, tables)
    aggregate = exp.Min if measure.function == "minimum" else exp.Max
    return amount_passes(check, tables.sum(filtered(aggregate(this=amount.copy()), kept)))


def _average_passes(check: Check, amount: Term, kept: Term, tables: Tables) -> Term:
    """Compare the sum with the bound times the number: nothing is divided, so nothing is rounded."""
    total = tables.sum(filtered(exp.Sum(this=amount.copy()), kept))
    number = cast(tables.sum(filtered(exp.Count(this=exp.Star()), kept)), "DECIMAL(12, 0)")

    def times(bound: int) -> Term:
        return exp.Mul(this=decimal(bound), expression=number.copy())

    def is_(bound: int) -> Term:
        return all_of([compared("at_least", total, times(bound)), compared("less_than", total, times(bound + 1))])

    match check:
        case Compares(how, other) if not isinstance(other, str | bool):
            bound = millionths(other)
            match how:
                case "equals":
                    return is_(bound)
                case "at_least" | "less_than":
                    return compared(how, total, times(bound))
                case "at_most":
                    return compared("less_than", total, times(bound + 1))
                case _:
                    return compared("at_least", total, times(bound + 1))
        case IsIn(options):
            return any_of(is_(one) for one in _all_millionths(options))
        case _:
            return FALSE


def _all_millionths(options: Iterable[Plain]) -> list[int]:
    return [millionths(one) for one in options if not isinstance(one, str | bool)]


def millionths(value: Plain) -> int:
    """Read the bound of a check in millionths."""
    return to_amount(value) or 0
