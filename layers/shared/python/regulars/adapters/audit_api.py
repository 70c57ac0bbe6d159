"""The audit trail for whoever answers for privacy: search it, take it out, and verify it against its anchors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from regulars.adapters.pages import Pager, within
from regulars.adapters.recording import Recorder
from regulars.adapters.routes import Call
from regulars.domain.audit import KINDS, day_text, row_json
from regulars.domain.instants import DAY, day_of
from regulars.domain.references import profile_id_of
from regulars.domain.timestamps import parse
from regulars.errors import InvalidRequestError
from regulars.pipeline.anchoring import Anchors
from regulars.pipeline.audit_search import Asked, Searcher, read_place, write_place
from regulars.pipeline.ports import Clock, Many, Sealer
from regulars.stores.database import Database

Answer = Mapping[str, Any]
LONGEST = 31  # days
ANCHORS_AT_ONCE = 100
_FILTERS = ("who", "what", "kind", "case", "outcome")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditApi:
    """What the routes need; `anchors` is called for the place where they are."""

    searcher: Searcher
    anchors: Callable[[], Anchors]
    pager: Pager
    sealer: Sealer
    audit: Recorder
    clock: Clock

    @classmethod
    def over(
        cls,
        database: Database,
        sealer: Sealer,
        many: Many,
        audit: Recorder,
        anchors: Callable[[], Anchors],
        clock: Clock,
    ) -> Self:
        """Answer from a database and a place of anchors."""
        return cls(
            searcher=Searcher(database, many),
            anchors=anchors,
            pager=Pager(sealer),
            sealer=sealer,
            audit=audit,
            clock=clock,
        )

    def search(self, call: Call) -> Answer:
        """Answer with rows: day by day, chain by chain."""
        query = call.request.query
        begin, end = _times(query)
        if query.get("kind", KINDS[0]) not in KINDS:
            raise InvalidRequestError(f"kind is one of {', '.join(KINDS)}")
        ref = query.get("whom")
        filters = [query.get(name, "") for name in _FILTERS]
        asked = self.pager.asked(call, "audit", str(begin), str(end), ref or "", *filters)
        whom = self.searcher.names(ref, self.sealer.hash_key) if ref is not None else frozenset()
        wanted = {name: query[name] for name in _FILTERS if name in query}
        after, until = read_place(asked.after) if asked.after is not None else (None, self.clock())
        found = self.searcher.search(
            Asked(begin=begin, end=end, until=until, wanted=wanted, whom=whom if ref is not None else None),
            after=after,
            limit=asked.limit,
        )
        shown = within([row_json(row) for row in found.rows])
        next = found.next if len(shown) == len(found.rows) else found.rows[len(shown) - 1].place
        if ref is not None:
            call.saw(profile_id_of(ref, self.sealer.hash_key))
        call.counted(len(shown))
        return {"rows": shown, "next": self.pager.cursor(asked, write_place(next, until) if next else None)}

    def list_anchors(self, call: Call) -> Answer:
        """Answer with anchors, as they are locked away."""
        begin, end = _times(call.request.query)
        first, last = day_text(day_of(begin)), day_text(day_of(end - 1))
        asked = self.pager.asked(call, "anchors", first, last)
        limit = min(asked.limit, ANCHORS_AT_ONCE)
        found = self.anchors().of(first, last, after=asked.after, limit=limit + 1)
        next = found[limit - 1][0] if len(found) > limit else None
        call.counted(min(len(found), limit))
        return {"anchors": [content for _, content in found[:limit]], "next": self.pager.cursor(asked, next)}


def _times(query: Mapping[str, str]) -> tuple[int, int]:
    begin, end = (parse(query.get(name)) for name in ("from", "to"))
    if begin is None or end is None or begin >= end:
        raise InvalidRequestError(
            "from and to are instants, such as 2026-11-21 or 2026-11-21T12:00:00Z, the first before the second"
        )
    if end - begin > LONGEST * DAY:
        raise InvalidRequestError(f"from and to are at most {LONGEST} days apart")
    return begin, end
