"""The route of what a person was sent and what not."""

from collections.abc import Sequence

from regulars.adapters import sent_api as answers
from regulars.adapters.pages import PAGED
from regulars.adapters.profile_api import ProfileApi
from regulars.adapters.routes import Route

SENT_ROUTES: Sequence[Route[ProfileApi]] = (
    Route(
        name="list_messages",
        method="GET",
        path="/v1/profiles/{ref}/messages",
        scope="profiles:read",
        summary="List what journeys sent to a person and what not, newest first, over all identifiers",
        description=(
            "With what became of each message, and why it was not sent. `suppressed` are the addresses of the person "
            "that get none. What an in-app message says is opened for the scope `pii:read` only; for others `masked` "
            "is true. What letters and texts said is kept nowhere."
        ),
        query=PAGED,
        answer=answers.list_messages,
        audited="reads",
        returns="MessagePage",
    ),
)
