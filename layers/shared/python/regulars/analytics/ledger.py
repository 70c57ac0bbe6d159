"""Orders in SQL: what the ledger of each person comes to, by the query that computes it from events."""

from sqlglot import exp, parse_one

from regulars.analytics import dates
from regulars.analytics.measures import amount_passes, millionths, number_passes
from regulars.analytics.rows import PERSON
from regulars.analytics.tables import LEDGER, Tables
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
    is_not_null,
    named,
    negated,
    relation,
    select,
    whole,
)
from regulars.analytics.windows import in_window
from regulars.domain.checks import Anniversary, Before, Check, Compares, Exists, IsIn, NotBefore, Recent
from regulars.domain.segments import OrdersMeasure
from regulars.errors import DefinitionError

_INSTANT, _NET, _STANDS = "instant", "net", "stands"
_VALUE = "value"


def orders_measured(measure: OrdersMeasure, check: Check, tables: Tables, query: str | None) -> Term:
    """
    Say whether what orders come to passes a check.

    `query` gives `person, instant, net, stands` of each order, from `order_events` and `rates`, in the words of DuckDB.
    Raises DefinitionError where there is none.
    """
    if query is None:
        raise DefinitionError("orders", "cannot be asked in SQL here: leave this condition out")
    written = parse_one(query, read="duckdb")
    assert isinstance(written, exp.Select)
    tables.reads_orders(tables.setting.words.adapted(written))
    match measure.of:
        case "count":
            number = exp.Coalesce(this=_of(measure, exp.Count(this=exp.Star()), tables), expressions=[whole(0)])
            return number_passes(check, number)
        case "revenue":
            if isinstance(check, Exists):
                return TRUE if check.truth else FALSE
            total = exp.Coalesce(this=_total(measure, tables), expressions=[decimal(0)])
            return amount_passes(check, total)
        case "average":
            return _average_passes(measure, check, tables)
        case _:
            end = exp.Min if measure.of == "first_time" else exp.Max
            return _instant_passes(check, _of(measure, end(this=column(_INSTANT)), tables), tables)


def _of(measure: OrdersMeasure, aggregate: Term, tables: Tables) -> Term:
    """Aggregate over the orders of a person that stand, and lie in the window."""
    counted = all_of([column(_STANDS), in_window(measure.window, column(_INSTANT), tables.setting)])
    return tables.own(
        select(column(PERSON), named(aggregate, _VALUE))
        .from_(relation(LEDGER), copy=False)
        .where(counted, copy=False)
        .group_by(column(PERSON), copy=False)
    )


def _total(measure: OrdersMeasure, tables: Tables) -> Term:
    return _of(measure, exp.Sum(this=column(_NET)), tables)


def _instant_passes(check: Check, instant: Term, tables: Tables) -> Term:
    match check:
        case Exists(truth):
            return is_not_null(instant) if truth else negated(is_not_null(instant))
        case Before() | NotBefore() | Recent() | Anniversary():
            return dates.passes(check, dates.at(instant), tables.setting, tables.lets)
        case _:
            return FALSE


def _average_passes(measure: OrdersMeasure, check: Check, tables: Tables) -> Term:
    """Compare twice the sum with the bounds between which an average is rounded to one, half to even."""
    total = _total(measure, tables)
    number = cast(_of(measure, exp.Count(this=exp.Star()), tables), "DECIMAL(12, 0)")
    twice = exp.Mul(this=whole(2), expression=total)

    def reaches(bound: int) -> Term:
        half = exp.Mul(this=decimal(2 * bound - 1), expression=number.copy())
        return compared("at_least" if bound % 2 == 0 else "more_than", twice.copy(), half)

    def stays_below(bound: int) -> Term:
        return all_of([is_not_null(total.copy()), negated(reaches(bound))])

    def is_(bound: int) -> Term:
        return all_of([reaches(bound), stays_below(bound + 1)])

    match check:
        case Exists(truth):
            return is_not_null(total) if truth else negated(is_not_null(total))
        case Compares(how, other) if not isinstance(other, str | bool):
            bound = millionths(other)
            asks = {
                "equals": is_(bound),
                "at_least": reaches(bound),
                "more_than": reaches(bound + 1),
                "at_most": stays_below(bound + 1),
                "less_than": stays_below(bound),
            }
            return asks[how]
        case IsIn(options):
            return any_of(is_(millionths(one)) for one in options if not isinstance(one, str | bool))
        case _:
            return FALSE
