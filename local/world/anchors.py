"""The locked bucket of anchors, in memory."""

from collections.abc import Sequence
from typing import Any

from regulars.adapters.anchors import key_of
from regulars.domain.audit_anchors import Anchor, anchor_json, read_anchor
from regulars.errors import ConflictError


class MemoryAnchors:
    """Keeps anchors as the JSON that a bucket would hold."""

    def __init__(self) -> None:
        self.objects: dict[str, Any] = {}

    def newest(self) -> Anchor | None:
        """Read the last anchor."""
        return read_anchor(self.objects[max(self.objects)]) if self.objects else None

    def put(self, one: Anchor) -> None:
        """Put an anchor where nothing stands. Raises ConflictError."""
        if key_of(one) in self.objects:
            raise ConflictError("this hour has its anchor")
        self.objects[key_of(one)] = anchor_json(one)

    def of(self, first: str, last: str, *, after: str | None = None, limit: int) -> Sequence[tuple[str, Any]]:
        """Read what was put from a first day to a last."""
        begin, end = after or f"anchors/{first}", f"anchors/{last}U"
        return [(key, self.objects[key]) for key in sorted(self.objects) if begin < key < end][:limit]
