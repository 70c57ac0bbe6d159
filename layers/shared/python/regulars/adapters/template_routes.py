"""The routes of templates."""

from collections.abc import Sequence
from functools import partial

from regulars.adapters.admin_api import AdminApi, Answer
from regulars.adapters.edits import read_wish
from regulars.adapters.pages import PAGED
from regulars.adapters.routes import Call, Route
from regulars.domain.template_needs import traits_of
from regulars.domain.templates import parse_template


def put_template(api: AdminApi, call: Call) -> Answer:
    """Write a template, which says no trait that the caller does not see."""
    call.sight.must_see_traits(traits_of(parse_template(call["id"], read_wish(call).definition)))
    return api.put_definition(call, kind="template")


TEMPLATE_ROUTES: Sequence[Route[AdminApi]] = (
    Route(
        name="list_templates",
        method="GET",
        path="/v1/templates",
        scope="templates:read",
        summary="List the templates of messages, by id",
        description="A page may have fewer templates than `limit`: they are large.",
        answer=partial(AdminApi.list_definitions, kind="template"),
        returns="TemplatePage",
        query=PAGED,
    ),
    Route(
        name="get_template",
        method="GET",
        path="/v1/templates/{id}",
        scope="templates:read",
        summary="Read a template of a message",
        answer=partial(AdminApi.get_definition, kind="template"),
        returns="Definition",
    ),
    Route(
        name="put_template",
        method="PUT",
        path="/v1/templates/{id}",
        scope="templates:write",
        summary="Write a template of a message",
        description=(
            "With If-Match or `version` it writes only over that version, else 409. An equal definition changes "
            "nothing. Messages that go out from then on are written by it; it still gives what live journeys need."
        ),
        answer=put_template,
        body="Edit",
        returns="Edited",
    ),
    Route(
        name="delete_template",
        method="DELETE",
        path="/v1/templates/{id}",
        scope="templates:write",
        summary="Delete a template that no journey sends",
        answer=partial(AdminApi.delete_definition, kind="template"),
        returns="Deleted",
    ),
)
