"""Of refused requests few leave a row: so many a minute for each caller, and each row says how many there were."""

from collections import OrderedDict
from dataclasses import dataclass

from regulars.domain.instants import SECOND

ROWS = 10  # of one caller, in one minute, by one process
MINUTE = 60 * SECOND
CALLERS = 1_000  # of whom a process remembers how often they were refused


@dataclass(slots=True)
class _Told:
    minute: int = -1
    rows: int = 0
    untold: int = 0


class Refusals:
    """
    How often each caller was refused, and which refusals are told.

    Whoever is refused all day by a thousand requests a second makes ten rows a minute in each process, and the rows add
    up to all of them, but for those of the last minute in which a process lives.
    """

    def __init__(self) -> None:
        self._told: OrderedDict[str, _Told] = OrderedDict()

    def tell(self, who: str, at: int) -> int:
        """Count a refusal at an instant; give how many a row is to tell of, 0 where none is to be written."""
        told = self._told.setdefault(who, _Told())
        self._told.move_to_end(who)
        if len(self._told) > CALLERS:
            self._told.popitem(last=False)
        minute = at // MINUTE
        if told.minute != minute:
            told.minute, told.rows = minute, 0
        told.untold += 1
        if told.rows == ROWS:
            return 0
        told.rows += 1
        count, told.untold = told.untold, 0
        return count
