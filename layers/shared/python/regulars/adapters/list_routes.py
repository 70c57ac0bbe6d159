"""The routes of lists: their definitions, uploads of identifiers, and who is in one."""

from collections.abc import Sequence
from functools import partial

from regulars.adapters import list_api as answers
from regulars.adapters.admin_api import AdminApi
from regulars.adapters.pages import PAGED
from regulars.adapters.routes import Route
from regulars.pipeline.lists import AT_ONCE

LIST_ROUTES: Sequence[Route[AdminApi]] = (
    Route(
        name="list_lists",
        method="GET",
        path="/v1/lists",
        scope="lists:read",
        summary="List the lists, by id",
        answer=partial(AdminApi.list_definitions, kind="list"),
        returns="ListPage",
        query=PAGED,
    ),
    Route(
        name="get_list",
        method="GET",
        path="/v1/lists/{id}",
        scope="lists:read",
        summary="Read a list",
        answer=partial(AdminApi.get_definition, kind="list"),
        returns="Definition",
    ),
    Route(
        name="put_list",
        method="PUT",
        path="/v1/lists/{id}",
        scope="lists:write",
        summary="Write a list",
        description=(
            "With If-Match or `version` it writes only over that version, else 409. An equal definition changes "
            "nothing. Who is in it is said by uploads."
        ),
        answer=partial(AdminApi.put_definition, kind="list"),
        body="Edit",
        returns="Edited",
    ),
    Route(
        name="delete_list",
        method="DELETE",
        path="/v1/lists/{id}",
        scope="lists:write",
        summary="Delete a list that nobody is in and no segment reads",
        answer=partial(AdminApi.delete_definition, kind="list"),
        returns="Deleted",
    ),
    Route(
        name="begin_upload",
        method="POST",
        path="/v1/lists/{id}/uploads",
        scope="lists:write",
        summary="Begin an upload of identifiers that join a list, leave it, or replace all of its members",
        description=(
            "Uploads count in the order in which they begin, however long their rows take: of two at once the later "
            "one wins. Rows are taken for a week."
        ),
        answer=answers.begin_upload,
        body="UploadWish",
        returns="Upload",
    ),
    Route(
        name="list_uploads",
        method="GET",
        path="/v1/lists/{id}/uploads",
        scope="lists:read",
        summary="List the uploads of the last 90 days, newest first",
        answer=answers.list_uploads,
        returns="UploadPage",
        query=PAGED,
    ),
    Route(
        name="add_rows",
        method="POST",
        path="/v1/lists/{id}/uploads/{upload}/rows",
        scope="lists:write",
        summary=f"Send up to {AT_ONCE} identifiers of an upload; sent again they change nothing",
        description=(
            "Answered once they are stored. `known` are those that events have named before; the others are kept, and "
            "are in the list as soon as somebody turns up with them. 409 once the upload has ended, or once a file "
            "that replaces the list was begun after it and is through: then it counts no more."
        ),
        answer=answers.add_rows,
        body="UploadRows",
        returns="RowsTaken",
    ),
    Route(
        name="end_upload",
        method="POST",
        path="/v1/lists/{id}/uploads/{upload}/end",
        scope="lists:write",
        summary="End an upload; of one that replaces, let those leave whom it did not name, step by step",
        description="Repeat it with the `next` of the answer as `cursor` until that is null.",
        answer=answers.end_upload,
        body="UploadEnd",
        returns="UploadEnded",
        query=PAGED[1:],
    ),
    Route(
        name="list_list_members",
        method="GET",
        path="/v1/lists/{id}/members",
        scope="lists:read",
        summary="List the identifiers that are in a list",
        description=(
            "A page may have fewer than `limit`. `profile_id` names the profile of the identifier alone; asked for, it "
            "leads to the one it has."
        ),
        answer=answers.list_list_members,
        audited="exports",
        returns="ListMemberPage",
        query=PAGED,
    ),
)
