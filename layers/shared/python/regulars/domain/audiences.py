"""
Audiences of third parties in segments: of anonymous people only, and never mixed with what is known of a person.
"""

from collections.abc import Collection, Mapping

from regulars.domain.reserved_events import AUDIENCE_EVENTS, JOINED, LEFT
from regulars.domain.segments import (
    InAudience,
    InSegment,
    Measured,
    Node,
    OrdersMeasure,
    Segment,
    Trait,
    selections,
    walk,
)
from regulars.errors import DefinitionError


def check_audiences(segment: Segment, others: Mapping[str, Segment] | None = None) -> None:
    """
    Make sure that a segment never mixes audiences of third parties with what is known of a person.

    `others` are the segments that it may read, by id; without them a segment that reads an audience reads no other.
    Raises DefinitionError.
    """
    if not all(isinstance(node, InAudience) for node in walk(segment.where) if _names(node, AUDIENCE_EVENTS)):
        raise DefinitionError("where", "asks for an audience as {audience: sports, provider: acme}")
    if not _reads_audience(segment, others or {}, frozenset()):
        return
    if not segment.anonymous:
        raise DefinitionError("anonymous", "is true: audiences of third parties are of people whom nobody knows")
    if what := _personal(segment, others, frozenset()):
        raise DefinitionError("where", f"reads an audience of a third party, and so no {what}: they are never mixed")


def _names(node: Node, events: Collection[str]) -> bool:
    return any(selection.event in events for selection in selections(node))


def _reads_audience(segment: Segment, others: Mapping[str, Segment], seen: frozenset[str]) -> bool:
    for node in walk(segment.where):
        if isinstance(node, InAudience):
            return True
        inner = others.get(node.segment) if isinstance(node, InSegment) and node.segment not in seen else None
        if inner and _reads_audience(inner, others, seen | {inner.id}):
            return True
    return False


def _personal(segment: Segment, others: Mapping[str, Segment] | None, seen: frozenset[str]) -> str:
    """Name what of a person a segment reads, itself or through others; empty if nothing."""
    for node in walk(segment.where):
        match node:
            case Trait():
                return "trait"
            case Measured(OrdersMeasure()):
                return "orders"
            case InSegment(other) if other not in seen:
                if others is None or other not in others:
                    return "other segment"
                if what := _personal(others[other], others, seen | {other}):
                    return what
            case _ if _names(node, (JOINED, LEFT)):
                return "list"
    return ""
