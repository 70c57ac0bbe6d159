"""Copies of the erasure ledger, in memory: they outlive the tables of a world."""

import json
from collections.abc import Iterator

from regulars.domain.ledger_copies import LedgerCopy, copy_json, key_of, read_copy


class MemoryLedgerCopies:
    """Keeps pages as the JSON that a bucket would hold."""

    def __init__(self) -> None:
        self.objects: dict[str, str] = {}

    def put(self, copy: LedgerCopy) -> None:
        """Keep a page; a second time nothing happens."""
        self.objects.setdefault(key_of(copy), json.dumps(copy_json(copy)))

    def all(self) -> Iterator[LedgerCopy]:
        """Read all pages."""
        yield from (copy for key in sorted(self.objects) if (copy := read_copy(json.loads(self.objects[key]))))
