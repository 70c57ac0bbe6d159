"""The routes of rebuilds of everybody."""

from collections.abc import Sequence

from regulars.adapters import rebuild_api as answers
from regulars.adapters.admin_api import AdminApi
from regulars.adapters.pages import PAGED
from regulars.adapters.routes import Route

REBUILD_ROUTES: Sequence[Route[AdminApi]] = (
    Route(
        name="list_rebuilds",
        method="GET",
        path="/v1/rebuilds",
        scope="rebuilds:read",
        summary="List the rebuilds of everybody, newest first",
        answer=answers.list_rebuilds,
        returns="RebuildPage",
        query=PAGED,
    ),
    Route(
        name="begin_rebuild",
        method="POST",
        path="/v1/rebuilds",
        scope="rebuilds:write",
        summary="Fold what is known of everybody anew from the events",
        description=(
            "It goes on by itself, paced so that events are not kept waiting. There is one at a time; one that was "
            "left is gone on with. With `dry_run` it counts what it would change, and changes nothing."
        ),
        answer=answers.begin_rebuild,
        body="RebuildWish",
        returns="Rebuild",
    ),
    Route(
        name="get_rebuild",
        method="GET",
        path="/v1/rebuilds/{id}",
        scope="rebuilds:read",
        summary="Say how far a rebuild of everybody is",
        answer=answers.get_rebuild,
        returns="Rebuild",
    ),
)
