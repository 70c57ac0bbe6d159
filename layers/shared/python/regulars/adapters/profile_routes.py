"""The routes of the profile API."""

from collections.abc import Sequence

from regulars.adapters.pages import PAGED
from regulars.adapters.profile_api import ProfileApi
from regulars.adapters.routes import Route

_MASKS = (
    "Identifiers and personal fields are opened for the scope `pii:read` only; for others `value` is `•••` and "
    "`masked` is true. `value` is null where the key that opened it is gone."
)
PROFILE_ROUTES: Sequence[Route[ProfileApi]] = (
    Route(
        name="get_profile",
        method="GET",
        path="/v1/profiles/{ref}",
        scope="profiles:read",
        summary="Read a profile",
        description=f"A former id answers with the profile it was merged into. {_MASKS}",
        answer=ProfileApi.get_profile,
        audited="reads",
        returns="Profile",
    ),
    Route(
        name="look_up_profile",
        method="POST",
        path="/v1/profiles/lookup",
        scope="profiles:read",
        summary="Read the profile that the body names",
        description=f"For values that must not stand in a path, or cannot: those with a slash. {_MASKS}",
        answer=ProfileApi.look_up_profile,
        audited="reads",
        body="Lookup",
        returns="Profile",
    ),
    Route(
        name="list_traits",
        method="GET",
        path="/v1/profiles/{ref}/traits",
        scope="profiles:read",
        summary="List the traits of a profile by name",
        description=_MASKS,
        query=PAGED,
        answer=ProfileApi.list_traits,
        audited="reads",
        returns="TraitPage",
    ),
    Route(
        name="list_computed",
        method="GET",
        path="/v1/profiles/{ref}/computed",
        scope="profiles:read",
        summary="Compute the computed traits of a profile, by id",
        description=(
            "Computed as they are read, so right as of now; `next_change_at` is when time alone changes a value, or "
            "may. Of a list the first 100 values are told, and how many there are."
        ),
        query=PAGED,
        answer=ProfileApi.list_computed,
        returns="ComputedPage",
    ),
    Route(
        name="list_identifiers",
        method="GET",
        path="/v1/profiles/{ref}/identifiers",
        scope="profiles:read",
        summary="List the identifiers of a profile, highest priority first",
        description=_MASKS,
        query=PAGED,
        answer=ProfileApi.list_identifiers,
        audited="reads",
        returns="IdentifierPage",
    ),
    Route(
        name="list_memberships",
        method="GET",
        path="/v1/profiles/{ref}/memberships",
        scope="profiles:read",
        summary="List the segments that a profile is in",
        query=PAGED,
        answer=ProfileApi.list_memberships,
        returns="MembershipPage",
    ),
    Route(
        name="list_audiences",
        method="GET",
        path="/v1/profiles/{ref}/audiences",
        scope="profiles:read",
        summary="List the audiences in which third parties put a profile that nobody knows",
        description="From its newest 1,000 events. None as soon as it has a known identifier.",
        answer=ProfileApi.list_audiences,
        returns="Audiences",
    ),
    Route(
        name="list_transitions",
        method="GET",
        path="/v1/profiles/{ref}/segments/{id}/history",
        scope="profiles:read",
        summary="List when a profile entered and left a segment, the newest first",
        description=(
            "The newest twenty are kept; where `complete` is false there were more. What a new version of the segment "
            "changed has the reason `backfill`. A member who stays one through a merge or a new version makes no entry."
        ),
        query=PAGED,
        answer=ProfileApi.list_transitions,
        returns="TransitionPage",
    ),
    Route(
        name="list_events",
        method="GET",
        path="/v1/profiles/{ref}/events",
        scope="events:read",
        summary="List the events of a profile, newest first, over all its identifiers",
        description=(
            "In the order of the instants that the senders gave; events without one come last. A page ends early "
            "where it would grow too large. For the scope `pii:read` personal fields are back in their places; for "
            "others they are missing and `masked` is true."
        ),
        query=PAGED,
        answer=ProfileApi.list_events,
        audited="reads",
        returns="EventPage",
    ),
)
