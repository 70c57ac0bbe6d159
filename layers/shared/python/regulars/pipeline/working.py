"""Work off a segment of a run over everybody: page after page, while there is time, resting as long as it works."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from regulars.errors import ConflictError, UnavailableError
from regulars.pipeline.ports import Clock
from regulars.stores.progress import Progress, ProgressStore

PAGE = 50  # items that are looked at; after so many it is written down how far this is
Report = Callable[[str, Exception], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long to work, and to rest: where live traffic makes the tables slow, they are asked the less."""

    clock: Clock
    rest: Callable[[int], None] = lambda _micros: None

    def work_off(
        self,
        store: ProgressStore,
        progress: Progress,
        page: Callable[[Progress, bool], Progress],
        *,
        has_time: Callable[[], bool],
    ) -> bool:
        """
        Go on with a segment while there is time; say whether it is done.

        A page hears whether it may have been begun before, by somebody who died of it or is at it too. Raises
        UnavailableError.
        """
        again = True
        while not progress.done:
            if not has_time():
                return False
            began = self.clock()
            try:
                store.save(page(progress, again))
                again = False
            except ConflictError:  # another worker is at it too: go on from where that one is
                again = True
            progress = store.get(progress.id, progress.segment)
            self.rest(self.clock() - began)
        return True


def count_each(
    names: Iterable[str], count: Callable[[str], Mapping[str, int]], found: Mapping[str, int], report: Report
) -> Mapping[str, int]:
    """
    Do something for each, and add up what it counts; what fails is reported, counted and left behind.

    Raises UnavailableError: that is nobody's own.
    """
    sums = Counter(found)
    for name in names:
        try:
            sums.update(count(name))
        except UnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 (whatever it was, it must not stop the run for all others)
            report(name, error)
            sums.update(failed=1)
    return dict(sums)
