"""The routes that say what a segment would be."""

from collections.abc import Sequence

from regulars.adapters.preview_api import PreviewApi
from regulars.adapters.routes import Route

PREVIEW_ROUTES: Sequence[Route[PreviewApi]] = (
    Route(
        name="preview_segment",
        method="POST",
        path="/v1/segments/preview",
        scope="segments:read",
        summary="Preview a segment: whom it would have, and whom an edit would let in and put out",
        description=(
            "Exact, by what the lake holds: `newest_event` says how far that is. Of a `definition` with the `id` of "
            "a live segment also who `enters` and who `leaves`. A lake that is too large to be asked while somebody "
            "waits is refused with 422: ask Athena."
        ),
        answer=PreviewApi.preview,
        audited="nothing",
        body="SegmentDraft",
        returns="SegmentPreview",
    ),
    Route(
        name="segment_sql",
        method="POST",
        path="/v1/segments/sql",
        scope="segments:read",
        summary="Write the SQL that says who is in a segment now, for Athena or DuckDB",
        description="Over the views `events` and `people` of the lake. Nothing is asked.",
        answer=PreviewApi.sql,
        audited="nothing",
        body="SegmentQuestion",
        returns="SegmentSql",
    ),
)
