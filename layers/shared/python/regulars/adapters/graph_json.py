"""Graphs as JSON: identifiers, what tied them together, and what was cut."""

from collections.abc import Iterable, Mapping
from typing import Any

from regulars.adapters.profile_json import identifier_json, profile_ref
from regulars.domain.instants import to_text
from regulars.domain.profiles import Cut, Edge
from regulars.pipeline.profiles import ShownIdentifier

Json = dict[str, Any]


def node_json(identifier: ShownIdentifier) -> Json:
    """Write an identifier with the id under which edges name it."""
    return {"id": profile_ref(identifier.owner), **identifier_json(identifier)}


def edge_json(edge: Edge) -> Json:
    """Write an edge; `event` is null where somebody made it by hand."""
    return {
        "a": profile_ref(edge.one),
        "b": profile_ref(edge.other),
        "rule": edge.rule,
        "time": to_text(edge.since),
        "event": event_name_json(edge.event),
    }


def cut_json(cut: Cut) -> Json:
    """Write an edge that was cut."""
    return {
        **edge_json(cut.edge),
        "cut": to_text(cut.until),
        "by": cut.by,
        "released": to_text(cut.released) if cut.released else None,
    }


def edges_json(edges: Iterable[Edge]) -> list[Json]:
    """Write edges in the order in which they came."""
    return [edge_json(edge) for edge in sorted(edges, key=lambda edge: (edge.since, edge))]


def event_name_json(named: str) -> Mapping[str, str] | None:
    """Say which event an `owner moment` names: its source, its message id, and whose it is."""
    owner, _, moment = named.partition(" ")
    pieces = moment.split("#", 2)
    if len(pieces) < 3:
        return None
    return {"identifier": profile_ref(owner), "source": pieces[1], "message_id": pieces[2]}
