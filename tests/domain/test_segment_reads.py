"""Segments read live ones, in no ring and no long chain, and none goes while another one reads it."""

from typing import Any

import pytest

from regulars.domain.segment_definitions import parse
from regulars.domain.segment_reads import MAX_CHAIN, check_reads, check_unread
from regulars.domain.segments import Segment
from regulars.errors import DefinitionError, InvalidRequestError


def reading(id: str, *others: str) -> Segment:
    """A segment that reads others."""
    nodes: list[dict[str, Any]] = [{"event": "X"}, *({"not": {"segment": other}} for other in others)]
    return parse(id, {"where": {"all": nodes}})


def test_a_segment_reads_others() -> None:
    check_reads(reading("a", "b", "c"), [reading("b", "c"), reading("c")])


@pytest.mark.parametrize(
    ("segment", "others", "complaint"),
    [
        (reading("a", "a"), [], "reads itself: a reads a"),
        (reading("a", "b"), [reading("b", "c"), reading("c", "a")], "reads itself: a reads b reads c reads a"),
        (reading("a", "b"), [], "reads the segment b, which is not live"),
        (
            reading("s0", "s1"),
            [reading(f"s{n}", f"s{n + 1}") for n in range(1, MAX_CHAIN)] + [reading(f"s{MAX_CHAIN}")],
            "is one of a chain of 6 segments",
        ),
    ],
)
def test_a_ring_a_gap_and_a_long_chain_are_refused(segment: Segment, others: list[Segment], complaint: str) -> None:
    with pytest.raises(DefinitionError, match=complaint):
        check_reads(segment, others)


def test_what_it_was_before_does_not_count() -> None:
    check_reads(reading("a"), [reading("a", "b"), reading("b", "a")])


def test_one_that_is_read_does_not_go() -> None:
    check_unread("a", [reading("a", "b"), reading("b")])

    with pytest.raises(InvalidRequestError, match="the segment a reads it"):
        check_unread("b", [reading("a", "b"), reading("b")])
