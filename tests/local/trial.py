"""A runner on trial."""

from collections.abc import Sequence

from local.world.lane import Record
from local.world.mapping import EventSourceMapping
from local.world.runner import GivenUp, Runner
from tests.local.streams import Function, ListStream, a_record, number_of

TEN = [a_record(number) for number in range(1, 11)]
STRICT = EventSourceMapping(batch_size=10, bisect=True, report=True, retries=3)


class Trial:
    """A runner over a list of records, with everything it did written down."""

    def __init__(
        self,
        function: Function,
        mapping: EventSourceMapping = STRICT,
        records: Sequence[Record] = tuple(TEN),
    ) -> None:
        self.now = 0.0
        self.given_up: list[GivenUp] = []
        self.function = function
        self.stream = ListStream(records)
        self.runner = Runner(
            mapping,
            self.stream,
            function,
            clock=lambda: self.now,
            on_failure=self.given_up.append,
        )

    def dead(self) -> list[int]:
        return [number_of(record) for one in self.given_up for record in one.records]
