"""Rates of exchange: what one unit of a currency is worth in the workspace's, by day."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from regulars.domain.numbers import half_even

PLACES = 12  # decimals of a rate
ONE: int = 10**PLACES  # a rate of one: rates are whole numbers of so small a part
OLDEST = 10  # days that a rate serves: over weekends and holidays, and no longer
MOST = 10**6 * ONE  # with it, amounts at a rate fit a DECIMAL(38)

Row = tuple[int, str, Mapping[str, int]]  # day, base, what one unit of the base buys, in parts of ONE


@dataclass(frozen=True, slots=True)
class Series:
    """The rates of one currency: days, ascending, and the rate of each."""

    days: "array[int]"
    rates: "array[int]"

    def rate(self, day: int) -> int | None:
        """Give the rate of a day, or the latest of the ten days before; None where there is none."""
        at = bisect_right(self.days, day) - 1
        return int(self.rates[at]) if at >= 0 and day - self.days[at] <= OLDEST else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """
    The workspace's currency, and what the others are worth in it.

    Where no currency is said to be the workspace's, amounts are taken as they are. `version` is that of the catalog's
    rates that they were made of.
    """

    currency: str = ""
    series: Mapping[str, Series] = field(default_factory=dict)
    version: int = 0

    def rate(self, currency: str, day: int) -> int | None:
        """Give the rate of a day, or the latest of the ten days before; None where there is none."""
        if not currency or not self.currency or currency == self.currency:
            return ONE
        series = self.series.get(currency)
        return series.rate(day) if series else None

    def rows(self) -> Iterator[tuple[str, int, Decimal]]:
        """Give currency, day and rate of each, as SQL takes them."""
        for currency, series in self.series.items():
            for day, rate in zip(series.days, series.rates, strict=True):
                yield currency, day, Decimal(rate).scaleb(-PLACES)


NO_RATES = Rates()


def unite(currency: str, rows: Iterable[Row], version: int = 0) -> Rates:
    """Make rates into a currency of the rows of tables; of two that tell the same day the first counts."""
    found: dict[str, dict[int, int]] = {}
    for day, base, row in rows:
        quotes = {**row, base: ONE}
        own = quotes.get(currency)
        if own is None:
            continue
        for code, quote in quotes.items():
            rate = half_even(own * ONE, quote)
            if code != currency and 0 < rate < MOST:
                found.setdefault(code, {}).setdefault(day, rate)
    return Rates(currency=currency, series={code: _series(by_day) for code, by_day in found.items()}, version=version)


def _series(by_day: Mapping[int, int]) -> Series:
    days = sorted(by_day)
    return Series(array("q", days), array("q", [by_day[day] for day in days]))
