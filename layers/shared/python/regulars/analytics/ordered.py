"""Conditions that need an order: sequences, sessions, streaks, and what was or was not followed."""

from sqlglot import exp

from regulars.analytics.rows import AT, PERSON
from regulars.analytics.tables import Tables
from regulars.analytics.terms import (
    Term,
    all_of,
    any_of,
    column,
    is_null,
    named,
    relation,
    select,
    where,
    whole,
    within,
)
from regulars.analytics.windows import between
from regulars.domain.segments import SESSION_GAP, Returned, Selection, Sequence, Unfollowed

_VALUE = "value"


def sequence(node: Sequence, tables: Tables) -> Term:
    """
    Say whether events of each step came one after the other.

    Each row that ends a step knows the latest start of all chains that end with it: the row before gave it.
    """
    flags = [_flag(step, tables) for step in node.steps]
    now = tables.setting.now
    tables.rows.reaches_back_to(now - node.window.length - node.within)
    start: Term = where(flags[0], column(AT))
    table, partition = _steps(flags, node.same, tables)
    for index, flag in enumerate(flags[1:], 1):
        kept = [column(name) for name in table.named_selects]
        table = table.select(named(start, f"start{index}")) if index == 1 else table
        if index > 1:
            table = select(*kept, named(start, f"start{index}")).from_(within(table, "steps"), copy=False)
        latest = _over(exp.Max(this=column(f"start{index}")), partition, "UNBOUNDED", 1)
        start = where(flag.copy(), latest)
    kept = [column(name) for name in table.named_selects]
    table = select(*kept, named(start, "start")).from_(within(table, "steps"), copy=False)
    soon = exp.LTE(this=exp.Sub(this=column(AT), expression=column("start")), expression=whole(node.within))
    return _any_row(table, all_of([soon, between(column(AT), now - node.window.length, now)]), tables)


def unfollowed(node: Unfollowed, tables: Tables) -> Term:
    """Say whether a first event was followed by no other in time."""
    first, then = _flag(node.first, tables), _flag(node.then, tables)
    now = tables.setting.now
    tables.rows.reaches_back_to(now - node.window.length)
    table, partition = _steps([first, then], node.same, tables)
    next_at = exp.Min(this=where(then.copy(), column(AT)))
    table = table.select(named(_over(next_at, partition, -1, node.within), "answer"))
    waits = between(column(AT), now - node.window.length, now - node.within)
    none = is_null(column("answer"))
    return _any_row(table, all_of([first.copy(), waits, none]), tables)


def returned(node: Returned, tables: Tables) -> Term:
    """Say whether somebody was back on one of the last days after a gap."""
    today = tables.setting.today
    flag = _flag(node.selection, tables)
    tables.rows.reaches_back_to(node.selection.start)
    day = column("day")
    before = exp.Window(this=exp.Lag(this=day.copy()), partition_by=[column(PERSON)], order=_order(day))
    pairs = select(column(PERSON), day.copy(), named(before, "before")).from_(within(_days(flag, tables), "days"))
    gap = exp.GT(this=exp.Sub(this=day.copy(), expression=column("before")), expression=whole(node.gap))
    return _any_row(pairs, all_of([gap, between(day, today - node.days, today)]), tables)


def streak(taken: Term, tables: Tables) -> Term:
    """Give the longest run of days: within one, day and number of the day go up together."""
    day = column("day")
    number = exp.Window(this=exp.RowNumber(), partition_by=[column(PERSON)], order=_order(day))
    run = named(exp.Sub(this=day.copy(), expression=number), "run")
    runs = select(column(PERSON), run).from_(within(_days(taken, tables), "days"), copy=False)
    lengths = (
        select(column(PERSON), named(exp.Count(this=exp.Star()), "length"))
        .from_(within(runs, "runs"), copy=False)
        .group_by(column(PERSON), column("run"), copy=False)
    )
    return tables.own(_grouped(exp.Max(this=column("length")), lengths))


