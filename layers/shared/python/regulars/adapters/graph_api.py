"""What tied a person together, for those who read profiles: the whole graph, the way between two, and whom when."""

from collections.abc import Mapping
from typing import Any

from regulars.adapters.graph_json import cut_json, edge_json, edges_json, node_json
from regulars.adapters.profile_api import Answer, ProfileApi
from regulars.adapters.profile_json import profile_ref
from regulars.adapters.routes import Call
from regulars.domain.graph import path
from regulars.domain.instants import to_text
from regulars.domain.profiles import founder
from regulars.domain.references import profile_id_of
from regulars.domain.timestamps import parse
from regulars.errors import InvalidRequestError, NotFoundError


def get_graph(api: ProfileApi, call: Call) -> Answer:
    """Answer with identifiers, edges and cuts."""
    profile_id, opener = api.asked(call)
    graph = api.graphs.read(profile_id)
    return {
        "profile_id": graph.profile.profile_id,
        "identifiers": [node_json(each) for each in api.reader.show(graph.profile.owners, opener)],
        "edges": edges_json(graph.edges),
        "cuts": [cut_json(cut) for cut in graph.profile.cuts],
        "merged": list(graph.profile.absorbed),
    }


def get_why(api: ProfileApi, call: Call) -> Answer:
    """Answer with the way between two identifiers."""
    profile_id, opener = api.asked(call)
    ends = [_owner(call.request.query, name, api.sealer.hash_key) for name in ("a", "b")]
    graph = api.graphs.read(profile_id)
    for end, name in zip(ends, "ab", strict=True):
        if end not in graph.profile.owners:
            raise NotFoundError(f"{name} is no identifier of this profile")
    way = path(ends[0], ends[1], graph.edges) or ()
    named = sorted({*ends, *(end for edge in way for end in (edge.one, edge.other))})
    return {
        "profile_id": graph.profile.profile_id,
        "a": profile_ref(ends[0]),
        "b": profile_ref(ends[1]),
        "path": [edge_json(edge) for edge in way],
        "identifiers": [node_json(each) for each in api.reader.show(named, opener)],
    }


def get_belonging(api: ProfileApi, call: Call) -> Answer:
    """Answer with whom an identifier belonged to at an instant."""
    profile_id, opener = api.asked(call)
    at = parse(call.request.query.get("at"))
    if at is None:
        raise InvalidRequestError("at is an instant, such as 2026-01-31T12:00:00Z")
    belonging = api.graphs.belonging(profile_id, founder(profile_id), at)
    return {
        "at": to_text(at),
        "profile_id": belonging.profile_id,
        "identifiers": [node_json(each) for each in api.reader.show(belonging.owners, opener)],
    }


def _owner(query: Mapping[str, Any], name: str, hash_key: bytes) -> str:
    ref = query.get(name)
    if not ref:
        raise InvalidRequestError(f"{name} is an identifier: its id in the graph, or kind:value")
    return founder(profile_id_of(ref, hash_key))
