"""Which segments read which: each that is read is live, no ring of them, and none goes while another one reads it."""

from collections.abc import Iterable, Mapping

from regulars.domain.segments import Segment, segments_read
from regulars.errors import DefinitionError, InvalidRequestError

MAX_CHAIN = 5  # segments that read each other one after the other


def check_reads(segment: Segment, others: Iterable[Segment]) -> None:
    """Make sure that what a segment reads is among the others, and reads it not in turn. Raises DefinitionError."""
    reads = _reads(segment, others)
    for id in sorted(reads[segment.id] - reads.keys()):
        raise DefinitionError("where", f"reads the segment {id}, which is not live: release that first")
    check_chain(segment, others)


def check_chain(segment: Segment, others: Iterable[Segment]) -> None:
    """Make sure that a segment closes no ring, and no chain that is too long. Raises DefinitionError."""
    reads = _reads(segment, others)
    way = _longest(segment.id, reads, (segment.id,))
    if way[-1] == segment.id and len(way) > 1:
        raise DefinitionError("where", f"reads itself: {' reads '.join(way)}")
    readers = {id: frozenset(other for other, read in reads.items() if id in read) for id in reads}
    length = len(way) + len(_longest(segment.id, readers, (segment.id,))) - 1
    if length > MAX_CHAIN:
        raise DefinitionError("where", f"is one of a chain of {length} segments; {MAX_CHAIN} is the most")


def _reads(segment: Segment, others: Iterable[Segment]) -> dict[str, frozenset[str]]:
    reads = {other.id: segments_read(other) for other in others if other.id != segment.id}
    return {**reads, segment.id: segments_read(segment)}


def check_unread(id: str, others: Iterable[Segment]) -> None:
    """Make sure that no other segment reads one that is to go. Raises InvalidRequestError."""
    for other in others:
        if other.id != id and id in segments_read(other):
            raise InvalidRequestError(f"the segment {other.id} reads it: change or archive that first")


def _longest(id: str, reads: Mapping[str, frozenset[str]], way: tuple[str, ...]) -> tuple[str, ...]:
    """Follow what is read, one after the other, to the longest way; one that closes a ring is given at once."""
    longest = way
    for next in sorted(reads.get(id, ())):
        if next == way[0]:
            return (*way, next)
        if next in way:
            continue  # a ring of others: they were refused where they were written
        found = _longest(next, reads, (*way, next))
        if found[-1] == way[0]:
            return found
        longest = max(longest, found, key=len)
    return longest