def sessions(taken: Term, tables: Tables) -> Term:
    """Count events that come more than the gap after the one before, and the first."""
    at = column(AT)
    before = exp.Window(this=exp.Lag(this=at.copy()), partition_by=[column(PERSON)], order=_order(at))
    rows = (
        select(column(PERSON), at.copy(), named(before, "before"))
        .from_(relation("rows"), copy=False)
        .where(taken, copy=False)
    )
    is_first = is_null(column("before"))
    late = exp.GT(this=exp.Sub(this=at.copy(), expression=column("before")), expression=whole(SESSION_GAP))
    begins = where(any_of([is_first, late]), whole(1), whole(0))
    return tables.own(_grouped(exp.Sum(this=begins), rows))


def most_frequent(value: Term, kept: Term, tables: Tables) -> Term:
    """Give the value that is there most often, the first by its text of several."""
    counts = (
        select(column(PERSON), named(value.copy(), _VALUE), named(exp.Count(this=exp.Star()), "number"))
        .from_(relation("rows"), copy=False)
        .where(kept, copy=False)
        .group_by(column(PERSON), value.copy(), copy=False)
    )
    words = tables.setting.words
    by = words.row(exp.Neg(this=column("number")), column(_VALUE))
    return tables.own(_grouped(words.best(column(_VALUE), by, largest=False), counts))


def _flag(selection: Selection, tables: Tables) -> Term:
    return tables.rows.flag(selection)


def _steps(flags: list[Term], same: str | None, tables: Tables) -> tuple[exp.Select, list[Term]]:
    """Write the rows of all steps; with `same`, those with a value, apart by it."""
    names = list(dict.fromkeys(flag.name for flag in flags))
    partition = [column(PERSON)]
    kept = [any_of(flag.copy() for flag in flags)]
    shown = [column(PERSON), column(AT), *(column(name) for name in names)]
    if same is not None:
        value = tables.rows.scalar(same)
        partition.append(value)
        shown.append(value.copy())
        kept.append(exp.not_(is_null(value.copy())))
    return select(*shown).from_(relation("rows"), copy=False).where(all_of(kept), copy=False), partition


def _over(aggregate: Term, partition: list[Term], start: int | str, end: int) -> Term:
    """
    Aggregate over the rows around one, by their instants.

    From `start` microseconds before it (less than 0: after it) until `end` before it, or after it.
    """
    is_ahead = isinstance(start, int)
    spec = exp.WindowSpec(
        kind="RANGE",
        start=start if isinstance(start, str) else whole(abs(start)),
        start_side="FOLLOWING" if is_ahead else "PRECEDING",
        end=whole(end),
        end_side="FOLLOWING" if is_ahead else "PRECEDING",
    )
    return exp.Window(
        this=aggregate, partition_by=[each.copy() for each in partition], order=_order(column(AT)), spec=spec
    )


def _order(by: Term) -> exp.Order:
    return exp.Order(expressions=[exp.Ordered(this=by.copy(), nulls_first=False)])


def _days(taken: Term, tables: Tables) -> exp.Select:
    day = named(tables.rows.day(), "day")
    return (
        select(column(PERSON), day)
        .distinct(copy=False)
        .from_(relation("rows"), copy=False)
        .where(taken.copy(), copy=False)
    )


def _grouped(aggregate: Term, table: exp.Select) -> exp.Select:
    shown = named(aggregate, _VALUE)
    return select(column(PERSON), shown).from_(within(table, "found"), copy=False).group_by(column(PERSON), copy=False)


def _any_row(table: exp.Select, condition: Term, tables: Tables) -> Term:
    shown = named(exp.true(), _VALUE)
    found = (
        select(column(PERSON), shown)
        .distinct(copy=False)
        .from_(within(table, "found"), copy=False)
        .where(condition, copy=False)
    )
    return tables.own(found)
