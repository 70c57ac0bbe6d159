"""A segment as it would be: from a file, or as it is live, beside all that is live besides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cli.definitions import RULES, read_definition
from cli.errors import UserError
from cli.live import read_live
from cli.session import Session
from regulars.analytics.compiling import Scope
from regulars.analytics.previewing import Draft
from regulars.analytics.setting import Setting
from regulars.analytics.words import ATHENA, DUCKDB, Words
from regulars.domain.identity_definitions import parse_rules
from regulars.domain.identity_rules import DEFAULT_RULES, IdentityRules
from regulars.domain.instants import to_micros
from regulars.domain.segment_definitions import parse
from regulars.domain.segments import Segment

ENGINES: Mapping[str, Words] = {"duckdb": DUCKDB, "athena": ATHENA}
_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Workspace:
    """What is live: segments by id, and the identity rules."""

    segments: Mapping[str, Segment]
    rules: IdentityRules


def draft_of(session: Session, name: str, *, words: Words = DUCKDB, now: datetime | None = None) -> Draft:
    """Read the segment that a file holds, or that has an id. Raises UserError."""
    workspace = _workspace(session)
    setting = Setting(now=to_micros(now or datetime.now(UTC)), words=words)
    path = Path(name)
    if path.suffix in _ENDINGS:
        segment = _from_file(path)
        before = workspace.segments.get(segment.id)
    else:
        segment, before = _live(workspace, name), None
    segments = {**workspace.segments, segment.id: segment}
    scope = Scope(known_kinds=workspace.rules.known_kinds, segments=segments)
    return Draft(segment=segment, before=before, setting=setting, scope=scope)


def _from_file(path: Path) -> Segment:
    if not path.is_file():
        raise UserError("there is no such file", where=str(path), fix="name a file of catalog/segments, or an id")
    definition = read_definition("segment", path)
    return parse(definition.id, definition.content)


def _live(workspace: Workspace, id: str) -> Segment:
    if id not in workspace.segments:
        raise UserError(f"no segment {id} is live", fix="`regulars segment list` shows all; or name a .yaml file")
    return workspace.segments[id]


def _workspace(session: Session) -> Workspace:
    live = read_live(session.http, "segment")
    rules = read_live(session.http, "identity").get(RULES)
    return Workspace(
        {id: parse(id, one.content, version=one.version) for id, one in live.items()},
        parse_rules(rules.content) if rules else DEFAULT_RULES,
    )
