"""The routes of exports."""

from collections.abc import Sequence

from regulars.adapters.export_api import ExportApi
from regulars.adapters.pages import PAGED
from regulars.adapters.routes import Route

_ONE = "/v1/exports/{id}"

EXPORT_ROUTES: Sequence[Route[ExportApi]] = (
    Route(
        name="list_exports",
        method="GET",
        path="/v1/exports",
        scope="exports:read",
        summary="List exports, newest first: your own, or all if you may agree to them",
        description="A page may have fewer exports than `limit`: go on as long as there is a `next`.",
        answer=ExportApi.list,
        returns="ExportPage",
        query=PAGED,
    ),
    Route(
        name="create_export",
        method="POST",
        path="/v1/exports",
        scope="exports:create",
        summary="Ask for a file of the members of a segment",
        description=(
            "Where it is of more people than you may take out within a day, it waits until somebody else agrees to it. "
            "Traits take a `purpose`; who does not consent to it is left out. Of the traits nobody sees more than in a "
            "profile. 429 after so many a day."
        ),
        answer=ExportApi.create,
        body="ExportWish",
        returns="Export",
    ),
    Route(
        name="get_export",
        method="GET",
        path=_ONE,
        scope="exports:read",
        summary="Read how an export stands, and who or what was left out of it",
        answer=ExportApi.get,
        returns="Export",
    ),
    Route(
        name="approve_export",
        method="POST",
        path=f"{_ONE}/approve",
        scope="exports:approve",
        summary="Agree to exactly this export, once",
        description=(
            "Nobody agrees to one of their own. `print` is that of the export as it was read; after an edit of the "
            "segment it has to be asked for anew."
        ),
        answer=ExportApi.approve,
        body="ExportApproval",
        returns="Export",
    ),
    Route(
        name="reject_export",
        method="POST",
        path=f"{_ONE}/reject",
        scope="exports:approve",
        summary="Refuse an export that waits",
        answer=ExportApi.reject,
        returns="Export",
    ),
    Route(
        name="cancel_export",
        method="POST",
        path=f"{_ONE}/cancel",
        scope="exports:create",
        summary="Take back an export of yours, or any if you may agree to them; its file and links end at once",
        answer=ExportApi.cancel,
        returns="Export",
    ),
    Route(
        name="link_export",
        method="POST",
        path=f"{_ONE}/link",
        scope="exports:create",
        summary="Get an address of the file, for a quarter of an hour",
        description=(
            "For who asked for it alone, who still has the role and sees segment and traits. Whoever has the address "
            "can take the file until it ends: do not pass it on."
        ),
        answer=ExportApi.link,
        returns="ExportLink",
        audited="exports",
    ),
)
