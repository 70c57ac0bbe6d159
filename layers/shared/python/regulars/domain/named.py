"""What the conditions of a segment's definition name, read before the definition is."""

from collections.abc import Mapping, Sequence


def named(where: object, field: str) -> frozenset[str]:
    """List the texts under a field such as `list` in all conditions."""
    found: set[str] = set()
    waiting = [where]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Mapping):
            continue
        if isinstance(node.get(field), str):
            found.add(node[field])
        waiting += [node.get("not"), *_inner(node.get("all")), *_inner(node.get("any"))]
    return frozenset(found)


def _inner(nodes: object) -> Sequence[object]:
    return nodes if isinstance(nodes, list) else []
