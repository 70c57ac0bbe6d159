"""What a journey names: segments, lists, purposes, computed traits, templates, webhooks, and other journeys."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from regulars.domain.journeys import (
    Enlist,
    EventEntry,
    Journey,
    Move,
    ScheduleEntry,
    SegmentChange,
    SegmentEntry,
    Send,
    Webhook,
    every,
    signals,
)
from regulars.domain.live_journeys import conditions_of
from regulars.domain.named import named
from regulars.domain.purposes import Purposes
from regulars.domain.segments import purposes_read, segments_read
from regulars.domain.teams import Sight
from regulars.errors import DefinitionError

Ids = frozenset[str]
ASKED = "Journey Entry Requested"  # by which people enter whom a program lets in
_VALUES = frozenset({"where", "entry", "update", "answers", "same"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The ids that a journey names, by kind; a purpose with the channel that it is asked for, None for all of them."""

    segments: Ids
    lists: Ids
    computed: Ids
    purposes: frozenset[tuple[str, str | None]]
    templates: Ids
    webhooks: Ids
    journeys: Ids


def names_of(journey: Journey, content: Mapping[str, Any]) -> Names:
    """List what a journey names; `content` is what it was read from."""
    steps, asked = list(every(journey.steps)), list(conditions_of(journey).values())
    raw = list(conditions_in(content))
    read = {(one.purpose, one.channel) for each in asked for one in purposes_read(each)}
    sends = [step for step in steps if isinstance(step, Send)]
    calls = {(step.purpose, None) for step in steps if isinstance(step, Webhook) and step.purpose}
    return Names(
        segments=segments_of(journey),
        lists=frozenset(step.list for step in steps if isinstance(step, Enlist)).union(
            *(named(where, "list") for where in raw)
        ),
        computed=frozenset[str]().union(*(named(where, "computed") for where in raw)),
        purposes=frozenset(read | calls | {(send.purpose, send.channel) for send in sends}),
        templates=frozenset(send.template for send in sends),
        webhooks=frozenset(step.to for step in steps if isinstance(step, Webhook)),
        journeys=frozenset(step.journey for step in steps if isinstance(step, Move)),
    )


def segments_of(journey: Journey) -> Ids:
    """List the segments that a journey names: of its entry, of what it listens to, and of its conditions."""
    by = journey.entry.by
    entered = {by.segment} if isinstance(by, SegmentEntry | ScheduleEntry) else set[str]()
    heard = {one.segment for one in signals(journey) if isinstance(one, SegmentChange)}
    return frozenset(entered | heard).union(*map(segments_read, conditions_of(journey).values()))


def entered_by(journey: Journey) -> str:
    """Name the event that brings the properties of an entry: where none is named, the request of a program."""
    by = journey.entry.by
    return by.selection.event if isinstance(by, EventEntry) else ASKED


def conditions_in(content: object) -> Iterator[object]:
    """List the conditions of a journey as they are written: of its entry, and of the ways of its branches."""
    if isinstance(content, Mapping):
        for field, each in content.items():
            if field == "when":
                yield each
            else:
                yield from conditions_in(each)
    elif isinstance(content, list):
        for each in content:
            yield from conditions_in(each)


def must_see(sight: Sight, content: object) -> None:
    """Go on only with a journey, as it is written, that reads and sets nothing of people that is not seen."""
    for where in conditions_in(content):
        sight.must_read(where)
    segments, traits = set(_written("segment", content)), {*_written("date", content), *_updated(content)}
    for segment in sorted(segments):
        sight.must_see(segment)
    sight.must_see_traits(traits)


def _updated(content: object) -> Iterator[str]:
    """List the traits that a journey sets."""
    if isinstance(content, Mapping):
        for name, each in content.items():
            if name == "update" and isinstance(each, Mapping):
                yield from map(str, each)
            elif name not in _VALUES:
                yield from _updated(each)
    elif isinstance(content, list):
        for each in content:
            yield from _updated(each)


def _written(field: str, content: object) -> Iterator[str]:
    """List the texts under a field, wherever it stands but in what is said of properties and traits."""
    if isinstance(content, Mapping):
        if isinstance(content.get(field), str) and field != "date":
            yield content[field]
        if field == "date" and isinstance(wait := content.get("wait"), Mapping) and isinstance(wait.get("date"), str):
            yield wait["date"]
        for name, each in content.items():
            if name not in _VALUES:
                yield from _written(field, each)
    elif isinstance(content, list):
        for each in content:
            yield from _written(field, each)


def check_purposes(names: Names, purposes: Purposes) -> None:
    """
    Make sure that there are the purposes of a journey, and their channels, on which alone anything goes out.

    Raises DefinitionError.
    """
    for id, channel in sorted(names.purposes, key=str):
        found = purposes.by_id.get(id)
        if found is None:
            raise DefinitionError("", f"names the purpose {id}, and there is none: define it in catalog/consent.yaml")
        if channel is not None and channel not in found.channels:
            fix = f"add it to its channels in catalog/consent.yaml ({', '.join(found.channels) or 'it has none'})"
            what = f"names the channel {channel} of the purpose {id}, and there is none, so nothing would ever be sent"
            raise DefinitionError("", f"{what}: {fix}")
