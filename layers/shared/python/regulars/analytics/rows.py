"""
The events that conditions read: one row each, with the person, the instant, and every value that is read, once.

`read` takes the values out of the JSON of an event, and `rows` says of each row which selections it belongs to.
"""

from collections.abc import Iterable, Sequence

from sqlglot import exp

from regulars.analytics import values
from regulars.analytics.lets import Lets
from regulars.analytics.setting import Setting
from regulars.analytics.terms import (
    TRUE,
    Term,
    all_of,
    among,
    any_of,
    call,
    cast,
    column,
    is_not_null,
    is_null,
    named,
    negated,
    relation,
    select,
    surely,
    text,
    try_cast,
    where,
    whole,
)
from regulars.analytics.zones import day_of
from regulars.domain.identifiers import NOBODY
from regulars.domain.instants import DAY, to_text
from regulars.domain.orders import ORDER_EVENTS
from regulars.domain.segments import Selection
from regulars.domain.state import MAX_TRAIT

IDENTIFY = "identify"
_FRACTION = r"\A-?[0-9]+[.eE]"
ORDERS = "order_events"
PERSON, KNOWN, AT, MOMENT = "person", "known", "at", "moment"


class Rows:
    """Collects what is asked of events, and writes the two relations that give it."""

    def __init__(self, setting: Setting, known_kinds: Iterable[str], people: Sequence[str] = ()) -> None:
        self._setting = setting
        self._people = people
        self._kinds = sorted(known_kinds)
        self._names: dict[str, None] = {}
        self._properties: dict[str, str] = {}
        self._traits: dict[str, str] = {}
        self._lets = Lets("c")
        self._since: int | None = None
        self._is_open = False

    @property
    def are_read(self) -> bool:
        """Say whether any event is read."""
        return bool(self._names or self._traits)

    def flag(self, selection: Selection) -> Term:
        """Name the column that says whether a row is in a selection."""
        at = column(AT)
        bounds: list[Term] = [exp.EQ(this=column("name"), expression=text(selection.event))]
        self._names[selection.event] = None
        if selection.start is not None:
            bounds.append(exp.GTE(this=at, expression=whole(selection.start)))
        if selection.end is not None:
            bounds.append(exp.LT(this=at.copy(), expression=whole(selection.end)))
        bounds += [values.passes(one.check, self._value(one.property), self._setting) for one in selection.where]
        return self._lets(surely(all_of(bounds)))

    def reads(self, names: Iterable[str]) -> None:
        """Read all events of these names, whatever they hold."""
        self._names.update(dict.fromkeys(names))
        self._is_open = True

    def orders(self) -> exp.Select:
        """Write the events of orders, as the query that computes the ledger takes them."""
        properties = column("properties", "events")
        name = column("name", "events")
        shown = [
            named(_person(), PERSON),
            name,
            named(self._setting.words.micros(column("happened", "events")), AT),
            column(MOMENT, "events"),
            properties,
        ]
        wanted = [
            among(name.copy(), [text(each) for each in sorted(ORDER_EVENTS)]),
            negated(of_kind(column("owner", "events"), NOBODY)),
            self.are_asked(_person()),
        ]
        return _joined(shown).where(all_of(wanted), copy=False)

    def reaches_back_to(self, instant: int | None) -> None:
        """Say from which instant on events are read for one condition; None is ever."""
        if instant is None:
            self._is_open = True
        else:
            self._since = instant if self._since is None else min(self._since, instant)

    def amount(self, name: str) -> Term:
        """Name the column of a property as an amount."""
        return self._value(name).amount

    def scalar(self, name: str) -> Term:
        """Name the column of a property as a value that can be counted."""
        return self._value(name).scalar

    def day(self) -> Term:
        """Name the column of the calendar day."""
        return self._lets(day_of(column(AT), self._setting.clocks, self._setting.words))

    def trait(self, name: str) -> Term:
        """Name the column of a trait as JSON text."""
        alias = self._traits.setdefault(name, f"t{len(self._traits)}")
        return column(alias)

    def spelling(self, value: Term) -> Term:
        """Name the column of JSON text with a fraction as everybody else writes it; engines take texts apart anew."""
        number = cast(try_cast(value.copy(), "DOUBLE"), "VARCHAR")
        return self._lets(where(self._setting.words.matches(value, _FRACTION), number, value.copy()))

    def read(self, *, known_only: bool) -> exp.Select:
        """Write the events that are read, with what they hold."""
        shown = [
            named(_person(), PERSON),
            named(self._is_known(), KNOWN),
            column("name", "events"),
            named(self._setting.words.micros(column("happened", "events")), AT),
            *self._values(),
        ]
        wanted = [among(column("name", "events"), [text(name) for name in sorted(self._names)])]
        if self._traits:
            shown.append(column(MOMENT, "events"))
            wanted.append(exp.EQ(this=column("type", "events"), expression=text(IDENTIFY)))
        conditions = [any_of(wanted), negated(of_kind(column("owner", "events"), NOBODY)), *self._recent()]
        if known_only:
            conditions.append(self._is_known())
        if self._people:
            conditions.append(self.are_asked(_person()))
        return _joined(shown).where(all_of(conditions), copy=False)

    def rows(self) -> exp.Select:
        """Write the rows, with the selections that they are in."""
        return self._lets.over(select(exp.Star()).from_(relation("read"), copy=False))

    def known(self, owner: Term) -> Term:
        """Say whether an identifier makes its profile a known one."""
        return any_of(of_kind(owner, kind) for kind in self._kinds)

    def are_asked(self, person: Term) -> Term:
        """Say whether a person is one of those who are asked for."""
        return among(person, [text(each) for each in self._people]) if self._people else TRUE

    def _is_known(self) -> Term:
        return exp.Coalesce(this=column(KNOWN, "linked"), expressions=[self.known(column("owner", "events"))])

    def _value(self, name: str) -> values.Value:
        alias = self._properties.setdefault(name, f"p{len(self._properties)}")
        return values.Value(column(alias), self._setting.words, self._lets)

    def _values(self) -> list[Term]:
        properties = [named(self._of_event(name), alias) for name, alias in self._properties.items()]
        return properties + [named(self._of_identify(name), alias) for name, alias in self._traits.items()]

    def _of_event(self, name: str) -> Term:
        """A property is found by its name as it stands, else by its path."""
        document, extract = column("properties", "events"), self._setting.words.extract
        if "." not in name:
            return extract(document, [name])
        return exp.Coalesce(this=extract(document, [name]), expressions=[extract(document.copy(), name.split("."))])

    def _of_identify(self, name: str) -> Term:
        words = self._setting.words
        clear = words.extract(column("traits", "events"), [name])
        fits = exp.LTE(this=words.size(clear), expression=whole(MAX_TRAIT))
        sealed = words.of_map(column("sealed_traits", "events"), name)
        marked = exp.DPipe(this=text(values.SEALED), expression=sealed)
        sealed_fits = exp.LTE(this=words.size(sealed.copy()), expression=whole(MAX_TRAIT))
        said = exp.Coalesce(
            this=where(_there(clear), where(fits, clear.copy(), text("null"))),
            expressions=[where(_there(sealed), where(sealed_fits, marked, text("null")))],
        )
        return where(exp.EQ(this=column("type", "events"), expression=text(IDENTIFY)), said)

    def _recent(self) -> list[Term]:
        """Leave out what happened before all windows; it arrived on that day or later."""
        if self._is_open or self._traits or self._since is None:
            return []
        day = exp.GTE(this=column("day", "events"), expression=text(to_text(self._since // DAY * DAY)[:10]))
        since = self._setting.words.timestamp(self._since)
        return [day, exp.GTE(this=column("happened", "events"), expression=since)]


def of_kind(owner: Term, kind: str) -> Term:
    """Say whether an identifier is of a kind."""
    return call("STARTS_WITH", owner.copy(), text(f"{kind}:"))


def linked(known: Term) -> exp.Select:
    """Write the identifiers of profiles, each with whether its profile is known."""
    is_known = exp.Window(
        this=exp.LogicalOr(this=known),
        partition_by=[column("profile_id")],
    )
    return select(column("owner"), column("profile_id"), named(is_known, KNOWN)).from_(relation("people"), copy=False)


def everyone(rows: Rows, *, known_only: bool) -> exp.Expression:
    """Write all people: those with a profile, and the owners of events who are their own."""
    profiles = (
        select(named(column("profile_id"), PERSON), named(exp.LogicalOr(this=column(KNOWN)), KNOWN))
        .from_(relation("linked"), copy=False)
        .where(rows.are_asked(column("profile_id")), copy=False)
        .group_by(column("profile_id"), copy=False)
    )
    owner = column("owner", "events")
    same = exp.EQ(this=column("owner", "linked"), expression=owner.copy())
    kinds = rows.known(owner) if known_only else negated(of_kind(owner, NOBODY))
    alone_id = exp.DPipe(this=text("p_"), expression=owner.copy())
    unlinked = is_null(column("owner", "linked"))
    alone = (
        select(
            named(alone_id, PERSON),
            named(rows.known(owner), KNOWN),
        )
        .distinct(copy=False)
        .from_(relation("events"), copy=False)
        .join(relation("linked"), on=same, join_type="left", copy=False)
        .where(all_of([unlinked, kinds, negated(of_kind(owner, NOBODY)), rows.are_asked(alone_id)]), copy=False)
    )
    if known_only:
        profiles = profiles.having(exp.LogicalOr(this=column(KNOWN)), copy=False)
    return exp.union(profiles, alone, distinct=False)


def _person() -> Term:
    alone = exp.DPipe(this=text("p_"), expression=column("owner", "events"))
    return exp.Coalesce(this=column("profile_id", "linked"), expressions=[alone])


def _there(value: Term) -> Term:
    return is_not_null(value.copy())


def _joined(shown: list[Term]) -> exp.Select:
    """Write events with the profiles of their owners, where these have one."""
    owner = exp.EQ(this=column("owner", "linked"), expression=column("owner", "events"))
    events = select(*shown).from_(relation("events"), copy=False)
    return events.join(relation("linked"), on=owner, join_type="left", copy=False)
