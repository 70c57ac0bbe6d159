"""The route that tells why somebody is in a segment."""

from collections.abc import Sequence

from regulars.adapters import why_api as answers
from regulars.adapters.profile_api import ProfileApi
from regulars.adapters.routes import Route

WHY_ROUTES: Sequence[Route[ProfileApi]] = (
    Route(
        name="get_segment_why",
        method="GET",
        path="/v1/profiles/{ref}/segments/{id}/why",
        scope="profiles:read",
        summary="Explain why a profile is in a segment, or is not",
        description=(
            "Each condition with its truth, the value that was found, its newest ten events (of the newest "
            "thousand of each identifier), and when time alone turns it next; `words` says the same line by line."
        ),
        answer=answers.get_segment_why,
        returns="SegmentWhy",
    ),
)
