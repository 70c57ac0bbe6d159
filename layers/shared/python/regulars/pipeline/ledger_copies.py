"""What an erasure and a restore ask of the place where the ledger has its copies; the door knows nothing of it."""

from collections.abc import Iterable
from typing import Protocol

from regulars.domain.ledger_copies import LedgerCopy


class LedgerCopies(Protocol):
    """Where pages of the erasure ledger are kept besides the tables; what was put is neither changed nor removed."""

    def put(self, copy: LedgerCopy) -> None:
        """Keep a page; a second time nothing happens. Raises UnavailableError."""

    def all(self) -> Iterable[LedgerCopy]:
        """Read all pages. Raises UnavailableError, also for one that cannot be read."""
