"""A segment as it would be: from a file, or as it is live, beside all that is live besides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cli.definitions import read_definition
from cli.errors import UserError
from cli.live import read_live
from cli.session import Session
from regulars.analytics.compiling import scope_of
from regulars.analytics.previewing import Draft
from regulars.analytics.setting import Setting
from regulars.analytics.words import DUCKDB, Words
from regulars.domain.computed_definitions import Contents, parse_all_computed
from regulars.domain.identity_definitions import parse_rules
from regulars.domain.identity_rules import DEFAULT_RULES, IdentityRules
from regulars.domain.instants import to_micros
from regulars.domain.rate_definitions import parse_rates, unite_tables
from regulars.domain.rates import NO_RATES, Rates
from regulars.domain.segment_definitions import parse
from regulars.domain.segments import Segment, purposes_read, reads_orders
from regulars.domain.workspace import DEFAULT_WORKSPACE, Workspace, parse_workspace

_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Live:
    """What is live: segments by id, identity rules, settings of the workspace, and computed traits as written."""

    segments: Mapping[str, Segment]
    rules: IdentityRules
    workspace: Workspace
    computed: Contents


def draft_of(session: Session, name: str, *, words: Words = DUCKDB) -> Draft:
    """Read the segment that a file holds, or that has an id. Raises UserError."""
    live = _live(session)
    path = Path(name)
    if path.suffix in _ENDINGS:
        segment = _from_file(path, live)
        before = live.segments.get(segment.id)
    else:
        segment, before = _named(live, name), None
    segments = {**live.segments, segment.id: segment}
    rates = _rates(session) if any(map(reads_orders, segments.values())) else NO_RATES
    return Draft(
        segment=segment,
        before=None if before and purposes_read(before) else before,
        setting=Setting(now=to_micros(datetime.now(UTC)), calendar=live.workspace.calendar, words=words),
        scope=scope_of(live.rules.known_kinds, segments, rates),
        rates=tuple(rates.rows()),
    )


def _from_file(path: Path, live: Live) -> Segment:
    if not path.is_file():
        raise UserError("there is no such file", where=str(path), fix="name a file of catalog/segments, or an id")
    definition = read_definition("segment", path, live.computed)
    calendar = live.workspace.calendar
    computed = parse_all_computed(live.computed, calendar)
    return parse(definition.id, definition.content, calendar=calendar, computed=computed)


def _named(live: Live, id: str) -> Segment:
    if id not in live.segments:
        raise UserError(f"no segment {id} is live", fix="`regulars segment list` shows all; or name a .yaml file")
    return live.segments[id]


def _rates(session: Session) -> Rates:
    tables = [parse_rates(id, one.content) for id, one in sorted(read_live(session.http, "rates").items())]
    return unite_tables(tables, 1) if tables else NO_RATES


def _live(session: Session) -> Live:
    rules = next(iter(read_live(session.http, "identity").values()), None)
    settings = next(iter(read_live(session.http, "workspace").values()), None)
    workspace = parse_workspace(settings.content) if settings else DEFAULT_WORKSPACE
    computed = {id: one.content for id, one in read_live(session.http, "computed_trait").items()}
    traits = parse_all_computed(computed, workspace.calendar)
    segments = {
        id: parse(id, one.content, version=one.version, calendar=workspace.calendar, computed=traits)
        for id, one in read_live(session.http, "segment").items()
    }
    return Live(segments, parse_rules(rules.content) if rules else DEFAULT_RULES, workspace, computed)
