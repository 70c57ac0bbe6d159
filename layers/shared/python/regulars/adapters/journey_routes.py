"""The routes of journeys: drafts and the policy of messages among the definitions, lives and passages apart."""

from collections.abc import Sequence
from functools import partial

from regulars.adapters.admin_api import AdminApi
from regulars.adapters.journey_api import JourneyApi, put_journey
from regulars.adapters.pages import PAGED
from regulars.adapters.routes import Parameter, Route
from regulars.domain.journey_lives import DEEDS, Deed

_ONE = "/v1/journeys/{id}"
_OVER = "With If-Match or `version` it writes only over that version, else 409. An equal definition changes nothing."
_VERSION = Parameter(
    name="version",
    description="of that version only",
    schema={"type": "integer", "minimum": 1},
)
_SUMMARIES: dict[Deed, str] = {
    "pause": "Let nobody enter a journey until it is resumed; who is on the way goes on",
    "resume": "Let people enter a journey again that was paused",
    "drain": "Let nobody enter a journey any more; who is on the way goes on to the end",
    "stop": "End a journey where everybody is: nothing more is sent",
    "archive": "Put away a journey that nobody goes through, and remove its state machines",
}
_DESCRIPTIONS: dict[Deed, str] = {
    "stop": "Of all its versions, unless one is named. Nothing is sent from now on; the ends are noted in the minutes "
    "after it. Repeating it does no harm.",
    "archive": "Only once all are done (409 before). Of all its versions, unless one is named: older ones can go while "
    "people enter the newest.",
}

DRAFT_ROUTES: Sequence[Route[AdminApi]] = (
    Route(
        name="put_journey",
        method="PUT",
        path=_ONE,
        scope="journeys:write",
        summary="Write the draft of a journey: nobody enters it before it is published",
        description=f"{_OVER} What it names (segments, lists, purposes, computed traits) has to be there.",
        answer=put_journey,
        body="Edit",
        returns="Edited",
    ),
    Route(
        name="delete_journey",
        method="DELETE",
        path=_ONE,
        scope="journeys:write",
        summary="Delete a journey that nobody goes through: one that was published is archived first",
        answer=partial(AdminApi.delete_definition, kind="journey"),
        returns="Deleted",
    ),
    Route(
        name="get_messaging",
        method="GET",
        path="/v1/messaging",
        scope="messaging:read",
        summary="Read how often and when people are written to",
        answer=partial(AdminApi.get_definition, kind="messaging"),
        returns="Definition",
    ),
    Route(
        name="put_messaging",
        method="PUT",
        path="/v1/messaging",
        scope="messaging:write",
        summary="Write how often and when people are written to: caps, quiet hours, and who is held out of all",
        description=f"{_OVER} It holds for every message from then on.",
        answer=partial(AdminApi.put_definition, kind="messaging"),
        body="Edit",
        returns="Edited",
    ),
)

JOURNEY_ROUTES: Sequence[Route[JourneyApi]] = (
    Route(
        name="list_journeys",
        method="GET",
        path="/v1/journeys",
        scope="journeys:read",
        summary="List the journeys, by id, with their versions",
        answer=JourneyApi.list_journeys,
        returns="JourneyPage",
        query=PAGED,
    ),
    Route(
        name="get_journey",
        method="GET",
        path=_ONE,
        scope="journeys:read",
        summary="Read a journey: its draft, its versions, and what publishing the draft would change",
        description="`changes` is null where the draft is no journey any more, for something that it names has gone.",
        answer=JourneyApi.get_journey,
        returns="Journey",
    ),
    Route(
        name="publish_journey",
        method="POST",
        path=f"{_ONE}/publish",
        scope="journeys:publish",
        summary="Let people enter the draft of a journey, as it was read",
        description=(
            "Who is on the way stays on the version that they entered; nobody enters that any more. `changes` says "
            "which steps came and went. What it names has to be there and live, templates and webhooks, too. "
            "Repeating it does no harm."
        ),
        answer=JourneyApi.publish,
        body="JourneyPublication",
        returns="JourneyPublished",
    ),
    *(
        Route(
            name=f"{deed}_journey",
            method="POST",
            path=f"{_ONE}/{deed}",
            scope="journeys:publish",
            summary=_SUMMARIES[deed],
            description=_DESCRIPTIONS.get(deed, "Repeating it does no harm."),
            answer=partial(JourneyApi.change, deed=deed),
            returns="JourneyVersions",
            query=(_VERSION,) if deed in ("stop", "archive") else (),
        )
        for deed in DEEDS
    ),
    Route(
        name="enter_journey",
        method="POST",
        path=f"{_ONE}/entries",
        scope="journeys:enter",
        summary="Ask that somebody enters a journey that is open to it (`enter: {api: true}`)",
        description=(
            "Whether they may, by its rules, is decided a moment later. With a `messageId` it counts once. The "
            "properties are those of the event that they entered by; what is personal in them is sealed."
        ),
        answer=JourneyApi.enter,
        body="JourneyEntry",
        returns="JourneyEntryRequested",
    ),
    Route(
        name="list_passages",
        method="GET",
        path="/v1/profiles/{ref}/journeys",
        scope="profiles:read",
        summary="List the journeys that somebody goes through and went through: where they are, and what came",
        answer=JourneyApi.list_passages,
        returns="PassagePage",
        query=PAGED,
        audited="reads",
    ),
)
