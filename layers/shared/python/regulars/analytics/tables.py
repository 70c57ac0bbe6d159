"""What is known of each person: aggregates over their rows, side by side, and tables for what needs an order."""

from sqlglot import exp

from regulars.analytics.lets import Lets
from regulars.analytics.rows import KNOWN, ORDERS, PERSON, Rows
from regulars.analytics.setting import Setting
from regulars.analytics.terms import Term, column, named, relation, select
from regulars.analytics.values import Value
from regulars.domain.orders import ORDER_EVENTS

SUMS, LEDGER = "sums", "ledger"


class Tables:
    """Collects aggregates and tables; each is written once, however many conditions ask for it."""

    def __init__(self, rows: Rows, setting: Setting) -> None:
        self.rows = rows
        self.setting = setting
        self.lets = Lets("x")
        self._sums: dict[Term, str] = {}
        self._own: dict[Term, str] = {}
        self._ledger: exp.Select | None = None

    def sum(self, aggregate: Term) -> Term:
        """Name the column of an aggregate over the rows of a person."""
        return column(self._sums.setdefault(aggregate, f"m{len(self._sums)}"))

    def own(self, table: exp.Select) -> Term:
        """Name the column of a table of its own, which has a row a person at most, and there a `value`."""
        return column(self._own.setdefault(table, f"leaf{len(self._own)}"))

    def reads_orders(self, query: exp.Select) -> None:
        """Note by which query the orders of people are computed; who has one has rows, too."""
        self._ledger = query
        self.rows.reads(ORDER_EVENTS)

    def value(self, found: Term) -> Value:
        """Take the column of an aggregate as a value."""
        return Value(found, self.setting.words, self.lets)

    def of_people(self, people: str) -> exp.Select:
        """Write all that is known of each person."""
        shown = [column(PERSON, people), column(KNOWN, people), *(column(name) for name in self._sums.values())]
        values = [named(column("value", name), name) for name in self._own.values()]
        found = select(*shown, *values).from_(relation(people), copy=False)
        for name in ([SUMS] if self.rows.are_read and people != SUMS else []) + list(self._own.values()):
            same = exp.EQ(this=column(PERSON, people), expression=column(PERSON, name))
            found = found.join(relation(name), on=same, join_type="left", copy=False)
        return self.lets.over(found)

    def written(self) -> list[tuple[str, exp.Select]]:
        """Write all tables, by name."""
        known = named(exp.LogicalOr(this=column(KNOWN)), KNOWN)
        sums = [named(aggregate, name) for aggregate, name in self._sums.items()]
        grouped = (
            select(column(PERSON), known, *sums)
            .from_(relation("rows"), copy=False)
            .group_by(column(PERSON), copy=False)
        )
        own = [(name, table) for table, name in self._own.items() if isinstance(table, exp.Select)]
        ledger = [(ORDERS, self.rows.orders()), (LEDGER, self._ledger)] if self._ledger else []
        return ([(SUMS, grouped)] if self.rows.are_read else []) + ledger + own
