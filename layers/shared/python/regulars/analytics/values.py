"""
Checks of a value in SQL.

A value is JSON text, or null where there is none; what is sealed begins with SEALED, and tells only that it is there.
"""

import json
from dataclasses import dataclass

from sqlglot import exp

from regulars.analytics import dates
from regulars.analytics.lets import Let
from regulars.analytics.patterns import translate
from regulars.analytics.setting import Setting
from regulars.analytics.terms import (
    FALSE,
    Term,
    all_of,
    among,
    any_of,
    call,
    cast,
    compared,
    double,
    negated,
    surely,
    text,
    try_cast,
    where,
    whole,
)
from regulars.analytics.words import Words
from regulars.domain.checks import (
    Affixed,
    Anniversary,
    Before,
    Check,
    Compares,
    Contains,
    Exists,
    IsIn,
    Matches,
    NotBefore,
    Plain,
    Recent,
)
from regulars.domain.segments import MAX_VALUE

SEALED = "!"

_WHOLE = float(2**53)
_AMOUNT = r"\A[ \t\n\r\f\x0b]*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?[ \t\n\r\f\x0b]*\z"
_SPACES = " \t\n\r\f\x0b"
_MOST = 10**15


@dataclass(frozen=True, slots=True)
class Value:
    """A value as JSON text, and what is read from that, each once."""

    json: Term
    words: Words
    let: Let

    @property
    def text(self) -> Term:
        """The text that it is, or null."""
        return self.let(self.words.text_of(self.json))

    @property
    def number(self) -> Term:
        """The number that it is, as a double, or null."""
        return self.let(try_cast(self.json.copy(), "DOUBLE"))

    @property
    def is_there(self) -> Term:
        """Whether it is more than null."""
        return surely(exp.NEQ(this=self.json.copy(), expression=text("null")))

    def any_item(self, options: tuple[Plain, ...]) -> Term:
        """Whether it is a list with one of these."""
        return self.words.any_item(
            self.json, lambda item: is_one_of(Value(item, self.words, lambda term: term), options)
        )

    @property
    def scalar(self) -> Term:
        """The JSON text that is the same for all that count as one value; null for what is no scalar."""
        number = self.number
        fits = exp.LT(this=call("ABS", number), expression=double(_WHOLE))
        is_whole = exp.EQ(this=number.copy(), expression=call("FLOOR", number.copy()))
        short = exp.Substring(this=self.text, start=whole(1), length=whole(MAX_VALUE))
        as_whole = cast(cast(number.copy(), "BIGINT"), "VARCHAR")
        return self.let(
            exp.Case(
                ifs=[
                    exp.If(this=_starts_with_quote(self.json), true=self.words.written(short)),
                    exp.If(this=among(self.json.copy(), [text("true"), text("false")]), true=self.json.copy()),
                    exp.If(this=all_of([fits, is_whole]), true=as_whole),
                ],
                default=cast(number.copy(), "VARCHAR"),
            )
        )

    @property
    def amount(self) -> Term:
        """The amount, in six decimals, that it is or says; a half is rounded away from zero."""
        said = where(self.words.matches(self.text, _AMOUNT), exp.Trim(this=self.text, expression=text(_SPACES)))
        read = where(_starts_with_quote(self.json), said, self.json.copy())
        number = self.let(try_cast(read, "DECIMAL(38, 6)"))
        fits = exp.Between(this=number, low=whole(-_MOST), high=whole(_MOST))
        return self.let(where(fits, cast(number.copy(), "DECIMAL(22, 6)")))


def passes(check: Check, value: Value, setting: Setting) -> Term:
    """Say whether a value passes a check; null is as good as false, but for what asks that there be none."""
    match check:
        case Exists(truth):
            return value.is_there if truth else negated(value.is_there)
        case Compares(how, other):
            return _compares(how, value, other)
        case IsIn(options):
            return any_of([is_one_of(value, options), value.any_item(options)])
        case Contains(one):
            return any_of([_holds(value, one), value.any_item((one,))])
        case Affixed() | Matches():
            return _text_passes(check, value.text, setting.words)
        case Before() | NotBefore() | Recent() | Anniversary():
            return dates.passes(check, dates.read(value.text, setting, value.let), setting, value.let)


def is_one_of(value: Value, options: tuple[Plain, ...]) -> Term:
    """Compare as JSON text what has one spelling there, and read the rest."""
    said = [option for option in options if isinstance(option, str | bool) and _has_one_spelling(option)]
    texts = [option for option in options if isinstance(option, str) and option not in said]
    numbers = [option for option in options if not isinstance(option, str | bool)]
    return any_of(
        [
            among(value.json.copy(), [text(json.dumps(option, ensure_ascii=False)) for option in said]),
            among(value.text, [text(option) for option in texts]) if texts else FALSE,
            among(value.number, [double(option) for option in numbers]) if numbers else FALSE,
        ]
    )


def _compares(how: str, value: Value, other: Plain) -> Term:
    if how == "equals":
        return is_one_of(value, (other,))
    if isinstance(other, bool):
        return FALSE
    if isinstance(other, str):
        return compared(how, value.text, text(other))
    return compared(how, value.number, double(other))


def _has_one_spelling(value: str | bool) -> bool:
    return isinstance(value, bool) or (value.isprintable() and not set('"\\/') & set(value))


def _holds(value: Value, part: Plain) -> Term:
    if not isinstance(part, str):
        return FALSE
    return exp.GT(this=exp.StrPosition(this=value.text, substr=text(part)), expression=whole(0))


def _starts_with_quote(value: Term) -> Term:
    return call("STARTS_WITH", value.copy(), text('"'))


def _text_passes(check: Affixed | Matches, plain: Term, words: Words) -> Term:
    match check:
        case Matches(pattern):
            return words.matches(plain, translate(pattern))
        case Affixed("starts_with", said):
            return call("STARTS_WITH", plain, text(said))
        case Affixed(_, said):
            length = call("LENGTH", plain.copy())
            start = exp.Add(this=exp.Sub(this=length, expression=whole(len(said))), expression=whole(1))
            end = exp.Substring(this=plain.copy(), start=start)
            long_enough = exp.GTE(this=length.copy(), expression=whole(len(said)))
            return all_of([long_enough, exp.EQ(this=end, expression=text(said))])
