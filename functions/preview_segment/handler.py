"""Ask the lake while somebody waits: whom a segment would have before it is live, and what a journey has come to."""

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from tempfile import gettempdir
from typing import Any, Protocol

from regulars.adapters import clients
from regulars.adapters.access import access
from regulars.adapters.clock import now
from regulars.adapters.http import Request, Response, serve
from regulars.adapters.journey_report_api import JourneyReportApi
from regulars.adapters.journey_report_routes import JOURNEY_REPORT_ROUTES
from regulars.adapters.lake import lake
from regulars.adapters.observability import log_failure, observed
from regulars.adapters.preview_api import PreviewApi
from regulars.adapters.preview_routes import PREVIEW_ROUTES
from regulars.adapters.recording import Recorder, recorder
from regulars.adapters.routes import answer

_SPARE = 3.0  # seconds, to say that the time is over


class Context(Protocol):
    """What Lambda tells a function about its run."""

    def get_remaining_time_in_millis(self) -> int:
        """Give the time that is left."""


@observed
def handler(event: Mapping[str, Any], context: Context) -> Response:
    """Answer by the route that fits."""
    seconds = context.get_remaining_time_in_millis() / 1_000 - _SPARE
    return serve(event, partial(_answer, seconds), lambda error: log_failure("a preview failed", error))


def _answer(seconds: float, request: Request) -> Response:
    if request.path.startswith("/v1/journeys/"):
        return answer(JOURNEY_REPORT_ROUTES, _reports().within(seconds), request, _recorder(), access())
    return answer(PREVIEW_ROUTES, _api().within(seconds), request, _recorder(), access())


@cache
def _recorder() -> Recorder:
    return recorder(_no_key)


def _no_key() -> bytes:
    raise RuntimeError("the path of such a question names nobody, and no key is needed to hide them")


@cache
def _reports() -> JourneyReportApi:
    return JourneyReportApi.over(clients.database(), lake(), Path(gettempdir()), now)


@cache
def _api() -> PreviewApi:
    return PreviewApi.over(clients.database(), lake(), Path(gettempdir()), now)
