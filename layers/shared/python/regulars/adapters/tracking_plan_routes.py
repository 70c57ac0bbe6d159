"""The routes of the tracking plan: its definitions, all their versions, and what did not follow it."""

from collections.abc import Sequence
from functools import partial

from regulars.adapters import tracking_plan_api as answers
from regulars.adapters.admin_api import AdminApi
from regulars.adapters.days import DAYS
from regulars.adapters.pages import PAGED
from regulars.adapters.routes import Parameter, Route

TRACKING_PLAN_ROUTES: Sequence[Route[AdminApi]] = (
    Route(
        name="list_tracking_plans",
        method="GET",
        path="/v1/tracking-plan",
        scope="tracking_plan:read",
        summary="List the definitions of the tracking plan, by id",
        answer=partial(AdminApi.list_definitions, kind="tracking_plan"),
        returns="TrackingPlanPage",
        query=PAGED,
    ),
    Route(
        name="get_tracking_plan",
        method="GET",
        path="/v1/tracking-plan/{id}",
        scope="tracking_plan:read",
        summary="Read a definition of the tracking plan",
        answer=partial(AdminApi.get_definition, kind="tracking_plan"),
        returns="Definition",
    ),
    Route(
        name="put_tracking_plan",
        method="PUT",
        path="/v1/tracking-plan/{id}",
        scope="tracking_plan:write",
        summary="Write a definition of the tracking plan",
        description=(
            "With If-Match or `version` it writes only over that version, else 409. An equal definition changes "
            "nothing. It holds at the door within seconds; every version is kept."
        ),
        answer=partial(AdminApi.put_definition, kind="tracking_plan"),
        body="Edit",
        returns="Edited",
    ),
    Route(
        name="delete_tracking_plan",
        method="DELETE",
        path="/v1/tracking-plan/{id}",
        scope="tracking_plan:write",
        summary="Delete a definition of the tracking plan",
        description="Its versions stay. A group that others extend goes after them.",
        answer=partial(AdminApi.delete_definition, kind="tracking_plan"),
        returns="Deleted",
    ),
    Route(
        name="list_tracking_plan_versions",
        method="GET",
        path="/v1/tracking-plan/{id}/versions",
        scope="tracking_plan:read",
        summary="List all versions that a definition of the tracking plan had, the newest first",
        answer=answers.list_versions,
        returns="TrackingPlanVersions",
        query=PAGED,
    ),
    Route(
        name="list_violations",
        method="GET",
        path="/v1/tracking-plan/violations",
        scope="tracking_plan:read",
        summary="Count what of a source did not follow the tracking plan, by day, event, place, rule and release",
        description="Of each day the most frequent first. What one process counted in its last second may be missing.",
        answer=answers.list_violations,
        returns="ViolationPage",
        query=(
            Parameter(name="source", description="the id of a source", schema={"type": "string"}, required=True),
            *DAYS,
            *PAGED,
        ),
    ),
)
