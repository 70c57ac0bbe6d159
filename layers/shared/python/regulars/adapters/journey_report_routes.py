"""The route that says what a journey has come to."""

from collections.abc import Sequence

from regulars.adapters.journey_report_api import JourneyReportApi
from regulars.adapters.routes import Parameter, Route

_DAY = {"type": "string", "format": "date"}
JOURNEY_REPORT_ROUTES: Sequence[Route[JourneyReportApi]] = (
    Route(
        name="report_journey",
        method="GET",
        path="/v1/journeys/{id}/report",
        scope="journeys:read",
        summary="Report on a journey: who entered, where they are, what was sent, and what difference it makes",
        description=(
            "By version and place, of the passages entered within a time, with all that became of them since. Exact, "
            "by what the lake holds: `newest_event` says how far that is. Who `entered` is held out, waits, or has "
            "ended. Trials compare groups that differ by lot alone; of too few nothing is said. "
            "A lake that is too large to be asked while somebody waits is refused with 422: ask for a later day."
        ),
        answer=JourneyReportApi.report,
        returns="JourneyReport",
        query=(
            Parameter(
                name="version", description="of one version; default: all", schema={"type": "integer", "minimum": 1}
            ),
            Parameter(name="since", description="of entries from this day on, in UTC; default: all", schema=_DAY),
            Parameter(name="until", description="of entries before this day, in UTC; default: all", schema=_DAY),
        ),
    ),
)
