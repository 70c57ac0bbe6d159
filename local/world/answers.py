"""What a function's answer to a batch means: partial batch responses, malformed ones included."""

from collections.abc import Mapping, Sequence
from typing import Any


def first_failed(answer: object, identifiers: Sequence[str]) -> int | None:
    """Return where a stream's batch failed first, or None when all of it succeeded.

    The lowest identifier is the checkpoint; one that is missing, empty or unknown fails them all.
    """
    named = _named(answer)
    if not named:
        return None
    places = {identifier: place for place, identifier in enumerate(identifiers)}
    return min(places.get(name, 0) if isinstance(name, str) else 0 for name in named)


def failed_messages(answer: object, identifiers: Sequence[str]) -> frozenset[str]:
    """Return the messages of a queue's batch that failed; one bad identifier fails them all."""
    named, known = _named(answer), frozenset(identifiers)
    if all(isinstance(name, str) and name in known for name in named):
        return frozenset(named)
    return known


def _named(answer: object) -> list[Any]:
    """Return the identifiers that the answer names; None stands for an entry that names none."""
    if not isinstance(answer, Mapping):
        return []
    entries = answer.get("batchItemFailures")
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        return []
    return [entry.get("itemIdentifier") if isinstance(entry, Mapping) else None for entry in entries]
