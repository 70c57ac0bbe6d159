"""Segments that read each other: checked together before anything is written, and written in a fitting order."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cli.definitions import Definition
from regulars.domain.segment_definitions import parse
from regulars.domain.segment_reads import check_reads
from regulars.domain.segments import Segment, segments_read
from regulars.errors import DefinitionError

_RESTING = ("draft", "paused", "archived")


def check_together(wanted: Sequence[Definition], live: Mapping[str, Mapping[str, Any]]) -> None:
    """Make sure that segments read live ones, in no ring. Raises UserError."""
    named = {one.id: one for one in wanted if one.kind == "segment"}
    contents = {**live, **{id: one.content for id, one in named.items()}}
    standing = [_read(id, content) for id, content in contents.items() if content.get("status") not in _RESTING]
    for segment in standing:
        if segment.id in named:
            try:
                check_reads(segment, standing)
            except DefinitionError as error:
                raise named[segment.id].document.complaint(error) from error


def in_order(wanted: Iterable[Definition]) -> list[Definition]:
    """Put segments after those that they read; all else keeps its place."""
    given = list(wanted)
    named = {one.id: _read(one.id, one.content) for one in given if one.kind == "segment"}
    depths = {id: _depth(id, named, ()) for id in named}
    segments = iter(sorted((one for one in given if one.kind == "segment"), key=lambda one: depths[one.id]))
    return [next(segments) if one.kind == "segment" else one for one in given]


def readers_first(contents: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Put the ids of segments before those that they read, as they have to go."""
    named = {id: _read(id, content) for id, content in contents.items()}
    return sorted(named, key=lambda id: (-_depth(id, named, ()), id))


def _depth(id: str, named: Mapping[str, Segment], way: tuple[str, ...]) -> int:
    if id in way or id not in named:
        return 0
    return 1 + max((_depth(each, named, (*way, id)) for each in segments_read(named[id])), default=0)


def _read(id: str, content: Mapping[str, Any]) -> Segment:
    return parse(id, content)
