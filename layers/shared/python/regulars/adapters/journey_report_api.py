"""Reports on journeys, over HTTP; the engine is loaded when the first one is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Self

from regulars.adapters.days import is_day
from regulars.adapters.journey_report_json import report_json
from regulars.adapters.lake_files import LakeFiles
from regulars.adapters.routes import Call
from regulars.domain.calendars import day_number
from regulars.domain.instants import DAY
from regulars.domain.lake import EVENTS, IDENTITY
from regulars.errors import InvalidRequestError, LakeTooLargeError, NotFoundError
from regulars.pipeline.journey_measures import editions
from regulars.pipeline.lake import Lake
from regulars.pipeline.ports import Clock
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database

Answer = Mapping[str, Any]
_MEMORY = "2GB"
_SECONDS = 20.0
_LATER = "the lake is too large to be asked while somebody waits: ask for entries of a later day, as since=2026-11-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyReportApi:
    """What the route needs; `seconds` is how long the lake may be asked."""

    catalog: CatalogStore
    files: LakeFiles
    clock: Clock
    seconds: float = _SECONDS

    @classmethod
    def over(cls, database: Database, lake: Lake, folder: Path, clock: Clock) -> Self:
        """Answer from a database and a lake, whose files are kept in a folder."""
        return cls(catalog=CatalogStore(database), files=LakeFiles(lake, folder / "journeys"), clock=clock)

    def within(self, seconds: float) -> Self:
        """Give the lake only so long."""
        return replace(self, seconds=seconds)

    def report(self, call: Call) -> Answer:
        """Answer with what a journey has come to."""
        from regulars.adapters.lake_engine import lake_engine
        from regulars.analytics.journey_counts import Span
        from regulars.domain.journey_reports import report

        now = self.clock()
        since, until = _day(call, "since", 0), _day(call, "until", now)
        if since >= until:
            raise InvalidRequestError("since is a day before until, and not one that is still to come")
        found, version = editions(self.catalog, call["id"]), _version(call)
        if version is not None and version not in found.versions:
            raise NotFoundError("no version of this journey has this number")
        span = Span(journey=call["id"], since=since, until=until, version=version)
        journeys = {number: one for number, one in found.journeys.items() if version in (None, number)}
        try:
            paths = self.files.fetch((EVENTS, IDENTITY), since=call.request.query.get("since"))
            with lake_engine(paths, self.files.folder, memory=_MEMORY, seconds=self.seconds) as engine:
                counts = engine.journey(span, journeys, now)
        except LakeTooLargeError as error:
            raise LakeTooLargeError(_LATER) from error
        reports = report(counts, journeys, found.draft)
        return report_json(span, reports, found, now=now, newest=counts.newest)


def _day(call: Call, name: str, otherwise: int) -> int:
    text = call.request.query.get(name)
    if text is None:
        return otherwise
    if not is_day(text) or text < "1970-01-02":
        raise InvalidRequestError(f"{name} is a day such as 2026-11-21, in UTC")
    return day_number(date.fromisoformat(text)) * DAY


def _version(call: Call) -> int | None:
    text = call.request.query.get("version")
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal() or not 0 < len(text) <= 6 or int(text) == 0:
        raise InvalidRequestError("version is the number of a version, such as 3")
    return int(text)
