"""Previews of segments, over HTTP; the engine is loaded when the first one is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from regulars.adapters.bodies import only, read_body
from regulars.adapters.lake_files import LakeFiles
from regulars.adapters.routes import Call
from regulars.domain.catalog import Live
from regulars.domain.lake import EVENTS, IDENTITY
from regulars.domain.rates import NO_RATES
from regulars.domain.segment_definitions import parse
from regulars.domain.segments import Segment, reads_orders
from regulars.errors import InvalidRequestError, NotFoundError
from regulars.pipeline.definitions import is_id
from regulars.pipeline.lake import Lake
from regulars.pipeline.ports import Clock
from regulars.stores.catalog import CatalogStore
from regulars.stores.database import Database

if TYPE_CHECKING:
    from regulars.analytics.previewing import Draft

Answer = Mapping[str, Any]
ENGINES = ("athena", "duckdb")
_MEMORY = "2GB"
_SECONDS = 20.0
_DRAFT = "draft"  # the id of a definition that has none


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewApi:
    """What the routes need; `seconds` is how long the lake may be asked."""

    catalog: CatalogStore
    files: LakeFiles
    clock: Clock
    seconds: float = _SECONDS

    @classmethod
    def over(cls, database: Database, lake: Lake, folder: Path, clock: Clock) -> Self:
        """Answer from a database and a lake, whose files are kept in a folder."""
        return cls(catalog=CatalogStore(database), files=LakeFiles(lake, folder / "lake"), clock=clock)

    def within(self, seconds: float) -> Self:
        """Give the lake only so long."""
        return replace(self, seconds=seconds)

    def preview(self, call: Call) -> Answer:
        """Answer with whom a segment would have."""
        from regulars.adapters.lake_engine import lake_engine
        from regulars.adapters.preview_json import preview_json

        body = read_body(call.request)
        only(body, {"id", "definition"})
        draft = self._draft(call, body, "duckdb")
        draft.question()  # what cannot be asked is said before anything is fetched
        paths = self.files.fetch((EVENTS, IDENTITY))
        with lake_engine(paths, self.files.folder, memory=_MEMORY, seconds=self.seconds) as engine:
            return preview_json(draft, engine.preview(draft))

    def sql(self, call: Call) -> Answer:
        """Answer with the SQL that says who is in a segment."""
        body = read_body(call.request)
        only(body, {"id", "definition", "engine"})
        engine = body.get("engine", ENGINES[0])
        if engine not in ENGINES:
            raise InvalidRequestError(f"engine is one of {', '.join(ENGINES)}")
        draft = replace(self._draft(call, body, str(engine)), before=None)
        return {"id": draft.segment.id, "engine": engine, "sql": draft.question(pretty=True)}

    def _draft(self, call: Call, body: Mapping[str, Any], engine: str) -> "Draft":
        from regulars.analytics.compiling import scope_of
        from regulars.analytics.previewing import Draft
        from regulars.analytics.setting import Setting
        from regulars.analytics.words import WORDS

        live = self.catalog.live()
        segments = {segment.id: segment for segment in live.segments}
        id = _id(body)
        standing = segments.get(id)
        stored = self.catalog.get("segment", id) if "definition" not in body else None
        is_live = stored is not None and standing is not None and stored.version == standing.version
        content = body.get("definition", stored and stored.content)
        if "id" in body:
            call.sight.must_see(id)
        if isinstance(content, Mapping) and "definition" in body:
            call.sight.must_read(content.get("where"))
        segment = _segment(id, content, live)
        segments[id] = segment
        needs_rates = any(reads_orders(each) for each in segments.values())
        rates = self.catalog.rates(live.rates_version) if needs_rates else NO_RATES
        return Draft(
            segment=segment,
            before=None if is_live else standing,
            setting=Setting(now=self.clock(), calendar=live.workspace.calendar, words=WORDS[engine]),
            scope=scope_of(live.rules.known_kinds, segments, rates),
            rates=tuple(rates.rows()),
        )


def _id(body: Mapping[str, Any]) -> str:
    id = body.get("id", _DRAFT)
    if not isinstance(id, str) or not is_id(id):
        raise InvalidRequestError("id is that of a segment: a lower-case letter and then up to 62 of a-z, 0-9 and _")
    if "id" not in body and "definition" not in body:
        raise InvalidRequestError("the body has a definition, the id of a live segment, or both")
    return id


def _segment(id: str, definition: object, live: Live) -> Segment:
    if definition is None:
        raise NotFoundError("no segment has this id")
    if not isinstance(definition, Mapping):
        raise InvalidRequestError("definition is an object, as in catalog/segments")
    return parse(id, definition, calendar=live.workspace.calendar, computed={one.id: one for one in live.computed})
