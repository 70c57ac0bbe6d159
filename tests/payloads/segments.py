"""Payloads 87 to 89, which go through the admin API: definitions that would cost or run something."""

from typing import Any

from tests.workspace import Answer, Workspace

INVALID = "400 `invalid_definition`"
EVENT: dict[str, Any] = {"event": "A"}


def nested(levels: int) -> Any:
    """A condition under so many `not`."""
    where: Any = EVENT
    for _ in range(levels):
        where = {"not": where}
    return where


def of(where: Any) -> dict[str, Any]:
    """A segment with this condition."""
    return {"definition": {"where": where}}


SAVED: list[tuple[int, str, str, list[Any]]] = [
    (
        87,
        "regular expressions",
        INVALID,
        [of({"trait": "plan", "matches": pattern}) for pattern in ("(?=a+)a", r"(a)\1", "a" * 10_000)],
    ),
    (88, "1,000 levels of conditions", INVALID, [of(nested(11)), of(nested(300))]),
    (88, "201 conditions", INVALID, [of({"any": [EVENT] * 201})]),
    (88, "100,000 conditions", "413 `too_large`", [of({"any": [EVENT] * 100_000})]),
    (
        88,
        'operator `"__import__"`',
        INVALID,
        [of({"__import__": "os"}), of({"trait": "a", "__import__": 1}), of({"event": "A", "count": {"__class__": 1}})],
    ),
    (88, "segment of itself", INVALID, [of({"segment": "s"}), of({"all": [{"segment": "s"}]})]),
    (
        89,
        "JSONPath or filter as a condition",
        INVALID,
        [of("$..[?(@.a>1)]"), of({"filter": "a > 1"}), of([{"path": "$.a"}])],
    ),
]


def save(workspace: Workspace, body: Any) -> Answer:
    """Save a segment."""
    return workspace.put("/v1/segments/s", body)
