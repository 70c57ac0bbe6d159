"""The routes that change one person."""

from collections.abc import Sequence

from regulars.adapters import consent_api, inbox_token_api, suppression_api
from regulars.adapters.change_api import AT_ONCE, ChangeApi
from regulars.adapters.pages import DRY_RUN, PAGED
from regulars.adapters.routes import Route

CHANGE_ROUTES: Sequence[Route[ChangeApi]] = (
    Route(
        name="correct_traits",
        method="PATCH",
        path="/v1/profiles/{ref}/traits",
        scope="traits:write",
        summary="Correct traits of a profile, and say why",
        description=(
            "A value replaces a trait, null removes it, and older data does not undo it. The answer has all traits as "
            "they will be in a moment; personal ones are masked as everywhere. With a `messageId` a request may be "
            "repeated for 30 days: it counts once. With a `request`, a rectification of this person that is verified, "
            "that is done, and says which traits were changed."
        ),
        answer=ChangeApi.correct_traits,
        body="Correction",
        returns="Corrected",
    ),
    Route(
        name="record_decision",
        method="POST",
        path="/v1/profiles/{ref}/consent",
        scope="consent:write",
        summary="Record what a person decided on consent, and how they said so",
        description=(
            "It counts as said signed in, later than all before. A grant takes a `proof`; `proof` and `reason` are "
            "sealed. Without a purpose everything is withdrawn. The answer has all purposes as they will be in a "
            "moment. "
            "With a `messageId` a request may be repeated for 30 days: it counts once."
        ),
        answer=consent_api.record_decision,
        body="DecisionWish",
        returns="RecordedDecision",
    ),
    Route(
        name="make_preference_link",
        method="POST",
        path="/v1/profiles/{ref}/preference-link",
        scope="consent:write",
        summary="Make the links by which a person decides on consent by themselves, without a login",
        description=(
            "Send them to that person and nobody else: whoever has one decides for them. `unsubscribe` withdraws from "
            "`purpose`, by `channel`, or from everything; it belongs into the header `List-Unsubscribe`, beside "
            "`List-Unsubscribe-Post: List-Unsubscribe=One-Click`. Both are paths at the address of this API."
        ),
        answer=consent_api.make_link,
        body="PreferenceLinkWish",
        returns="PreferenceLink",
    ),
    Route(
        name="make_inbox_token",
        method="POST",
        path="/v1/profiles/{ref}/inbox-token",
        scope="inbox:write",
        summary="Make the token by which an app reads the messages of somebody who is signed in there",
        description="Give it to that person's app or browser and to nobody else: whoever has it reads their messages.",
        answer=inbox_token_api.make_inbox_token,
        body="InboxTokenWish",
        returns="InboxToken",
    ),
    Route(
        name="list_suppressions",
        method="GET",
        path="/v1/profiles/{ref}/suppressions",
        scope="consent:write",
        summary="List the addresses of a person that get no messages: they bounced, or their owner complained",
        description=(
            "An address is named by its keyed hash: `owner`. People type addresses of others: `own` says whether it is "
            "an identifier of theirs."
        ),
        answer=suppression_api.list_suppressions,
        returns="Suppressions",
        audited="reads",
    ),
    Route(
        name="lift_suppressions",
        method="POST",
        path="/v1/profiles/{ref}/suppressions",
        scope="consent:write",
        summary="Let the addresses of a person get messages by a channel again",
        description=(
            "Once the person said that the address is right. Who complained has also withdrawn their consent, which "
            "stays withdrawn until they give it anew. A complaint is lifted for identifiers of the person only: of an "
            "address that they merely typed somebody else may be the owner. The answer has what was lifted."
        ),
        answer=suppression_api.lift_suppressions,
        body="LiftWish",
        returns="Suppressions",
    ),
    Route(
        name="rebuild_profile",
        method="POST",
        path="/v1/profiles/{ref}/rebuild",
        scope="rebuilds:write",
        summary=f"Fold what is known of a profile anew from its events, {AT_ONCE} identifiers at a time",
        description=(
            "`changed` counts parts that said something else than the events: 0 is the proof that all was right. "
            "`outdated` ones were not kept yet for what is live, `awaited` ones lacked events of the last minute."
        ),
        answer=ChangeApi.rebuild_profile,
        returns="RebuiltProfile",
        query=(DRY_RUN, *PAGED),
    ),
)
