"""The routes of legal holds."""

from collections.abc import Sequence

from regulars.adapters import legal_hold_api as answers
from regulars.adapters.pages import PAGED
from regulars.adapters.privacy_api import PrivacyApi
from regulars.adapters.profile_api import ProfileApi
from regulars.adapters.routes import Route

_HOLDS = "/v1/privacy/holds"
HELD_ROUTES: Sequence[Route[ProfileApi]] = (
    Route(
        name="list_legal_holds_of",
        method="GET",
        path="/v1/profiles/{ref}/legal-holds",
        scope="privacy:read",
        summary="List the legal holds by which a person is held",
        answer=answers.list_holds_of,
        returns="LegalHoldIds",
    ),
)
LEGAL_HOLD_ROUTES: Sequence[Route[PrivacyApi]] = (
    Route(
        name="list_legal_holds",
        method="GET",
        path=_HOLDS,
        scope="privacy:read",
        summary="List legal holds, newest first",
        answer=answers.list_holds,
        returns="LegalHoldPage",
        query=PAGED,
    ),
    Route(
        name="place_legal_hold",
        method="POST",
        path=_HOLDS,
        scope="privacy:write",
        summary="Hold people for a case: nothing of them is deleted",
        description=(
            "Whoever the identifiers lead to is held, with all that is attached to them later. Erasures of theirs wait "
            "with the state `held`."
        ),
        answer=answers.place_hold,
        body="LegalHoldWish",
        returns="LegalHold",
    ),
    Route(
        name="get_legal_hold",
        method="GET",
        path=f"{_HOLDS}/{{id}}",
        scope="privacy:read",
        summary="Read a legal hold, and whom it names",
        answer=answers.get_hold,
        returns="NamedLegalHold",
    ),
    Route(
        name="release_legal_hold",
        method="POST",
        path=f"{_HOLDS}/{{id}}/release",
        scope="privacy:write",
        summary="End a legal hold",
        description="Erasures that waited for it go on within a day, or as soon as they are resumed.",
        answer=answers.release_hold,
        returns="LegalHold",
    ),
)
