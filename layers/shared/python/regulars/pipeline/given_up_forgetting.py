"""Take those who are erased out of what streams gave up: until somebody does it again, it holds what they said."""

from collections import Counter
from collections.abc import Callable, Collection

from regulars.domain.invocation_records import FOLDER, without
from regulars.pipeline.erasing import Counts
from regulars.pipeline.ports import Rewritable


class GivenUpForgetter:
    """Removes records from the objects of the bucket of failures."""

    def __init__(self, failures: Rewritable) -> None:
        self._failures = failures

    def forget(
        self, gone: Collection[str], *, after: str | None, has_time: Callable[[], bool]
    ) -> tuple[str | None, Counts]:
        """Look at objects after a key while there is time; give where to go on, None at the end, and what went."""
        found: Counts = Counter()
        for key in self._failures.keys(FOLDER):
            if after is not None and key <= after:
                continue
            content = self._failures.get(key) or b""
            left, records = without(content, gone)
            if records:
                found["given_up"] += records
                if left:
                    self._failures.put(key, left)
                else:
                    self._failures.delete(key)
            if not has_time():
                return key, found
        return None, found
