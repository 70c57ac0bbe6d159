"""A preview as the API and the command line tell it."""

from collections.abc import Mapping
from typing import Any

from regulars.analytics.previewing import Difference, Draft, Preview, Sampled
from regulars.domain.instants import to_text


def preview_json(draft: Draft, found: Preview) -> Mapping[str, Any]:
    """Write a preview."""
    return {
        "id": draft.segment.id,
        "as_of": to_text(found.now),
        "newest_event": None if found.newest is None else to_text(found.newest),
        "count": found.known + found.anonymous,
        "known": found.known,
        "anonymous": found.anonymous,
        "sample": [_sampled(each) for each in found.sample],
        "against": draft.before.version if draft.before else None,
        "enters": _difference(found.enters),
        "leaves": _difference(found.leaves),
    }


def _sampled(one: Sampled) -> Mapping[str, Any]:
    reasons = [{"path": each.path, "condition": each.condition, "truth": each.truth} for each in one.reasons]
    return {"profile_id": one.profile_id, "known": one.known, "reasons": reasons}


def _difference(difference: Difference | None) -> Mapping[str, Any] | None:
    return None if difference is None else {"count": difference.count, "sample": list(difference.sample)}
