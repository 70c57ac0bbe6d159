"""The routes that read what a person consents to."""

from collections.abc import Sequence

from regulars.adapters import consent_api
from regulars.adapters.pages import PAGED
from regulars.adapters.profile_api import ProfileApi
from regulars.adapters.routes import Route

CONSENT_ROUTES: Sequence[Route[ProfileApi]] = (
    Route(
        name="get_consent_of",
        method="GET",
        path="/v1/profiles/{ref}/consent",
        scope="profiles:read",
        summary="Read what a person consents to, by purpose and channel, and the decision that made it so",
        description=(
            "`why` is `signed_in`, `denied` (by whoever: a denial holds), `device`, `unsaid` (nothing was decided that "
            "counts) or `basis` (nobody is asked). `proof` and `reason` are opened for the scope `pii:read` only."
        ),
        answer=consent_api.get_consent,
        returns="ConsentOf",
    ),
    Route(
        name="list_decisions",
        method="GET",
        path="/v1/profiles/{ref}/consent/decisions",
        scope="profiles:read",
        summary="List what a person decided on consent, newest first",
        description="A page may have fewer decisions than `limit`, or none: go on as long as there is a `next`.",
        answer=consent_api.list_decisions,
        returns="DecisionPage",
        query=PAGED,
    ),
)
