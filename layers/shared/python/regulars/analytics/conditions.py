"""Conditions in SQL: each node of a segment as a term over the tables of a person, never null."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from regulars.analytics import values
from regulars.analytics.ledger import orders_measured
from regulars.analytics.measures import measured
from regulars.analytics.ordered import returned, sequence, unfollowed
from regulars.analytics.rows import AT, KNOWN, MOMENT, PERSON
from regulars.analytics.tables import Tables
from regulars.analytics.terms import (
    FALSE,
    Term,
    all_of,
    any_of,
    cast,
    column,
    compared,
    enclosed,
    filtered,
    is_not_null,
    is_null,
    negated,
    surely,
    text,
    where,
    whole,
)
from regulars.analytics.windows import in_days
from regulars.domain.instants import DAY
from regulars.domain.segments import (
    All,
    Consented,
    Drawn,
    InAudience,
    InSegment,
    Latest,
    Measure,
    Measured,
    Node,
    Not,
    OneOf,
    OrdersMeasure,
    Regular,
    Returned,
    Segment,
    Sequence,
    Trait,
    Unfollowed,
)
from regulars.domain.state import MAX_TRAIT_NAME, stored_size
from regulars.errors import DefinitionError

LOTS = 100
_HIGH = 2**32 % LOTS  # of the first half of a lot's number, modulo 100


@dataclass(frozen=True, slots=True)
class Conditions:
    """
    Writes conditions.

    `segments` are those that others name, `within` those that this is in; `orders` computes the ledger.
    """

    tables: Tables
    segments: Mapping[str, Segment]
    orders: str | None = None
    within: tuple[str, ...] = ()

    def belongs(self, segment: Segment) -> Term:
        """Say whether a person is in a segment. Raises DefinitionError for one that reads consent."""
        if segment.needs:
            raise _no_consent("purpose")
        truth = self.truth(segment.where)
        return truth if segment.anonymous else all_of([surely(column(KNOWN)), truth])

    def truth(self, node: Node) -> Term:
        """Say whether a condition is true of a person."""
        match node:
            case All(nodes):
                return all_of(self.truth(inner) for inner in nodes)
            case OneOf(nodes):
                return any_of(self.truth(inner) for inner in nodes)
            case Not(inner):
                return negated(self.truth(inner))
            case InSegment(id):
                return self._in_segment(id)
            case _:
                return surely(self._leaf(node))

    def _in_segment(self, id: str) -> Term:
        """Write another segment in its place. Raises DefinitionError for one that comes back to itself."""
        if id not in self.segments:
            return FALSE
        if id in self.within:
            raise DefinitionError("segment", f"{id} names itself, by way of {', '.join(self.within)}")
        return replace(self, within=(*self.within, id)).belongs(self.segments[id])

    def _leaf(self, node: Node) -> Term:  # noqa: C901 (a case each)
        match node:
            case Trait():
                return self._trait(node)
            case Measured(Measure() as measure, check):
                return measured(measure, check, self.tables)
            case Sequence():
                return sequence(node, self.tables)
            case Unfollowed():
                return unfollowed(node, self.tables)
            case Latest():
                return self._latest(node)
            case InAudience():
                return all_of([negated(surely(column(KNOWN))), self._latest(node.latest)])
            case Regular():
                return self._regular(node)
            case Returned():
                return returned(node, self.tables)
            case Drawn():
                return self._drawn(node)
            case Consented():
                raise _no_consent("consent")
            case Measured(OrdersMeasure() as measure, check):
                return orders_measured(measure, check, self.tables, self.orders)
            case _:
                return FALSE

    def _trait(self, node: Trait) -> Term:
        if stored_size(node.trait) > MAX_TRAIT_NAME:
            never = self.tables.value(cast(exp.null(), "VARCHAR"))
            return values.passes(node.check, never, self.tables.setting)
        value, words = self.tables.rows.trait(node.trait), self.tables.setting.words
        self.tables.rows.reaches_back_to(None)
        by = words.row(column(AT), column(MOMENT), self.tables.rows.spelling(value))
        said = is_not_null(value.copy())
        newest = self.tables.sum(filtered(words.best(value.copy(), by, largest=True), said))
        return values.passes(node.check, self.tables.value(newest), self.tables.setting)

    def _latest(self, node: Latest) -> Term:
        tables, now = self.tables, self.tables.setting.now
        tables.rows.reaches_back_to(now - node.window.length if node.window else None)
        newest = tables.sum(filtered(exp.Max(this=column(AT)), tables.rows.flag(node.event)))
        bounds = [compared("at_most", newest, whole(now - node.ago))]
        if node.window:
            bounds.append(compared("more_than", newest.copy(), whole(now - node.window.length)))
        if node.without:
            other = tables.sum(filtered(exp.Max(this=column(AT)), tables.rows.flag(node.without)))
            none = is_null(other)
            bounds.append(any_of([none, exp.LT(this=other.copy(), expression=newest.copy())]))
        return all_of(bounds)

    def _regular(self, node: Regular) -> Term:
        tables, today = self.tables, self.tables.setting.today
        tables.rows.reaches_back_to((today - node.days * node.periods - 1) * DAY)
        flag = tables.rows.flag(node.selection)
        met: list[Term] = []
        for period in range(node.periods):
            last = today - period * node.days
            days = in_days(column(AT), last - node.days + 1, last, tables.setting)
            number = tables.sum(filtered(exp.Count(this=exp.Star()), all_of([flag.copy(), days])))
            often = compared("at_least", exp.Coalesce(this=number, expressions=[whole(0)]), whole(node.times))
            met.append(where(often, whole(1), whole(0)))
        total = met[0]
        for one in met[1:]:
            total = exp.Add(this=total, expression=one)
        return compared("at_least", enclosed(total), whole(node.at_least))

    def _drawn(self, node: Drawn) -> Term:
        words = self.tables.setting.words
        drawn = exp.DPipe(this=text(f"{node.salt}|"), expression=column(PERSON))
        high = exp.Mul(this=enclosed(_rest(words.hex_number(drawn, 1))), expression=whole(_HIGH))
        both = exp.Add(this=high, expression=enclosed(_rest(words.hex_number(drawn.copy(), 9))))
        lot = enclosed(_rest(enclosed(both)))
        return all_of(
            [compared("at_least", lot, whole(node.start)), compared("less_than", lot.copy(), whole(node.end))]
        )


def _rest(number: Term) -> Term:
    return exp.Mod(this=number, expression=whole(LOTS))


def _no_consent(field: str) -> DefinitionError:
    why = "what people consent to is asked of live people only: leave it out to see whom the other conditions take in"
    return DefinitionError(field, why)
