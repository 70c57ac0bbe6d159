"""The routes of rates: the workspace's currency, and what others are worth by day."""

from collections.abc import Sequence
from functools import partial

from regulars.adapters.admin_api import AdminApi
from regulars.adapters.pages import PAGED
from regulars.adapters.routes import Route

RATE_ROUTES: Sequence[Route[AdminApi]] = (
    Route(
        name="list_rates",
        method="GET",
        path="/v1/rates",
        scope="rates:read",
        summary="List the tables of rates, by id",
        description="A page may have fewer tables than `limit`: they are large.",
        answer=partial(AdminApi.list_definitions, kind="rates"),
        returns="RatesPage",
        query=PAGED,
    ),
    Route(
        name="get_rates",
        method="GET",
        path="/v1/rates/{id}",
        scope="rates:read",
        summary="Read a table of rates",
        answer=partial(AdminApi.get_definition, kind="rates"),
        returns="Definition",
    ),
    Route(
        name="put_rates",
        method="PUT",
        path="/v1/rates/{id}",
        scope="rates:write",
        summary="Write a table of rates",
        description=(
            "With If-Match or `version` it writes only over that version, else 409. An equal definition changes "
            "nothing. A person is evaluated with the new rates with their next event or timer. A table has at most "
            "300,000 bytes, such as a year of forty currencies."
        ),
        answer=partial(AdminApi.put_definition, kind="rates"),
        body="Edit",
        returns="Edited",
    ),
    Route(
        name="delete_rates",
        method="DELETE",
        path="/v1/rates/{id}",
        scope="rates:write",
        summary="Delete a table of rates",
        answer=partial(AdminApi.delete_definition, kind="rates"),
        returns="Deleted",
    ),
)
