"""The newest events as the lake keeps them: clear fields as values, personal ones as names at most."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from cli.errors import UserError
from cli.lake.answers import Answer
from cli.lake.asking import Ask, ask
from cli.lake.bucket import find_bucket
from cli.lake.engine import Question
from cli.lake.files import Days
from cli.session import Session
from regulars.domain.events import EventType
from regulars.domain.facets import is_facet
from regulars.domain.messages import Message

_ID = re.compile(r"[a-z][a-z0-9_]{0,62}")
_COLUMNS = "type, name, source, properties, traits, context, map_keys(sealed_traits), sealed IS NOT NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One event without what is sealed in it; `sealed_traits` are names, `has_more` says that other fields are too."""

    type: EventType
    name: str | None
    source: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    traits: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    sealed_traits: frozenset[str] = frozenset()
    has_more: bool = False

    @property
    def message(self) -> Message:
        """The event as a plan judges it."""
        return Message(
            type=self.type,
            name=self.name,
            fields={},
            properties=self.properties,
            traits=self.traits,
            context=self.context,
            integrations={},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events to look at: how many of the newest, of how many days, of which source, in which lake."""

    most: int
    days: int = 30
    source: str | None = None
    bucket: str | None = None


def newest(session: Session, wanted: Wanted) -> Iterator[Seen]:
    """Read the newest events from the lake. Raises UserError."""
    if wanted.source is not None and not _ID.fullmatch(wanted.source):
        raise UserError(f"{wanted.source} is no id of a source")
    where = f" WHERE source = '{wanted.source}'" if wanted.source else ""
    question = Question(f"SELECT {_COLUMNS} FROM events{where} ORDER BY arrival DESC LIMIT {wanted.most}")
    asking = Ask(question, find_bucket(session.place, wanted.bucket), Days(since=since(wanted.days)))
    with ask(session, asking) as reader:
        for row in Answer(reader).values():
            yield _seen(*row)


def since(days: int) -> str:
    """Tell the day that lies so many back, in UTC."""
    return (datetime.now(UTC).date() - timedelta(days=days)).isoformat()


def _seen(
    type: str, name: str | None, source: str, properties: str, traits: str, context: str, sealed: Any, has_more: bool
) -> Seen:
    own = frozenset(sealed or ())
    return Seen(
        type=cast(EventType, type),
        name=name,
        source=source,
        properties=_object(properties),
        traits={each: value for each, value in _object(traits).items() if not is_facet(each, own)},
        context=_object(context),
        sealed_traits=own,
        has_more=bool(has_more),
    )


def _object(text: str | None) -> Mapping[str, Any]:
    content = json.loads(text) if text else {}
    return content if isinstance(content, dict) else {}
