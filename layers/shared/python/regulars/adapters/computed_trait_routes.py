"""The routes of computed traits: what is computed of everybody's events and orders."""

from collections.abc import Sequence
from functools import partial

from regulars.adapters.admin_api import AdminApi
from regulars.adapters.pages import PAGED
from regulars.adapters.routes import Route

COMPUTED_TRAIT_ROUTES: Sequence[Route[AdminApi]] = (
    Route(
        name="list_computed_traits",
        method="GET",
        path="/v1/computed-traits",
        scope="computed_traits:read",
        summary="List the computed traits, by id",
        answer=partial(AdminApi.list_definitions, kind="computed_trait"),
        returns="ComputedTraitPage",
        query=PAGED,
    ),
    Route(
        name="get_computed_trait",
        method="GET",
        path="/v1/computed-traits/{id}",
        scope="computed_traits:read",
        summary="Read a computed trait",
        answer=partial(AdminApi.get_definition, kind="computed_trait"),
        returns="Definition",
    ),
    Route(
        name="put_computed_trait",
        method="PUT",
        path="/v1/computed-traits/{id}",
        scope="computed_traits:write",
        summary="Write a computed trait",
        description=(
            "With If-Match or `version` it writes only over that version, else 409. An equal definition changes "
            "nothing. One that would make a segment wrong that reads it is refused, with the name of that segment."
        ),
        answer=AdminApi.put_computed_trait,
        body="Edit",
        returns="EditedComputedTrait",
    ),
    Route(
        name="delete_computed_trait",
        method="DELETE",
        path="/v1/computed-traits/{id}",
        scope="computed_traits:write",
        summary="Delete a computed trait",
        description="Refused while a segment or another computed trait reads it.",
        answer=partial(AdminApi.delete_definition, kind="computed_trait"),
        returns="Deleted",
    ),
)
