"""What became of the events of a request."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Outcome = Literal["accepted", "duplicate", "quarantined", "suppressed", "deferred"]
OUTCOMES: Sequence[Outcome] = get_args(Outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """
    What became of one event: under which id it is known, and the code of the reason if it is in quarantine.

    A deferred one is kept safely and has yet to be read; its id is what the sender gave it, if anything. Of an
    accepted one, `dropped` names the fields that its tracking plan left out, and `warning` is the code of what is odd.
    """

    index: int
    message_id: str
    outcome: Outcome
    code: str | None = None
    dropped: Sequence[str] = ()
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The verdicts of a request, in the order of its events."""

    verdicts: Sequence[Verdict]

    def count(self, outcome: Outcome) -> int:
        """Count the events with an outcome."""
        return self.counts()[outcome]

    def counts(self) -> Counter[Outcome]:
        """Count the events by outcome."""
        return Counter([verdict.outcome for verdict in self.verdicts])
