"""The routes of the quarantine."""

from collections.abc import Sequence

from regulars.adapters import quarantine_api as answers
from regulars.adapters.admin_api import AdminApi
from regulars.adapters.pages import DRY_RUN, PAGED
from regulars.adapters.routes import Parameter, Route

_DAY = {"type": "string", "format": "date"}
_SOURCE = Parameter(name="source", description="the id of a source", schema={"type": "string"}, required=True)
QUARANTINE_ROUTES: Sequence[Route[AdminApi]] = (
    Route(
        name="list_quarantined",
        method="GET",
        path="/v1/quarantine",
        scope="quarantine:read",
        summary="List the events of a source and a day that were not accepted",
        description="By code, without their bodies.",
        answer=answers.list_quarantined,
        returns="QuarantinePage",
        query=(
            _SOURCE,
            Parameter(name="day", description="the day of their arrival, in UTC", schema=_DAY, required=True),
            Parameter(name="code", description="those refused for this reason only", schema={"type": "string"}),
            Parameter(
                name="state",
                description="those not replayed yet, those replayed, or all",
                schema={"enum": ["open", "replayed", "all"], "default": "open"},
            ),
            *PAGED,
        ),
    ),
    Route(
        name="get_quarantined",
        method="GET",
        path="/v1/quarantine/{id}",
        scope="quarantine:read",
        summary="Read an event that was not accepted, with what was sent",
        description=(
            "`body` is what a replay would read, and `sent` what was sent where that was mended since: JSON in a text. "
            "Without the scope `pii:read` what is personal, or may be, stands as `•••`."
        ),
        answer=answers.get_quarantined,
        audited="reads",
        returns="QuarantinedBody",
    ),
    Route(
        name="repair_quarantined",
        method="PUT",
        path="/v1/quarantine/{id}",
        scope="quarantine:write",
        summary="Mend an event that was not accepted",
        description=(
            "By a whole new message, in which `•••` stands for what was sent there, or by a repair. It is not replayed "
            "by that. With If-Match it mends only that version, else 409."
        ),
        answer=answers.repair_quarantined,
        body="QuarantineEdit",
        returns="Repaired",
        query=(DRY_RUN,),
    ),
    Route(
        name="count_quarantined",
        method="GET",
        path="/v1/quarantine/counts",
        scope="quarantine:read",
        summary="Count the events of a source that were not accepted, by day and code",
        description="A day may come in several pages: add its numbers up.",
        answer=answers.count_quarantined,
        returns="QuarantineCounts",
        query=(
            _SOURCE,
            Parameter(name="from", description="the first day", schema=_DAY, required=True),
            Parameter(name="to", description="the last day", schema=_DAY, required=True),
            *PAGED,
        ),
    ),
    Route(
        name="repair_all_quarantined",
        method="POST",
        path="/v1/quarantine/repair",
        scope="quarantine:write",
        summary="Mend the open events of a source and a day by one rule, 100 at a time",
        answer=answers.repair_all_quarantined,
        body="QuarantineRepair",
        returns="RepairedPage",
        query=(DRY_RUN, *PAGED),
    ),
    Route(
        name="replay_quarantined",
        method="POST",
        path="/v1/quarantine/replay",
        scope="quarantine:write",
        summary="Replay events that were not accepted, 100 at a time",
        description=(
            "Each is read as at the door, as of its first arrival, and becomes one event however often it is replayed. "
            "One that is refused again stays, with the new reason under `last_try`."
        ),
        answer=answers.replay_quarantined,
        body="QuarantineReplay",
        returns="ReplayedPage",
        query=PAGED,
    ),
)
