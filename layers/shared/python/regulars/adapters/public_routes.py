"""The routes that other functions answer themselves, written down for the description of the API."""

from collections.abc import Mapping, Sequence
from typing import Any

from regulars.adapters.routes import Call, Parameter, Route

_CALLS = ("track", "identify", "page", "screen", "group", "alias")
_PROMISE = (
    "200 says that every event of the request is stored or in quarantine. The write key is the user name of Basic "
    "authorization, or `writeKey` in the body. Slashes at the end, and the paths under which other SDKs call, work too."
)

_DATA = Parameter(
    name="data", description="the call as JSON in base64, its write key in it", schema={"type": "string"}, required=True
)


def _elsewhere(_api: None, _call: Call) -> Mapping[str, Any]:
    raise NotImplementedError("another function answers this route")


def _call(name: str) -> Route[None]:
    return Route(
        name=name,
        method="POST",
        path=f"/v1/{name}",
        scope=None,
        summary=f"Send {'an' if name[0] in 'ia' else 'a'} {name} call",
        description=_PROMISE,
        answer=_elsewhere,
        body="Call",
        returns="Accepted",
    )


INGEST_ROUTES: Sequence[Route[None]] = (
    *map(_call, _CALLS),
    Route(
        name="batch",
        method="POST",
        path="/v1/batch",
        scope=None,
        summary="Send several calls",
        description=f"{_PROMISE} A bad event never costs its batch.",
        answer=_elsewhere,
        body="Batch",
        returns="Accepted",
    ),
    Route(
        name="show_pixel",
        method="GET",
        path="/v1/pixel/track",
        scope=None,
        summary="Send a call by an image",
        description=(
            "For letters, and pages without scripts; the other calls have addresses like it. The answer is an image "
            "whatever becomes of the call; the metric `pixel_lost` counts what was stored nowhere."
        ),
        query=(_DATA,),
        answer=_elsewhere,
        returns="Image",
    ),
    Route(
        name="get_settings",
        method="GET",
        path="/v1/projects/{key}/settings",
        scope=None,
        summary="Read the settings of an SDK, by write key",
        answer=_elsewhere,
        returns="Settings",
    ),
    Route(
        name="get_source_config",
        method="GET",
        path="/sourceConfig",
        scope=None,
        summary="Read the settings of a RudderStack SDK",
        description="The write key is the user name of Basic authorization, or `writeKey` in the query.",
        answer=_elsewhere,
        returns="SourceConfig",
    ),
)
SCRIPT_ROUTES: Sequence[Route[None]] = (
    Route(
        name="get_browser_script",
        method="GET",
        path="/analytics.js/v1/{key}/analytics.min.js",
        scope=None,
        summary="Load the browser SDK, set up for a write key",
        answer=_elsewhere,
        returns="Script",
    ),
    Route(
        name="get_browser_bundle",
        method="GET",
        path="/analytics-next/bundles/{file}",
        scope=None,
        summary="Load a part of the browser SDK",
        answer=_elsewhere,
        returns="Script",
    ),
)
_TOKEN = Parameter(name="token", description="that of the link", schema={"type": "string"}, required=True)
PREFERENCE_ROUTES: Sequence[Route[None]] = (
    Route(
        name="show_preferences",
        method="GET",
        path="/v1/preferences",
        scope=None,
        summary="Show somebody what they consent to, by a signed link",
        description="A page in HTML; to look at it changes nothing. 400: a link that is incomplete, 410: an old one.",
        query=(_TOKEN,),
        answer=_elsewhere,
        returns="Page",
    ),
    Route(
        name="save_preferences",
        method="POST",
        path="/v1/preferences",
        scope=None,
        summary="Save what somebody changed on that page",
        description="The form of the page, as `application/x-www-form-urlencoded`.",
        answer=_elsewhere,
        returns="Page",
    ),
    Route(
        name="ask_to_unsubscribe",
        method="GET",
        path="/v1/unsubscribe",
        scope=None,
        summary="Ask somebody whether they want to unsubscribe",
        description="A page in HTML; to look at it changes nothing.",
        query=(_TOKEN,),
        answer=_elsewhere,
        returns="Page",
    ),
    Route(
        name="unsubscribe",
        method="POST",
        path="/v1/unsubscribe",
        scope=None,
        summary="Unsubscribe in one click, as RFC 8058 has it",
        description="The body says `List-Unsubscribe=One-Click`. A second time it changes nothing.",
        query=(_TOKEN,),
        answer=_elsewhere,
        returns="Page",
    ),
)
INBOX_ROUTES: Sequence[Route[None]] = (
    Route(
        name="list_inbox",
        method="GET",
        path="/v1/inbox",
        scope=None,
        summary="List the messages of the person whose token this is, newest first",
        description=(
            "The header `Authorization` is `Bearer` and a token of `POST /v1/profiles/{ref}/inbox-token`. With "
            "`If-None-Match` the answer is 304 while nothing is new. Who is restricted or was erased has none."
        ),
        query=(
            Parameter(
                name="limit",
                description="how many messages at most",
                schema={"type": "integer", "minimum": 1, "maximum": 100, "default": 20},
            ),
            Parameter(name="before", description="the `next` of the answer before", schema={"type": "string"}),
        ),
        answer=_elsewhere,
        returns="Inbox",
    ),
    Route(
        name="read_inbox_message",
        method="POST",
        path="/v1/inbox/{id}/read",
        scope=None,
        summary="Note that a message was read",
        description="A second time changes nothing.",
        answer=_elsewhere,
        returns="InboxRead",
    ),
)
