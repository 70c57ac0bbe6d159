"""The routes of segments."""

from collections.abc import Sequence

from regulars.adapters import segment_api as answers
from regulars.adapters.admin_api import AdminApi
from regulars.adapters.consent_api import GATE
from regulars.adapters.days import DAYS
from regulars.adapters.pages import PAGED
from regulars.adapters.routes import Route

SEGMENT_ROUTES: Sequence[Route[AdminApi]] = (
    Route(
        name="list_segments",
        method="GET",
        path="/v1/segments",
        scope="segments:read",
        summary="List the segments, by id",
        answer=answers.list_segments,
        returns="SegmentPage",
        query=PAGED,
    ),
    Route(
        name="get_segment",
        method="GET",
        path="/v1/segments/{id}",
        scope="segments:read",
        summary="Read a segment: its definition, which version is live, and how far the coming one is",
        description="`coming` is the version for which everybody is looked at; without a `backfill` it waits for one.",
        answer=answers.get_segment,
        returns="Segment",
    ),
    Route(
        name="put_segment",
        method="PUT",
        path="/v1/segments/{id}",
        scope="segments:write",
        summary="Write a segment",
        description=(
            "With If-Match or `version` it writes only over that version, else 409. An equal definition changes "
            "nothing. What takes in other people than before is live after a backfill, and what was live before stays "
            "so until then; `effective` says it. Its `status` makes it a draft, pauses it or archives it."
        ),
        answer=answers.put_segment,
        body="Edit",
        returns="EditedSegment",
    ),
    Route(
        name="delete_segment",
        method="DELETE",
        path="/v1/segments/{id}",
        scope="segments:write",
        summary="Delete this segment",
        description="Nobody is in it any more, and nobody is told. Its versions stay.",
        answer=answers.delete_segment,
        returns="Deleted",
    ),
    Route(
        name="list_segment_versions",
        method="GET",
        path="/v1/segments/{id}/versions",
        scope="segments:read",
        summary="List all versions that a segment had, the newest first",
        answer=answers.list_versions,
        returns="SegmentVersions",
        query=PAGED,
    ),
    Route(
        name="list_members",
        method="GET",
        path="/v1/segments/{id}/members",
        scope="segments:read",
        summary="List the members of a segment",
        description=(
            "From an index that lags by moments; a page may have fewer members than `limit`. Pages are of one version: "
            "where another one is live since the page before, 409 says to begin again. For what members need to "
            "consent to, name the `purpose`: who does not is left out, and counted."
        ),
        answer=answers.list_members,
        audited="exports",
        returns="MemberPage",
        query=(*GATE, *PAGED),
    ),
    Route(
        name="list_sizes",
        method="GET",
        path="/v1/segments/{id}/size",
        scope="segments:read",
        summary="Say how many are in a segment, and how many were, hour by hour",
        description="`size` is counted now, in an index that lags by moments; a point an hour is kept for 400 days.",
        answer=answers.list_sizes,
        returns="SegmentSizes",
        query=DAYS,
    ),
)
